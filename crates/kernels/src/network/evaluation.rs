//! An evaluation: tiles of images that pass through the whole network, on all cores.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::{Input, LayerInput, Network, forward};
use crate::Real;
use crate::loss::{self, Replacement, ScoreSums};
use crate::matrix::Matrix;

/// Images of a tile of an evaluation: the outputs of two layers stay in the first-level cache.
const TILE: usize = 64;
/// Images of one task of the thread pool. The sums of the tasks are added in the order of the images, so that the result is
/// the same on any number of threads.
const TASK: usize = 8 * TILE;

/// [`Network::scores`] with one instruction set.
pub(crate) struct Scores<'a, T> {
    pub(crate) network: &'a Network<T>,
    pub(crate) input: Input<'a, T>,
    pub(crate) targets: &'a [u8],
}

impl<T: Real> WithSimd for Scores<'_, T> {
    type Output = ScoreSums;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> ScoreSums {
        let Self { network, input, targets } = self;
        let mut background = Matrix::zeros(1, network.background.shape.n_columns);
        if let Input::Sparse(set, _) = input {
            network.layers[0].background_outputs(simd, set.background(), &mut background);
        }
        let tasks = (0..targets.len().div_ceil(TASK)).into_par_iter().map(|task| {
            let range = task * TASK..targets.len().min((task + 1) * TASK);
            let input = input.rows(network.inputs.shape.n_columns, range.clone());
            simd.vectorize(TaskScores { network, input, background: &background, targets: &targets[range] })
        });
        let mut scores = ScoreSums::default();
        for task in tasks.collect::<Vec<ScoreSums>>() {
            scores += task;
        }
        scores
    }
}

/// The scores of a task's rows.
struct TaskScores<'a, T> {
    network: &'a Network<T>,
    input: Input<'a, T>,
    background: &'a Matrix<T>,
    targets: &'a [u8],
}

impl<T: Real> WithSimd for TaskScores<'_, T> {
    type Output = ScoreSums;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> ScoreSums {
        let Self { network, input, background, targets } = self;
        let n_inputs = network.inputs.shape.n_columns;
        let rows_of_dense = if matches!(input, Input::Dense(_)) { TILE } else { 0 };
        let mut dense = Matrix::zeros(rows_of_dense, n_inputs);
        let mut outputs: Vec<_> = network.layers.iter().map(|layer| Matrix::zeros(TILE, layer.n_outputs())).collect();
        let mut scores = ScoreSums::default();
        for (tile, targets) in targets.chunks(TILE).enumerate() {
            let n = targets.len();
            let input = input.rows(n_inputs, tile * TILE..tile * TILE + n);
            let input = match input {
                Input::Dense(values) => {
                    dense.copy_rows(values);
                    LayerInput::Dense(&dense)
                }
                Input::Sparse(set, rows) => LayerInput::Sparse { set, rows, background },
            };
            forward(simd, &network.layers, input, n, &mut outputs);
            if let Some(logits) = outputs.last_mut() {
                scores += loss::scores(simd, logits, targets, Replacement::None);
            }
        }
        scores
    }
}

impl<T> Input<'_, T> {
    /// Some of the rows.
    fn rows(self, n_inputs: usize, range: std::ops::Range<usize>) -> Self {
        match self {
            Self::Dense(values) => Self::Dense(&values[range.start * n_inputs..range.end * n_inputs]),
            Self::Sparse(set, rows) => Self::Sparse(set, &rows[range]),
        }
    }
}
