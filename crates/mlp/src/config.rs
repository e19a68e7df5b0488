//! The plain description of a multilayer perceptron: what a file declares and a record keeps. No Burn here.

use serde::{Deserialize, Serialize};

use crate::{Activation, WeightInit};

/// Which layers have a bias.
///
/// The assignment's bias trick appends a constant 1 to the pixels, which is a bias of the first layer alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bias {
    /// The first layer alone, as the assignment's bias trick has it.
    FirstLayer,
    /// Every layer, the output layer included.
    All,
    /// No layer.
    None,
}

/// A multilayer perceptron: dense layers with one activation between them, logits at the end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MlpConfig {
    /// Inputs of the first layer: the pixels of an image.
    pub n_inputs: usize,
    /// Units of every hidden layer, first to last; empty for softmax regression.
    pub hidden_units: Vec<usize>,
    /// Outputs of the last layer: one logit a class.
    pub n_outputs: usize,
    /// Activation of the hidden layers; the output layer has none.
    pub activation: Activation,
    /// Distribution of the initial weights and biases.
    pub weight_init: WeightInit,
    /// Which layers have a bias.
    pub bias: Bias,
}

/// The shape of one dense layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerShape {
    /// Inputs of every unit, the bias not counted.
    pub n_inputs: usize,
    /// Units.
    pub n_outputs: usize,
    /// Whether the layer adds a bias.
    pub has_bias: bool,
}

impl LayerShape {
    /// Weights and biases together.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.fan_in() * self.n_outputs
    }

    /// Inputs of every unit, the constant input of the bias counted as one: 785 in the report's first layer.
    #[must_use]
    pub fn fan_in(&self) -> usize {
        self.n_inputs + usize::from(self.has_bias)
    }
}

impl MlpConfig {
    /// The shape of every layer, first to last.
    #[must_use]
    pub fn layers(&self) -> Vec<LayerShape> {
        let mut widths = vec![self.n_inputs];
        widths.extend(&self.hidden_units);
        widths.push(self.n_outputs);
        widths
            .windows(2)
            .enumerate()
            .map(|(index, pair)| LayerShape { n_inputs: pair[0], n_outputs: pair[1], has_bias: self.has_bias(index) })
            .collect()
    }

    /// Weights and biases of all layers.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.layers().iter().map(LayerShape::parameters).sum()
    }

    fn has_bias(&self, layer: usize) -> bool {
        match self.bias {
            Bias::FirstLayer => layer == 0,
            Bias::All => true,
            Bias::None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mlp(hidden_units: &[usize], bias: Bias) -> MlpConfig {
        MlpConfig {
            n_inputs: 784,
            hidden_units: hidden_units.to_vec(),
            n_outputs: 10,
            activation: Activation::Sigmoid,
            weight_init: WeightInit::FanInNormal,
            bias,
        }
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
        for (hidden_units, parameters) in cases {
            assert_eq!(mlp(hidden_units, Bias::FirstLayer).parameters(), parameters, "{hidden_units:?}");
        }
    }

    #[test]
    fn bias_placement_decides_the_count() {
        assert_eq!(mlp(&[64], Bias::None).parameters(), 784 * 64 + 64 * 10);
        assert_eq!(mlp(&[64], Bias::All).parameters(), 785 * 64 + 65 * 10);
    }

    #[test]
    fn no_hidden_layer_is_softmax_regression() {
        assert_eq!(mlp(&[], Bias::FirstLayer).parameters(), 785 * 10);
    }
}
