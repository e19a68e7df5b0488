//! `Layer`: one layer with weights, as tables, probes and weight files describe it.

use crate::ParameterShape;

/// A layer with weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Its name in weight files and probes: `layers.0`.
    pub name: String,
    /// Its name in tables: `hidden 1`, `output`.
    pub title: String,
    /// Dimensions of its weights: of a dense layer `[inputs, units]`, of a convolution `[maps, maps before, rows, columns]`.
    pub weight: Vec<usize>,
    /// Inputs of every unit, the bias not counted.
    pub n_inputs: usize,
    /// Units of a dense layer, maps of a convolution: one bias each.
    pub n_outputs: usize,
    /// Whether it adds a bias.
    pub has_bias: bool,
    /// Values per image to which its activation is applied; 0 for the output layer.
    pub n_activations: usize,
}

impl Layer {
    /// Dense layers from each of these widths to the next, the output layer last, all with a bias.
    pub(crate) fn dense(name: &str, title: &str, widths: &[usize]) -> Vec<Self> {
        let layer = |(index, pair): (usize, &[usize])| {
            let is_output = index + 2 == widths.len();
            Self {
                name: format!("{name}.{index}"),
                title: if is_output { "output".to_owned() } else { format!("{title} {}", index + 1) },
                weight: pair.to_vec(),
                n_inputs: pair[0],
                n_outputs: pair[1],
                has_bias: true,
                n_activations: if is_output { 0 } else { pair[1] },
            }
        };
        widths.windows(2).enumerate().map(layer).collect()
    }

    /// Weights, biases not counted.
    #[must_use]
    pub fn weights(&self) -> usize {
        self.weight.iter().product()
    }

    /// Biases.
    #[must_use]
    pub fn biases(&self) -> usize {
        if self.has_bias { self.n_outputs } else { 0 }
    }

    /// Weights and biases together.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.weights() + self.biases()
    }

    /// Its weights and its bias, if any, in the order in which they are drawn.
    pub fn shapes(&self) -> impl Iterator<Item = ParameterShape> + use<> {
        // The bias is the weight of a constant input: 785 inputs in the report's first layer.
        let fan_in = self.n_inputs + usize::from(self.has_bias);
        let parameter = |what, shape| ParameterShape { name: format!("{}.{what}", self.name), shape, fan_in };
        let bias = self.has_bias.then(|| parameter("bias", vec![self.n_outputs]));
        [parameter("weight", self.weight.clone())].into_iter().chain(bias)
    }
}
