//! Matrix products of the sizes of small networks, without packing: what is read fits the caches as it lies.

use pulp::Simd;

use crate::slices::Real;

/// Rows of a tile: with [`widest`] registers a row, the sums of a tile stay in registers.
const TILE_ROWS: usize = 4;

/// Registers of a tile's row: 4 where there are 32 registers (AVX-512, NEON), else 2.
#[inline(always)]
pub(crate) fn widest<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 { 4 } else { 2 }
}

/// A matrix whose element `(row, column)` lies at `row * row_stride + column * column_stride`.
#[derive(Clone, Copy)]
pub(crate) struct Strided<'a, T> {
    pub(crate) values: &'a [T],
    pub(crate) row_stride: usize,
    pub(crate) column_stride: usize,
}

impl<'a, T> Strided<'a, T> {
    /// A row-major matrix.
    pub(crate) fn rows(values: &'a [T], n_columns: usize) -> Self {
        Self { values, row_stride: n_columns, column_stride: 1 }
    }

    /// The transpose of a row-major matrix.
    pub(crate) fn columns(values: &'a [T], n_columns: usize) -> Self {
        Self { values, row_stride: 1, column_stride: n_columns }
    }
}

/// Where a tile's columns lie: `width` of them from `first` on, in `NV` registers, the last of them whole or in part.
#[derive(Clone, Copy)]
pub(crate) struct Columns {
    pub(crate) first: usize,
    pub(crate) width: usize,
}

/// Calls `body` with the columns of every tile and `registers`, `whole` as constants.
///
/// A function that is generic over constants cannot be passed as a value: hence a macro.
macro_rules! for_each_tile_of_columns {
    ($simd:ident: $S:ident, $T:ident, $n_columns:expr, |$columns:ident, $registers:ident, $whole:ident| $body:block) => {{
        let lanes = <$T as Real>::n_lanes::<$S>();
        let n_columns: usize = $n_columns;
        let mut first = 0;
        while first < n_columns {
            let width = (n_columns - first).min(crate::slices::product::widest::<$S>() * lanes);
            let $columns = crate::slices::product::Columns { first, width };
            macro_rules! with {
                ($r:literal, $w:literal) => {{
                    const $registers: usize = $r;
                    const $whole: bool = $w;
                    $body
                }};
            }
            match (width.div_ceil(lanes), width % lanes == 0) {
                (1, true) => with!(1, true),
                (1, false) => with!(1, false),
                (2, true) => with!(2, true),
                (2, false) => with!(2, false),
                (3, true) => with!(3, true),
                (3, false) => with!(3, false),
                (_, true) => with!(4, true),
                (_, false) => with!(4, false),
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
    // A constant where it can be one: then the bounds of the parts need no check.
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
    left: Strided<'_, T>,
    right: &[T],
    bias: &[T],
    n_columns: usize,
    out: &mut [T],
) {
    for_each_tile_of_columns!(simd: S, T, n_columns, |columns, NV, WHOLE| {
        let start = if bias.is_empty() {
            [T::splat(simd, T::from_f64(0.0)); NV]
        } else {
            load_row::<T, S, NV, WHOLE>(simd, &bias[columns.first..], columns.width)
        };
        let mut tiles = out.chunks_exact_mut(TILE_ROWS * n_columns);
        let mut row = 0;
        for tile in &mut tiles {
            product_tile::<T, S, TILE_ROWS, NV, WHOLE>(simd, left, row, right, columns, n_columns, start, tile);
            row += TILE_ROWS;
        }
        for tile in tiles.into_remainder().chunks_exact_mut(n_columns) {
            product_tile::<T, S, 1, NV, WHOLE>(simd, left, row, right, columns, n_columns, start, tile);
            row += 1;
        }
    });
}

/// `MR` rows and the given columns of a product.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "a tile is where everything meets; a struct would only rename it")]
fn product_tile<T: Real, S: Simd, const MR: usize, const NV: usize, const WHOLE: bool>(
    simd: S,
    left: Strided<'_, T>,
    first_row: usize,
    right: &[T],
    columns: Columns,
    n_columns: usize,
    start: [T::Lanes<S>; NV],
    out: &mut [T],
) {
    let mut sums = [start; MR];
    let left_rows: [&[T]; MR] = std::array::from_fn(|r| &left.values[(first_row + r) * left.row_stride..]);
    for (k, right_row) in right.chunks_exact(n_columns).enumerate() {
        let right_row = load_row::<T, S, NV, WHOLE>(simd, &right_row[columns.first..], columns.width);
        for (sums, left_row) in sums.iter_mut().zip(left_rows) {
            let factor = T::splat(simd, left_row[k * left.column_stride]);
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
    for_each_tile_of_columns!(simd: S, T, n_columns, |columns, NV, WHOLE| {
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

/// The transpose of a row-major `[n_rows, n_columns]` matrix into `out`.
pub(crate) fn transpose<T: Real>(matrix: &[T], n_columns: usize, out: &mut Vec<T>) {
    /// Rows and columns of a block: what it reads and writes stays in the first cache.
    const BLOCK: usize = 16;
    let n_rows = matrix.len() / n_columns;
    out.clear();
    out.resize(matrix.len(), T::from_f64(0.0));
    for first_row in (0..n_rows).step_by(BLOCK) {
        let rows = first_row..n_rows.min(first_row + BLOCK);
        for (column, out) in out.chunks_exact_mut(n_rows).enumerate() {
            let numbers = matrix[first_row * n_columns + column..].iter().step_by(n_columns);
            out[rows.clone()].iter_mut().zip(numbers).for_each(|(out, &number)| *out = number);
        }
    }
}
