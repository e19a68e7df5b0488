//! `Precise`: a trained network in double precision on the CPU: its probabilities, and which pixels speak for a class.
//!
//! A page that repeats the computation in another language then differs only by rounding in the sixteenth digit.

use burn::tensor::{DType, Device, Tensor, TensorData};
use inputs::Rows;

use crate::{ImageShape, Network, NetworkConfig, Tensors, parameters};

/// Images of a batch.
const BATCH: usize = 500;
/// Points on the way from the background to an image, at which [`Precise::attributions`] takes gradients.
const POINTS: usize = 64;

/// A trained network in double precision.
#[derive(Debug)]
pub struct Precise {
    network: Network,
    device: Device,
}

impl Precise {
    /// The network for images of this shape with these weights.
    ///
    /// # Panics
    /// If the weights are not those of such a network.
    #[must_use]
    pub fn new(config: &NetworkConfig, shape: ImageShape, weights: &Tensors) -> Self {
        let device = Device::flex().autodiff();
        Self { network: config.build(shape, weights, &device, DType::F64), device }
    }

    /// The softmax of every image's logits, over the classes.
    ///
    /// # Shapes
    /// - `images`: standardised, `[pixels]` each
    #[must_use]
    pub fn probabilities(&self, images: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let logits = |images: &[Vec<f64>]| {
            let logits = self.network.forward(Rows::Dense(self.tensor(images)));
            let n_classes = logits.dims()[1];
            let logits: Vec<f64> = parameters::numbers(logits);
            logits.chunks_exact(n_classes).map(softmax).collect::<Vec<_>>()
        };
        images.chunks(BATCH).flat_map(logits).collect()
    }

    /// How much every pixel speaks for one class and against another: integrated gradients of the difference of their logits,
    /// `d = z_class - z_other`, on the way from an image of nothing but background to this one:
    ///
    /// `a_i = (x_i - b) * mean over t of dd/dx_i (b + t (x - b))`, `t` from 0 to 1.
    ///
    /// The sum over all pixels is how much the image raises `d` above its value for the background. A pixel of the background's
    /// value has 0.
    ///
    /// Source: Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks" (2017).
    ///
    /// # Shapes
    /// - `image`: standardised, `[pixels]`
    /// - output: `[pixels]`
    ///
    /// # Panics
    /// If the network lacks one of the classes.
    #[must_use]
    pub fn attributions(&self, image: &[f64], background: f64, class: usize, other: usize) -> Vec<f64> {
        let at = |point: usize| {
            let share = (point as f64 + 0.5) / POINTS as f64;
            image.iter().map(|x| background + share * (x - background)).collect::<Vec<f64>>()
        };
        let inputs = self.tensor(&(0..POINTS).map(at).collect::<Vec<_>>()).require_grad();
        let logits = self.network.forward(Rows::Dense(inputs.clone()));
        let logit = |class: usize| logits.clone().slice([0..POINTS, class..class + 1]);
        let gradients = (logit(class) - logit(other)).sum().backward();
        let gradient = inputs.grad(&gradients).expect("the logits depend on the inputs");
        let means: Vec<f64> = parameters::numbers(gradient.mean_dim(0));
        image.iter().zip(means).map(|(x, mean)| (x - background) * mean).collect()
    }

    fn tensor(&self, images: &[Vec<f64>]) -> Tensor<2> {
        let data = TensorData::new(images.concat(), [images.len(), images.first().map_or(0, Vec::len)]);
        Tensor::from_data(data, (&self.device, DType::F64))
    }
}

fn softmax(logits: &[f64]) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = logits.iter().map(|logit| (logit - largest).exp()).sum();
    logits.iter().map(|logit| (logit - largest).exp() / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Activation, Bias, LenetConfig, MlpConfig, WeightInit};

    const SHAPE: ImageShape = ImageShape { height: 12, width: 14, classes: 4 };

    fn networks() -> [NetworkConfig; 2] {
        let (activation, weight_init) = (Activation::ImprovedSigmoid, WeightInit::FanInNormal);
        let mlp = MlpConfig { hidden_units: vec![9, 7], activation, weight_init, bias: Bias::All };
        let lenet = LenetConfig { first_maps: 2, second_maps: 3, hidden_units: vec![5], activation, weight_init };
        [NetworkConfig::Mlp(mlp), NetworkConfig::Lenet(lenet)]
    }

    fn image(seed: usize) -> Vec<f64> {
        (0..SHAPE.pixels()).map(|pixel| if pixel % 3 == 0 { (pixel * seed % 17) as f64 / 8.0 } else { -0.4 }).collect()
    }

    #[test]
    fn probabilities_are_those_of_the_network_in_single_precision() {
        for config in networks() {
            let weights = config.initial_weights(SHAPE, 1);
            let images: Vec<Vec<f64>> = (1..4).map(image).collect();
            let probabilities = Precise::new(&config, SHAPE, &weights).probabilities(&images);
            #[expect(clippy::cast_possible_truncation, reason = "single precision is what it is compared with")]
            let single: Vec<f32> = images.concat().iter().map(|&x| x as f32).collect();
            let device = Device::flex();
            let inputs = Tensor::<2>::from_data(TensorData::new(single, [3, SHAPE.pixels()]), &device);
            let logits = Network::new(&config, SHAPE, &weights, &device).forward(Rows::Dense(inputs));
            let logits: Vec<f64> = parameters::numbers::<f32, 2>(logits).into_iter().map(f64::from).collect();
            for (precise, single) in probabilities.iter().zip(logits.chunks_exact(4).map(softmax)) {
                assert!((precise.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                assert!(precise.iter().zip(single).all(|(a, b)| (a - b).abs() < 1e-5), "{config:?}");
            }
        }
    }

    #[test]
    fn attributions_add_up_to_what_the_image_changes_and_background_has_none() {
        let background = -0.4;
        for config in networks() {
            let network = Precise::new(&config, SHAPE, &config.initial_weights(SHAPE, 1));
            let image = image(5);
            let attributions = network.attributions(&image, background, 2, 0);
            let margin = |image: &[f64]| {
                let probabilities = &network.probabilities(&[image.to_vec()])[0];
                (probabilities[2] / probabilities[0]).ln()
            };
            let change = margin(&image) - margin(&vec![background; SHAPE.pixels()]);
            let sum: f64 = attributions.iter().sum();
            assert!((sum - change).abs() < 2e-3 * change.abs().max(1.0), "{config:?}: {sum} for {change}");
            assert!(attributions.iter().skip(1).step_by(3).all(|attribution| attribution.abs() < 1e-15));
        }
    }
}
