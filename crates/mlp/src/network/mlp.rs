//! The multilayer perceptron: dense layers with an activation between them. Its configuration, and with the feature `burn`
//! its Burn module.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DescribeNetwork;
use crate::values::{Checked, Counts};
use crate::{Activation, ImageShape, Layer, Operation, WeightInit};

/// Which layers have a bias.
///
/// The assignment's bias trick appends a constant 1 to the pixels, which is a bias of the first layer only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bias {
    /// Only the first layer, as the assignment's bias trick has it.
    FirstLayer,
    /// Every layer, the output layer included.
    All,
    /// No layer.
    None,
}

/// A multilayer perceptron: dense layers with an activation between them, logits at the end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MlpConfig {
    /// Units of every hidden layer, first to last; empty for softmax regression.
    #[serde(with = "Checked::<Counts<1, 1_000_000>>")]
    pub hidden_units: Vec<usize>,
    /// Activation of the hidden layers; the output layer has none.
    pub activation: Activation,
    /// Distribution of the initial weights and biases.
    pub weight_init: WeightInit,
    /// Which layers have a bias.
    pub bias: Bias,
}

impl DescribeNetwork for MlpConfig {
    fn layers(&self, shape: ImageShape) -> Vec<Layer> {
        let widths = [&[shape.pixels()], self.hidden_units.as_slice(), &[shape.classes]].concat();
        let mut layers = Layer::dense("layers", "hidden", &widths);
        for (index, layer) in layers.iter_mut().enumerate() {
            layer.has_bias = match self.bias {
                Bias::FirstLayer => index == 0,
                Bias::All => true,
                Bias::None => false,
            };
        }
        layers
    }

    fn operations(&self, shape: ImageShape) -> Vec<Operation> {
        [Operation::Flatten].into_iter().chain(Operation::dense(self.layers(shape))).collect()
    }

    fn hidden_layers(&self) -> String {
        match self.hidden_units.as_slice() {
            [] => "none".to_owned(),
            [first, _, _, ..] if self.hidden_units.iter().all(|units| units == first) => {
                format!("{} x {first}", self.hidden_units.len())
            }
            units => units.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        }
    }

    fn activation(&self) -> Activation {
        self.activation
    }

    fn weight_init(&self) -> WeightInit {
        self.weight_init
    }
}

#[cfg(feature = "burn")]
pub use module::Mlp;

#[cfg(feature = "burn")]
mod module {
    use burn::module::Module;
    use burn::nn::Linear;
    use burn::optim::GradientsParams;
    use burn::tensor::{DType, Device, Element, Tensor, TensorData};
    use inputs::{ComputePath, Rows};
    use kernels::{LayerWeights, Real, ScoreSums};

    use super::super::DescribeNetwork;
    use super::MlpConfig;
    use crate::network::{Compute, differentiate};
    use crate::parameters::{self, linear};
    use crate::reference::{Dense, Reference};
    use crate::{Activation, ImageShape, Tensors, score_sums};

    /// A multilayer perceptron: dense layers, with an activation after all but the last.
    #[derive(Module, Debug)]
    pub struct Mlp {
        layers: Vec<Linear>,
        #[module(skip)]
        activation: Activation,
        #[module(skip)]
        path: ComputePath,
    }

    impl MlpConfig {
        pub(crate) fn build(&self, weights: &Tensors, device: &Device, dtype: DType) -> Mlp {
            let layer = |index| linear(weights, &format!("layers.{index}"), device, dtype);
            let layers = (0..=self.hidden_units.len()).map(layer).collect();
            Mlp { layers, activation: self.activation, path: ComputePath::of(device) }
        }

        pub(crate) fn reference(&self, shape: ImageShape, weights: &Tensors) -> Reference {
            let mut operations = Vec::new();
            for layer in self.layers(shape) {
                operations.push(Dense::boxed(weights, &layer.name));
                if layer.n_activations > 0 {
                    operations.push(Box::new(self.activation));
                }
            }
            Reference(operations)
        }
    }

    impl Mlp {
        pub(crate) fn with_path(self, path: ComputePath) -> Self {
            Self { path, ..self }
        }

        /// The same network with other weights, in single precision.
        pub(crate) fn with_weights(&self, weights: &Tensors) -> Self {
            let device = parameters::device(self);
            let layer = |index| linear(weights, &format!("layers.{index}"), &device, DType::F32);
            Self { layers: (0..self.layers.len()).map(layer).collect(), ..self.clone() }
        }

