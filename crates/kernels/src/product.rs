//! Dense matrix products. What follows a product (an activation, its slope, an update) happens while the sums of a tile are
//! in registers.

use pulp::{Simd, WithSimd};

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

/// Numbers of a tile's row: four of the widest registers.
const MOST_NUMBERS: usize = 64;

/// The left matrix of a product.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Left<'a, T> {
    /// A matrix.
    Rows(&'a Matrix<T>),
    /// The transpose of the first rows of a matrix.
    Columns(&'a Matrix<T>, usize),
}

/// The place of a tile in the result.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tile {
    /// Its first row.
    pub(crate) row: usize,
    /// Its columns.
    pub(crate) columns: Columns,
    /// The index of its first number, in a matrix of the result's shape.
    pub(crate) start: usize,
    /// From there to the next row.
    pub(crate) stride: usize,
}

/// What is done with the sums of a tile.
pub(crate) trait Finish<T: Real> {
    /// Takes over the sums of a tile.
    fn tile<S: Simd, const N: usize>(&mut self, simd: S, tile: Tile, sums: [[T::Lanes<S>; N]; TILE_ROWS]);
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
        let start = match self.start {
            Some(start) => load(simd, &start.numbers()[start.shape.panel(columns.panel).start + columns.first..]),
            None => zeros::<T, S, N>(simd),
        };
        let panel = self.right.shape.panel(columns.panel);
        let right = &self.right.numbers()[panel.start + columns.first..];
        let out = self.shape.panel(columns.panel);
        let mut numbers = [T::from_f64(0.0); TILE_ROWS * MOST_NUMBERS];
        let numbers = &mut numbers[..TILE_ROWS * N * T::n_lanes::<S>()];
        for row in (0..self.n_rows).step_by(TILE_ROWS) {
            for numbers in numbers.chunks_exact_mut(N * T::n_lanes::<S>()) {
                store::<T, S, N>(simd, numbers, start);
            }
            self.left.add_products::<S, N>(simd, row, right, panel.width, numbers);
            let mut sums = [zeros::<T, S, N>(simd); TILE_ROWS];
            for (sums, numbers) in sums.iter_mut().zip(numbers.chunks_exact(N * T::n_lanes::<S>())) {
                *sums = load::<T, S, N>(simd, numbers);
            }
            let start = out.start + row * out.width + columns.first;
            self.finish.tile(simd, Tile { row, columns, start, stride: out.width }, sums);
        }
    }
}

impl<T: Real> Left<'_, T> {
    /// Adds the products of some rows with a tile's columns of the right matrix to `sums`.
    #[inline(always)]
    fn add_products<S: Simd, const N: usize>(self, simd: S, row: usize, right: &[T], width: usize, sums: &mut [T]) {
        match self {
            Left::Rows(left) => {
                let mut done = 0;
                for panel in left.shape.panels() {
                    let first = panel.start + row * panel.width;
                    let rows: [&[T]; TILE_ROWS] =
                        std::array::from_fn(|row| &left.numbers()[first + row * panel.width..][..panel.n_columns]);
                    simd.vectorize(AddProducts::<T, N> {
                        factors: Factors::Rows(rows),
                        right: &right[done * width..],
                        width,
                        sums,
                    });
                    done += panel.n_columns;
                }
            }
            Left::Columns(left, depth) => {
                let (panel, first) = left.shape.panel_of(row);
                let factors =
                    Factors::Columns { numbers: &left.numbers()[panel.start + first..], width: panel.width, depth };
                simd.vectorize(AddProducts::<T, N> { factors, right, width, sums });
            }
        }
    }
}

/// The left numbers of a tile's products.
enum Factors<'a, T> {
    Rows([&'a [T]; TILE_ROWS]),
    Columns { numbers: &'a [T], width: usize, depth: usize },
}

/// Adds products to the sums of a tile. This is a function of its own, so that the compiler keeps the sums, and nothing
/// else, in registers.
struct AddProducts<'a, T, const N: usize> {
    factors: Factors<'a, T>,
    /// The right matrix, from the tile's first column on.
    right: &'a [T],
    /// From a row of the right matrix to the next.
    width: usize,
    /// The tile, row-major.
    sums: &'a mut [T],
}

impl<T: Real, const N: usize> WithSimd for AddProducts<'_, T, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let mut sums = [zeros::<T, S, N>(simd); TILE_ROWS];
        for (sums, numbers) in sums.iter_mut().zip(self.sums.chunks_exact(N * T::n_lanes::<S>())) {
            *sums = load::<T, S, N>(simd, numbers);
        }
        let right = self.right.chunks(self.width);
        match self.factors {
            Factors::Rows([a, b, c, d]) => {
                for ((((right, &a), &b), &c), &d) in right.zip(a).zip(b).zip(c).zip(d) {
                    let right = load::<T, S, N>(simd, right);
                    for (sums, factor) in sums.iter_mut().zip([a, b, c, d]) {
                        add_scaled::<T, S, N>(simd, sums, factor, right);
                    }
                }
            }
            Factors::Columns { numbers, width, depth } => {
                for (factors, right) in numbers.chunks(width).zip(right).take(depth) {
                    let right = load::<T, S, N>(simd, right);
                    for (sums, &factor) in sums.iter_mut().zip(&factors[..TILE_ROWS]) {
                        add_scaled::<T, S, N>(simd, sums, factor, right);
                    }
                }
            }
        }
        for (sums, out) in sums.iter().zip(self.sums.chunks_exact_mut(N * T::n_lanes::<S>())) {
            store::<T, S, N>(simd, out, *sums);
        }
    }
}

/// Stores `f(sums)`.
pub(crate) struct Activate<'a, T> {
    pub(crate) activation: Activation<T>,
    pub(crate) out: &'a mut Matrix<T>,
}

impl<T: Real> Finish<T> for Activate<'_, T> {
    #[inline(always)]
    fn tile<S: Simd, const N: usize>(&mut self, simd: S, tile: Tile, sums: [[T::Lanes<S>; N]; TILE_ROWS]) {
        for (row, sums) in sums.iter().enumerate() {
            let mut y = *sums;
            self.activation.apply(simd, &mut y);
            store::<T, S, N>(simd, &mut self.out.numbers_mut()[tile.start + row * tile.stride..], y);
        }
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
    fn tile<S: Simd, const N: usize>(&mut self, simd: S, tile: Tile, sums: [[T::Lanes<S>; N]; TILE_ROWS]) {
        for (row, sums) in sums.iter().enumerate() {
            let at = tile.start + row * tile.stride;
            let mut dz = load::<T, S, N>(simd, &self.outputs.numbers()[at..]);
            self.activation.backward(simd, &mut dz, sums);
            store::<T, S, N>(simd, &mut self.out.numbers_mut()[at..], dz);
        }
    }
}
