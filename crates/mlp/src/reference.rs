//! A plain forward pass in double precision, written from the formulas alone: what Burn's answer is held against.

use crate::{Activation, MlpConfig, MlpWeights};

/// Inputs with their classes, in double precision.
#[derive(Debug, Clone)]
pub struct Examples {
    /// Row-major `[n, n_inputs]`.
    pub inputs: Vec<f64>,
    /// Class of every row.
    pub targets: Vec<usize>,
}

/// One dense layer in double precision.
#[derive(Debug, Clone)]
pub(crate) struct ReferenceLayer {
    pub(crate) n_inputs: usize,
    pub(crate) n_outputs: usize,
    /// Row-major `[n_inputs, n_outputs]`.
    pub(crate) weight: Vec<f64>,
    pub(crate) bias: Vec<f64>,
}

/// The network in double precision, no tensors.
#[derive(Debug, Clone)]
pub struct ReferenceMlp {
    pub(crate) layers: Vec<ReferenceLayer>,
    activation: Activation,
}

impl ReferenceMlp {
    /// The network with these weights.
    #[must_use]
    pub fn new(config: &MlpConfig, weights: &MlpWeights) -> Self {
        let widen = |values: &[f32]| values.iter().copied().map(f64::from).collect();
        let layers = weights.layers.iter().map(|layer| ReferenceLayer {
            n_inputs: layer.shape.n_inputs,
            n_outputs: layer.shape.n_outputs,
            weight: widen(&layer.weight),
            bias: widen(&layer.bias),
        });
        Self { layers: layers.collect(), activation: config.activation }
    }

    /// Mean softmax cross-entropy, `-1/n sum_i log softmax(z_i)[t_i]`.
    #[must_use]
    pub fn loss(&self, examples: &Examples) -> f64 {
        let first = self.layers[0].pre_activations(&examples.inputs);
        self.loss_from(0, first, &examples.targets).0
    }

    /// The loss when `z`, row-major `[n, n_outputs]`, leaves layer `index`, and the side of the activation's kink that
    /// every hidden unit is on (nothing where the activation has none).
    pub(crate) fn loss_from(&self, index: usize, mut z: Vec<f64>, targets: &[usize]) -> (f64, Vec<bool>) {
        let mut sides = Vec::new();
        for layer in &self.layers[index + 1..] {
            if self.activation.has_kink() {
                sides.extend(z.iter().map(|&z| z > 0.0));
            }
            z = layer.pre_activations(&self.activate(&z));
        }
        (mean_cross_entropy(&z, targets), sides)
    }

    /// What enters every layer and what leaves it before the activation, first to last: `[n, n_inputs]`, `[n, n_outputs]`.
    pub(crate) fn trace(&self, examples: &Examples) -> Vec<(Vec<f64>, Vec<f64>)> {
        let mut inputs = examples.inputs.clone();
        let mut trace = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let z = layer.pre_activations(&inputs);
            let next = self.activate(&z);
            trace.push((std::mem::replace(&mut inputs, next), z));
        }
        trace
    }

    fn activate(&self, z: &[f64]) -> Vec<f64> {
        z.iter().map(|&z| self.activation.value(z)).collect()
    }
}

impl ReferenceLayer {
    /// What input `row` of an example is; the row behind the last weight is the bias, whose input is 1.
    pub(crate) fn input(&self, inputs: &[f64], example: usize, row: usize) -> f64 {
        if row == self.n_inputs { 1.0 } else { inputs[example * self.n_inputs + row] }
    }

    /// `z = x W + b` for row-major `x: [n, n_inputs]`.
    pub(crate) fn pre_activations(&self, inputs: &[f64]) -> Vec<f64> {
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
}

fn mean_cross_entropy(logits: &[f64], targets: &[usize]) -> f64 {
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
