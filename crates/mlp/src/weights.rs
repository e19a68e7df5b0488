//! The weights of a network as plain numbers: drawn, given to any backend, read back, saved.

use crate::LayerShape;

/// Weights and biases of one dense layer.
#[derive(Debug, Clone, PartialEq)]
pub struct DenseWeights {
    /// Shape of the layer.
    pub shape: LayerShape,
    /// Row-major `[n_inputs, n_outputs]`.
    pub weight: Vec<f32>,
    /// `[n_outputs]` where the layer has a bias, else empty.
    pub bias: Vec<f32>,
}

/// Weights and biases of a network, first layer to last.
#[derive(Debug, Clone, PartialEq)]
pub struct MlpWeights {
    /// The dense layers.
    pub layers: Vec<DenseWeights>,
}

impl MlpWeights {
    /// Every parameter with its name, `layers.0.weight`, its shape and its values: what a weight file holds.
    pub fn named(&self) -> impl Iterator<Item = (String, Vec<usize>, &[f32])> {
        self.layers.iter().enumerate().flat_map(|(index, layer)| {
            let LayerShape { n_inputs, n_outputs, has_bias } = layer.shape;
            let weight = (format!("layers.{index}.weight"), vec![n_inputs, n_outputs], layer.weight.as_slice());
            let bias = has_bias.then(|| (format!("layers.{index}.bias"), vec![n_outputs], layer.bias.as_slice()));
            std::iter::once(weight).chain(bias)
        })
    }

    /// The values of every parameter, in the order of [`MlpWeights::named`].
    pub fn parameters_mut(&mut self) -> impl Iterator<Item = &mut Vec<f32>> {
        self.layers.iter_mut().flat_map(|layer| {
            let bias = layer.shape.has_bias.then_some(&mut layer.bias);
            std::iter::once(&mut layer.weight).chain(bias)
        })
    }
}
