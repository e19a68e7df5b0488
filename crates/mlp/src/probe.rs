//! What a network does on a few images: the size of gradients and updates of every layer, and how many units are
//! saturated. This tells vanishing gradients from a network that is too complex.

use crate::recorded;

recorded! {
    /// One layer of a network on some images.
    ///
    /// The size of many numbers is their root mean square, `sqrt(mean(x^2))`, so that layers of different shapes compare.
    pub struct LayerProbe {
        /// Size of the gradient of the mean cross-entropy at the layer's weights and biases.
        pub gradient_rms: f64 = Size,
        /// Size of the last change of the weights and biases; none before the first step.
        pub update_rms: Option<f64> = Size,
        /// Size of the weights and biases.
        pub weight_rms: f64 = Size,
        /// Share of the activations, over all images, with a slope below 5 % of the activation's greatest; none for the
        /// output layer. With ReLU these are the units that are off.
        pub saturated: Option<f64> = Share,
    }
}

impl LayerProbe {
    /// Share of the greatest slope below which a unit counts as saturated.
    pub const SATURATED_BELOW: f64 = 0.05;
}

#[cfg(feature = "burn")]
mod look {
    use burn::tensor::Tensor;
    use inputs::Rows;

    use super::LayerProbe;
    use crate::parameters::{self, by_layer};
    use crate::{Activation, NamedTensor, Network, Tensors};

    impl Network {
        /// Every layer, first to last, on some images; `previous` is the network before the last step.
        ///
        /// # Shapes
        /// - `inputs`: `[n, pixels]`
        /// - `targets`: the class of every image, from 0
        ///
        /// # Panics
        /// If the network is on a device that records no gradients, or if the shapes do not fit.
        #[must_use]
        pub fn probe(&self, previous: Option<&Self>, inputs: &Rows, targets: &[u8]) -> Vec<LayerProbe> {
            let mut saturated = Vec::new();
            let mut look = |outputs: &Tensor<2>| {
                saturated.push(saturated_share(self.activation(), &parameters::numbers(outputs.clone())));
            };
            let (_, gradients) = self.gradients(inputs.clone(), targets, &mut look);
            let gradients = sizes(&parameters::gradients(self, &gradients));
            let weights = self.weights();
            let updates = previous.map(|previous| sizes(&layers(&weights, Some(&previous.weights()))));
            let weights = sizes(&layers(&weights, None));
            let mut saturated = saturated.into_iter();
            let probe = |(layer, gradient_rms): (usize, f64)| LayerProbe {
                gradient_rms,
                update_rms: updates.as_ref().map(|updates| updates[layer]),
                weight_rms: weights[layer],
                saturated: saturated.next(),
            };
            gradients.into_iter().enumerate().map(probe).collect()
        }
    }

    fn saturated_share(activation: Activation, outputs: &[f32]) -> f64 {
        let limit = LayerProbe::SATURATED_BELOW * activation.greatest_slope();
        let saturated = outputs.iter().filter(|&&y| activation.slope_at_output(f64::from(y)) < limit);
        saturated.count() as f64 / outputs.len() as f64
    }

    /// The values of every layer, less those of another network if there is one.
    fn layers(weights: &Tensors, before: Option<&Tensors>) -> Vec<Vec<f64>> {
        let parameter = |(index, tensor): (usize, &NamedTensor)| {
            let before = |value: usize| before.map_or(0.0, |before| before.0[index].values[value]);
            let values = tensor.values.iter().enumerate().map(|(at, value)| f64::from(value - before(at)));
            (tensor.name.clone(), values.collect())
        };
        by_layer(&weights.0.iter().enumerate().map(parameter).collect::<Vec<_>>())
    }

    /// The root mean square of every layer, its weights and biases together.
    fn sizes(layers: &[Vec<f64>]) -> Vec<f64> {
        let size =
            |values: &Vec<f64>| (values.iter().map(|value| value.powi(2)).sum::<f64>() / values.len() as f64).sqrt();
        layers.iter().map(size).collect()
    }

    #[cfg(test)]
    mod tests {
        use burn::tensor::{Device, TensorData};

        use super::*;
        use crate::{Bias, ImageShape, MlpConfig, NetworkConfig, WeightInit};

        const SHAPE: ImageShape = ImageShape { height: 2, width: 3, classes: 3 };

