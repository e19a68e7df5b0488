//! LeNet-5: two convolutions with pooling, then dense layers. Its configuration, and with the feature `burn` its Burn module,
//! by Burn's operations.
//!
//! Source: LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition" (1998), section II.B;
//! with max pooling, and every map of the first convolution connected to every one of the second.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DescribeNetwork;
use crate::values::{Checked, Count, Counts};
use crate::{Activation, ImageShape, Layer, Operation, WeightInit};

/// Rows and columns of a kernel.
const KERNEL: usize = 5;

/// LeNet-5: convolution, pooling, convolution, pooling, dense layers; logits at the end. Every layer has a bias.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LenetConfig {
    /// Maps of the first convolution.
    #[serde(with = "Checked::<Count<1, 1_000>>")]
    pub first_maps: usize,
    /// Maps of the second convolution.
    #[serde(with = "Checked::<Count<1, 1_000>>")]
    pub second_maps: usize,
    /// Units of every dense hidden layer, first to last.
    #[serde(with = "Checked::<Counts<1, 1_000_000>>")]
    pub hidden_units: Vec<usize>,
    /// Activation of the hidden layers; the output layer has none.
    pub activation: Activation,
    /// Distribution of the initial weights and biases.
    pub weight_init: WeightInit,
}

/// Width of the padding around the images of a convolution: the first one keeps their size.
fn padding(index: usize) -> usize {
    if index == 0 { KERNEL / 2 } else { 0 }
}

/// Rows and columns of the maps of both convolutions: `[first, second]`.
fn map_sizes(shape: ImageShape) -> [[usize; 2]; 2] {
    let first = [shape.height, shape.width];
    // At least 2, so that an image that is too small has a description; the first batch refuses its network.
    [first, first.map(|side| (side / 2).saturating_sub(KERNEL - 1).max(2))]
}

impl DescribeNetwork for LenetConfig {
    fn layers(&self, shape: ImageShape) -> Vec<Layer> {
        let [first, second] = map_sizes(shape);
        let convolution = |index: usize, before: usize, maps: usize, size: [usize; 2]| Layer {
            name: format!("convolutions.{index}"),
            title: format!("convolution {}", index + 1),
            weight: vec![maps, before, KERNEL, KERNEL],
            n_inputs: before * KERNEL * KERNEL,
            n_outputs: maps,
            has_bias: true,
            n_activations: maps * size[0] * size[1],
        };
        let features = self.second_maps * (second[0] / 2) * (second[1] / 2);
        let widths = [&[features], self.hidden_units.as_slice(), &[shape.classes]].concat();
        let mut layers =
            vec![convolution(0, 1, self.first_maps, first), convolution(1, self.first_maps, self.second_maps, second)];
        layers.extend(Layer::dense("dense", "dense", &widths));
        layers
    }

    fn operations(&self, shape: ImageShape) -> Vec<Operation> {
        use Operation::{Activation, Convolution, Flatten, MaxPool};
        let mut layers = self.layers(shape);
        let dense = layers.split_off(2);
        let convolution = |(index, layer)| [Convolution(layer, padding(index)), Activation, MaxPool];
        let convolutions = layers.into_iter().enumerate().flat_map(convolution);
        convolutions.chain([Flatten]).chain(Operation::dense(dense)).collect()
    }

    fn hidden_layers(&self) -> String {
        let sizes = [self.first_maps, self.second_maps].into_iter().chain(self.hidden_units.iter().copied());
        format!("LeNet {}", sizes.map(|size| size.to_string()).collect::<Vec<_>>().join(", "))
    }

    fn activation(&self) -> Activation {
        self.activation
    }

    fn weight_init(&self) -> WeightInit {
        self.weight_init
    }
}

#[cfg(feature = "burn")]
pub use module::Lenet;

#[cfg(all(test, feature = "burn"))]
mod tests;

#[cfg(feature = "burn")]
mod module {
    use burn::module::Module;
    use burn::nn::conv::Conv2d;
    use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
    use burn::nn::{Linear, PaddingConfig2d};
    use burn::optim::GradientsParams;
    use burn::tensor::{DType, Device, Tensor};
    use inputs::Rows;

    use super::{KERNEL, LenetConfig, padding};
    use crate::network::{Compute, differentiate};
    use crate::parameters::{linear, optional};
    use crate::{Activation, ImageShape, Tensors};

    /// LeNet-5.
    #[derive(Module, Debug)]
    pub struct Lenet {
        convolutions: Vec<Conv2d>,
        dense: Vec<Linear>,
        pool: MaxPool2d,
        #[module(skip)]
        activation: Activation,
        #[module(skip)]
        image: [usize; 2],
    }

    impl LenetConfig {
        pub(crate) fn build(&self, shape: ImageShape, weights: &Tensors, device: &Device, dtype: DType) -> Lenet {
            let convolution = |index| convolution(weights, index, device, dtype);
            let dense = |index| linear(weights, &format!("dense.{index}"), device, dtype);
            Lenet {
                convolutions: [0, 1].map(convolution).to_vec(),
                dense: (0..=self.hidden_units.len()).map(dense).collect(),
                pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
                activation: self.activation,
                image: [shape.height, shape.width],
            }
        }
    }

    fn convolution(weights: &Tensors, index: usize, device: &Device, dtype: DType) -> Conv2d {
        let parameter = |what: &str| format!("convolutions.{index}.{what}");
        let weight = optional(weights, &parameter("weight"), device, dtype);
        Conv2d {
            weight: weight.expect("a network is made from weights that its configuration lists"),
            bias: optional(weights, &parameter("bias"), device, dtype),
            stride: [1, 1],
            kernel_size: [KERNEL, KERNEL],
            dilation: [1, 1],
            groups: 1,
            padding: PaddingConfig2d::Explicit(padding(index), padding(index), padding(index), padding(index)),
        }
    }

    impl Compute for Lenet {
        fn activation(&self) -> Activation {
            self.activation
        }

        fn pass(&self, inputs: Rows, look: &mut dyn FnMut(&Tensor<2>)) -> Tensor<2> {
            let images = inputs.to_tensor(&self.dense[0].weight.val().device());
            let (n, [height, width]) = (images.dims()[0], self.image);
            let mut maps = images.reshape([n, 1, height, width]);
            for convolution in &self.convolutions {
                maps = self.activation.forward(convolution.forward(maps));
                look(&maps.clone().flatten(1, 3));
                maps = self.pool.forward(maps);
            }
            let mut x: Tensor<2> = maps.flatten(1, 3);
            for (index, dense) in self.dense.iter().enumerate() {
                x = dense.forward(x);
                if index + 1 < self.dense.len() {
                    x = self.activation.forward(x);
                    look(&x);
                }
            }
            x
        }

        fn gradients(&self, inputs: Rows, targets: &[u8], look: &mut dyn FnMut(&Tensor<2>)) -> (f64, GradientsParams) {
            differentiate(self, inputs, targets, look)
        }
    }
}
