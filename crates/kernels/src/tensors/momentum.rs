//! `Momentum`: an optimizer that updates weights in one pass.

use burn::backend::Flex;
use burn::backend::flex::FlexTensor;
use burn::optim::{LearningRate, Optimizer, RecordState};
use burn::tensor::{Device, Tensor};

use super::{contiguous, numbers, primitive, with_float};
use crate::slices::{Real, momentum_step};

/// Gradient descent with momentum, `v = g + momentum v; w -= learning_rate v`, on the flex backend.
///
/// The velocity is updated in place and the new weights take the gradient's memory, so a step allocates nothing.
#[derive(Debug, Clone)]
pub struct Momentum {
    /// Share of the velocity that is kept; with 0 it is plain gradient descent.
    pub momentum: f64,
}

/// The velocity of one parameter.
#[derive(Debug, Clone, RecordState)]
pub struct MomentumState<const D: usize> {
    velocity: Tensor<D>,
}

impl Optimizer for Momentum {
    type State<const D: usize> = MomentumState<D>;

    fn step<const D: usize>(
        &self,
        learning_rate: LearningRate,
        weight: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<MomentumState<D>>,
    ) -> (Tensor<D>, Option<MomentumState<D>>) {
        let shape = weight.dims();
        let (weight, mut gradient) = (contiguous(primitive(weight)), contiguous(primitive(gradient)));
        let mut velocity = (self.momentum != 0.0).then(|| {
            let zeros = || Tensor::zeros(shape, (&Device::flex(), gradient.dtype()));
            contiguous(primitive(state.map_or_else(zeros, |state| state.velocity)))
        });
        with_float!(weight.dtype(), T => {
            let velocity = velocity.as_mut().map_or(&mut [][..], FlexTensor::storage_mut::<T>);
            let (rate, momentum) = (T::from_f64(learning_rate), T::from_f64(self.momentum));
            momentum_step(numbers::<T>(&weight), velocity, gradient.storage_mut::<T>(), rate, momentum);
        });
        let state = velocity.map(|velocity| MomentumState { velocity: Tensor::from_primitive::<Flex>(velocity) });
        (Tensor::from_primitive::<Flex>(gradient), state)
    }

    fn to_device<const D: usize>(state: MomentumState<D>, device: &Device) -> MomentumState<D> {
        MomentumState { velocity: state.velocity.to_device(device) }
    }
}
