//! Matrix products of the sizes of small networks, without packing: the operands fit the caches as they are.

use pulp::Simd;

use crate::slices::Real;

/// Rows of a tile: with [`widest`] registers per row, the sums of a tile stay in registers.
const TILE_ROWS: usize = 4;

/// Registers of a tile of one row: with this many independent sums, no addition waits for the previous one.
pub(crate) const ROW_REGISTERS: usize = 8;

/// Registers of a tile's row: 4 if there are 32 registers (AVX-512, NEON), else 2.
#[inline(always)]
pub(crate) fn widest<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 { 4 } else { 2 }
}

/// The left matrix of a product.
pub(crate) trait Left<T>: Copy {
    /// Some of its rows.
    type Rows<const MR: usize>: Copy;

    /// The rows from `first` on, each of `depth` numbers.
    fn rows<const MR: usize>(self, first: usize, depth: usize) -> Self::Rows<MR>;

    /// The numbers of the rows at a column.
    fn column<const MR: usize>(self, rows: Self::Rows<MR>, column: usize) -> [T; MR];
}

/// A row-major matrix.
#[derive(Clone, Copy)]
pub(crate) struct AsStored<'a, T> {
    pub(crate) values: &'a [T],
}

impl<'a, T: Real> Left<T> for AsStored<'a, T> {
    type Rows<const MR: usize> = [&'a [T]; MR];

    #[inline(always)]
    fn rows<const MR: usize>(self, first: usize, depth: usize) -> [&'a [T]; MR] {
        // Cut to the depth of the product, so that the compiler drops the bounds check of every number.
        std::array::from_fn(|row| &self.values[(first + row) * depth..][..depth])
    }

    #[inline(always)]
    fn column<const MR: usize>(self, rows: [&'a [T]; MR], column: usize) -> [T; MR] {
        std::array::from_fn(|row| rows[row][column])
    }
}

/// The transpose of a row-major matrix.
#[derive(Clone, Copy)]
pub(crate) struct Transposed<'a, T> {
    pub(crate) values: &'a [T],
    pub(crate) n_columns: usize,
}

impl<T: Real> Left<T> for Transposed<'_, T> {
    type Rows<const MR: usize> = usize;

    #[inline(always)]
    fn rows<const MR: usize>(self, first: usize, _: usize) -> usize {
        first
    }

    #[inline(always)]
    fn column<const MR: usize>(self, first: usize, column: usize) -> [T; MR] {
        let numbers = &self.values[column * self.n_columns + first..][..MR];
        std::array::from_fn(|row| numbers[row])
    }
}

/// The columns of a tile: `width` of them from `first` on, in `NV` registers, of which the last may be partly filled.
#[derive(Clone, Copy)]
pub(crate) struct Columns {
    pub(crate) first: usize,
    pub(crate) width: usize,
}

/// Calls `body` with the columns of every tile, of at most `most` registers, and with `registers` and `whole` as constants;
/// the list has all numbers of registers that occur.
///
/// This is a macro because a function that is generic over constants cannot be passed as a value.
macro_rules! for_each_tile_of_columns {
    ($simd:ident: $S:ident, $T:ident, $n_columns:expr, $most:expr, [$($count:literal),+], |$columns:ident, $registers:ident, $whole:ident| $body:block) => {{
        let lanes = <$T as Real>::n_lanes::<$S>();
        let n_columns: usize = $n_columns;
        let mut first = 0;
        while first < n_columns {
            let width = (n_columns - first).min($most * lanes);
            let $columns = crate::slices::product::Columns { first, width };
            macro_rules! with {
                ($r:literal, $w:literal) => {{
                    const $registers: usize = $r;
                    const $whole: bool = $w;
                    $body
                }};
            }
            match (width.div_ceil(lanes), width % lanes == 0) {
                $(
                    ($count, true) => with!($count, true),
                    ($count, false) => with!($count, false),
                )+
                (count, _) => unreachable!("a tile of {count} registers"),
            }
            first += width;
        }
    }};
}
pub(crate) use for_each_tile_of_columns;

/// The registers of one row of a tile, from a row that begins at the tile's first column.
#[inline(always)]
pub(crate) fn load_row<T: Real, S: Simd, const NV: usize, const WHOLE: bool>(
    simd: S,
    row: &[T],
    width: usize,
) -> [T::Lanes<S>; NV] {
    let lanes = T::n_lanes::<S>();
    // A constant if possible, so that the compiler drops the bounds checks of the parts.
    let row = &row[..if WHOLE { NV * lanes } else { width }];
    let mut registers = [T::splat(simd, T::from_f64(0.0)); NV];
    for (index, register) in registers.iter_mut().enumerate() {
        *register = if WHOLE || index + 1 < NV {
            T::load(simd, &row[index * lanes..])
        } else {
            T::load_part(simd, &row[index * lanes..])
        };
    }
    registers
}

