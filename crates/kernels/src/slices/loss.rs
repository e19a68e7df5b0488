//! Softmax cross-entropy of one batch, its gradient and the number of correct predictions in one pass.

use pulp::{Arch, Simd, WithSimd};

use crate::slices::Real;

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

/// Sums over a batch; overwrites the logits.
#[inline(always)]
pub(crate) fn scores<T: Real, S: Simd>(simd: S, logits: &mut [T], n_classes: usize, targets: &[u8]) -> ScoreSums {
    let mut scores = ScoreSums::default();
    for (logits, &target) in logits.chunks_exact_mut(n_classes).zip(targets) {
        scores += score_row(simd, logits, usize::from(target)).0;
    }
    scores
}

/// The scores of one image and the sum of `exp(z - max z)`; these exponentials replace the logits.
#[inline(always)]
fn score_row<T: Real, S: Simd>(simd: S, logits: &mut [T], target: usize) -> (ScoreSums, f64) {
    let (mut largest, mut answer) = (logits[0], 0);
    for (class, &logit) in logits.iter().enumerate().skip(1) {
        if logit > largest {
            (largest, answer) = (logit, class);
        }
    }
    let of_target = logits[target] - largest;
    let shift = T::splat(simd, T::from_f64(0.0) - largest);
    for part in logits.chunks_mut(T::n_lanes::<S>()) {
        let powers = T::exp(simd, T::add_lanes(simd, T::load_part(simd, part), shift));
        T::store_part(simd, part, powers);
    }
    let mut sum = T::from_f64(0.0);
    for &power in &*logits {
        sum += power;
    }
    let (sum, of_target): (f64, f64) = (sum.into(), of_target.into());
    (ScoreSums { loss: sum.ln() - of_target, correct: usize::from(answer == target) }, sum)
}

/// Scores of a batch; the gradient of its mean cross-entropy, `(softmax(z) - onehot(t)) / n`, replaces the logits.
///
/// - `logits`: row-major `[targets.len(), n_classes]`
/// - `targets`: classes from 0
///
/// # Panics
/// If the shapes do not fit, or a target is not below `n_classes`.
pub fn softmax_cross_entropy<T: Real>(logits: &mut [T], n_classes: usize, targets: &[u8]) -> ScoreSums {
    assert_eq!(logits.len(), n_classes * targets.len(), "every image has a logit for every class");
    Arch::new().dispatch(CrossEntropy { logits, n_classes, targets })
}

struct CrossEntropy<'a, T> {
    logits: &'a mut [T],
    n_classes: usize,
    targets: &'a [u8],
}

impl<T: Real> WithSimd for CrossEntropy<'_, T> {
    type Output = ScoreSums;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> ScoreSums {
        let scale = 1.0 / self.targets.len() as f64;
        let mut scores = ScoreSums::default();
        for (logits, &target) in self.logits.chunks_exact_mut(self.n_classes).zip(self.targets) {
            let target = usize::from(target);
            let (row, sum) = score_row(simd, logits, target);
            scores += row;
            let factor = T::from_f64(scale / sum);
            for power in &mut *logits {
                *power = *power * factor;
            }
            logits[target] = logits[target] - T::from_f64(scale);
        }
        scores
    }
}
