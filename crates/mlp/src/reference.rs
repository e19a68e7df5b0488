//! `Reference`: a network in double precision, without tensors, written from the formulas. The gradient check compares
//! Burn's gradients with it, and `trace` trains its dense layers.

use crate::{Activation, NamedTensor, Tensors};

/// Inputs with their classes, in double precision.
#[derive(Debug, Clone)]
pub struct Examples {
    /// Row-major `[n, pixels]`.
    pub inputs: Vec<f64>,
    /// Class of every row.
    pub targets: Vec<usize>,
}

/// A network as a chain of operations.
pub(crate) struct Reference(pub(crate) Vec<Box<dyn Operation>>);

/// One operation on the values of every example.
pub(crate) trait Operation {
    /// The outputs. An operation with a kink adds to `sides` on which side of it every value is.
    fn apply(&self, inputs: &[f64], sides: &mut Vec<u8>) -> Vec<f64>;

    /// Whether it has parameters.
    fn is_layer(&self) -> bool {
        false
    }

    /// Adds to the outputs the effect of changing one parameter by `delta`. Parameters are numbered through the weights,
    /// row-major, and then the biases.
    fn nudge(&self, _parameter: usize, _delta: f64, _inputs: &[f64], _outputs: &mut [f64]) {}
}

/// A dense layer, `x W + b`.
#[derive(Debug, Clone)]
pub(crate) struct Dense {
    pub(crate) n_inputs: usize,
    pub(crate) n_outputs: usize,
    /// Row-major `[n_inputs, n_outputs]`.
    pub(crate) weight: Vec<f64>,
    /// `[n_outputs]`, or empty.
    pub(crate) bias: Vec<f64>,
}

impl Reference {
    /// The mean softmax cross-entropy, `-1/n sum_i log softmax(z_i)[t_i]`, when `values` enter an operation, and the side of
    /// every kink that the network is on: if two points differ in that, the difference of their losses is not a derivative.
    pub(crate) fn loss_from(&self, operation: usize, mut values: Vec<f64>, targets: &[usize]) -> (f64, Vec<u8>) {
        let mut sides = Vec::new();
        for operation in &self.0[operation..] {
            values = operation.apply(&values, &mut sides);
        }
        (mean_cross_entropy(&values, targets), sides)
    }

    /// The inputs of every operation, and at the end the logits.
    pub(crate) fn trace(&self, examples: &Examples) -> Vec<Vec<f64>> {
        let mut trace = vec![examples.inputs.clone()];
        for operation in &self.0 {
            let next = operation.apply(&trace[trace.len() - 1], &mut Vec::new());
            trace.push(next);
        }
        trace
    }
}

/// `f(x)`, value by value.
impl Operation for Activation {
    fn apply(&self, inputs: &[f64], sides: &mut Vec<u8>) -> Vec<f64> {
        if self.has_kink() {
            sides.extend(inputs.iter().map(|&z| u8::from(z > 0.0)));
        }
        inputs.iter().map(|&z| self.value(z)).collect()
    }
}

/// A parameter in double precision; empty if the network does not have it.
pub(crate) fn widened(weights: &Tensors, name: &str) -> Vec<f64> {
    weights.get(name).map_or_else(Vec::new, |tensor| tensor.values.iter().copied().map(f64::from).collect())
}

impl Dense {
    /// A dense layer of these weights.
    pub(crate) fn new(weights: &Tensors, layer: &str) -> Self {
        let weight = weights.get(&format!("{layer}.weight"));
        let NamedTensor { name, shape, .. } = weight.expect("a network is checked with its own weights");
        let (weight, bias) = (widened(weights, name), widened(weights, &format!("{layer}.bias")));
        Self { n_inputs: shape[0], n_outputs: shape[1], weight, bias }
    }

    /// The same as an operation of a network.
    pub(crate) fn boxed(weights: &Tensors, layer: &str) -> Box<dyn Operation> {
        Box::new(Self::new(weights, layer))
    }

