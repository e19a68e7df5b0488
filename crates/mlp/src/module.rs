//! `Mlp`: the network as a Burn module.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{DType, Device, Tensor, TensorData};

use crate::{Activation, DenseWeights, MlpConfig, MlpWeights};

/// A multilayer perceptron: dense layers, an activation after every one but the last.
#[derive(Module, Debug)]
pub struct Mlp {
    layers: Vec<Linear>,
    #[module(skip)]
    activation: Activation,
}

impl Mlp {
    /// The network with these weights on this device.
    ///
    /// # Panics
    /// When the weights have not the shapes that they claim.
    #[must_use]
    pub fn new(config: &MlpConfig, weights: &MlpWeights, device: &Device) -> Self {
        Self::with_dtype(config, weights, device, DType::F32)
    }

    /// The same in another precision.
    pub(crate) fn with_dtype(config: &MlpConfig, weights: &MlpWeights, device: &Device, dtype: DType) -> Self {
        let layers = weights.layers.iter().map(|layer| dense(layer, device, dtype)).collect();
        Self { layers, activation: config.activation }
    }

    /// Logits of a batch.
    ///
    /// # Shapes
    /// - `inputs`: `[batch_size, n_inputs]`
    /// - output: `[batch_size, n_classes]`
    #[must_use]
    pub fn forward(&self, inputs: Tensor<2>) -> Tensor<2> {
        let last = self.layers.len() - 1;
        self.layers.iter().enumerate().fold(inputs, |x, (index, layer)| {
            let z = layer.forward(x);
            if index == last { z } else { self.activation.forward(z) }
        })
    }

    /// The weights as plain numbers.
    ///
    /// # Panics
    /// When the device cannot be read.
    #[must_use]
    pub fn weights(&self, config: &MlpConfig) -> MlpWeights {
        let read = |data: TensorData| data.convert::<f32>().try_into_vec().expect("a float tensor reads as f32");
        let layers = config.layers().into_iter().zip(&self.layers).map(|(shape, layer)| DenseWeights {
            shape,
            weight: read(layer.weight.val().into_data()),
            bias: layer.bias.as_ref().map_or_else(Vec::new, |bias| read(bias.val().into_data())),
        });
        MlpWeights { layers: layers.collect() }
    }

    pub(crate) fn layers(&self) -> &[Linear] {
        &self.layers
    }
}

fn dense(weights: &DenseWeights, device: &Device, dtype: DType) -> Linear {
    let shape = weights.shape;
    let weight = TensorData::new(weights.weight.clone(), [shape.n_inputs, shape.n_outputs]);
    let bias = || TensorData::new(weights.bias.clone(), [shape.n_outputs]);
    Linear {
        weight: Param::from_tensor(Tensor::from_data(weight, (device, dtype))),
        bias: shape.has_bias.then(|| Param::from_tensor(Tensor::from_data(bias(), (device, dtype)))),
    }
}
