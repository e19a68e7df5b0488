//! A plain training of dense layers in which one thing can be wrong. Without a slip it takes the same steps as the program's own
//! training, with the same weights, batches and formulas.

use burn::tensor::{Tensor, TensorData, activation::softmax};
use mlp::{Activation, OptimizerConfig, SgdConfig};
use mnist::BatchOrder;
use spec::{ExperimentSpec, PixelScaling, Shuffle, Slip};

use crate::images::Labelled;
use crate::{Point, PreparedImages, Replicate, features};

/// Whether an experiment can have a slip: its training lacks nothing that the slip is about.
pub(crate) fn applies(slip: Slip, spec: &ExperimentSpec) -> bool {
    let Some(mlp) = spec.model.as_mlp() else { return false };
    let momentum = sgd(spec).is_some_and(|sgd| sgd.momentum > 0.0);
    match slip {
        Slip::Dampening | Slip::AveragedVelocity => momentum,
        Slip::MissingTwoThirds => mlp.activation == Activation::ImprovedSigmoid,
        Slip::SigmoidDerivative => mlp.activation != Activation::Sigmoid && !mlp.hidden_units.is_empty(),
        Slip::NoDerivative | Slip::UpdatedWeightsBackward => !mlp.hidden_units.is_empty(),
        Slip::PixelsBy255 | Slip::EverySetByItself | Slip::MeanOfAllImages => {
            spec.data.pixel_scaling == PixelScaling::TrainMeanStd
        }
        Slip::SmallWeights => mlp.weight_init == spec::WeightInit::FanInNormal,
        Slip::ImagesWithoutLabels => spec.training.shuffle == Shuffle::EveryEpoch,
        Slip::SigmoidOutput | Slip::GradientSum | Slip::ValidationOnTraining => true,
    }
}

/// Whether the network and the optimizer of an experiment are those of these trainings.
#[must_use]
pub fn can_train(spec: &ExperimentSpec) -> bool {
    spec.model.as_mlp().is_some() && sgd(spec).is_some()
}

/// Gradient descent, the only optimizer of these trainings.
fn sgd(spec: &ExperimentSpec) -> Option<&SgdConfig> {
    match &spec.optimizer {
        OptimizerConfig::Sgd(sgd) => Some(sgd),
        OptimizerConfig::Adam(_) => None,
    }
}

/// Trains until the last of the validations that are kept, and returns them.
///
/// # Panics
/// If the experiment is one that this [cannot train](can_train).
#[must_use]
pub fn train(spec: &ExperimentSpec, slip: Option<Slip>, images: &PreparedImages, seed: u64) -> Replicate {
    let mut network = Network::new(spec, slip, images, seed);
    let order = match spec.training.shuffle {
        Shuffle::EveryEpoch => BatchOrder::Shuffled { seed },
        Shuffle::Never => BatchOrder::AsStored,
    };
    let (batch_size, per_epoch) = (spec.training.batch_size, spec.steps_per_epoch());
    let steps: Vec<usize> = features::validations(spec);
    let last = steps.last().copied().unwrap_or(0);
    let mut points = vec![network.validate(images, None)];
    let (mut epoch, mut losses) = (Vec::new(), Vec::new());
    for step in 1..=last {
        let at = (step - 1) % per_epoch;
        if at == 0 {
            epoch = order.of_epoch((step - 1) / per_epoch + 1, images.train.len());
        }
        let stored: Vec<usize> = (at * batch_size..(at + 1) * batch_size).collect();
        let shuffled = &epoch[at * batch_size..][..batch_size];
        let labels = if slip == Some(Slip::ImagesWithoutLabels) { &stored } else { shuffled };
        let [inputs, one_hot] = images.train.batch(shuffled, labels);
        losses.push(network.step(inputs, &one_hot));
        if steps.contains(&step) {
            let recent = &losses[losses.len().saturating_sub(spec.steps_per_validation())..];
            points.push(network.validate(images, Some(recent.iter().sum::<f64>() / recent.len() as f64)));
        }
    }
    Replicate { seed, points: steps.into_iter().zip(points).collect() }
}

struct Network {
    layers: Vec<Layer>,
    activation: Activation,
    sgd: SgdConfig,
    slip: Option<Slip>,
}

struct Layer {
    weight: Tensor<2>,
    velocity: Tensor<2>,
    /// `[1, n_outputs]`, with its velocity.
    bias: Option<[Tensor<2>; 2]>,
}

impl Network {
    fn new(spec: &ExperimentSpec, slip: Option<Slip>, images: &PreparedImages, seed: u64) -> Self {
        let mlp = spec.model.as_mlp().expect("checked by `can_train`");
        let device = images.train.inputs.device();
        let weights = spec.model.initial_weights(images.shape, seed);
        let tensor = |name: &str, fan_in: usize, shape: [usize; 2]| {
            let values = weights.get(name)?.values.clone();
            let factor = if slip == Some(Slip::SmallWeights) { 1.0 / (fan_in as f64).sqrt() } else { 1.0 };
            Some(Tensor::<2>::from_data(TensorData::new(values, shape), &device).mul_scalar(factor))
        };
        let layer = |layer: &mlp::Layer| {
            let fan_in = layer.n_inputs + usize::from(layer.has_bias);
            let weight = tensor(&format!("{}.weight", layer.name), fan_in, [layer.n_inputs, layer.n_outputs]);
            let weight = weight.expect("a layer has weights");
            let bias = tensor(&format!("{}.bias", layer.name), fan_in, [1, layer.n_outputs]);
            Layer { velocity: weight.zeros_like(), weight, bias: bias.map(|bias| [bias.clone(), bias.zeros_like()]) }
        };
        let layers = spec.model.layers(images.shape).iter().map(layer).collect();
        let sgd = sgd(spec).expect("checked by `can_train`").clone();
        Self { layers, activation: mlp.activation, sgd, slip }
    }

