//! Dense matrix products. What follows a product (an activation, its slope, an update) happens while the sums of a tile are
//! in registers.

use pulp::{Simd, WithSimd};

use crate::Real;
use crate::activation::Activation;
use crate::matrix::{Matrix, PANEL, Shape, TILE_ROWS};
use crate::tile::{Columns, Tiled, add_scaled, for_each_tile, load, outline, store};

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
        let zero = [T::from_f64(0.0); MOST_NUMBERS];
        let start = match self.start {
            Some(start) => &start.numbers()[start.shape.panel(columns.panel).start + columns.first..],
            None => &zero[..],
        };
        let panel = self.right.shape.panel(columns.panel);
        let right = &self.right.numbers()[panel.start + columns.first..];
        let out = self.shape.panel(columns.panel);
        let mut so_far = [T::from_f64(0.0); TILE_ROWS * MOST_NUMBERS];
        for row in (0..self.n_rows).step_by(TILE_ROWS) {
            let place = |row| Place { row, columns, at: out.start + row * out.width + columns.first };
            let places = [place(row), place(row + 1), place(row + 2), place(row + 3)];
            let n_parts = self.left.n_parts();
            for part in 0..n_parts {
                let part = Part::<T, F, N> {
                    factors: self.left.part(row, part),
                    right: &right[part * PANEL * panel.width..],
                    width: panel.width,
                    start: (part == 0).then_some(start),
                    so_far: &mut so_far,
                    finish: (part + 1 == n_parts).then_some((&mut *self.finish, places)),
                };
                outline(simd, part);
            }
        }
    }
}

impl<'a, T: Real> Left<'a, T> {
    /// In how many parts its columns are taken.
    fn n_parts(self) -> usize {
        match self {
            Left::Rows(left) => left.shape.n_panels(),
            Left::Columns(..) => 1,
        }
    }

    #[inline(always)]
    fn part(self, row: usize, part: usize) -> Factors<'a, T> {
        match self {
            Left::Rows(left) => {
                let panel = left.shape.panel(part);
                let mut rows = left.numbers()[panel.start + row * panel.width..].chunks_exact(panel.width);
                let mut next = || &rows.next().expect("rows are padded to whole tiles")[..panel.n_columns];
                Factors::Rows([next(), next(), next(), next()])
            }
            Left::Columns(left, depth) => {
                let (panel, first) = left.shape.panel_of(row);
                Factors::Columns { numbers: &left.numbers()[panel.start + first..], width: panel.width, depth }
            }
        }
    }
}

/// The left numbers of a tile's products.
enum Factors<'a, T> {
    Rows([&'a [T]; TILE_ROWS]),
    Columns { numbers: &'a [T], width: usize, depth: usize },
}

/// Adds products to the sums of a tile.
struct Part<'a, T, F, const N: usize> {
    factors: Factors<'a, T>,
    /// The right matrix, from the tile's first column on.
    right: &'a [T],
    /// From a row of the right matrix to the next.
    width: usize,
    /// What every row of the tile begins with; if there is none, the sums of the parts before.
    start: Option<&'a [T]>,
    /// The sums of the parts before, row-major.
    so_far: &'a mut [T],
    /// What takes over the sums after the last part.
    finish: Option<(&'a mut F, [Place; TILE_ROWS])>,
}

impl<T: Real, F: Finish<T>, const N: usize> WithSimd for Part<'_, T, F, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let row = N * T::n_lanes::<S>();
        let before = |index| self.start.unwrap_or(&self.so_far[index * row..]);
        // Variables instead of an array of rows: the compiler unrolls a loop over rows too late to keep 16 sums in registers.
        let mut a = load::<T, S, N>(simd, before(0));
        let mut b = load::<T, S, N>(simd, before(1));
        let mut c = load::<T, S, N>(simd, before(2));
        let mut d = load::<T, S, N>(simd, before(3));
        let right = self.right.chunks(self.width);
        match self.factors {
            Factors::Rows([fa, fb, fc, fd]) => {
                for ((((right, &fa), &fb), &fc), &fd) in right.zip(fa).zip(fb).zip(fc).zip(fd) {
                    let right = load::<T, S, N>(simd, right);
                    add_scaled::<T, S, N>(simd, &mut a, fa, right);
                    add_scaled::<T, S, N>(simd, &mut b, fb, right);
                    add_scaled::<T, S, N>(simd, &mut c, fc, right);
                    add_scaled::<T, S, N>(simd, &mut d, fd, right);
                }
            }
            Factors::Columns { numbers, width, depth } => {
                for (factors, right) in numbers.chunks(width).zip(right).take(depth) {
                    let (factors, right) = (&factors[..TILE_ROWS], load::<T, S, N>(simd, right));
                    add_scaled::<T, S, N>(simd, &mut a, factors[0], right);
                    add_scaled::<T, S, N>(simd, &mut b, factors[1], right);
                    add_scaled::<T, S, N>(simd, &mut c, factors[2], right);
                    add_scaled::<T, S, N>(simd, &mut d, factors[3], right);
                }
            }
        }
        if let Some((finish, places)) = self.finish {
            finish.row(simd, places[0], a);
            finish.row(simd, places[1], b);
            finish.row(simd, places[2], c);
            finish.row(simd, places[3], d);
        } else {
            store::<T, S, N>(simd, self.so_far, a);
            store::<T, S, N>(simd, &mut self.so_far[row..], b);
            store::<T, S, N>(simd, &mut self.so_far[2 * row..], c);
            store::<T, S, N>(simd, &mut self.so_far[3 * row..], d);
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