        /// The network for the fused kernels.
        pub(crate) fn kernels<T: Real + Element>(&self) -> kernels::Network<T> {
            let values = |layer: &Linear| LayerWeights {
                weight: parameters::numbers(layer.weight.val()),
                bias: layer.bias.as_ref().map(|bias| parameters::numbers(bias.val())).unwrap_or_default(),
            };
            let layers: Vec<_> = self.layers.iter().map(values).collect();
            kernels::Network::new(self.layers[0].weight.val().dims()[0], &layers, self.activation.kernel())
        }

        /// [`Compute::gradients`] by the fused kernels.
        fn fused_gradients<T: Real + Element>(
            &self,
            inputs: &Rows,
            targets: &[u8],
            look: &mut dyn FnMut(&Tensor<2>),
        ) -> (f64, GradientsParams) {
            let mut network = self.kernels::<T>();
            let loss = inputs.with_input(|input| network.gradients(input, targets));
            let device = parameters::device(self).inner();
            for outputs in network.hidden_outputs(targets.len()) {
                let shape = [targets.len(), outputs.len() / targets.len()];
                look(&Tensor::from_data(TensorData::new(outputs, shape), (&device, T::dtype())));
            }
            (loss, parameters::as_gradients(self, network.velocities()))
        }
    }

    impl Compute for Mlp {
        fn path(&self) -> ComputePath {
            self.path
        }

        fn activation(&self) -> Activation {
            self.activation
        }

        fn pass(&self, inputs: Rows, look: &mut dyn FnMut(&Tensor<2>)) -> Tensor<2> {
            let mut x = inputs.to_tensor(&self.layers[0].weight.val().device());
            for (index, layer) in self.layers.iter().enumerate() {
                x = layer.forward(x);
                if index + 1 < self.layers.len() {
                    x = self.activation.forward(x);
                    look(&x);
                }
            }
            x
        }

        fn gradients(&self, inputs: Rows, targets: &[u8], look: &mut dyn FnMut(&Tensor<2>)) -> (f64, GradientsParams) {
            match (self.path, self.layers[0].weight.val().dtype()) {
                (ComputePath::Fused, DType::F32) => self.fused_gradients::<f32>(&inputs, targets, look),
                (ComputePath::Fused, DType::F64) => self.fused_gradients::<f64>(&inputs, targets, look),
                _ => differentiate(self, inputs, targets, look),
            }
        }

        fn scores(&self, inputs: Rows, targets: &[u8]) -> ScoreSums {
            match self.path {
                ComputePath::Fused => {
                    let network = self.kernels::<f32>();
                    inputs.with_input(|input| network.scores(input, targets))
                }
                ComputePath::Plain => score_sums(self.forward(inputs), targets),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NetworkConfig;

    fn config(hidden_units: &[usize], bias: Bias) -> NetworkConfig {
        let (activation, weight_init) = (Activation::Sigmoid, WeightInit::FanInNormal);
        NetworkConfig::Mlp(MlpConfig { hidden_units: hidden_units.to_vec(), activation, weight_init, bias })
    }

    fn parameters(hidden_units: &[usize], bias: Bias) -> usize {
        config(hidden_units, bias).parameters(ImageShape { height: 28, width: 28, classes: 10 })
    }

    #[test]
    fn parameter_counts_are_the_assignments() {
        let cases: [(&[usize], usize); 6] = [
            (&[64], 50_880),
            (&[32], 25_440),
            (&[128], 101_760),
            (&[60, 60], 51_300),
            (&[59, 59], 50_386),
            (&[64; 10], 87_744),
        ];
        for (hidden_units, expected) in cases {
            assert_eq!(parameters(hidden_units, Bias::FirstLayer), expected, "{hidden_units:?}");
        }
    }

    #[test]
    fn bias_placement_decides_the_count() {
        assert_eq!(parameters(&[64], Bias::None), 784 * 64 + 64 * 10);
        assert_eq!(parameters(&[64], Bias::All), 785 * 64 + 65 * 10);
    }

    #[test]
    fn many_layers_of_the_same_width_are_counted() {
        for (units, text) in [(&[][..], "none"), (&[64], "64"), (&[60, 60], "60, 60"), (&[64; 10], "10 x 64")] {
            assert_eq!(config(units, Bias::FirstLayer).hidden_layers(), text);
        }
    }

    #[test]
    fn no_hidden_layer_is_softmax_regression() {
        assert_eq!(parameters(&[], Bias::FirstLayer), 785 * 10);
    }
}
