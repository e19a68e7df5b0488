//! `Trainer`: a network with the optimizer that trains it, whose state can be read; Burn keeps its optimizers' private.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::optim::{DynState, GradientsParams, Optimizer, RecordState, StateSink, StateSource};
use burn::tensor::{Tensor, TensorData};
use inputs::Rows;
use kernels::Descent;

use crate::parameters::{self, Visit};
use crate::{Mlp, NamedTensor, Network, OptimizerState, Tensors};

/// A network with the optimizer that trains it: the two things that a training step changes.
pub trait Trainer: Send {
    /// One parameter update. Returns the mean cross-entropy of the batch before it; if that is NaN or infinite, nothing is
    /// updated.
    ///
    /// # Shapes
    /// - `images`: `[batch_size, pixels]`
    /// - `targets`: the class of every image, from 0
    fn step(&mut self, images: &Rows, targets: &[u8]) -> f64;

    /// The network as it is now.
    fn network(&self) -> Network;

    /// The optimizer's state for every parameter.
    fn optimizer_state(&self) -> OptimizerState;
}

/// Gradient descent by the fused kernels: a step is one operation on weights and velocities that stay in its buffers.
pub(crate) struct Fused {
    /// The network before the first step.
    network: Mlp,
    /// Names and shapes of its parameters.
    parameters: Tensors,
    kernels: kernels::Network<f32>,
    descent: Descent,
    has_state: bool,
}

impl Fused {
    /// A network before its next step; `state` is the optimizer's, if the training is resumed.
    ///
    /// # Panics
    /// If the state does not belong to this network.
    pub(crate) fn new(network: Mlp, descent: Descent, state: Option<&OptimizerState>) -> Self {
        let (mut kernels, parameters) = (network.kernels(), parameters::read(&network));
        let velocities = state.map(|state| &state.tensors).filter(|velocities| !velocities.0.is_empty());
        if let Some(velocities) = velocities {
            let of = |parameter: &NamedTensor| velocities.get(&format!("{}.velocity", parameter.name));
            let of = |parameter| of(parameter).expect("a state has the velocity of every parameter").values.as_slice();
            kernels.set_velocities(parameters.0.iter().map(of));
        }
        Self { network, parameters, kernels, descent, has_state: velocities.is_some() }
    }

    fn named(&self, values: Vec<Vec<f32>>, suffix: &str) -> Tensors {
        let named = |(parameter, values): (&NamedTensor, Vec<f32>)| NamedTensor {
            name: format!("{}{suffix}", parameter.name),
            shape: parameter.shape.clone(),
            values,
        };
        Tensors(self.parameters.0.iter().zip(values).map(named).collect())
    }
}

impl Trainer for Fused {
    fn step(&mut self, images: &Rows, targets: &[u8]) -> f64 {
        let loss = images.with_input(|images| self.kernels.step(images, targets, self.descent));
        self.has_state |= self.descent.momentum != 0.0 && loss.is_finite();
        loss
    }

    fn network(&self) -> Network {
        Network::Mlp(self.network.with_weights(&self.named(self.kernels.weights(), "")))
    }

    fn optimizer_state(&self) -> OptimizerState {
        if !self.has_state {
            return OptimizerState::default();
        }
        OptimizerState { tensors: self.named(self.kernels.velocities(), ".velocity"), ..OptimizerState::default() }
    }
}

/// A network and a Burn optimizer, parameter by parameter.
pub(crate) struct ByModules<O> {
    /// A step takes it out and puts it back.
    network: Option<Network>,
    optimizer: O,
    /// The optimizer's prefix to the names in its state.
    prefix: &'static str,
    learning_rate: f64,
    states: HashMap<ParamId, DynState>,
}

impl<O: Optimizer> ByModules<O> {
    /// A network before its next step; `state` is the optimizer's, if the training is resumed.
    ///
    /// # Panics
    /// If the state does not belong to this kind of optimizer and this network.
    pub(crate) fn new(
        network: Network,
        optimizer: O,
        prefix: &'static str,
        learning_rate: f64,
        state: Option<&OptimizerState>,
    ) -> Self {
        let mut trainer = Self { network: None, optimizer, prefix, learning_rate, states: HashMap::new() };
        if let Some(state) = state.filter(|state| **state != OptimizerState::default()) {
            parameters::visit(&network, &mut Restore { trainer: &mut trainer, state });
        }
        trainer.network = Some(network);
        trainer
    }

    fn current(&self) -> &Network {
        self.network.as_ref().expect("a step puts the network back")
    }
}

impl<O: Optimizer> Trainer for ByModules<O> {
    fn step(&mut self, images: &Rows, targets: &[u8]) -> f64 {
        let (loss, gradients) = self.current().gradients(images.clone(), targets, &mut |_| {});
        if loss.is_finite()
            && let Some(network) = self.network.take()
        {
            self.network = Some(network.map(&mut Step { trainer: self, gradients }));
        }
        loss
    }

