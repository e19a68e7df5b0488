//! Softmax cross-entropy, its gradient and the number of correct predictions.

use pulp::Simd;

use crate::Real;
use crate::matrix::{Matrix, PANEL};

/// Sums over the images of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ScoreSums {
    /// Sum of the cross-entropies, `-log softmax(z)[t]`, natural logarithm.
    pub loss: f64,
    /// Images whose largest logit is their target's; if several logits are largest, the first counts.
    pub correct: usize,
}

impl std::iter::Sum for ScoreSums {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sums, more| Self {
            loss: sums.loss + more.loss,
            correct: sums.correct + more.correct,
        })
    }
}

/// Classes are bytes.
const MOST_CLASSES: usize = 256;

/// Images that share a logarithm: the product of 64 sums of at most 256 exponentials is at most 2^512.
const SHARED_LOGARITHM: usize = 64;

/// The scores of the first rows of a matrix of logits, which the gradient of the mean cross-entropy replaces if that is wanted:
/// `(softmax(z) - onehot(t)) / n`.
///
/// # Panics
/// If a target is not a class, or there are more than 256 classes.
#[inline(always)]
pub(crate) fn scores<T: Real, S: Simd>(
    simd: S,
    logits: &mut Matrix<T>,
    targets: &[u8],
    with_gradient: bool,
) -> ScoreSums {
    let n_classes = logits.shape.n_columns;
    let mut powers = [T::from_f64(0.0); MOST_CLASSES];
    let scale = 1.0 / targets.len() as f64;
    let mut scores = ScoreSums::default();
    for (chunk, targets) in targets.chunks(SHARED_LOGARITHM).enumerate() {
        let mut product_of_sums = 1.0;
        for (index, &target) in targets.iter().enumerate() {
            let (index, target) = (chunk * SHARED_LOGARITHM + index, usize::from(target));
            for (panel, powers) in logits.shape.panels().zip(powers.chunks_exact_mut(PANEL)) {
                powers[..panel.width]
                    .copy_from_slice(&logits.numbers()[panel.start + index * panel.width..][..panel.width]);
            }
            let (is_correct, of_target, sum) = exponentials(simd, &mut powers, n_classes, target);
            product_of_sums *= sum;
            scores.loss -= of_target;
            scores.correct += usize::from(is_correct);
            if with_gradient {
                let factor = T::from_f64(scale / sum);
                powers.iter_mut().take(n_classes).for_each(|power| *power = *power * factor);
                powers[target] = powers[target] - T::from_f64(scale);
                for (panel, powers) in logits.shape.panels().zip(powers.chunks_exact(PANEL)) {
                    let row = &mut logits.numbers_mut()[panel.start + index * panel.width..][..panel.n_columns];
                    row.copy_from_slice(&powers[..panel.n_columns]);
                }
            }
        }
        scores.loss += product_of_sums.ln();
    }
    scores
}

/// Whether the target's logit is the first of the largest, how far it is from the largest, and the sum of `exp(z - max z)`;
/// these exponentials replace the logits.
#[inline(always)]
fn exponentials<T: Real, S: Simd>(
    simd: S,
    logits: &mut [T; MOST_CLASSES],
    n_classes: usize,
    target: usize,
) -> (bool, f64, f64) {
    let of_target = logits[..n_classes][target];
    let (mut largest, mut is_correct) = (of_target, true);
    #[expect(clippy::needless_bitwise_bool, reason = "the processor would often mispredict which logit is largest")]
    for (class, &logit) in logits[..n_classes].iter().enumerate() {
        largest = if logit > largest { logit } else { largest };
        is_correct &= (logit < of_target) | ((class >= target) & (logit <= of_target));
    }
    let shift = T::splat(simd, T::from_f64(0.0) - largest);
    for part in logits[..n_classes.next_multiple_of(T::n_lanes::<S>())].chunks_exact_mut(T::n_lanes::<S>()) {
        T::store(simd, part, T::exp(simd, T::add_lanes(simd, T::load(simd, part), shift)));
    }
    let mut sum = T::from_f64(0.0);
    for &power in &logits[..n_classes] {
        sum += power;
    }
    (is_correct, (of_target - largest).into(), sum.into())
}
