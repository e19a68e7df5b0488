//! Whole networks: the scores of many images, on all cores.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use crate::slices::loss::{self, ScoreSums};
use crate::slices::{Input, Linear, Real};

/// Images of a tile: the outputs of its layers stay in the first-level cache.
const TILE: usize = 64;
/// Images of one task of the thread pool. The sums of the tasks are added in the order of the images, so that the result is
/// the same on any number of threads.
const TASK: usize = 8 * TILE;

/// Sum of the cross-entropies and number of correct predictions of a network over all images.
///
/// - `layers`: first to last; the last one's outputs are the logits
/// - `input`: `[n, n_inputs]`, `targets`: `[n]`, classes from 0
///
/// # Panics
/// If the shapes do not fit, or a target is not below the number of classes.
#[must_use]
pub fn network_scores<T: Real>(layers: &[Linear<'_, T>], input: Input<'_, T>, targets: &[u8]) -> ScoreSums {
    let Some(first) = layers.first() else { return ScoreSums::default() };
    let background = Arch::new().dispatch(Background(*first, input));
    let tasks: Vec<ScoreSums> = (0..targets.len().div_ceil(TASK))
        .into_par_iter()
        .map(|task| {
            let range = task * TASK..targets.len().min((task + 1) * TASK);
            let input = rows(&input, first.n_inputs(), range.clone());
            Arch::new().dispatch(NetworkScores { layers, input, background: &background, targets: &targets[range] })
        })
        .collect();
    let mut scores = ScoreSums::default();
    for task in tasks {
        scores += task;
    }
    scores
}

/// Some rows of an input.
fn rows<'a, T>(input: &Input<'a, T>, n_inputs: usize, range: std::ops::Range<usize>) -> Input<'a, T> {
    match *input {
        Input::Dense(values) => Input::Dense(&values[range.start * n_inputs..range.end * n_inputs]),
        Input::Sparse(set, rows) => Input::Sparse(set, &rows[range]),
    }
}

struct Background<'a, T>(Linear<'a, T>, Input<'a, T>);

impl<T: Real> WithSimd for Background<'_, T> {
    type Output = Vec<T>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<T> {
        self.0.background(simd, self.1)
    }
}

struct NetworkScores<'a, T> {
    layers: &'a [Linear<'a, T>],
    input: Input<'a, T>,
    background: &'a [T],
    targets: &'a [u8],
}

impl<T: Real> WithSimd for NetworkScores<'_, T> {
    type Output = ScoreSums;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> ScoreSums {
        let widest = self.layers.iter().map(|layer| layer.n_outputs).max().unwrap_or(0);
        let n_classes = self.layers.last().map_or(0, |layer| layer.n_outputs);
        let mut buffers = [(); 2].map(|()| vec![T::from_f64(0.0); TILE * widest]);
        let mut scores = ScoreSums::default();
        for (tile, targets) in self.targets.chunks(TILE).enumerate() {
            let range = tile * TILE..tile * TILE + targets.len();
            let [inputs, outputs] = &mut buffers;
            for (index, layer) in self.layers.iter().enumerate() {
                let input = match index {
                    0 => rows(&self.input, layer.n_inputs(), range.clone()),
                    _ => Input::Dense(&inputs[..targets.len() * layer.n_inputs()]),
                };
                let background = if index == 0 { self.background } else { &[] };
                layer.forward_into(simd, input, background, &mut outputs[..targets.len() * layer.n_outputs]);
                std::mem::swap(inputs, outputs);
            }
            scores += loss::scores(simd, &mut inputs[..targets.len() * n_classes], n_classes, targets);
        }
        scores
    }
}