    fn network(&self) -> Network {
        self.current().clone()
    }

    fn optimizer_state(&self) -> OptimizerState {
        let mut read = ReadState { trainer: self, state: OptimizerState::default() };
        parameters::visit(self.current(), &mut read);
        read.state
    }
}

struct Step<'a, O> {
    trainer: &'a mut ByModules<O>,
    gradients: GradientsParams,
}

impl<O: Optimizer> ModuleMapper for Step<'_, O> {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let ByModules { optimizer, learning_rate, states, .. } = &mut *self.trainer;
        let id = parameter.id;
        let Some(gradient) = self.gradients.remove::<D>(id) else { return parameter };
        let state = states.remove(&id).map(DynState::downcast::<O::State<D>>);
        parameter.map(|weight| {
            let (weight, state) = optimizer.step(*learning_rate, weight.inner(), gradient, state);
            if let Some(state) = state {
                states.insert(id, DynState::create(state, D));
            }
            Tensor::from_inner(weight).require_grad()
        })
    }
}

struct ReadState<'a, O> {
    trainer: &'a ByModules<O>,
    state: OptimizerState,
}

impl<O: Optimizer> Visit for ReadState<'_, O> {
    fn visit<const D: usize>(&mut self, name: &str, parameter: &Param<Tensor<D>>) {
        let Some(state) = self.trainer.states.get(&parameter.id) else { return };
        let mut sink = StateSink::default();
        state.downcast_ref::<O::State<D>>().state_flatten("", &mut sink);
        let own_name = |what: &str| format!("{name}.{}", what.trim_start_matches(self.trainer.prefix));
        let tensor = |(what, data): (String, TensorData)| NamedTensor {
            name: own_name(&what),
            shape: data.shape().to_vec(),
            values: data.convert::<f32>().try_into_vec().expect("a float tensor reads as f32"),
        };
        self.state.tensors.0.extend(sink.tensors.into_iter().map(tensor));
        let counter = |(what, value)| Some((own_name(what), u64::try_from(value).ok()?));
        self.state.counters.extend(sink.scalars.iter().filter_map(|(what, value)| counter((what, *value))));
    }
}

struct Restore<'a, O> {
    trainer: &'a mut ByModules<O>,
    state: &'a OptimizerState,
}

