//! `NetworkConfig`: the choice of a network. A new kind is a new file, a variant here and an arm of each `match`.

mod lenet;
mod mlp;
#[cfg(all(test, feature = "burn"))]
mod tests;

use std::ops::Deref;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[cfg(feature = "burn")]
pub use lenet::Lenet;
pub use lenet::LenetConfig;
#[cfg(feature = "burn")]
pub use mlp::Mlp;
pub use mlp::{Bias, MlpConfig};

use crate::{Activation, ImageShape, Layer, Operation, ParameterShape, WeightInit};

/// A network as declared: `[model]` with its `kind`, which is `mlp` in a file that names none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(tag = "kind")]
pub enum NetworkConfig {
    /// `kind = "mlp"`: dense layers.
    Mlp(MlpConfig),
    /// `kind = "lenet"`: two convolutions, then dense layers.
    Lenet(LenetConfig),
}

/// Describes a kind of network.
pub trait DescribeNetwork {
    /// Its layers with weights for images of this shape, first to last.
    fn layers(&self, shape: ImageShape) -> Vec<Layer>;

    /// Everything that it does to an image, from the standardised pixels to the logits.
    fn operations(&self, shape: ImageShape) -> Vec<Operation>;

    /// Its hidden layers in a few words for tables: `10 x 64`.
    fn hidden_layers(&self) -> String;

    /// Activation of the hidden layers.
    fn activation(&self) -> Activation;

    /// Distribution of the initial weights.
    fn weight_init(&self) -> WeightInit;
}

/// The description of the chosen kind.
impl Deref for NetworkConfig {
    type Target = dyn DescribeNetwork;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Mlp(config) => config,
            Self::Lenet(config) => config,
        }
    }
}

impl NetworkConfig {
    /// The kind of a file that names none.
    pub const USUAL_KIND: &str = "mlp";

    /// Every parameter for images of this shape, in the order in which the initial weights are drawn.
    #[must_use]
    pub fn shapes(&self, shape: ImageShape) -> Vec<ParameterShape> {
        self.layers(shape).iter().flat_map(Layer::shapes).collect()
    }

    /// Weights and biases of all layers.
    #[must_use]
    pub fn parameters(&self, shape: ImageShape) -> usize {
        self.layers(shape).iter().map(Layer::parameters).sum()
    }

    /// The dense layers, of a network that is nothing else.
    #[must_use]
    pub fn as_mlp(&self) -> Option<&MlpConfig> {
        match self {
            Self::Mlp(config) => Some(config),
            Self::Lenet(_) => None,
        }
    }
}

#[cfg(feature = "burn")]
pub(crate) use module::differentiate;
#[cfg(feature = "burn")]
pub use module::{Compute, Network};

#[cfg(feature = "burn")]
mod module {
    use std::ops::Deref;

    use burn::module::Module;
    use burn::optim::GradientsParams;
    use burn::tensor::{DType, Device, Tensor};
    use inputs::{ComputePath, Rows};
    use kernels::ScoreSums;

    use super::NetworkConfig;
    use super::{Lenet, Mlp};
    use crate::{Activation, ImageShape, Tensors, cross_entropy, parameters, score_sums};

    /// A network as a Burn module, of the kind of its configuration.
    #[derive(Module, Debug)]
    pub enum Network {
        /// Dense layers.
        Mlp(Mlp),
        /// Two convolutions, then dense layers.
        Lenet(Lenet),
    }

    /// What every kind of network computes.
    pub trait Compute {
        /// How it is computed: by Burn's operations, unless there are kernels for this kind.
        fn path(&self) -> ComputePath {
            ComputePath::Plain
        }

        /// Activation of the hidden layers.
        fn activation(&self) -> Activation;

        /// Logits of a batch. On the way, `look` sees the outputs of every hidden layer, activation included, in the order
        /// of the configuration's layers.
        ///
        /// # Shapes
        /// - `inputs`: `[batch_size, pixels]`
        /// - what `look` sees: `[batch_size, values of the layer]`
        /// - output: `[batch_size, n_classes]`
        fn pass(&self, inputs: Rows, look: &mut dyn FnMut(&Tensor<2>)) -> Tensor<2>;