/// The opposite of [`load_row`].
#[inline(always)]
pub(crate) fn store_row<T: Real, S: Simd, const NV: usize, const WHOLE: bool>(
    simd: S,
    row: &mut [T],
    width: usize,
    registers: [T::Lanes<S>; NV],
) {
    let lanes = T::n_lanes::<S>();
    let row = &mut row[..if WHOLE { NV * lanes } else { width }];
    for (index, register) in registers.into_iter().enumerate() {
        if WHOLE || index + 1 < NV {
            T::store(simd, &mut row[index * lanes..], register);
        } else {
            T::store_part(simd, &mut row[index * lanes..], register);
        }
    }
}

/// `out = left right + bias`: `left` is `[n, depth]`, `right` row-major `[depth, n_columns]`, `bias` `[n_columns]` or
/// empty for none, `out` row-major `[n, n_columns]`.
#[inline(always)]
pub(crate) fn product<T: Real, S: Simd>(
    simd: S,
    left: impl Left<T>,
    right: &[T],
    bias: &[T],
    n_columns: usize,
    out: &mut [T],
) {
    for_each_tile_of_columns!(simd: S, T, n_columns, widest::<S>(), [1, 2, 3, 4], |columns, NV, WHOLE| {
        let start = if bias.is_empty() {
            [T::splat(simd, T::from_f64(0.0)); NV]
        } else {
            load_row::<T, S, NV, WHOLE>(simd, &bias[columns.first..], columns.width)
        };
        let mut tiles = out.chunks_exact_mut(TILE_ROWS * n_columns);
        let mut row = 0;
        for tile in &mut tiles {
            product_tile::<T, S, _, TILE_ROWS, NV, WHOLE>(simd, left, row, right, columns, n_columns, start, tile);
            row += TILE_ROWS;
        }
        for tile in tiles.into_remainder().chunks_exact_mut(n_columns) {
            product_tile::<T, S, _, 1, NV, WHOLE>(simd, left, row, right, columns, n_columns, start, tile);
            row += 1;
        }
    });
}

/// `MR` rows and the given columns of a product.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "a struct would only rename them")]
fn product_tile<T: Real, S: Simd, L: Left<T>, const MR: usize, const NV: usize, const WHOLE: bool>(
    simd: S,
    left: L,
    first_row: usize,
    right: &[T],
    columns: Columns,
    n_columns: usize,
    start: [T::Lanes<S>; NV],
    out: &mut [T],
) {
    let mut sums = [start; MR];
    let depth = right.len() / n_columns;
    let rows = left.rows::<MR>(first_row, depth);
    for k in 0..depth {
        let right_row = load_row::<T, S, NV, WHOLE>(simd, &right[k * n_columns + columns.first..], columns.width);
        let factors = left.column::<MR>(rows, k);
        for (sums, factor) in sums.iter_mut().zip(factors) {
            let factor = T::splat(simd, factor);
            for (sum, right) in sums.iter_mut().zip(right_row) {
                *sum = T::mul_add(simd, factor, right, *sum);
            }
        }
    }
    for (sums, out_row) in sums.into_iter().zip(out.chunks_exact_mut(n_columns)) {
        store_row::<T, S, NV, WHOLE>(simd, &mut out_row[columns.first..], columns.width, sums);
    }
}

/// `sum over rows` of a row-major `[n, n_columns]` matrix, added to `out`: `[n_columns]`.
#[inline(always)]
pub(crate) fn add_column_sums<T: Real, S: Simd>(simd: S, matrix: &[T], n_columns: usize, out: &mut [T]) {
    for_each_tile_of_columns!(simd: S, T, n_columns, ROW_REGISTERS, [1, 2, 3, 4, 5, 6, 7, 8], |columns, NV, WHOLE| {
        let mut sums = load_row::<T, S, NV, WHOLE>(simd, &out[columns.first..], columns.width);
        for row in matrix.chunks_exact(n_columns) {
            let row = load_row::<T, S, NV, WHOLE>(simd, &row[columns.first..], columns.width);
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum = T::add_lanes(simd, *sum, value);
            }
        }
        store_row::<T, S, NV, WHOLE>(simd, &mut out[columns.first..], columns.width, sums);
    });
}

/// The transpose of a row-major `[n_rows, n_columns]` matrix.
pub(crate) fn transpose<T: Real>(matrix: &[T], n_columns: usize) -> Vec<T> {
    /// Rows and columns of a block, whose reads and writes stay in the first-level cache.
    const BLOCK: usize = 16;
    let n_rows = matrix.len() / n_columns;
    let mut out = vec![T::from_f64(0.0); matrix.len()];
    for first_row in (0..n_rows).step_by(BLOCK) {
        let rows = first_row..n_rows.min(first_row + BLOCK);
        for (column, out) in out.chunks_exact_mut(n_rows).enumerate() {
            let numbers = matrix[first_row * n_columns + column..].iter().step_by(n_columns);
            out[rows.clone()].iter_mut().zip(numbers).for_each(|(out, &number)| *out = number);
        }
    }
    out
}