        fn config(activation: Activation) -> NetworkConfig {
            let (hidden_units, weight_init) = (vec![5, 4], WeightInit::FanInNormal);
            NetworkConfig::Mlp(MlpConfig { hidden_units, activation, weight_init, bias: Bias::FirstLayer })
        }

        fn network(config: &NetworkConfig, weights: &Tensors) -> Network {
            Network::new(config, SHAPE, weights, &Device::flex().autodiff())
        }

        fn images() -> (Rows, [u8; 2]) {
            let device = Device::flex();
            let inputs: Vec<f32> = (0_u8..12).map(|i| (f32::from(i) * 0.7).sin()).collect();
            let inputs = Tensor::<2>::from_data(TensorData::new(inputs, [2, 6]), &device);
            (inputs.into(), [0, 2])
        }

        #[test]
        fn gradients_are_the_slopes_of_the_loss() {
            let config = config(Activation::ImprovedSigmoid);
            let weights = config.initial_weights(SHAPE, 1);
            let (inputs, targets) = images();
            let loss = |weights: &Tensors| {
                f64::from(network(&config, weights).loss(inputs.clone(), &targets).into_scalar::<f32>())
            };
            let probes = network(&config, &weights).probe(None, &inputs, &targets);
            for (layer, probe) in config.layers(SHAPE).iter().zip(&probes) {
                let step = 1e-2;
                let slope = |name: &str, index: usize| {
                    let [mut above, mut below] = [weights.clone(), weights.clone()];
                    above.values_mut(name).unwrap()[index] += step;
                    below.values_mut(name).unwrap()[index] -= step;
                    (loss(&above) - loss(&below)) / (2.0 * f64::from(step))
                };
                let parameters =
                    layer.shapes().flat_map(|shape| (0..shape.n_values()).map(move |i| (shape.name.clone(), i)));
                let squares: f64 = parameters.map(|(name, index)| slope(&name, index).powi(2)).sum();
                let expected = (squares / layer.parameters() as f64).sqrt();
                assert!((probe.gradient_rms / expected - 1.0).abs() < 1e-3, "{layer:?}: {probe:?}, {expected}");
                assert_eq!(probe.update_rms, None);
            }
        }

        #[test]
        fn updates_and_weights_are_root_mean_squares() {
            let config = config(Activation::Sigmoid);
            let mut weights = config.initial_weights(SHAPE, 1);
            let before = network(&config, &weights);
            weights.0.iter_mut().flat_map(|tensor| &mut tensor.values).for_each(|weight| *weight += 0.5);
            let (inputs, targets) = images();
            for probe in network(&config, &weights).probe(Some(&before), &inputs, &targets) {
                assert!((probe.update_rms.expect("there was a step") - 0.5).abs() < 1e-6, "{probe:?}");
                assert!(probe.weight_rms > 0.4, "{probe:?}");
            }
        }

        #[test]
        fn units_far_out_are_saturated_and_the_output_layer_never_is() {
            for (scale, activation, saturated) in [
                (1e-3, Activation::Sigmoid, 0.0),
                (1e-3, Activation::ImprovedSigmoid, 0.0),
                (1e4, Activation::Sigmoid, 1.0),
                (1e4, Activation::ImprovedSigmoid, 1.0),
            ] {
                let config = config(activation);
                let mut weights = config.initial_weights(SHAPE, 1);
                weights.values_mut("layers.0.weight").unwrap().iter_mut().for_each(|weight| *weight *= scale);
                weights.values_mut("layers.0.bias").unwrap().fill(0.0);
                let (inputs, targets) = images();
                let probes = network(&config, &weights).probe(None, &inputs, &targets);
                assert_eq!(probes[0].saturated, Some(saturated), "{activation:?} at {scale}");
                assert_eq!(probes[2].saturated, None);
            }
        }

        #[test]
        fn relu_units_that_are_off_are_saturated() {
            let config = config(Activation::Relu);
            let mut weights = config.initial_weights(SHAPE, 1);
            weights.values_mut("layers.0.weight").unwrap().fill(0.0);
            weights.values_mut("layers.0.bias").unwrap().copy_from_slice(&[-1.0, -1.0, 1.0, 1.0, 1.0]);
            let (inputs, targets) = images();
            assert_eq!(network(&config, &weights).probe(None, &inputs, &targets)[0].saturated, Some(0.4));
        }
    }
}