        /// Logits of a batch.
        ///
        /// # Shapes
        /// - `inputs`: `[batch_size, pixels]`
        /// - output: `[batch_size, n_classes]`
        fn forward(&self, inputs: Rows) -> Tensor<2> {
            self.pass(inputs, &mut |_| {})
        }

        /// Mean softmax cross-entropy of a batch, by Burn's operations: it can be differentiated by every parameter and by the
        /// inputs.
        ///
        /// # Shapes
        /// - `inputs`: `[batch_size, pixels]`
        /// - `targets`: the class of every input, from 0
        /// - output: `[1]`
        fn loss(&self, inputs: Rows, targets: &[u8]) -> Tensor<1> {
            cross_entropy(self.forward(inputs), targets)
        }

        /// Mean softmax cross-entropy of a batch and its gradient at every parameter; `look` sees what it sees in
        /// [`Self::pass`].
        ///
        /// # Shapes
        /// - `inputs`: `[batch_size, pixels]`
        /// - `targets`: the class of every input, from 0
        ///
        /// # Panics
        /// If the network is on a device that records no gradients, or the shapes do not fit.
        fn gradients(&self, inputs: Rows, targets: &[u8], look: &mut dyn FnMut(&Tensor<2>)) -> (f64, GradientsParams);

        /// Sum of the cross-entropies and number of correct predictions over some images.
        ///
        /// # Shapes
        /// - `inputs`: `[n, pixels]`
        /// - `targets`: the class of every input, from 0
        ///
        /// # Panics
        /// If the shapes do not fit.
        fn scores(&self, inputs: Rows, targets: &[u8]) -> ScoreSums {
            score_sums(self.forward(inputs), targets)
        }
    }

    /// [`Compute::gradients`] by Burn's operations.
    pub(crate) fn differentiate(
        network: &(impl Compute + Module),
        inputs: Rows,
        targets: &[u8],
        look: &mut dyn FnMut(&Tensor<2>),
    ) -> (f64, GradientsParams) {
        let loss = cross_entropy(network.pass(inputs, look), targets);
        let value: Vec<f64> = parameters::numbers(loss.clone());
        (value[0], GradientsParams::from_grads(loss.backward(), network))
    }

    /// A network computes what its kind does.
    impl Deref for Network {
        type Target = dyn Compute;

        fn deref(&self) -> &Self::Target {
            match self {
                Self::Mlp(mlp) => mlp,
                Self::Lenet(lenet) => lenet,
            }
        }
    }

    impl NetworkConfig {
        /// The network with these weights, from Burn's operations in this precision.
        pub(crate) fn build(&self, shape: ImageShape, weights: &Tensors, device: &Device, dtype: DType) -> Network {
            match self {
                Self::Mlp(config) => Network::Mlp(config.build(weights, device, dtype)),
                Self::Lenet(config) => Network::Lenet(config.build(shape, weights, device, dtype)),
            }
        }
    }

    impl Network {
        /// The network for images of this shape with these weights, on this device and by its fastest path.
        ///
        /// # Panics
        /// If the weights are not those of such a network.
        #[must_use]
        pub fn new(config: &NetworkConfig, shape: ImageShape, weights: &Tensors, device: &Device) -> Self {
            config.build(shape, weights, device, DType::F32)
        }

        /// The same network on another path, if its kind has more than one.
        #[must_use]
        pub fn with_path(self, path: ComputePath) -> Self {
            match self {
                Self::Mlp(mlp) => Self::Mlp(mlp.with_path(path)),
                Self::Lenet(lenet) => Self::Lenet(lenet),
            }
        }

        /// The weights as plain numbers.
        ///
        /// # Panics
        /// If the device cannot be read.
        #[must_use]
        pub fn weights(&self) -> Tensors {
            parameters::read(self)
        }
    }
}
