//! A plain training of dense layers in which one thing can be wrong. Without a slip it takes the same steps as the program's own
//! training, with the same weights, batches and formulas.

use burn::tensor::{Device, Int, Tensor, TensorData, activation::softmax};
use mlp::{Activation, ImageShape, OptimizerConfig, SgdConfig};
use mnist::{BatchOrder, Dataset, ImageSet, Normalization, Splits};
use spec::{ExperimentSpec, PixelScaling, Shuffle, Slip};

use crate::{Point, Replicate, features};

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

/// Gradient descent, the only optimizer of these trainings.
fn sgd(spec: &ExperimentSpec) -> Option<&SgdConfig> {
    match &spec.optimizer {
        OptimizerConfig::Sgd(sgd) => Some(sgd),
        OptimizerConfig::Adam(_) => None,
    }
}

/// Images on a device, with or without a slip in their normalisation.
#[derive(Debug, Clone)]
pub struct PreparedImages {
    shape: ImageShape,
    train: Labelled,
    validation: Labelled,
}

#[derive(Debug, Clone)]
struct Labelled {
    /// `[n, pixels]`
    inputs: Tensor<2>,
    /// `[n, classes]`
    one_hot: Tensor<2>,
    classes: Vec<u8>,
}

impl PreparedImages {
    /// The images of an experiment.
    ///
    /// # Errors
    /// The dataset has fewer images, or they are blank.
    pub fn new(
        spec: &ExperimentSpec,
        slip: Option<Slip>,
        dataset: &Dataset,
        device: &Device,
    ) -> Result<Self, mnist::DataError> {
        let splits = Splits::new(dataset, spec.data.train_images, spec.data.validation_images)?;
        let own = match (slip, spec.data.pixel_scaling) {
            (Some(Slip::PixelsBy255), _) => Normalization { mean: 0.0, std: 255.0 },
            (Some(Slip::MeanOfAllImages), _) => Normalization::of(&dataset.train)?,
            (_, PixelScaling::TrainMeanStd) => splits.normalization,
            (_, PixelScaling::None) => Normalization::identity(),
        };
        let of_validation = match slip {
            Some(Slip::EverySetByItself) => Normalization::of(&splits.validation)?,
            _ => own,
        };
        let train = Labelled::new(&splits.train, &own, device);
        let validation = match slip {
            Some(Slip::ValidationOnTraining) => {
                Labelled::new(&splits.train.first(spec.data.validation_images), &own, device)
            }
            _ => Labelled::new(&splits.validation, &of_validation, device),
        };
        let mnist::ImageShape { height, width, classes } = dataset.shape;
        Ok(Self { shape: ImageShape { height, width, classes }, train, validation })
    }
}

impl Labelled {
    fn new(images: &ImageSet, normalization: &Normalization, device: &Device) -> Self {
        let table = normalization.table();
        let pixels: Vec<f32> = images.pixels.iter().map(|&pixel| table[usize::from(pixel)]).collect();
        let n_classes = images.shape.classes;
        let one_hot = images
            .labels
            .iter()
            .flat_map(|&label| (0..n_classes).map(move |c| f32::from(u8::from(c == usize::from(label)))));
        let one_hot: Vec<f32> = one_hot.collect();
        Self {
            inputs: Tensor::from_data(TensorData::new(pixels, [images.len(), images.shape.pixels()]), device),
            one_hot: Tensor::from_data(TensorData::new(one_hot, [images.len(), n_classes]), device),
            classes: images.labels.clone(),
        }
    }

    fn rows(tensor: &Tensor<2>, indices: &[usize]) -> Tensor<2> {
        let indices: Vec<i32> = indices.iter().map(|&index| i32::try_from(index).expect("few images")).collect();
        let n = indices.len();
        tensor.clone().select(0, Tensor::<1, Int>::from_data(TensorData::new(indices, [n]), &tensor.device()))
    }
}

/// Trains until the last of the [validations](features::validations) that are kept, and returns them.
///
/// # Panics
/// If the network or the optimizer of the experiment is of another kind than dense layers with gradient descent.
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
            epoch = order.of_epoch((step - 1) / per_epoch + 1, images.train.classes.len());
        }
        let batch = at * batch_size..(at + 1) * batch_size;
        let stored: Vec<usize> = batch.clone().collect();
        let labels: &[usize] = if slip == Some(Slip::ImagesWithoutLabels) { &stored } else { &epoch[batch.clone()] };
        let (x, y) =
            (Labelled::rows(&images.train.inputs, &epoch[batch]), Labelled::rows(&images.train.one_hot, labels));
        losses.push(network.step(x, &y));
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
        let mlp = spec.model.as_mlp().expect("checked by `applies`");
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
        let sgd = sgd(spec).expect("checked by `applies`").clone();
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
        let (train_loss, _) = self.scores(&images.train);
        let (validation_loss, validation_accuracy) = self.scores(&images.validation);
        Point {
            batch_loss,
            train_loss: Some(train_loss),
            validation_loss: Some(validation_loss),
            validation_accuracy: Some(validation_accuracy),
        }
    }

    /// Mean loss and share of correct predictions.
    fn scores(&self, images: &Labelled) -> (f64, f64) {
        let output = self.forward(images.inputs.clone()).remove(self.layers.len());
        let loss = mean_loss(output.clone(), &images.one_hot);
        let n = images.classes.len();
        let predicted: Vec<i32> = output.argmax(1).into_data().convert::<i32>().try_into_vec().expect("whole numbers");
        let right = predicted.iter().zip(&images.classes).filter(|(one, class)| **one == i32::from(**class)).count();
        (loss, right as f64 / n as f64)
    }
}

