//! Softmax cross-entropy and the count of right answers.

use burn::tensor::{Int, Tensor, activation::log_softmax};

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

/// How many logits are largest at their target.
///
/// # Shapes
/// - `logits`: `[batch_size, n_classes]`
/// - `targets`: `[batch_size]`, classes from 0
/// - output: `[1]`
#[must_use]
pub fn n_correct(logits: Tensor<2>, targets: Tensor<1, Int>) -> Tensor<1, Int> {
    logits.argmax(1).squeeze_dim::<1>(1).equal(targets).int().sum()
}