impl<O: Optimizer> Visit for Restore<'_, O> {
    fn visit<const D: usize>(&mut self, name: &str, parameter: &Param<Tensor<D>>) {
        let prefix = self.trainer.prefix;
        let own = |full: &str| Some(format!("{prefix}{}", full.strip_prefix(name)?.strip_prefix('.')?));
        let counters = self.state.counters.iter().filter_map(|(full, value)| Some((own(full)?, (*value).into())));
        let mut source = StateSource::new(counters.collect());
        for NamedTensor { name: full, shape, values } in &self.state.tensors.0 {
            if let Some(own) = own(full) {
                source.insert_tensor(own, TensorData::new(values.clone(), shape.clone()));
            }
        }
        let device = parameter.val().inner().device();
        let state = O::State::<D>::state_unflatten("", &mut source, &device);
        let state = state.expect("a state has everything that its optimizer keeps for every parameter");
        self.trainer.states.insert(parameter.id, DynState::create(state, D));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use burn::tensor::Device;
    use inputs::ComputePath;

    use super::*;
    use crate::{
        Activation, AdamConfig, Bias, ImageShape, MlpConfig, NetworkConfig, OptimizerConfig, SgdConfig, WeightInit,
    };

    const SHAPE: ImageShape = ImageShape { height: 2, width: 3, classes: 3 };

    fn optimizers() -> Vec<OptimizerConfig> {
        let adam = AdamConfig { learning_rate: 0.01, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 };
        let sgd = [0.0, 0.9].map(|momentum| OptimizerConfig::Sgd(SgdConfig { learning_rate: 0.1, momentum }));
        sgd.into_iter().chain([OptimizerConfig::Adam(adam)]).collect()
    }

    fn config() -> NetworkConfig {
        let (activation, weight_init) = (Activation::Sigmoid, WeightInit::FanInNormal);
        NetworkConfig::Mlp(MlpConfig { hidden_units: vec![4], activation, weight_init, bias: Bias::All })
    }

    fn network(path: ComputePath) -> Network {
        let weights = config().initial_weights(SHAPE, 1);
        Network::new(&config(), SHAPE, &weights, &Device::flex().autodiff()).with_path(path)
    }

    fn step(trainer: &mut dyn Trainer) {
        let inputs: Vec<f32> = (0_u8..12).map(|i| (f32::from(i) * 0.7).sin()).collect();
        let inputs = Tensor::<2>::from_data(TensorData::new(inputs, [2, 6]), &Device::flex());
        trainer.step(&inputs.into(), &[0, 2]);
    }

    #[test]
    fn an_optimizer_continues_from_its_state_bit_for_bit() {
        for (config, path) in optimizers()
            .into_iter()
            .flat_map(|config| [ComputePath::Fused, ComputePath::Plain].map(|path| (config.clone(), path)))
        {
            let mut trainer = config.trainer(network(path), None);
            for _ in 0..3 {
                step(&mut *trainer);
            }
            let (weights, state) = (trainer.network().weights(), trainer.optimizer_state());
            step(&mut *trainer);
            let expected = trainer.network().weights();

            let network = Network::new(&self::config(), SHAPE, &weights, &Device::flex().autodiff()).with_path(path);
            let mut resumed = config.trainer(network, Some(&state));
            assert_eq!(resumed.optimizer_state(), state, "{config:?}, {path:?}");
            step(&mut *resumed);
            assert_eq!(resumed.network().weights(), expected, "{config:?}, {path:?}");
        }
    }

    #[test]
    fn a_loss_that_is_not_finite_updates_nothing() {
        for path in [ComputePath::Fused, ComputePath::Plain] {
            for config in optimizers() {
                let mut trainer = config.trainer(network(path), None);
                let before = trainer.network().weights();
                let inputs = Tensor::<2>::full([2, 6], f32::NAN, &Device::flex());
                assert!(!trainer.step(&inputs.into(), &[0, 2]).is_finite());
                assert_eq!(trainer.network().weights(), before);
                assert_eq!(trainer.optimizer_state(), OptimizerState::default());
            }
        }
    }

    #[test]
    fn the_state_has_the_names_that_its_configuration_lists() {
        for (config, path) in optimizers()
            .into_iter()
            .flat_map(|config| [ComputePath::Fused, ComputePath::Plain].map(|path| (config.clone(), path)))
        {
            let mut trainer = config.trainer(network(path), None);
            assert_eq!(trainer.optimizer_state(), OptimizerState::default(), "before the first step");
            step(&mut *trainer);
            let state = trainer.optimizer_state();
            let names = |kinds: &[&str]| -> Vec<String> {
                let of = |parameter: crate::ParameterShape| {
                    kinds.iter().map(move |kind| format!("{}.{kind}", parameter.name)).collect::<Vec<_>>()
                };
                self::config().shapes(SHAPE).into_iter().flat_map(of).collect()
            };
            let tensors: Vec<_> = state.tensors.0.iter().map(|tensor| tensor.name.clone()).collect();
            assert_eq!(tensors, names(config.state().tensors));
            let counters: BTreeSet<_> = names(config.state().counters).into_iter().collect();
            assert_eq!(state.counters.keys().cloned().collect::<BTreeSet<_>>(), counters);
        }
    }

    /// Algorithm 1 of Kingma and Ba, written out in double precision.
    #[test]
    fn adam_takes_the_steps_of_its_algorithm() {
        let (rate, beta_1, beta_2, epsilon) = (0.01, 0.9, 0.999, 1e-8);
        let config = AdamConfig { learning_rate: rate, beta_1, beta_2, epsilon };
        let mut trainer = OptimizerConfig::Adam(config).trainer(network(ComputePath::Plain), None);
        let mut weights = trainer.network().weights().0.swap_remove(0).values;
        let mut moments = vec![(0.0, 0.0); weights.len()];
        let inputs: Rows = Tensor::<2>::ones([1, 6], &Device::flex()).into();
        for time in 1..=5 {
            let network = trainer.network();
            let gradients = network.gradients(inputs.clone(), &[1], &mut |_| {}).1;
            let gradients = parameters::gradients(&network, &gradients);
            for ((weight, (m, v)), g) in weights.iter_mut().zip(&mut moments).zip(&gradients[0]) {
                *m = beta_1 * *m + (1.0 - beta_1) * g;
                *v = beta_2 * *v + (1.0 - beta_2) * g * g;
                let (m, v) = (*m / (1.0 - beta_1.powi(time)), *v / (1.0 - beta_2.powi(time)));
                #[expect(clippy::cast_possible_truncation, reason = "weights are kept in f32")]
                let updated = (f64::from(*weight) - rate * m / (v.sqrt() + epsilon)) as f32;
                *weight = updated;
            }
            trainer.step(&inputs, &[1]);
        }
        for (weight, expected) in trainer.network().weights().0[0].values.iter().zip(&weights) {
            assert!((weight - expected).abs() < 1e-5, "{weight} and {expected}");
        }
    }
}