/// The mean over the rows of `-log(output of the target)`.
fn mean_loss(output: Tensor<2>, one_hot: &Tensor<2>) -> f64 {
    let of_target = (output * one_hot.clone()).sum_dim(1);
    f64::from(of_target.log().mean().neg().into_scalar::<f32>())
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use mlp::{Examples, Traced};
    use mnist::{DatasetName, Request};
    use test_support::{resolved, spec};

    use super::*;

    const SLIPS: [Slip; 14] = [
        Slip::PixelsBy255,
        Slip::EverySetByItself,
        Slip::MeanOfAllImages,
        Slip::ImagesWithoutLabels,
        Slip::SmallWeights,
        Slip::SigmoidOutput,
        Slip::GradientSum,
        Slip::SigmoidDerivative,
        Slip::NoDerivative,
        Slip::MissingTwoThirds,
        Slip::UpdatedWeightsBackward,
        Slip::Dampening,
        Slip::AveragedVelocity,
        Slip::ValidationOnTraining,
    ];

    fn small() -> (ExperimentSpec, &'static Dataset) {
        static DATASET: LazyLock<Dataset> = LazyLock::new(|| {
            let (train_images, test_images) = (Some(200), Some(60));
            let dataset = Some(DatasetName::MadeUp);
            mnist::load(&Request { dataset, train_images, test_images, ..Request::default() }, &mut |_| {}).unwrap()
        });
        let mut spec = spec();
        spec.data.train_images = 160;
        spec.data.validation_images = 50;
        (spec, &DATASET)
    }

    fn points(slip: Option<Slip>) -> Vec<Point> {
        let (spec, dataset) = small();
        let images = PreparedImages::new(&spec, slip, dataset, &Device::flex()).unwrap();
        train(&spec, slip, &images, 3).points.into_iter().map(|(_, point)| point).collect()
    }

    /// Two implementations of the same steps.
    #[test]
    fn without_a_slip_it_takes_the_steps_of_the_reference() {
        let (spec, dataset) = small();
        let splits = Splits::new(dataset, 160, 50).unwrap();
        let examples = |images: &ImageSet, indices: &[usize]| Examples {
            inputs: indices
                .iter()
                .flat_map(|&index| images.image(index))
                .map(|&pixel| (f64::from(pixel) - splits.normalization.mean) / splits.normalization.std)
                .collect(),
            targets: indices.iter().map(|&index| images.labels[index].into()).collect(),
        };
        let shape = ImageShape { height: 28, width: 28, classes: 10 };
        let weights = spec.model.initial_weights(shape, 3);
        let mut traced = Traced::new(spec.model.as_mlp().unwrap(), shape, &weights, &spec.optimizer);
        let (order, ours) = (BatchOrder::Shuffled { seed: 3 }, points(None));
        for step in 0..10 {
            let batch = &order.of_epoch(step / 5 + 1, 160)[step % 5 * 32..][..32];
            let mut loss = f64::NAN;
            traced.step(&examples(&splits.train, batch), &mut |name, _, values| {
                if name == "loss" {
                    loss = values[0];
                }
            });
            if step < 5 {
                let ours = ours[step + 1].batch_loss.unwrap();
                assert!((ours / loss - 1.0).abs() < 1e-4, "step {step}: {ours} and {loss}");
            }
        }
        let (loss, accuracy) = traced.scores(&examples(&splits.validation, &(0..50).collect::<Vec<_>>()));
        // The tenth validation.
        let last = ours[7];
        assert!((last.validation_loss.unwrap() / loss - 1.0).abs() < 1e-4);
        assert!((last.validation_accuracy.unwrap() - accuracy).abs() < 1e-9);
    }

    #[test]
    fn every_slip_changes_the_curve() {
        let right = points(None);
        for slip in SLIPS {
            assert!(applies(slip, &small().0), "{slip:?}");
            assert_ne!(points(Some(slip)), right, "{slip:?}");
        }
    }

    #[test]
    fn a_slip_needs_what_it_is_about() {
        let sigmoid = test_support::declared_with("activation", "activation = \"sigmoid\"")
            .replace("momentum = 0.9", "momentum = 0.0");
        let sigmoid =
            resolved("mine", sigmoid.replace("baseline = \"task3c\"\n", "").split("[[claim]]").next().unwrap());
        for slip in [Slip::SigmoidDerivative, Slip::MissingTwoThirds, Slip::Dampening, Slip::AveragedVelocity] {
            assert!(!applies(slip, &sigmoid), "{slip:?}");
        }
        assert!(applies(Slip::GradientSum, &sigmoid));
    }
}
