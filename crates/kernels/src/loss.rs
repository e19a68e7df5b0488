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

impl std::ops::AddAssign for ScoreSums {
    fn add_assign(&mut self, other: Self) {
        self.loss += other.loss;
        self.correct += other.correct;
    }
}

/// Classes are bytes.
const MOST_CLASSES: usize = 256;

/// Images that share a logarithm: the product of 64 sums of at most 256 exponentials is at most 2^512.
const SHARED_LOGARITHM: usize = 64;

/// What replaces the logits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replacement {
    /// Nothing useful.
    None,
    /// The gradient of the mean cross-entropy, `(softmax(z) - onehot(t)) / n`.
    Gradient,
}

/// The scores of the first rows of a matrix of logits.
///
/// # Panics
/// If a target is not a class, or there are more than 256 classes.
#[inline(always)]
pub(crate) fn scores<T: Real, S: Simd>(
    simd: S,
    logits: &mut Matrix<T>,
    targets: &[u8],
    replacement: Replacement,
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
            let (answer, of_target, sum) = exponentials(simd, &mut powers, n_classes, target);
            product_of_sums *= sum;
            scores += ScoreSums { loss: -of_target, correct: usize::from(answer == target) };
            if replacement == Replacement::Gradient {
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

/// The largest logit's class, the target's logit less the largest one, and the sum of `exp(z - max z)`; these exponentials
/// replace the logits.
#[inline(always)]
fn exponentials<T: Real, S: Simd>(
    simd: S,
    logits: &mut [T; MOST_CLASSES],
    n_classes: usize,
    target: usize,
) -> (usize, f64, f64) {
    let (mut largest, mut answer) = (logits[0], 0);
    for (class, &logit) in logits[..n_classes].iter().enumerate().skip(1) {
        if logit > largest {
            (largest, answer) = (logit, class);
        }
    }
    let of_target = logits[..n_classes][target] - largest;
    let shift = T::splat(simd, T::from_f64(0.0) - largest);
    for part in logits[..n_classes.next_multiple_of(T::n_lanes::<S>())].chunks_exact_mut(T::n_lanes::<S>()) {
        T::store(simd, part, T::exp(simd, T::add_lanes(simd, T::load(simd, part), shift)));
    }
    let mut sum = T::from_f64(0.0);
    for &power in &logits[..n_classes] {
        sum += power;
    }
    (answer, of_target.into(), sum.into())
}
