//! `Traced`: dense layers trained in double precision, with every number on the way.

use crate::reference::{Dense, Operation, mean_cross_entropy, softmax};
use crate::{Activation, DescribeNetwork, Examples, ImageShape, MlpConfig, OptimizerConfig, Tensors};

/// Takes an array: name, shape, values in row-major order.
type Sink<'a> = dyn FnMut(&str, &[usize], &[f64]) + 'a;

/// Dense layers that are trained in double precision, from the formulas of the assignment. Every array of a step goes to a
/// sink, under a name such as `layer_1/delta`; layers count from 1.
///
/// With inputs `x` of a layer, of `n` examples, and deltas `d`, the derivatives of every example's own loss at the
/// pre-activations `z`:
///
/// ```text
/// forward   z = x W + b,   activation f(z), softmax(z) in the last layer
/// backward  d = activation - one_hot(targets) in the last layer,   d = f'(z) * (d_next W_next^T) before it
/// gradient  x^T d / n,   sum d / n
/// update    of the optimizer: v = g + momentum v;  w = w - learning_rate v
/// ```
#[derive(Debug)]
pub struct Traced {
    layers: Vec<Dense>,
    activation: Activation,
    optimizer: OptimizerConfig,
    /// Of every layer, of its weight and its bias: the optimizer's tensors.
    states: Vec<[Vec<Vec<f64>>; 2]>,
    steps: i32,
}

impl Traced {
    /// A network before its first step.
    ///
    /// # Panics
    /// If the weights are not those of such a network.
    #[must_use]
    pub fn new(config: &MlpConfig, shape: ImageShape, weights: &Tensors, optimizer: &OptimizerConfig) -> Self {
        let layers: Vec<Dense> = config.layers(shape).iter().map(|layer| Dense::new(weights, &layer.name)).collect();
        let zeros = |values: &Vec<f64>| vec![vec![0.0; values.len()]; optimizer.state().tensors.len()];
        let states = layers.iter().map(|layer| [zeros(&layer.weight), zeros(&layer.bias)]).collect();
        Self { layers, activation: config.activation, optimizer: optimizer.clone(), states, steps: 0 }
    }

    /// Hands out weights and biases.
    pub fn weights(&self, sink: &mut Sink) {
        for (at, layer) in self.layers.iter().enumerate() {
            layer.of_parameters(at, "", [&layer.weight, &layer.bias], sink);
        }
    }

    /// One parameter update; hands out every array of it.
    pub fn step(&mut self, examples: &Examples, sink: &mut Sink) {
        self.steps += 1;
        let n = examples.targets.len();
        let outputs = self.forward(examples, &mut |name, shape, values| sink(name, shape, values));
        sink("loss", &[], &[mean_cross_entropy(&outputs.logits, &examples.targets)]);

        let mut deltas = outputs.activations[self.layers.len()].clone();
        let n_classes = deltas.len() / n;
        for (row, &target) in examples.targets.iter().enumerate() {
            deltas[row * n_classes + target] -= 1.0;
        }
        let mut gradients = Vec::new();
        for (at, layer) in self.layers.iter().enumerate().rev() {
            sink(&format!("layer_{}/delta", at + 1), &[n, layer.n_outputs], &deltas);
            let of_layer = layer.gradients(&outputs.activations[at], &deltas);
            layer.of_parameters(at, "gradient_", of_layer.each_ref(), sink);
            gradients.push(of_layer);
            let slopes = outputs.activations[at].iter().map(|&y| self.activation.slope_at_output(y));
            // Nothing before the first layer is trained.
            deltas =
                if at == 0 { Vec::new() } else { layer.back(&deltas).iter().zip(slopes).map(|(d, f)| d * f).collect() };
        }
        gradients.reverse();
        self.update(&gradients, sink);
    }

    fn update(&mut self, gradients: &[[Vec<f64>; 2]], sink: &mut Sink) {
        let names = self.optimizer.state().tensors;
        for (at, ((layer, states), gradients)) in
            self.layers.iter_mut().zip(&mut self.states).zip(gradients).enumerate()
        {
            let [of_weight, of_bias] = states;
            self.optimizer.update(self.steps, &mut layer.weight, &gradients[0], of_weight);
            self.optimizer.update(self.steps, &mut layer.bias, &gradients[1], of_bias);
            for (at_name, name) in names.iter().enumerate() {
                layer.of_parameters(at, &format!("{name}_"), [&of_weight[at_name], &of_bias[at_name]], sink);
            }
            layer.of_parameters(at, "", [&layer.weight, &layer.bias], sink);
        }
    }

