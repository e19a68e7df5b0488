//! Loops over the tiles of a panel: some of its columns, in as many registers as an operation can use at once.

use pulp::{Simd, WithSimd};

use crate::Real;
use crate::matrix::{Matrix, PANEL, Shape};

/// The columns of a tile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns {
    /// The index of their panel.
    pub(crate) panel: usize,
    /// The first of them, counted from the panel's first.
    pub(crate) first: usize,
}

impl Columns {
    /// The first of them, counted from the matrix's first.
    pub(crate) fn in_matrix(self) -> usize {
        self.panel * PANEL + self.first
    }
}

/// An operation that goes through a matrix tile by tile.
pub(crate) trait Tiled {
    /// Single or double precision.
    type Number: Real;

    /// The tile with these columns, which fill `N` registers.
    fn tile<S: Simd, const N: usize>(&mut self, simd: S, columns: Columns);
}

/// Calls an operation with all columns of a matrix, in tiles of at most `most` registers.
#[inline(always)]
pub(crate) fn for_each_tile<T: Real, S: Simd>(
    simd: S,
    shape: Shape,
    most: usize,
    operation: &mut impl Tiled<Number = T>,
) {
    for panel in 0..shape.n_panels() {
        let n_registers = shape.panel(panel).width / T::n_lanes::<S>();
        let mut done = 0;
        while done < n_registers {
            let columns = Columns { panel, first: done * T::n_lanes::<S>() };
            done += match (n_registers - done).min(most) {
                8.. => run::<T, S, 8>(simd, operation, columns),
                4..8 => run::<T, S, 4>(simd, operation, columns),
                // Two tiles of two instead of one of three and one of one.
                3 if n_registers - done != 4 => run::<T, S, 3>(simd, operation, columns),
                2 | 3 => run::<T, S, 2>(simd, operation, columns),
                _ => run::<T, S, 1>(simd, operation, columns),
            };
        }
    }
}

/// Calls an operation with the columns of a tile; returns how many registers they fill. This is a separate function, because
/// the compiler assigns registers best where nothing else needs them.
#[inline(never)]
fn run<T: Real, S: Simd, const N: usize>(simd: S, operation: &mut impl Tiled<Number = T>, columns: Columns) -> usize {
    // What is called here has the instruction set, and is not inlined into this function, which has not.
    simd.vectorize(Run::<_, N> { operation, columns });
    N
}

/// A tile.
struct Run<'a, O, const N: usize> {
    operation: &'a mut O,
    columns: Columns,
}

impl<O: Tiled, const N: usize> WithSimd for Run<'_, O, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.operation.tile::<S, N>(simd, self.columns);
    }
}

#[inline(always)]
pub(crate) fn zeros<T: Real, S: Simd, const N: usize>(simd: S) -> [T::Lanes<S>; N] {
    [T::splat(simd, T::from_f64(0.0)); N]
}

/// Consecutive numbers in `N` registers.
///
/// Here and everywhere, registers are computed in loops: a closure that a function of the standard library calls would not
/// use the instruction set.
#[inline(always)]
pub(crate) fn load<T: Real, S: Simd, const N: usize>(simd: S, numbers: &[T]) -> [T::Lanes<S>; N] {
    let mut registers = zeros::<T, S, N>(simd);
    let numbers = numbers[..N * T::n_lanes::<S>()].chunks_exact(T::n_lanes::<S>());
    for (register, numbers) in registers.iter_mut().zip(numbers) {
        *register = T::load(simd, numbers);
    }
    registers
}

/// The opposite of [`load`].
#[inline(always)]
pub(crate) fn store<T: Real, S: Simd, const N: usize>(simd: S, numbers: &mut [T], registers: [T::Lanes<S>; N]) {
    let numbers = numbers[..N * T::n_lanes::<S>()].chunks_exact_mut(T::n_lanes::<S>());
    for (register, numbers) in registers.iter().zip(numbers) {
        T::store(simd, numbers, *register);
    }
}

/// Adds `factor numbers` to `sums`.
#[inline(always)]
pub(crate) fn add_scaled<T: Real, S: Simd, const N: usize>(
    simd: S,
    sums: &mut [T::Lanes<S>; N],
    factor: T,
    numbers: [T::Lanes<S>; N],
) {
    let factor = T::splat(simd, factor);
    for (sum, number) in sums.iter_mut().zip(&numbers) {
        *sum = T::mul_add(simd, factor, *number, *sum);
    }
}

/// `scale` times the sums of a matrix's columns over its first rows, plus `start` if there is one; all of them matrices in
/// the same panels, the last two of one row.
pub(crate) struct ColumnSums<'a, T> {
    pub(crate) matrix: &'a Matrix<T>,
    pub(crate) n_rows: usize,
    pub(crate) scale: T,
    pub(crate) start: Option<&'a Matrix<T>>,
    pub(crate) out: &'a mut Matrix<T>,
}

impl<T: Real> Tiled for ColumnSums<'_, T> {
    type Number = T;

    #[inline(always)]
    fn tile<S: Simd, const N: usize>(&mut self, simd: S, columns: Columns) {
        let panel = self.matrix.shape.panel(columns.panel);
        let rows = self.matrix.numbers()[panel.start..].chunks_exact(panel.width).take(self.n_rows);
        let mut sums = zeros::<T, S, N>(simd);
        for row in rows {
            add_scaled(simd, &mut sums, T::from_f64(1.0), load(simd, &row[columns.first..]));
        }
        let at = self.out.shape.panel(columns.panel).start + columns.first;
        let mut total = match self.start {
            Some(start) => load(simd, &start.numbers()[at..]),
            None => zeros::<T, S, N>(simd),
        };
        add_scaled(simd, &mut total, self.scale, sums);
        store(simd, &mut self.out.numbers_mut()[at..], total);
    }
}
