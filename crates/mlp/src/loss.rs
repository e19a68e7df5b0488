//! Softmax cross-entropy and number of correct predictions, by Burn's operations.

use burn::tensor::{Int, Tensor, TensorData, activation::log_softmax};
use kernels::ScoreSums;

/// Mean softmax cross-entropy, `-1/n sum_i log softmax(z_i)[t_i]`, natural logarithm.
///
/// # Shapes
/// - `logits`: `[batch_size, n_classes]`
/// - `targets`: the class of every row, from 0
/// - output: `[1]`
#[must_use]
pub fn cross_entropy(logits: Tensor<2>, targets: &[u8]) -> Tensor<1> {
    let targets = classes(&logits, targets);
    log_softmax(logits, 1).gather(1, targets.unsqueeze_dim(1)).mean().neg()
}

/// The classes as a tensor, `[n]`, on the device of the logits.
fn classes(logits: &Tensor<2>, targets: &[u8]) -> Tensor<1, Int> {
    let numbers: Vec<i32> = targets.iter().map(|&class| class.into()).collect();
    Tensor::from_data(TensorData::new(numbers, [targets.len()]), &logits.device())
}

/// Sum of the cross-entropies and number of images whose largest logit is that of their target.
///
/// # Shapes
/// - `logits`: `[n, n_classes]`
/// - `targets`: the class of every row, from 0
///
/// # Panics
/// If the device cannot be read.
#[must_use]
pub fn score_sums(logits: Tensor<2>, targets: &[u8]) -> ScoreSums {
    let n_images = targets.len() as f64;
    let is_correct = logits.clone().argmax(1).squeeze_dim::<1>(1).equal(classes(&logits, targets));
    let correct = is_correct.int().sum().into_scalar::<i64>();
    let loss = f64::from(cross_entropy(logits, targets).into_scalar::<f32>()) * n_images;
    ScoreSums { loss, correct: usize::try_from(correct).expect("a count is not negative") }
}
