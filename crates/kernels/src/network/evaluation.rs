//! An evaluation: tiles of images that pass through the whole network, on all cores.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::{Input, Layer, LayerInput, Network};
use crate::Real;
use crate::loss::{self, ScoreSums};
use crate::matrix::Matrix;

/// Images of a tile. Threads take tiles one by one.
const TILE: usize = 64;
/// Tiles whose scores are added up first. Sums are formed in the order of the images, so that the result is the same on any
/// number of threads.
const TILES_OF_A_SUM: usize = 8;

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
        let (n_inputs, layers) = (network.inputs.shape.n_columns, &network.layers);
        let mut background = Matrix::zeros(1, network.background.shape.n_columns);
        if let Input::Sparse(set, _) = input {
            layers[0].background_outputs(simd, set.background(), &mut background);
        }
        let dense_width = if matches!(input, Input::Dense(_)) { n_inputs } else { 0 };
        let widest = layers.iter().map(Layer::n_outputs).fold(dense_width, usize::max);
        let buffers = || [Matrix::zeros(TILE, widest), Matrix::zeros(TILE, widest)];
        let tiles = targets.par_chunks(TILE).enumerate().map_init(buffers, |buffers, (tile, targets)| {
            let input = input.rows(n_inputs, tile * TILE..tile * TILE + targets.len());
            simd.vectorize(TileScores { layers, input, background: &background, targets, buffers })
        });
        let tiles = tiles.collect::<Vec<ScoreSums>>();
        tiles.chunks(TILES_OF_A_SUM).map(|tiles| tiles.iter().copied().sum::<ScoreSums>()).sum()
    }
}

/// The scores of a tile.
struct TileScores<'a, T> {
    layers: &'a [Layer<T>],
    input: Input<'a, T>,
    background: &'a Matrix<T>,
    targets: &'a [u8],
    /// What a layer reads and what it writes: they stay in the first-level cache, which has no room for the outputs of all
    /// layers.
    buffers: &'a mut [Matrix<T>; 2],
}

impl<T: Real> WithSimd for TileScores<'_, T> {
    type Output = ScoreSums;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> ScoreSums {
        let Self { layers, input, background, targets, buffers: [before, out] } = self;
        match input {
            Input::Dense(values) => {
                out.reshape(values.len() / targets.len());
                out.copy_rows(values);
            }
            Input::Sparse(set, rows) => set.fetch(rows),
        }
        for (index, layer) in layers.iter().enumerate() {
            std::mem::swap(before, out);
            out.reshape(layer.n_outputs());
            let input = match input {
                Input::Sparse(set, rows) if index == 0 => LayerInput::Sparse { set, rows, background },
                _ => LayerInput::Dense(before),
            };
            layer.forward(simd, input, targets.len(), out);
        }
        loss::scores(simd, out, targets, false)
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
