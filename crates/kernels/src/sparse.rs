//! Rows that are mostly one value, such as digits on a background, and their products with a weight matrix.
//!
//! A row is `x = b 1 + d`, where `b` is the background and `d` is nonzero at a few columns only. With it
//! `x W = b (1 W) + d W`: the sums of `W`'s columns, once for all rows, and a few rows of `W` for each row. The same holds
//! for the gradient of `W`. Nothing is left out: it is the dense product in another order of additions.
//!
//! Columns are taken in blocks, each for all rows of a batch, so that the weights of a block stay in the nearest caches.

use pulp::Simd;

use crate::Real;
use crate::activation::Activation;
use crate::matrix::{ALIGNMENT, Matrix};
use crate::parameter::{Descent, Parameter};
use crate::tile::{Columns, Tiled, add_scaled, for_each_tile, load, store, zeros};

/// Registers of a tile: with this many independent sums, no addition waits for the previous one.
pub(crate) const MOST_REGISTERS: usize = 8;

/// Columns of a block, at most 256: a quarter of MNIST's. With 64 units in single precision, their weights take 50 KiB, more
/// than a first-level cache. Narrower blocks would fit, but the sums of a row are loaded and stored for every block, and the
/// processor mispredicts where a row's entries end.
const BLOCK: usize = 196;

/// Rows of at most 256 different numbers, the levels, most of which are level 0, the background.
#[derive(Debug, Clone)]
pub struct SparseRows<T> {
    n_columns: usize,
    n_levels: usize,
    background: T,
    /// Every level minus the background.
    differences: [T; 256],
    /// Blocks of a row.
    n_blocks: usize,
    /// Where every block of every row begins in `entries`, and where the last one ends.
    starts: Vec<u32>,
    /// The column, counted from the first of its block, in the high byte, the level in the low one: read by one load.
    entries: Vec<u16>,
}

impl<T: Real> SparseRows<T> {
    /// An empty set of rows with these levels, at most 256.
    #[must_use]
    pub fn new(n_columns: usize, levels: &[T]) -> Self {
        let mut differences = [T::from_f64(0.0); 256];
        for (difference, &level) in differences[..levels.len()].iter_mut().zip(levels) {
            *difference = level - levels[0];
        }
        let (n_levels, n_blocks) = (levels.len(), n_columns.div_ceil(BLOCK));
        Self { n_columns, n_levels, background: levels[0], differences, n_blocks, starts: vec![0], entries: Vec::new() }
    }

    /// Adds a row: the columns that differ from the background, in ascending order, and their levels.
    ///
    /// # Panics
    /// If a column or a level does not exist or a column is out of order, or all rows together have 2^32 entries.
    pub fn push_row(&mut self, entries: impl Iterator<Item = (usize, u8)>) {
        let mut block = 0;
        for (column, level) in entries {
            assert!(column < self.n_columns, "no column {column} in rows of {}", self.n_columns);
            assert!(usize::from(level) < self.n_levels, "no level {level}");
            assert!(column / BLOCK >= block, "columns come in ascending order");
            while block < column / BLOCK {
                self.end_block();
                block += 1;
            }
            #[expect(clippy::cast_possible_truncation, reason = "a block has at most 256 columns")]
            self.entries.push(((column % BLOCK) as u16) << u8::BITS | u16::from(level));
        }
        for _ in block..self.n_blocks {
            self.end_block();
        }
    }

    fn end_block(&mut self) {
        self.starts.push(u32::try_from(self.entries.len()).expect("fewer than 2^32 numbers differ"));
    }

    /// Where the blocks of a row begin and the last one ends, and the entries of all.
    #[inline(always)]
    fn row(&self, row: u32) -> (&[u32], &[u16]) {
        let starts = &self.starts[row as usize * self.n_blocks..][..=self.n_blocks];
        (starts, &self.entries[starts[0] as usize..starts[self.n_blocks] as usize])
    }

    /// Columns, counted from the first of the block, and levels of a row's entries in a block.
    #[inline(always)]
    fn entries(&self, row: u32, block: usize) -> impl Iterator<Item = (usize, usize)> {
        let at = row as usize * self.n_blocks + block;
        let entries = &self.entries[self.starts[at] as usize..self.starts[at + 1] as usize];
        entries.iter().map(|&entry| (usize::from(entry >> u8::BITS), usize::from(entry & 0xff)))
    }

