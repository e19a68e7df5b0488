//! Softmax cross-entropy and number of correct predictions, by Burn's operations.

use burn::tensor::{Int, Tensor, activation::log_softmax};
use kernels::ScoreSums;

/// Mean softmax cross-entropy, `-1/n sum_i log softmax(z_i)[t_i]`, natural logarithm.
///
/// # Shapes
/// - `logits`: `[batch_size, n_classes]`
/// - `targets`: `[batch_size]`, classes from 0
/// - output: `[1]`
#[must_use]
pub fn cross_entropy(logits: Tensor<2>, targets: Tensor<1, Int>) -> Tensor<1> {
    log_softmax(logits, 1).gather(1, targets.unsqueeze_dim(1)).mean().neg()
}

/// Sum of the cross-entropies and number of images whose largest logit is that of their target.
///
/// # Shapes
/// - `logits`: `[n, n_classes]`
/// - `targets`: `[n]`, classes from 0
///
/// # Panics
/// If the device cannot be read.
#[must_use]
pub fn score_sums(logits: Tensor<2>, targets: Tensor<1, Int>) -> ScoreSums {
    let n_images = targets.dims()[0] as f64;
    let is_correct = logits.clone().argmax(1).squeeze_dim::<1>(1).equal(targets.clone());
    let correct = is_correct.int().sum().into_scalar::<i64>();
    let loss = f64::from(cross_entropy(logits, targets).into_scalar::<f32>()) * n_images;
    ScoreSums { loss, correct: usize::try_from(correct).expect("a count is not negative") }
}