    /// Mean loss and share of correct predictions.
    #[must_use]
    pub fn scores(&self, examples: &Examples) -> (f64, f64) {
        let logits = self.forward(examples, &mut |_, _, _| {}).logits;
        let n = examples.targets.len();
        let is_right = |(row, &target): (&[f64], &usize)| row.iter().all(|&z| z <= row[target]);
        let right = logits.chunks_exact(logits.len() / n).zip(&examples.targets).filter(|&one| is_right(one)).count();
        (mean_cross_entropy(&logits, &examples.targets), right as f64 / n as f64)
    }

    fn forward(&self, examples: &Examples, sink: &mut Sink) -> Outputs {
        let n = examples.targets.len();
        let mut outputs = Outputs { activations: vec![examples.inputs.clone()], logits: Vec::new() };
        for (at, layer) in self.layers.iter().enumerate() {
            let z = layer.apply(&outputs.activations[at], &mut Vec::new());
            let is_last = at + 1 == self.layers.len();
            let activations =
                if is_last { softmax(&z, layer.n_outputs) } else { self.activation.apply(&z, &mut Vec::new()) };
            sink(&format!("layer_{}/pre_activation", at + 1), &[n, layer.n_outputs], &z);
            sink(&format!("layer_{}/activation", at + 1), &[n, layer.n_outputs], &activations);
            outputs.activations.push(activations);
            outputs.logits = z;
        }
        outputs
    }
}

/// The outputs of a forward pass.
struct Outputs {
    /// The inputs, then the activations of every layer.
    activations: Vec<Vec<f64>>,
    /// The pre-activations of the last layer.
    logits: Vec<f64>,
}

impl Dense {
    /// Hands out an array in the shape of the weight and, if the layer has a bias, one in its shape.
    fn of_parameters(&self, at: usize, what: &str, [weight, bias]: [&Vec<f64>; 2], sink: &mut Sink) {
        sink(&format!("layer_{}/{what}weight", at + 1), &[self.n_inputs, self.n_outputs], weight);
        if !bias.is_empty() {
            sink(&format!("layer_{}/{what}bias", at + 1), &[self.n_outputs], bias);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use burn::tensor::{Device, Tensor, TensorData};

    use super::*;
    use crate::{AdamConfig, Bias, Network, NetworkConfig, SgdConfig, WeightInit};

    const SHAPE: ImageShape = ImageShape { height: 2, width: 3, classes: 3 };

    /// Two implementations of the same steps: these formulas, and Burn's learner's trainer in single precision.
    #[test]
    fn a_trace_is_what_the_training_does() {
        let adam = AdamConfig { learning_rate: 0.01, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 };
        let sgd = [0.0, 0.9].map(|momentum| OptimizerConfig::Sgd(SgdConfig { learning_rate: 0.1, momentum }));
        for (optimizer, activation) in sgd.into_iter().chain([OptimizerConfig::Adam(adam)]).zip(Activation::ALL) {
            let (hidden_units, weight_init) = (vec![4, 5], WeightInit::FanInNormal);
            let config = MlpConfig { hidden_units, activation, weight_init, bias: Bias::All };
            let network = NetworkConfig::Mlp(config.clone());
            let weights = network.initial_weights(SHAPE, 1);
            let mut traced = Traced::new(&config, SHAPE, &weights, &optimizer);
            let device = Device::flex().autodiff();
            let mut trainer = optimizer.trainer(Network::new(&network, SHAPE, &weights, &device), None);
            let mut last = BTreeMap::new();
            for step in 0..5_u8 {
                let inputs: Vec<f32> = (0..12).map(|i| (f32::from(12 * step + i) * 0.7).sin()).collect();
                let examples =
                    Examples { inputs: inputs.iter().copied().map(f64::from).collect(), targets: vec![0, 2] };
                traced.step(&examples, &mut |name, _, values| drop(last.insert(name.to_owned(), values.to_vec())));
                let inputs = Tensor::<2>::from_data(TensorData::new(inputs, [2, 6]), &Device::flex());
                let loss = trainer.step(&inputs.into(), &[0, 2]);
                assert!((last["loss"][0] - loss).abs() < 1e-5, "{optimizer:?}, step {step}");
            }
            for tensor in trainer.network().weights().0 {
                let (layer, what) = tensor.name.strip_prefix("layers.").unwrap().split_once('.').unwrap();
                let ours = &last[&format!("layer_{}/{what}", layer.parse::<usize>().unwrap() + 1)];
                for (ours, burns) in ours.iter().zip(&tensor.values) {
                    assert!((ours - f64::from(*burns)).abs() < 1e-4, "{optimizer:?}, {}: {ours}, {burns}", tensor.name);
                }
            }
        }
    }
}
