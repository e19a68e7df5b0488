//! Linear layer and activation as one operation of the autodiff graph.

use std::any::Any;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, NodeGuard, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Flex, TensorMetadata};
use burn::tensor::{Element, Tensor};

use super::{NOT_FLEX, Tracked, contiguous, kernel, new_tensor, numbers, primitive, with_float};
use crate::slices::{Input, Real};
use crate::{Nonlinearity, Rows, SparseBatch};

/// `f(x W + b)` on the flex backend.
///
/// # Shapes
/// - `input`: `[batch_size, n_inputs]`, `weight`: `[n_inputs, n_outputs]`, `bias`: `[n_outputs]`
/// - output: `[batch_size, n_outputs]`
///
/// # Panics
/// On another backend, and if the shapes do not fit.
#[must_use]
pub fn linear(input: Rows, weight: Tensor<2>, bias: Option<Tensor<1>>, nonlinearity: Nonlinearity) -> Tensor<2> {
    if !weight.device().is_autodiff() {
        let (weight, bias) = (contiguous(primitive(weight)), bias.map(primitive));
        let layer = Layer { input: input.into(), weight, bias, nonlinearity };
        return Tensor::from_primitive::<Flex>(layer.forward());
    }

    let (weight, weight_node) = weight.try_into_primitive::<Tracked>().expect(NOT_FLEX).into_parts();
    let bias = bias.map(|bias| bias.try_into_primitive::<Tracked>().expect(NOT_FLEX).into_parts());
    let (bias, bias_node) = bias.unzip();
    let (input, input_node) = match input {
        Rows::Dense(tensor) if tensor.device().is_autodiff() => {
            let (tensor, node) = tensor.try_into_primitive::<Tracked>().expect(NOT_FLEX).into_parts();
            (LayerInput::Dense(contiguous(tensor)), Some(node))
        }
        untracked => (untracked.into(), None),
    };
    let layer = Layer { input, weight: contiguous(weight), bias, nonlinearity };
    let output = match (bias_node, input_node) {
        (None, None) => layer.record([weight_node]),
        (Some(bias), None) => layer.record([weight_node, bias]),
        (None, Some(input)) => layer.record([weight_node, input]),
        (Some(bias), Some(input)) => layer.record([weight_node, bias, input]),
    };
    Tensor::from_primitive::<Tracked>(output)
}

/// The input of a layer.
#[derive(Debug, Clone)]
pub(super) enum LayerInput {
    /// A contiguous tensor.
    Dense(FlexTensor),
    Sparse(SparseBatch),
}

impl From<Rows> for LayerInput {
    fn from(rows: Rows) -> Self {
        match rows {
            Rows::Dense(tensor) => Self::Dense(contiguous(primitive(tensor))),
            Rows::Sparse(batch) => Self::Sparse(batch),
        }
    }
}

impl LayerInput {
    /// The input in the precision of the weights.
    pub(super) fn numbers<T: Real + Element>(&self) -> Input<'_, T> {
        match self {
            Self::Dense(tensor) => Input::Dense(numbers(tensor)),
            Self::Sparse(batch) => {
                let set: &dyn Any = &*batch.set;
                Input::Sparse(set.downcast_ref().expect("sparse batches are in single precision"), &batch.rows)
            }
        }
    }
}

/// One call of the layer.
#[derive(Debug, Clone)]
struct Layer {
    input: LayerInput,
    weight: FlexTensor,
    bias: Option<FlexTensor>,
    nonlinearity: Nonlinearity,
}

impl Layer {
    fn forward(&self) -> FlexTensor {
        with_float!(self.weight.dtype(), T => {
            let kernel = kernel::<T>(&self.weight, self.bias.as_ref(), self.nonlinearity);
            let y = kernel.forward(self.input.numbers());
            let n = y.len() / kernel.n_outputs;
            new_tensor(y, [n, kernel.n_outputs])
        })
    }

    /// The gradients at the weights, the bias and, if it is dense and wanted, the input.
    fn backward(&self, y: &FlexTensor, dy: FlexTensor, wants_input: bool) -> [Option<FlexTensor>; 3] {
        let dy = contiguous(dy);
        with_float!(self.weight.dtype(), T => {
            let kernel = kernel::<T>(&self.weight, self.bias.as_ref(), self.nonlinearity);
            let gradients = kernel.backward(self.input.numbers(), numbers(y), numbers(&dy), wants_input);
            let (n, n_inputs) = (y.shape()[0], kernel.weight.len() / kernel.n_outputs);
            [
                Some(new_tensor(gradients.weight, [n_inputs, kernel.n_outputs])),
                self.bias.is_some().then(|| new_tensor(gradients.bias, [kernel.n_outputs])),
                gradients.input.map(|gradient| new_tensor(gradient, [n, n_inputs])),
            ]
        })
    }

    /// The output, recorded in the graph: the parents are the weights, the bias if any, and the input if it is tracked.
    fn record<const N: usize>(self, parents: [NodeGuard; N]) -> FloatTensor<Tracked> {
        let output = self.forward();
        match LayerBackward.prepare::<NoCheckpointing>(parents).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish((self, output.clone()), output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }
}

/// The backward pass of a layer. Its state is the layer and its output.
#[derive(Debug)]
struct LayerBackward;

impl<const N: usize> Backward<Flex, N> for LayerBackward {
    type State = (Layer, FlexTensor);

    fn backward(self, ops: Ops<Self::State, N>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let dy = gradients.consume::<Flex>(&ops.node);
        let (layer, y) = ops.state;
        let mut parents = ops.parents.iter().map(|parent| parent.as_ref().map(|node| node.id));
        let weight = parents.next().flatten();
        let bias = layer.bias.as_ref().and_then(|_| parents.next().flatten());
        let input = parents.next().flatten();
        for (node, gradient) in [weight, bias, input].into_iter().zip(layer.backward(&y, dy, input.is_some())) {
            if let (Some(node), Some(gradient)) = (node, gradient) {
                gradients.register::<Flex>(node, gradient);
            }
        }
    }
}
