//! Named tensors: weights and optimizer state as other crates see them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A tensor in single precision.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedTensor {
    /// The parameter, or the part of the optimizer's state: `layers.0.weight`.
    pub name: String,
    /// Its dimensions.
    pub shape: Vec<usize>,
    /// Its values, row-major.
    pub values: Vec<f32>,
}

/// Tensors with distinct names, in the order of the network's layers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tensors(pub Vec<NamedTensor>);

impl Tensors {
    /// The tensor of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&NamedTensor> {
        self.0.iter().find(|tensor| tensor.name == name)
    }

    /// The values of the tensor of this name, for changing them.
    #[must_use]
    pub fn values_mut(&mut self, name: &str) -> Option<&mut Vec<f32>> {
        self.0.iter_mut().find(|tensor| tensor.name == name).map(|tensor| &mut tensor.values)
    }
}

/// Everything that an optimizer remembers between two steps; empty before the first one. Its JSON lacks the tensors.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct OptimizerState {
    /// Tensors, named after their parameter: `layers.0.weight.velocity`.
    #[serde(skip)]
    pub tensors: Tensors,
    /// Counters, named in the same way: `layers.0.weight.time`.
    pub counters: BTreeMap<String, u64>,
}

/// Name, shape and fan-in of a parameter: enough to draw, read or check it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterShape {
    /// `layers.0.weight`
    pub name: String,
    /// Its dimensions.
    pub shape: Vec<usize>,
    /// Inputs of each unit that it belongs to; the constant input of the bias counts as one.
    pub fan_in: usize,
}

impl ParameterShape {
    /// Number of values.
    #[must_use]
    pub fn n_values(&self) -> usize {
        self.shape.iter().product()
    }
}
