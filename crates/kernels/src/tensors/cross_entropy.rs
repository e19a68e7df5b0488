//! Softmax and cross-entropy as one operation of the autodiff graph.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::flex::FlexTensor;
use burn::backend::ops::FloatTensorOps;
use burn::backend::{Flex, TensorMetadata};
use burn::tensor::{ElementConversion, Int, Tensor};

use super::{NOT_FLEX, Tracked, classes, contiguous, new_tensor, numbers, primitive, with_float};
use crate::slices::{Real, softmax_cross_entropy};

/// Mean softmax cross-entropy, `-1/n sum_i log softmax(z_i)[t_i]`, on the flex backend.
///
/// # Shapes
/// - `logits`: `[batch_size, n_classes]`
/// - `targets`: `[batch_size]`, classes from 0
/// - output: `[1]`
///
/// # Panics
/// On another backend, and if a target is not a class.
#[must_use]
pub fn cross_entropy(logits: Tensor<2>, targets: Tensor<1, Int>) -> Tensor<1> {
    let targets = classes(targets);
    if !logits.device().is_autodiff() {
        return Tensor::from_primitive::<Flex>(loss_and_gradient(primitive(logits), &targets).0);
    }
    let (logits, node) = logits.try_into_primitive::<Tracked>().expect(NOT_FLEX).into_parts();
    let (loss, gradient) = loss_and_gradient(logits, &targets);
    let loss = match CrossEntropyBackward.prepare::<NoCheckpointing>([node]).compute_bound().stateful() {
        OpsKind::Tracked(prepared) => prepared.finish(gradient, loss),
        OpsKind::UnTracked(prepared) => prepared.finish(loss),
    };
    Tensor::from_primitive::<Tracked>(loss)
}

fn loss_and_gradient(logits: FlexTensor, targets: &[u8]) -> (FlexTensor, FlexTensor) {
    let logits = contiguous(logits);
    let [n, n_classes] = logits.shape().dims();
    with_float!(logits.dtype(), T => {
        let mut gradient = numbers::<T>(&logits).to_vec();
        let scores = softmax_cross_entropy(&mut gradient, n_classes, targets);
        (new_tensor(vec![T::from_f64(scores.loss / n as f64)], [1]), new_tensor(gradient, [n, n_classes]))
    })
}

/// The backward pass: the gradient at the logits, from the forward pass, times the incoming gradient.
#[derive(Debug)]
struct CrossEntropyBackward;

impl Backward<Flex, 1> for CrossEntropyBackward {
    type State = FlexTensor;

    fn backward(self, ops: Ops<FlexTensor, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        unary::<Flex, _>(ops.parents, ops.node, gradients, |incoming| {
            let scale = with_float!(incoming.dtype(), T => numbers::<T>(&contiguous(incoming))[0].elem::<f64>());
            // Most of the time the loss itself is differentiated.
            if scale.to_bits() == 1_f64.to_bits() { ops.state } else { Flex::float_mul_scalar(ops.state, scale.into()) }
        });
    }
}