    /// The inputs, then the activations of every layer.
    fn forward(&self, inputs: Tensor<2>) -> Vec<Tensor<2>> {
        let mut outputs = vec![inputs];
        for (at, layer) in self.layers.iter().enumerate() {
            let z = outputs[at].clone().matmul(layer.weight.clone());
            let z = layer.bias.iter().fold(z, |z, [bias, _]| z + bias.clone());
            outputs.push(match self.slip {
                _ if at + 1 < self.layers.len() => self.activation.forward(z),
                Some(Slip::SigmoidOutput) => Activation::Sigmoid.forward(z),
                _ => softmax(z, 1),
            });
        }
        outputs
    }

    /// One update; returns the mean loss of the batch before it.
    fn step(&mut self, inputs: Tensor<2>, one_hot: &Tensor<2>) -> f64 {
        let outputs = self.forward(inputs);
        let output = outputs[self.layers.len()].clone();
        let loss = mean_loss(output.clone(), one_hot);
        let n = if self.slip == Some(Slip::GradientSum) { 1.0 } else { one_hot.dims()[0] as f64 };
        let mut delta = output - one_hot.clone();
        for at in (0..self.layers.len()).rev() {
            let gradient = outputs[at].clone().transpose().matmul(delta.clone()).div_scalar(n);
            let of_bias = delta.clone().sum_dim(0).div_scalar(n);
            let before = self.layers[at].weight.clone();
            self.update(at, gradient, of_bias);
            if at > 0 {
                let is_late = self.slip == Some(Slip::UpdatedWeightsBackward);
                let weight = if is_late { self.layers[at].weight.clone() } else { before };
                delta = delta.matmul(weight.transpose()) * self.slope(outputs[at].clone());
            }
        }
        loss
    }

    /// The derivative of the activation, from its output.
    fn slope(&self, y: Tensor<2>) -> Tensor<2> {
        let of_sigmoid = |y: Tensor<2>| y.clone() * (y.neg() + 1.0);
        let improved = |y: Tensor<2>| y.square().div_scalar(-1.7159).add_scalar(1.7159);
        match (self.slip, self.activation) {
            (Some(Slip::NoDerivative), _) => y.ones_like(),
            (Some(Slip::SigmoidDerivative), _) | (_, Activation::Sigmoid) => of_sigmoid(y),
            (Some(Slip::MissingTwoThirds), _) => improved(y),
            (_, Activation::ImprovedSigmoid) => improved(y).mul_scalar(2.0 / 3.0),
            (_, Activation::Tanh) => y.square().neg().add_scalar(1.0),
            (_, Activation::Relu) => y.greater_elem(0.0).float(),
        }
    }

    fn update(&mut self, at: usize, gradient: Tensor<2>, of_bias: Tensor<2>) {
        let SgdConfig { learning_rate, momentum } = self.sgd;
        let share = match self.slip {
            Some(Slip::Dampening) => 0.9,
            Some(Slip::AveragedVelocity) => 1.0 - momentum,
            _ => 1.0,
        };
        let moved = |weight: &mut Tensor<2>, velocity: &mut Tensor<2>, gradient: Tensor<2>| {
            *velocity = gradient.mul_scalar(share) + velocity.clone().mul_scalar(momentum);
            *weight = weight.clone() - velocity.clone().mul_scalar(learning_rate);
        };
        let layer = &mut self.layers[at];
        moved(&mut layer.weight, &mut layer.velocity, gradient);
        if let Some([bias, velocity]) = &mut layer.bias {
            moved(bias, velocity, of_bias);
        }
    }

    fn validate(&self, images: &PreparedImages, batch_loss: Option<f64>) -> Point {
        let (train, validation) = (self.scores(&images.train), self.scores(&images.validation));
        let [train_loss, validation_loss, validation_accuracy] = [train.0, validation.0, validation.1].map(Some);
        Point { batch_loss, train_loss, validation_loss, validation_accuracy }
    }

    /// Mean loss and share of correct predictions.
    fn scores(&self, images: &Labelled) -> (f64, f64) {
        let output = self.forward(images.inputs.clone()).swap_remove(self.layers.len());
        let loss = mean_loss(output.clone(), &images.one_hot);
        let is_right = output.argmax(1).equal(images.one_hot.clone().argmax(1));
        let right = is_right.int().sum().into_scalar::<i32>();
        (loss, f64::from(right) / images.len() as f64)
    }
}

/// The mean over the rows of `-log(output of the target)`.
fn mean_loss(output: Tensor<2>, one_hot: &Tensor<2>) -> f64 {
    let of_target = (output * one_hot.clone()).sum_dim(1);
    f64::from(of_target.log().mean().neg().into_scalar::<f32>())
}

#[cfg(test)]
mod tests;
