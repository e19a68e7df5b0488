//! `NetworkOptimizer`: an optimizer whose state for every parameter can be read; Burn keeps it private.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::optim::{DynState, GradientsParams, Optimizer, RecordState, StateSink, StateSource};
use burn::tensor::{Tensor, TensorData};

use crate::parameters::{self, Visit};
use crate::{NamedTensor, Network, OptimizerState};

/// An optimizer of a network, with its state.
pub trait NetworkOptimizer: Send {
    /// The network after one parameter update.
    fn step(&mut self, network: Network, gradients: GradientsParams) -> Network;

    /// Its state for every parameter of the network.
    fn state(&self, network: &Network) -> OptimizerState;

    /// Restores a state: the next step is the one that would have followed.
    ///
    /// # Panics
    /// If the state does not belong to this kind of optimizer and this network.
    fn restore(&mut self, network: &Network, state: &OptimizerState);
}

/// A Burn optimizer with the state of every parameter.
pub(crate) struct Stateful<O> {
    optimizer: O,
    /// The optimizer's prefix to the names in its state.
    prefix: &'static str,
    learning_rate: f64,
    states: HashMap<ParamId, DynState>,
}

impl<O: Optimizer> Stateful<O> {
    /// An optimizer before its first step.
    pub(crate) fn new(optimizer: O, prefix: &'static str, learning_rate: f64) -> Self {
        Self { optimizer, prefix, learning_rate, states: HashMap::new() }
    }
}

impl<O: Optimizer> NetworkOptimizer for Stateful<O> {
    fn step(&mut self, network: Network, gradients: GradientsParams) -> Network {
        network.map(&mut Step { optimizer: self, gradients })
    }

    fn state(&self, network: &Network) -> OptimizerState {
        let mut read = ReadState { optimizer: self, state: OptimizerState::default() };
        parameters::visit(network, &mut read);
        read.state
    }

    fn restore(&mut self, network: &Network, state: &OptimizerState) {
        self.states.clear();
        if *state != OptimizerState::default() {
            parameters::visit(network, &mut Restore { optimizer: self, state });
        }
    }
}

struct Step<'a, O> {
    optimizer: &'a mut Stateful<O>,
    gradients: GradientsParams,
}

impl<O: Optimizer> ModuleMapper for Step<'_, O> {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Stateful { optimizer, learning_rate, states, .. } = &mut *self.optimizer;
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
    optimizer: &'a Stateful<O>,
    state: OptimizerState,
}

impl<O: Optimizer> Visit for ReadState<'_, O> {
    fn visit<const D: usize>(&mut self, name: &str, parameter: &Param<Tensor<D>>) {
        let Some(state) = self.optimizer.states.get(&parameter.id) else { return };
        let mut sink = StateSink::default();
        state.downcast_ref::<O::State<D>>().state_flatten("", &mut sink);
        let own_name = |what: &str| format!("{name}.{}", what.trim_start_matches(self.optimizer.prefix));
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
    optimizer: &'a mut Stateful<O>,
    state: &'a OptimizerState,
}