    /// Brings rows into the caches: one number of every cache line is read, so that many lines are on their way at once. A
    /// product would wait for each.
    pub(crate) fn fetch(&self, rows: &[u32]) {
        const ENTRIES_OF_A_LINE: usize = ALIGNMENT / size_of::<u16>();
        let mut read = 0;
        for &row in rows {
            for entry in self.row(row).1.iter().step_by(ENTRIES_OF_A_LINE) {
                read ^= entry;
            }
        }
        std::hint::black_box(read);
    }

    /// Number of columns.
    #[must_use]
    pub fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// The number that most entries equal.
    pub(crate) fn background(&self) -> T {
        self.background
    }

    /// The chosen rows as a row-major dense matrix, `[rows.len(), n_columns]`.
    #[must_use]
    pub fn to_dense(&self, rows: &[u32]) -> Vec<T> {
        let mut dense = vec![self.background; rows.len() * self.n_columns];
        for (&row, dense) in rows.iter().zip(dense.chunks_exact_mut(self.n_columns)) {
            for (block, dense) in dense.chunks_mut(BLOCK).enumerate() {
                for (column, level) in self.entries(row, block) {
                    dense[column] += self.differences[level];
                }
            }
        }
        dense
    }
}

/// Some rows of a set, copied: rows are scattered over more memory than the caches hold, and all loops over them then read
/// from the first-level cache.
#[derive(Debug)]
pub(crate) struct Batch<T> {
    pub(crate) set: SparseRows<T>,
    /// All of them.
    pub(crate) rows: Vec<u32>,
    /// The entries of a block, column by column.
    by_column: ByColumn,
}

impl<T: Real> Batch<T> {
    pub(crate) fn new() -> Self {
        let set = SparseRows::new(0, &[T::from_f64(0.0)]);
        Self { set, rows: Vec::new(), by_column: ByColumn::default() }
    }

    /// Replaces the rows by the chosen ones.
    pub(crate) fn copy(&mut self, set: &SparseRows<T>, rows: &[u32]) {
        let (mut starts, mut entries) = (std::mem::take(&mut self.set.starts), std::mem::take(&mut self.set.entries));
        starts.clear();
        entries.clear();
        for &row in rows {
            let (blocks, row) = set.row(row);
            #[expect(clippy::cast_possible_truncation, reason = "a batch has fewer entries than its set")]
            let n_entries = entries.len() as u32;
            starts.extend(blocks[..set.n_blocks].iter().map(|start| start - blocks[0] + n_entries));
            entries.extend_from_slice(row);
        }
        self.set = SparseRows { starts, entries, ..*set };
        self.set.end_block();
        self.rows.clear();
        self.rows.extend((0_u32..).take(rows.len()));
    }
}

/// `out = f(x weight + bias)`
pub(crate) struct SparseProduct<'a, T> {
    pub(crate) set: &'a SparseRows<T>,
    pub(crate) rows: &'a [u32],
    pub(crate) weight: &'a Matrix<T>,
    /// The output of a row without entries, before the activation: `b (1 weight) + bias`, one row.
    pub(crate) start: &'a Matrix<T>,
    pub(crate) activation: Activation<T>,
    pub(crate) out: &'a mut Matrix<T>,
}

impl<T: Real> Tiled for SparseProduct<'_, T> {
    type Number = T;

    #[inline(always)]
    fn tile<S: Simd, const N: usize>(&mut self, simd: S, columns: Columns) {
        let (panel, out_panel) = (self.weight.shape.panel(columns.panel), self.out.shape.panel(columns.panel));
        let start = self.start.shape.panel(columns.panel).start + columns.first;
        let start = load::<T, S, N>(simd, &self.start.numbers()[start..]);
        let n_blocks = self.set.n_blocks;
        let weights = self.weight.numbers()[panel.start..].chunks(BLOCK * panel.width).take(n_blocks);
        for (block, weights) in weights.enumerate() {
            let out = self.out.numbers_mut()[out_panel.start..].chunks_exact_mut(panel.width);
            for (&row, out) in self.rows.iter().zip(out) {
                let out = &mut out[columns.first..];
                let mut sums = if block == 0 { start } else { load::<T, S, N>(simd, out) };
                for (column, level) in self.set.entries(row, block) {
                    let weights = &weights[column * panel.width + columns.first..];
                    add_scaled(simd, &mut sums, self.set.differences[level], load::<T, S, N>(simd, weights));
                }
                if block + 1 == n_blocks {
                    self.activation.apply(simd, &mut sums);
                }
                store::<T, S, N>(simd, out, sums);
            }
        }
    }
}