    /// The gradients of the mean loss at weight and bias: `x^T d / n` and `sum d / n`, where `deltas` are the derivatives of
    /// every example's own loss at the outputs.
    pub(crate) fn gradients(&self, inputs: &[f64], deltas: &[f64]) -> [Vec<f64>; 2] {
        let (mut weight, mut bias) = (vec![0.0; self.weight.len()], vec![0.0; self.bias.len()]);
        for (x, deltas) in inputs.chunks_exact(self.n_inputs).zip(deltas.chunks_exact(self.n_outputs)) {
            for (x, weight) in x.iter().zip(weight.chunks_exact_mut(self.n_outputs)) {
                weight.iter_mut().zip(deltas).for_each(|(sum, delta)| *sum += x * delta);
            }
            bias.iter_mut().zip(deltas).for_each(|(sum, delta)| *sum += delta);
        }
        let n = (deltas.len() / self.n_outputs) as f64;
        weight.iter_mut().chain(&mut bias).for_each(|sum| *sum /= n);
        [weight, bias]
    }

    /// The derivatives at the inputs: `d W^T`.
    pub(crate) fn back(&self, deltas: &[f64]) -> Vec<f64> {
        let at_input = |deltas: &[f64], weights: &[f64]| weights.iter().zip(deltas).map(|(w, delta)| w * delta).sum();
        let of_example = |deltas: &'_ [f64]| {
            self.weight.chunks_exact(self.n_outputs).map(|w| at_input(deltas, w)).collect::<Vec<f64>>()
        };
        deltas.chunks_exact(self.n_outputs).flat_map(of_example).collect()
    }
}

impl Operation for Dense {
    fn apply(&self, inputs: &[f64], _: &mut Vec<u8>) -> Vec<f64> {
        let mut z = Vec::with_capacity(inputs.len() / self.n_inputs * self.n_outputs);
        for x in inputs.chunks_exact(self.n_inputs) {
            let mut row = if self.bias.is_empty() { vec![0.0; self.n_outputs] } else { self.bias.clone() };
            for (x, weights) in x.iter().zip(self.weight.chunks_exact(self.n_outputs)) {
                row.iter_mut().zip(weights).for_each(|(z, weight)| *z += x * weight);
            }
            z.extend(row);
        }
        z
    }

    fn is_layer(&self) -> bool {
        true
    }

    /// One column of the outputs moves; the row after the last weight is the bias, whose input is 1.
    fn nudge(&self, parameter: usize, delta: f64, inputs: &[f64], outputs: &mut [f64]) {
        let (row, column) = (parameter / self.n_outputs, parameter % self.n_outputs);
        let examples = inputs.chunks_exact(self.n_inputs).zip(outputs.chunks_exact_mut(self.n_outputs));
        for (x, z) in examples {
            z[column] += delta * x.get(row).copied().unwrap_or(1.0);
        }
    }
}

/// `softmax(z)`, row by row.
pub(crate) fn softmax(logits: &[f64], n_classes: usize) -> Vec<f64> {
    let of_row = |logits: &[f64]| {
        let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let powers: Vec<f64> = logits.iter().map(|z| (z - largest).exp()).collect();
        let sum: f64 = powers.iter().sum();
        powers.into_iter().map(move |power| power / sum)
    };
    logits.chunks_exact(n_classes).flat_map(of_row).collect()
}

pub(crate) fn mean_cross_entropy(logits: &[f64], targets: &[usize]) -> f64 {
    let n_classes = logits.len() / targets.len();
    let losses = logits.chunks_exact(n_classes).zip(targets).map(|(logits, &target)| {
        let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let log_sum = logits.iter().map(|z| (z - largest).exp()).sum::<f64>().ln();
        log_sum + largest - logits[target]
    });
    losses.sum::<f64>() / targets.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_logits_cost_the_logarithm_of_the_classes() {
        assert!((mean_cross_entropy(&[3.0; 20], &[0, 9]) - 10f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn huge_logits_do_not_overflow() {
        assert!((mean_cross_entropy(&[1e4, 0.0], &[1]) - 1e4).abs() < 1e-9);
    }
}
