//! Rows that are mostly one value, such as digits on a background, and their products with a weight matrix.
//!
//! A row is `x = b 1 + d`, where `b` is the background and `d` is nonzero at a few columns only. With it
//! `x W = b (1 W) + d W`: the sums of `W`'s columns, once for all rows, and a few rows of `W` for each row. The same holds
//! for the gradient of `W`. Nothing is left out: it is the dense product in another order of additions.

use pulp::Simd;

use crate::slices::Real;
use crate::slices::product::{ROW_REGISTERS, for_each_tile_of_columns, load_row, store_row};

/// Rows in which most numbers equal one background value.
#[derive(Debug, Clone)]
pub struct SparseRows<T> {
    n_columns: usize,
    background: T,
    /// Where the entries of every row begin, and where those of the last row end.
    starts: Vec<u32>,
    columns: Vec<u16>,
    /// The number in that column, minus the background.
    differences: Vec<T>,
}

impl<T: Real> SparseRows<T> {
    /// An empty set.
    ///
    /// # Panics
    /// If there are more than 65,535 columns.
    #[must_use]
    pub fn new(n_columns: usize, background: T) -> Self {
        assert!(u16::try_from(n_columns).is_ok(), "{n_columns} columns are more than sparse rows hold");
        Self { n_columns, background, starts: vec![0], columns: Vec::new(), differences: Vec::new() }
    }

    /// Adds a row: the columns that differ from the background, in ascending order, and by how much.
    ///
    /// # Panics
    /// If a column does not exist, or all rows together have 2^32 entries.
    pub fn push_row(&mut self, entries: impl Iterator<Item = (u16, T)>) {
        for (column, difference) in entries {
            assert!(usize::from(column) < self.n_columns, "no column {column} in rows of {}", self.n_columns);
            self.columns.push(column);
            self.differences.push(difference);
        }
        self.starts.push(u32::try_from(self.columns.len()).expect("fewer than 2^32 numbers differ"));
    }

    /// Number of columns.
    #[must_use]
    pub fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// The chosen rows as a row-major dense matrix, `[rows.len(), n_columns]`.
    #[must_use]
    pub fn to_dense(&self, rows: &[u32]) -> Vec<T> {
        let mut dense = vec![self.background; rows.len() * self.n_columns];
        for (&row, dense) in rows.iter().zip(dense.chunks_exact_mut(self.n_columns)) {
            for (column, difference) in self.row(row) {
                dense[column] += difference;
            }
        }
        dense
    }

    /// Columns and differences of a row.
    #[inline(always)]
    fn row(&self, row: u32) -> impl Iterator<Item = (usize, T)> {
        let (start, end) = (self.starts[row as usize] as usize, self.starts[row as usize + 1] as usize);
        let columns = self.columns[start..end].iter().map(|&column| usize::from(column));
        columns.zip(self.differences[start..end].iter().copied())
    }
}

/// `out = x weight + bias` for the chosen rows.
///
/// - `weight`: row-major `[n_columns of x, n_outputs]`; `bias`: `[n_outputs]`, or empty for none
/// - `background`: the output of a row without entries, from [`background_product`]
/// - `out`: row-major `[rows.len(), n_outputs]`
#[inline(always)]
pub(crate) fn product<T: Real, S: Simd>(
    simd: S,
    set: &SparseRows<T>,
    rows: &[u32],
    weight: &[T],
    background: &[T],
    out: &mut [T],
) {
    let n_outputs = background.len();
    for_each_tile_of_columns!(simd: S, T, n_outputs, ROW_REGISTERS, [1, 2, 3, 4, 5, 6, 7, 8], |columns, NV, WHOLE| {
        let start = load_row::<T, S, NV, WHOLE>(simd, &background[columns.first..], columns.width);
        for (&row, out) in rows.iter().zip(out.chunks_exact_mut(n_outputs)) {
            let mut sums = start;
            for (column, difference) in set.row(row) {
                let difference = T::splat(simd, difference);
                let weights = &weight[column * n_outputs + columns.first..];
                let weights = load_row::<T, S, NV, WHOLE>(simd, weights, columns.width);
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum = T::mul_add(simd, difference, weight, *sum);
                }
            }
            store_row::<T, S, NV, WHOLE>(simd, &mut out[columns.first..], columns.width, sums);
        }
    });
}

