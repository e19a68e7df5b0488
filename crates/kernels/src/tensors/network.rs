//! The scores of a whole network on the flex backend.

use burn::backend::flex::FlexTensor;
use burn::tensor::{Int, Tensor};

use super::linear::LayerInput;
use super::{classes, contiguous, kernel, primitive};
use crate::slices::{self, Linear};
use crate::{Nonlinearity, Rows, ScoreSums};

/// Sum of the cross-entropies and number of correct predictions over all rows, on all cores; the same on any number of them.
///
/// - `layers`: weights, `[n_inputs, n_outputs]`, and bias, `[n_outputs]`, first to last, in single precision
/// - `nonlinearity`: of every layer but the last
///
/// # Panics
/// On another backend, and if the shapes do not fit.
#[must_use]
pub fn network_scores(
    layers: Vec<(Tensor<2>, Option<Tensor<1>>)>,
    nonlinearity: Nonlinearity,
    input: Rows,
    targets: Tensor<1, Int>,
) -> ScoreSums {
    let targets = classes(targets);
    let layers: Vec<(FlexTensor, Option<FlexTensor>)> =
        layers.into_iter().map(|(weight, bias)| (contiguous(primitive(weight)), bias.map(primitive))).collect();
    let kernels: Vec<Linear<'_, f32>> = (1..=layers.len())
        .zip(&layers)
        .map(|(number, (weight, bias))| {
            let nonlinearity = if number == layers.len() { Nonlinearity::Identity } else { nonlinearity };
            kernel(weight, bias.as_ref(), nonlinearity)
        })
        .collect();
    slices::network_scores(&kernels, LayerInput::from(input).numbers(), &targets)
}
