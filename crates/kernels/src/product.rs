//! Dense matrix products. What follows a product (an activation, its slope, an update) happens while the sums of a tile are
//! in registers.

use pulp::Simd;

use crate::Real;
use crate::activation::Activation;
use crate::matrix::{Matrix, Shape, TILE_ROWS};
use crate::tile::{Columns, Tiled, add_scaled, for_each_tile, load, store, zeros};

/// Registers of a tile's row: with four rows, the sums, a row of the right matrix and one factor fill the 16 registers of
/// AVX2, or half of the 32 of AVX-512 and NEON.
#[inline(always)]
fn most_registers<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 { 4 } else { 3 }
}

/// The left matrix of a product.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Left<'a, T> {
    /// A matrix.
    Rows(&'a Matrix<T>),
    /// The transpose of the first rows of a matrix.
    Columns(&'a Matrix<T>, usize),
}

/// The place of a tile's row in the result.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) row: usize,
    pub(crate) columns: Columns,
    /// The index of its first number, in a matrix of the result's shape.
    pub(crate) at: usize,
}

/// What is done with the sums of a tile.
pub(crate) trait Finish<T: Real> {
    /// Takes over the sums of one of its rows.
    fn row<S: Simd, const N: usize>(&mut self, simd: S, place: Place, sums: [T::Lanes<S>; N]);
}

/// The first `n_rows` of `left right + start`, handed tile by tile to `finish`; `start` is one row that every row begins with,
/// `shape` that of the matrices that `finish` reads or writes.
#[inline(always)]
pub(crate) fn product<T: Real, S: Simd>(
    simd: S,
    left: Left<'_, T>,
    right: &Matrix<T>,
    start: Option<&Matrix<T>>,
    n_rows: usize,
    shape: Shape,
    finish: &mut impl Finish<T>,
) {
    for_each_tile(simd, right.shape, most_registers::<S>(), &mut Product { left, right, start, n_rows, shape, finish });
}

struct Product<'a, T, F> {
    left: Left<'a, T>,
    right: &'a Matrix<T>,
    start: Option<&'a Matrix<T>>,
    n_rows: usize,
    shape: Shape,
    finish: &'a mut F,
}

impl<T: Real, F: Finish<T>> Tiled for Product<'_, T, F> {
    type Number = T;

    #[inline(always)]
    fn tile<S: Simd, const N: usize>(&mut self, simd: S, columns: Columns) {
        let (panel, out) = (self.right.shape.panel(columns.panel), self.shape.panel(columns.panel));
        let first = match self.start {
            Some(start) => {
                load::<T, S, N>(simd, &start.numbers()[start.shape.panel(columns.panel).start + columns.first..])
            }
            None => zeros::<T, S, N>(simd),
        };
        for row in (0..self.n_rows).step_by(TILE_ROWS) {
            let mut right = &self.right.numbers()[panel.start + columns.first..];
            // Variables instead of an array of rows: the compiler unrolls a loop over rows too late to keep 16 sums in registers.
            // Measure every change of these loops with AVX2 and with AVX-512: with 16 registers, many forms of them keep one of
            // the twelve sums in memory, and a step takes a quarter longer.
            let (mut a, mut b, mut c, mut d) = (first, first, first, first);
            match self.left {
                Left::Rows(left) => {
                    for part in left.shape.panels() {
                        let (fa, below) = left.numbers()[part.start + row * part.width..].split_at(part.width);
                        let (fb, below) = below.split_at(part.width);
                        let (fc, fd) = below.split_at(part.width);
                        let rows = right.chunks(panel.width).zip(&fa[..part.n_columns]).zip(fb).zip(fc).zip(fd);
                        for ((((right, &fa), &fb), &fc), &fd) in rows {
                            let numbers = load::<T, S, N>(simd, right);
                            add_scaled::<T, S, N>(simd, &mut a, fa, numbers);
                            add_scaled::<T, S, N>(simd, &mut b, fb, numbers);
                            add_scaled::<T, S, N>(simd, &mut c, fc, numbers);
                            add_scaled::<T, S, N>(simd, &mut d, fd, numbers);
                        }
                        right = after(right, part.n_columns * panel.width);
                    }
                }
                Left::Columns(left, depth) => {
                    let (part, first) = left.shape.panel_of(row);
                    let mut left = &left.numbers()[part.start + first..];
                    for _ in 0..depth {
                        let (factors, numbers) = (&left[..TILE_ROWS], load::<T, S, N>(simd, right));
                        (left, right) = (after(left, part.width), after(right, panel.width));
                        add_scaled::<T, S, N>(simd, &mut a, factors[0], numbers);
                        add_scaled::<T, S, N>(simd, &mut b, factors[1], numbers);
                        add_scaled::<T, S, N>(simd, &mut c, factors[2], numbers);
                        add_scaled::<T, S, N>(simd, &mut d, factors[3], numbers);
                    }
                }
            }
            let place = |row| Place { row, columns, at: out.start + row * out.width + columns.first };
            self.finish.row(simd, place(row), a);
            self.finish.row(simd, place(row + 1), b);
            self.finish.row(simd, place(row + 2), c);
            self.finish.row(simd, place(row + 3), d);
        }
    }
}

/// The numbers after the first `n`, if there are any.
#[inline(always)]
fn after<T>(numbers: &[T], n: usize) -> &[T] {
    numbers.get(n..).unwrap_or_default()
}

/// Stores `f(sums)`.
pub(crate) struct Activate<'a, T> {
    pub(crate) activation: Activation<T>,
    pub(crate) out: &'a mut Matrix<T>,
}

impl<T: Real> Finish<T> for Activate<'_, T> {
    #[inline(always)]
    fn row<S: Simd, const N: usize>(&mut self, simd: S, place: Place, mut sums: [T::Lanes<S>; N]) {
        self.activation.apply(simd, &mut sums);
        store::<T, S, N>(simd, &mut self.out.numbers_mut()[place.at..], sums);
    }
}

/// Stores `f'(x) sums`, where `outputs` has `f(x)`.
pub(crate) struct Backward<'a, T> {
    pub(crate) activation: Activation<T>,
    pub(crate) outputs: &'a Matrix<T>,
    pub(crate) out: &'a mut Matrix<T>,
}

impl<T: Real> Finish<T> for Backward<'_, T> {
    #[inline(always)]
    fn row<S: Simd, const N: usize>(&mut self, simd: S, place: Place, sums: [T::Lanes<S>; N]) {
        let mut dz = load::<T, S, N>(simd, &self.outputs.numbers()[place.at..]);
        self.activation.backward(simd, &mut dz, &sums);
        store::<T, S, N>(simd, &mut self.out.numbers_mut()[place.at..], dz);
    }
}
