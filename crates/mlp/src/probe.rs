//! A look into a network on a few images: the size of gradients and updates of every layer, and which units are
//! saturated. These tell vanishing gradients from a network that is too complex.

use serde::{Deserialize, Serialize};

/// One layer of a network on some images.
///
/// The size of many numbers is their root mean square, `sqrt(mean(x^2))`, so that layers of different shapes compare.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LayerProbe {
    /// Size of the gradient of the mean cross-entropy at the layer's weights and biases.
    pub gradient_rms: f64,
    /// Size of the last change of the weights and biases; none before the first step.
    pub update_rms: Option<f64>,
    /// Size of the weights and biases.
    pub weight_rms: f64,
    /// Share of the units, over all images, whose slope is below [`LayerProbe::SATURATED_BELOW`] of the activation's
    /// greatest; none for the output layer. Of ReLU these are the units that are off.
    pub saturated: Option<f64>,
}

impl LayerProbe {
    /// Share of the greatest slope below which a unit counts as saturated.
    pub const SATURATED_BELOW: f64 = 0.05;
}

#[cfg(feature = "burn")]
mod look {
    use burn::module::{Module, Param};
    use burn::nn::Linear;
    use burn::tensor::{Gradients, Int, Tensor};
    use kernels::Rows;

    use super::LayerProbe;
    use crate::{Activation, Mlp};

    impl Mlp {
        /// Every layer, first to last, on some images; `previous` is the network before the last step.
        ///
        /// # Shapes
        /// - `inputs`: `[n, n_inputs]`
        /// - `targets`: `[n]`, classes from 0
        ///
        /// # Panics
        /// If the network lies on a device that records no gradients, or if the shapes do not fit.
        #[must_use]
        pub fn probe(&self, previous: Option<&Self>, inputs: &Rows, targets: Tensor<1, Int>) -> Vec<LayerProbe> {
            let saturated = self.saturated(inputs.clone());
            let gradients = self.loss(inputs.clone(), targets).backward();
            let layers = self.layers().iter().zip(saturated).enumerate();
            let probe = |(index, (layer, saturated)): (usize, (&Linear, Option<f64>))| LayerProbe {
                gradient_rms: root_mean_square(&gradients_of(layer, &gradients)),
                update_rms: previous.map(|mlp| root_mean_square(&difference(layer, &mlp.layers()[index]))),
                weight_rms: root_mean_square(&parameters_of(layer)),
                saturated,
            };
            layers.map(probe).collect()
        }

        /// The share of saturated units of every layer.
        fn saturated(&self, inputs: Rows) -> Vec<Option<f64>> {
            let network = self.valid();
            let last = network.layers().len() - 1;
            let mut x = inputs;
            let mut shares = Vec::new();
            for index in 0..last {
                let y = network.layer(index, x);
                shares.push(Some(saturated_share(self.activation(), &numbers(y.clone()))));
                x = y.into();
            }
            shares.push(None);
            shares
        }
    }

    fn saturated_share(activation: Activation, outputs: &[f32]) -> f64 {
        let limit = LayerProbe::SATURATED_BELOW * activation.greatest_slope();
        let saturated = outputs.iter().filter(|&&y| activation.slope_at_output(f64::from(y)) < limit);
        saturated.count() as f64 / outputs.len() as f64
    }

    fn parameters_of(layer: &Linear) -> Vec<f32> {
        let mut values = numbers(layer.weight.val());
        values.extend(layer.bias.as_ref().map(Param::val).into_iter().flat_map(numbers));
        values
    }

    fn gradients_of(layer: &Linear, gradients: &Gradients) -> Vec<f32> {
        const RECORDED: &str = "a network that is trained has a gradient for every parameter";
        let mut values = numbers(layer.weight.val().grad(gradients).expect(RECORDED));
        let bias = layer.bias.as_ref().map(|bias| bias.val().grad(gradients).expect(RECORDED));
        values.extend(bias.into_iter().flat_map(numbers));
        values
    }

    fn difference(layer: &Linear, previous: &Linear) -> Vec<f32> {
        parameters_of(layer).iter().zip(parameters_of(previous)).map(|(now, before)| now - before).collect()
    }

    fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().convert::<f32>().try_into_vec().expect("a float tensor reads as f32")
    }

    fn root_mean_square(values: &[f32]) -> f64 {
        let squares: f64 = values.iter().map(|&value| f64::from(value).powi(2)).sum();
        (squares / values.len() as f64).sqrt()
    }

    #[cfg(test)]
    mod tests {
        use burn::tensor::{Device, TensorData};

        use super::*;
        use crate::{Bias, MlpConfig, MlpWeights, WeightInit};

        fn config(activation: Activation) -> MlpConfig {
            MlpConfig {
                n_inputs: 6,
                hidden_units: vec![5, 4],
                n_outputs: 3,
                activation,
                weight_init: WeightInit::FanInNormal,
                bias: Bias::FirstLayer,
            }
        }

        fn network(config: &MlpConfig, weights: &MlpWeights) -> Mlp {
            Mlp::new(config, weights, &Device::flex().autodiff())
        }

        fn images() -> (Rows, Tensor<1, Int>) {
            let device = Device::flex();
            let inputs: Vec<f32> = (0_u8..12).map(|i| (f32::from(i) * 0.7).sin()).collect();
            let inputs = Tensor::<2>::from_data(TensorData::new(inputs, [2, 6]), &device);
            (inputs.into(), Tensor::from_data([0, 2], &device))
        }

        #[test]
        fn gradients_are_the_slopes_of_the_loss() {
            let config = config(Activation::ImprovedSigmoid);
            let weights = config.initial_weights(1);
            let (inputs, targets) = images();
            let loss = |weights: &MlpWeights| {
                f64::from(network(&config, weights).loss(inputs.clone(), targets.clone()).into_scalar::<f32>())
            };
            let probes = network(&config, &weights).probe(None, &inputs, targets.clone());
            for (layer, probe) in probes.iter().enumerate() {
                let step = 1e-2;
                let slope = |index: usize| {
                    let [mut above, mut below] = [weights.clone(), weights.clone()];
                    let n_weights = weights.layers[layer].weight.len();
                    let value = |weights: &mut MlpWeights, change: f32| match index.checked_sub(n_weights) {
                        None => weights.layers[layer].weight[index] += change,
                        Some(index) => weights.layers[layer].bias[index] += change,
                    };
                    value(&mut above, step);
                    value(&mut below, -step);
                    (loss(&above) - loss(&below)) / (2.0 * f64::from(step))
                };
                let n_parameters = weights.layers[layer].weight.len() + weights.layers[layer].bias.len();
                let squares: f64 = (0..n_parameters).map(|index| slope(index).powi(2)).sum();
                let expected = (squares / n_parameters as f64).sqrt();
                assert!((probe.gradient_rms / expected - 1.0).abs() < 1e-3, "{layer}: {probe:?}, {expected}");
                assert_eq!(probe.update_rms, None);
            }
        }

        #[test]
        fn updates_and_weights_are_root_mean_squares() {
            let config = config(Activation::Sigmoid);
            let mut weights = config.initial_weights(1);
            let before = network(&config, &weights);
            weights.layers.iter_mut().for_each(|layer| {
                layer.weight.iter_mut().chain(&mut layer.bias).for_each(|weight| *weight += 0.5);
            });
            let (inputs, targets) = images();
            for probe in network(&config, &weights).probe(Some(&before), &inputs, targets) {
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
                let mut weights = config.initial_weights(1);
                weights.layers[0].weight.iter_mut().for_each(|weight| *weight *= scale);
                weights.layers[0].bias.fill(0.0);
                let (inputs, targets) = images();
                let probes = network(&config, &weights).probe(None, &inputs, targets);
                assert_eq!(probes[0].saturated, Some(saturated), "{activation:?} at {scale}");
                assert_eq!(probes[2].saturated, None);
            }
        }

        #[test]
        fn relu_units_that_are_off_are_saturated() {
            let config = config(Activation::Relu);
            let mut weights = config.initial_weights(1);
            weights.layers[0].weight.fill(0.0);
            weights.layers[0].bias.copy_from_slice(&[-1.0, -1.0, 1.0, 1.0, 1.0]);
            let (inputs, targets) = images();
            assert_eq!(network(&config, &weights).probe(None, &inputs, targets)[0].saturated, Some(0.4));
        }
    }
}