/// `b (1 weight) + bias`: the output of a row that is all background.
#[inline(always)]
pub(crate) fn background_product<T: Real, S: Simd>(
    simd: S,
    set: &SparseRows<T>,
    weight: &[T],
    bias: &[T],
    n_outputs: usize,
) -> Vec<T> {
    let mut sums = vec![T::from_f64(0.0); n_outputs];
    crate::slices::product::add_column_sums(simd, weight, n_outputs, &mut sums);
    for (index, sum) in sums.iter_mut().enumerate() {
        let bias = bias.get(index).copied().unwrap_or(T::from_f64(0.0));
        *sum = set.background * *sum + bias;
    }
    sums
}

/// `x^T dz` for the chosen rows: row-major `[n_columns of x, n_outputs]`, where `dz` is `[rows.len(), n_outputs]`
/// and `column_sums` its sums over the rows.
#[inline(always)]
pub(crate) fn transposed_product<T: Real, S: Simd>(
    simd: S,
    set: &SparseRows<T>,
    rows: &[u32],
    dz: &[T],
    column_sums: &[T],
) -> Vec<T> {
    let n_outputs = column_sums.len();
    let by_column = ByColumn::new(set, rows);
    let mut out = vec![T::from_f64(0.0); set.n_columns * n_outputs];
    for_each_tile_of_columns!(simd: S, T, n_outputs, ROW_REGISTERS, [1, 2, 3, 4, 5, 6, 7, 8], |columns, NV, WHOLE| {
        let background = T::splat(simd, set.background);
        let start = load_row::<T, S, NV, WHOLE>(simd, &column_sums[columns.first..], columns.width);
        let start = start.map(|sum| T::mul_lanes(simd, background, sum));
        for (column, out) in out.chunks_exact_mut(n_outputs).enumerate() {
            let mut sums = start;
            for &(row, difference) in by_column.entries(column) {
                let difference = T::splat(simd, difference);
                let dz = &dz[row as usize * n_outputs + columns.first..];
                let dz = load_row::<T, S, NV, WHOLE>(simd, dz, columns.width);
                for (sum, dz) in sums.iter_mut().zip(dz) {
                    *sum = T::mul_add(simd, difference, dz, *sum);
                }
            }
            store_row::<T, S, NV, WHOLE>(simd, &mut out[columns.first..], columns.width, sums);
        }
    });
    out
}

/// The entries of some rows, column by column: a row of the gradient is then summed in registers and written once.
struct ByColumn<T> {
    starts: Vec<u32>,
    /// The index among the chosen rows, and the difference.
    entries: Vec<(u32, T)>,
}

impl<T: Real> ByColumn<T> {
    /// A counting sort.
    fn new(set: &SparseRows<T>, rows: &[u32]) -> Self {
        let mut starts = vec![0_u32; set.n_columns + 2];
        for &row in rows {
            for (column, _) in set.row(row) {
                starts[column + 2] += 1;
            }
        }
        for column in 2..starts.len() {
            starts[column] += starts[column - 1];
        }
        let mut entries = vec![(0, T::from_f64(0.0)); starts[set.n_columns + 1] as usize];
        for (index, &row) in (0..).zip(rows) {
            for (column, difference) in set.row(row) {
                let next = &mut starts[column + 1];
                entries[*next as usize] = (index, difference);
                *next += 1;
            }
        }
        Self { starts, entries }
    }

    #[inline(always)]
    fn entries(&self, column: usize) -> &[(u32, T)] {
        &self.entries[self.starts[column] as usize..self.starts[column + 1] as usize]
    }
}