/// Updates weights by their gradient, `x^T dz`; `delta_sums` are the column sums of `dz`, one row.
#[inline(always)]
pub(crate) fn update<T: Real, S: Simd>(
    simd: S,
    batch: &mut Batch<T>,
    dz: &Matrix<T>,
    delta_sums: &Matrix<T>,
    weight: &mut Parameter<T>,
    descent: Descent,
) {
    for block in 0..batch.set.n_blocks {
        batch.by_column.fill(&batch.set, &batch.rows, block);
        let mut update = UpdateBlock { block, batch, dz, delta_sums, weight, descent };
        for_each_tile(simd, dz.shape, MOST_REGISTERS, &mut update);
    }
}

/// The part of [`update`] for a block.
struct UpdateBlock<'a, T> {
    block: usize,
    batch: &'a Batch<T>,
    dz: &'a Matrix<T>,
    delta_sums: &'a Matrix<T>,
    weight: &'a mut Parameter<T>,
    descent: Descent,
}

impl<T: Real> Tiled for UpdateBlock<'_, T> {
    type Number = T;

    #[inline(always)]
    fn tile<S: Simd, const N: usize>(&mut self, simd: S, columns: Columns) {
        let (shape, dz) = (self.weight.values.shape, self.dz.shape.panel(columns.panel));
        let panel = shape.panel(columns.panel);
        let sums = self.delta_sums.shape.panel(columns.panel).start + columns.first;
        let delta_sums = load::<T, S, N>(simd, &self.delta_sums.numbers()[sums..]);
        let dz = &self.dz.numbers()[dz.start + columns.first..];
        let first = self.block * BLOCK;
        for column in first..shape.n_rows.min(first + BLOCK) {
            // The gradient for a column without entries.
            let mut sums = zeros::<T, S, N>(simd);
            add_scaled(simd, &mut sums, self.batch.set.background, delta_sums);
            for &entry in self.batch.by_column.entries(column - first) {
                let (row, level) = ((entry >> u8::BITS) as usize, (entry & 0xff) as usize);
                let dz = load::<T, S, N>(simd, &dz[row * panel.width..]);
                add_scaled(simd, &mut sums, self.batch.set.differences[level], dz);
            }
            self.weight.update(simd, self.descent, panel.start + column * panel.width + columns.first, sums);
        }
    }
}

/// The entries of some rows in a block, column by column: a row of the gradient is then summed in registers.
#[derive(Debug)]
struct ByColumn {
    n_rows: usize,
    counts: [u32; BLOCK],
    /// Room for an entry of every row in every column: the level in the lowest byte, the row above it.
    entries: Vec<u32>,
}

impl Default for ByColumn {
    fn default() -> Self {
        Self { n_rows: 0, counts: [0; BLOCK], entries: Vec::new() }
    }
}

impl ByColumn {
    fn fill<T: Real>(&mut self, set: &SparseRows<T>, rows: &[u32], block: usize) {
        self.n_rows = rows.len();
        self.counts = [0; BLOCK];
        self.entries.resize(self.n_rows * BLOCK, 0);
        for &row in rows {
            for (column, level) in set.entries(row, block) {
                #[expect(clippy::cast_possible_truncation, reason = "a level is a byte")]
                let entry = row << u8::BITS | level as u32;
                self.entries[column * self.n_rows + self.counts[column] as usize] = entry;
                self.counts[column] += 1;
            }
        }
    }

    #[inline(always)]
    fn entries(&self, column: usize) -> &[u32] {
        &self.entries[column * self.n_rows..][..self.counts[column] as usize]
    }
}