impl<O: Optimizer> Visit for Restore<'_, O> {
    fn visit<const D: usize>(&mut self, name: &str, parameter: &Param<Tensor<D>>) {
        let prefix = self.optimizer.prefix;
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
        self.optimizer.states.insert(parameter.id, DynState::create(state, D));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use burn::tensor::{Device, Int};
    use kernels::ComputePath;

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

    fn step(optimizer: &mut dyn NetworkOptimizer, network: Network) -> Network {
        let inputs: Vec<f32> = (0_u8..12).map(|i| (f32::from(i) * 0.7).sin()).collect();
        let inputs = Tensor::<2>::from_data(TensorData::new(inputs, [2, 6]), &Device::flex());
        let loss = network.loss(inputs.into(), Tensor::<1, Int>::from_data([0, 2], &Device::flex()));
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        optimizer.step(network, gradients)
    }

    #[test]
    fn an_optimizer_continues_from_its_state_bit_for_bit() {
        for (config, path) in optimizers()
            .into_iter()
            .flat_map(|config| [ComputePath::Fused, ComputePath::Plain].map(|path| (config.clone(), path)))
        {
            let weights = self::config().initial_weights(SHAPE, 1);
            let mut network = Network::new(&self::config(), SHAPE, &weights, &Device::flex().autodiff());
            let mut optimizer = config.build(path);
            for _ in 0..3 {
                network = step(&mut *optimizer, network);
            }
            let (weights, state) = (network.weights(), optimizer.state(&network));
            let expected = step(&mut *optimizer, network).weights();

            let network = Network::new(&self::config(), SHAPE, &weights, &Device::flex().autodiff());
            let mut resumed = config.build(path);
            resumed.restore(&network, &state);
            assert_eq!(resumed.state(&network), state, "{config:?}, {path:?}");
            assert_eq!(step(&mut *resumed, network).weights(), expected, "{config:?}, {path:?}");
        }
    }

    #[test]
    fn the_state_has_the_names_that_its_configuration_lists() {
        for config in optimizers() {
            let weights = self::config().initial_weights(SHAPE, 1);
            let network = Network::new(&self::config(), SHAPE, &weights, &Device::flex().autodiff());
            let mut optimizer = config.build(ComputePath::Plain);
            assert_eq!(optimizer.state(&network), OptimizerState::default(), "before the first step");
            let network = step(&mut *optimizer, network);
            let state = optimizer.state(&network);
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

    /// Algorithm 1 of Kingma and Ba, written out in double precision for one parameter and a constant gradient.
    #[test]
    fn adam_takes_the_steps_of_its_algorithm() {
        let (rate, beta_1, beta_2, epsilon) = (0.01, 0.9, 0.999, 1e-8);
        let config = AdamConfig { learning_rate: rate, beta_1, beta_2, epsilon };
        let network_config = self::config();
        let mut weights = network_config.initial_weights(SHAPE, 1);
        let network = Network::new(&network_config, SHAPE, &weights, &Device::flex().autodiff());
        let mut optimizer = OptimizerConfig::Adam(config).build(ComputePath::Plain);
        let gradient = |network: &Network| {
            let inputs = Tensor::<2>::ones([1, 6], &Device::flex());
            let loss = network.loss(inputs.into(), Tensor::<1, Int>::from_data([1], &Device::flex()));
            let gradients = parameters::gradients(network, &loss.backward());
            let inputs = Tensor::<2>::ones([1, 6], &Device::flex());
            let loss = network.loss(inputs.into(), Tensor::<1, Int>::from_data([1], &Device::flex()));
            (gradients, GradientsParams::from_grads(loss.backward(), network))
        };
        let mut moments = vec![(0.0, 0.0); weights.0[0].values.len()];
        let mut network = network;
        for time in 1..=5 {
            let (values, gradients) = gradient(&network);
            for ((weight, (m, v)), g) in weights.0[0].values.iter_mut().zip(&mut moments).zip(&values[0]) {
                *m = beta_1 * *m + (1.0 - beta_1) * g;
                *v = beta_2 * *v + (1.0 - beta_2) * g * g;
                let (m, v) = (*m / (1.0 - beta_1.powi(time)), *v / (1.0 - beta_2.powi(time)));
                #[expect(clippy::cast_possible_truncation, reason = "weights are kept in f32")]
                let updated = (f64::from(*weight) - rate * m / (v.sqrt() + epsilon)) as f32;
                *weight = updated;
            }
            network = optimizer.step(network, gradients);
        }
        for (weight, expected) in network.weights().0[0].values.iter().zip(&weights.0[0].values) {
            assert!((weight - expected).abs() < 1e-5, "{weight} and {expected}");
        }
    }
}
