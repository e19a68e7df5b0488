//! `Parameter`: weights or biases with their velocity, updated while a gradient is in registers.

use pulp::Simd;

use crate::Real;
use crate::matrix::{Matrix, TILE_ROWS};
use crate::product::{Finish, Tile};
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

    /// Updates the numbers from an index on by their gradient, and returns them.
    #[inline(always)]
    pub(crate) fn update<S: Simd, const N: usize>(
        &mut self,
        simd: S,
        descent: Descent,
        at: usize,
        gradient: [T::Lanes<S>; N],
    ) -> [T::Lanes<S>; N] {
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
        values
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
    fn tile<S: Simd, const N: usize>(&mut self, simd: S, tile: Tile, sums: [[T::Lanes<S>; N]; TILE_ROWS]) {
        let mut rows = sums;
        for (index, row) in rows.iter_mut().enumerate() {
            *row = self.weight.update(simd, self.descent, tile.start + index * tile.stride, *row);
        }
        if let Some(transposed) = &mut self.transposed {
            store_transposed::<T, S, N>(transposed, tile, rows);
        }
    }
}

/// Stores a tile into the transpose of its matrix.
#[inline(always)]
fn store_transposed<T: Real, S: Simd, const N: usize>(
    transposed: &mut Matrix<T>,
    tile: Tile,
    rows: [[T::Lanes<S>; N]; TILE_ROWS],
) {
    let (panel, first) = transposed.shape.panel_of(tile.row);
    let first_column = tile.columns.in_matrix();
    let n_columns = N * T::n_lanes::<S>();
    let numbers: &[T] = bytemuck::cast_slice(rows.as_flattened());
    let without_padding = n_columns.min(transposed.shape.n_rows.saturating_sub(first_column));
    for column in 0..without_padding {
        let at = panel.start + (first_column + column) * panel.width + first;
        for (row, out) in transposed.numbers_mut()[at..][..TILE_ROWS].iter_mut().enumerate() {
            *out = numbers[row * n_columns + column];
        }
    }
}
