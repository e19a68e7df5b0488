//! `Velocities`: the state of the optimizer, read and put back.
//!
//! Burn's learner and its optimizer keep the state to themselves; their own record of it is a format of its own, with
//! random names. But every state passes through [`Optimizer::step`], so an optimizer that stands around another one sees
//! it: a step that only reads, and one that only puts back, change no weight.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::{GradientsParams, LearningRate, Optimizer, RecordState, StateSink, StateSource};
use burn::tensor::{Device, Tensor, TensorData};
use burn::train::Learner;
use mlp::MlpWeights;

use crate::Classifier;

/// A handle to the velocities of the optimizer that was made with it.
#[derive(Clone, Default)]
pub(crate) struct Velocities(Arc<Mutex<Pass>>);

/// What a pass over all parameters is for.
#[derive(Default)]
enum Pass {
    /// A step of the training.
    #[default]
    Step,
    /// The velocities are wanted; one that is not there is an empty list.
    Read(Vec<Vec<f32>>),
    /// The velocities of the parameters to come.
    PutBack(std::vec::IntoIter<Vec<f32>>),
}

/// An optimizer whose state can be read and put back.
#[derive(Clone)]
pub(crate) struct Open<O> {
    pub(crate) optimizer: O,
    /// What the optimizer calls the velocity in its state.
    pub(crate) velocity: &'static str,
    pub(crate) velocities: Velocities,
}

impl<O: Optimizer> Optimizer for Open<O> {
    type State<const D: usize> = O::State<D>;

    fn step<const D: usize>(
        &self,
        learning_rate: LearningRate,
        weight: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<O::State<D>>,
    ) -> (Tensor<D>, Option<O::State<D>>) {
        match &mut *self.velocities.pass() {
            Pass::Step => self.optimizer.step(learning_rate, weight, gradient, state),
            Pass::Read(read) => {
                read.push(state.as_ref().map_or_else(Vec::new, |state| self.read(state)));
                (weight, state)
            }
            Pass::PutBack(velocities) => {
                let velocity = velocities.next().expect("there is a velocity for every parameter");
                let velocity = TensorData::new(velocity, weight.dims());
                let mut source = StateSource::default();
                source.insert_tensor(self.velocity.to_owned(), velocity);
                let state = O::State::state_unflatten("", &mut source, &weight.device());
                (weight, state)
            }
        }
    }

    fn to_device<const D: usize>(state: O::State<D>, device: &Device) -> O::State<D> {
        O::to_device(state, device)
    }
}

impl<O> Open<O> {
    fn read(&self, state: &impl RecordState) -> Vec<f32> {
        let mut sink = StateSink::default();
        state.state_flatten("", &mut sink);
        let velocity = sink.tensors.into_iter().find(|(name, _)| name == self.velocity);
        let values = |(_, data): (String, TensorData)| data.convert::<f32>().try_into_vec();
        velocity.map_or_else(Vec::new, |velocity| values(velocity).expect("a float tensor reads as f32"))
    }
}

impl Velocities {
    /// The velocities of a learner's optimizer, in the shape of its weights; none where it has none.
    ///
    /// # Panics
    /// When the optimizer was not made with this handle.
    pub(crate) fn read(&self, learner: &mut Learner<Classifier>, weights: &MlpWeights) -> Option<MlpWeights> {
        *self.pass() = Pass::Read(Vec::new());
        learner.optimizer_step(every_parameter(&learner.model()));
        let Pass::Read(read) = std::mem::take(&mut *self.pass()) else { unreachable!("nobody else sets it") };
        let mut read = read.into_iter();
        let mut velocity = weights.clone();
        for parameter in velocity.parameters_mut() {
            let values = read.next().expect("every parameter was asked");
            if values.len() != parameter.len() {
                return None;
            }
            *parameter = values;
        }
        Some(velocity)
    }

    /// Gives a learner's optimizer these velocities.
    ///
    /// # Panics
    /// When the optimizer was not made with this handle.
    pub(crate) fn put_back(&self, learner: &mut Learner<Classifier>, mut velocity: MlpWeights) {
        let velocities: Vec<Vec<f32>> = velocity.parameters_mut().map(std::mem::take).collect();
        *self.pass() = Pass::PutBack(velocities.into_iter());
        learner.optimizer_step(every_parameter(&learner.model()));
        *self.pass() = Pass::Step;
    }

    fn pass(&self) -> MutexGuard<'_, Pass> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gradients that make an optimizer visit every parameter, first layer to last, weights before biases; their values are
/// not used.
fn every_parameter(network: &Classifier) -> GradientsParams {
    struct Visit(GradientsParams);
    impl ModuleVisitor for Visit {
        fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
            self.0.register(parameter.id, parameter.val().inner());
        }
    }
    let mut visit = Visit(GradientsParams::new());
    network.visit(&mut visit);
    visit.0
}
