//! `Parameter`: weights or biases with their velocity, updated while a gradient is in registers.

use pulp::Simd;

use crate::Real;
use crate::matrix::{Matrix, TILE_ROWS};
use crate::product::{Finish, Place};
use crate::tile::{load, store};

/// Gradient descent: `v = g + momentum v; w -= learning_rate v`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Descent {
    /// Step size.
    pub learning_rate: f64,
    /// Share of the velocity that is kept; with 0 it is plain gradient descent.
    pub momentum: f64,
}

/// Weights or biases.
#[derive(Debug)]
pub(crate) struct Parameter<T> {
    pub(crate) values: Matrix<T>,
    pub(crate) velocity: Matrix<T>,
}

impl<T: Real> Parameter<T> {
    pub(crate) fn new(values: &[T], n_columns: usize) -> Self {
        let values = Matrix::from_rows(values, n_columns);
        Self { velocity: Matrix::zeros(values.shape.n_rows, n_columns), values }
    }

    /// Updates the numbers from an index on by their gradient.
    #[inline(always)]
    pub(crate) fn update<S: Simd, const N: usize>(
        &mut self,
        simd: S,
        descent: Descent,
        at: usize,
        gradient: [T::Lanes<S>; N],
    ) {
        let rate = T::splat(simd, T::from_f64(-descent.learning_rate));
        let momentum = T::splat(simd, T::from_f64(descent.momentum));
        let mut velocity = load::<T, S, N>(simd, &self.velocity.numbers()[at..]);
        let mut values = load::<T, S, N>(simd, &self.values.numbers()[at..]);
        for ((velocity, value), gradient) in velocity.iter_mut().zip(&mut values).zip(&gradient) {
            *velocity = T::mul_add(simd, momentum, *velocity, *gradient);
            *value = T::mul_add(simd, rate, *velocity, *value);
        }
        store::<T, S, N>(simd, &mut self.velocity.numbers_mut()[at..], velocity);
        store::<T, S, N>(simd, &mut self.values.numbers_mut()[at..], values);
    }

    /// Updates a bias by its gradient, both one row.
    #[inline(always)]
    pub(crate) fn update_row<S: Simd>(&mut self, simd: S, descent: Descent, gradient: &Matrix<T>) {
        for panel in gradient.shape.panels() {
            for at in (panel.start..panel.start + panel.width).step_by(T::n_lanes::<S>()) {
                self.update::<S, 1>(simd, descent, at, load(simd, &gradient.numbers()[at..]));
            }
        }
    }
}

/// Updates weights by the tiles of their gradient, and keeps their transpose.
pub(crate) struct UpdateWeights<'a, T> {
    pub(crate) weight: &'a mut Parameter<T>,
    pub(crate) transposed: Option<&'a mut Matrix<T>>,
    pub(crate) descent: Descent,
}

impl<T: Real> Finish<T> for UpdateWeights<'_, T> {
    #[inline(always)]
    fn row<S: Simd, const N: usize>(&mut self, simd: S, place: Place, sums: [T::Lanes<S>; N]) {
        self.weight.update(simd, self.descent, place.at, sums);
        if let Some(transposed) = &mut self.transposed
            && place.row % TILE_ROWS == TILE_ROWS - 1
        {
            transpose_tile(&self.weight.values, place, N * T::n_lanes::<S>(), transposed);
        }
    }
}

/// Copies a tile of this many columns, given by its last row, into the transposed matrix, where its rows lie side by side.
#[inline(always)]
fn transpose_tile<T: Real>(matrix: &Matrix<T>, last: Place, n_columns: usize, transposed: &mut Matrix<T>) {
    let stride = matrix.shape.panel(last.columns.panel).width;
    let first_column = last.columns.in_matrix();
    let (panel, first_row) = transposed.shape.panel_of(last.row + 1 - TILE_ROWS);
    let without_padding = n_columns.min(transposed.shape.n_rows.saturating_sub(first_column));
    let above = |rows: usize| &matrix.numbers()[last.at - rows * stride..][..without_padding];
    let numbers = above(3).iter().zip(above(2)).zip(above(1)).zip(above(0));
    let out = transposed.numbers_mut()[panel.start + first_row..].chunks_mut(panel.width).skip(first_column);
    for (out, (((&a, &b), &c), &d)) in out.zip(numbers) {
        out[..TILE_ROWS].copy_from_slice(&[a, b, c, d]);
    }
}
