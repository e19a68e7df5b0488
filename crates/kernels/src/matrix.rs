//! `Matrix`: numbers in panels of columns, padded and aligned so that every loop works on whole registers.

use crate::Real;

/// Columns of a panel: a row of one fills eight registers of AVX2, or four of AVX-512, in single precision.
pub(crate) const PANEL: usize = 64;

/// Columns are padded to a multiple of the widest register.
const COLUMN_PADDING: usize = 16;

/// Rows of a tile; rows are padded to a multiple of it.
pub(crate) const TILE_ROWS: usize = 4;

/// Bytes of a cache line: a register that lies within one is loaded at once.
pub(crate) const ALIGNMENT: usize = 64;

/// Rows and columns of a matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) n_rows: usize,
    pub(crate) n_columns: usize,
}

/// Some columns of a matrix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Panel {
    /// The index of its first number.
    pub(crate) start: usize,
    /// Columns without the padding.
    pub(crate) n_columns: usize,
    /// Columns with the padding: the distance from one row to the next.
    pub(crate) width: usize,
}

impl Shape {
    pub(crate) fn n_panels(self) -> usize {
        self.n_columns.div_ceil(PANEL)
    }

    #[inline(always)]
    pub(crate) fn panel(self, index: usize) -> Panel {
        let n_columns = PANEL.min(self.n_columns - index * PANEL);
        let start = index * PANEL * self.n_rows.next_multiple_of(TILE_ROWS);
        Panel { start, n_columns, width: n_columns.next_multiple_of(COLUMN_PADDING) }
    }

    pub(crate) fn panels(self) -> impl Iterator<Item = Panel> {
        (0..self.n_panels()).map(move |index| self.panel(index))
    }

    /// The panel of a column, and the column's index in it.
    #[inline(always)]
    pub(crate) fn panel_of(self, column: usize) -> (Panel, usize) {
        (self.panel(column / PANEL), column % PANEL)
    }
}

/// A matrix in panels: the first 64 columns row by row, then the next 64, and so on. A panel is contiguous, so that its rows
/// do not evict each other from a cache, whatever the width of the matrix.
///
/// Products compute the padding like everything else, and read from it only what ends in padding again.
#[derive(Debug)]
pub(crate) struct Matrix<T> {
    pub(crate) shape: Shape,
    storage: Vec<T>,
    /// The index of the first aligned number.
    offset: usize,
}

impl<T: Real> Matrix<T> {
    pub(crate) fn zeros(n_rows: usize, n_columns: usize) -> Self {
        let length = n_rows.next_multiple_of(TILE_ROWS) * n_columns.next_multiple_of(COLUMN_PADDING);
        let most = ALIGNMENT / size_of::<T>();
        let storage = vec![T::from_f64(0.0); length + most];
        let offset = storage.as_ptr().align_offset(ALIGNMENT).min(most);
        Self { shape: Shape { n_rows, n_columns }, storage, offset }
    }

    /// From row-major numbers.
    pub(crate) fn from_rows(values: &[T], n_columns: usize) -> Self {
        let mut matrix = Self::zeros(values.len() / n_columns, n_columns);
        matrix.copy_rows(values);
        matrix
    }

    /// Replaces the first rows by row-major numbers.
    pub(crate) fn copy_rows(&mut self, values: &[T]) {
        for (index, row) in values.chunks_exact(self.shape.n_columns).enumerate() {
            for (panel, part) in self.shape.panels().zip(row.chunks(PANEL)) {
                self.numbers_mut()[panel.start + index * panel.width..][..part.len()].copy_from_slice(part);
            }
        }
    }

    /// The first rows as row-major numbers.
    pub(crate) fn to_rows(&self, n_rows: usize) -> Vec<T> {
        let mut values = Vec::with_capacity(n_rows * self.shape.n_columns);
        for index in 0..n_rows {
            for panel in self.shape.panels() {
                values.extend_from_slice(&self.numbers()[panel.start + index * panel.width..][..panel.n_columns]);
            }
        }
        values
    }

    pub(crate) fn transposed(&self) -> Self {
        let Shape { n_rows, n_columns } = self.shape;
        let rows = self.to_rows(n_rows);
        let columns = (0..n_columns).flat_map(|column| rows.iter().skip(column).step_by(n_columns));
        Self::from_rows(&columns.copied().collect::<Vec<T>>(), n_rows)
    }

    /// Makes room for at least this many rows; what was in them is lost if there was too little.
    pub(crate) fn reserve_rows(&mut self, n_rows: usize) {
        if n_rows > self.shape.n_rows {
            *self = Self::zeros(n_rows, self.shape.n_columns);
        }
    }

    /// Gives it as many columns, at most those that it was made with; what was in it is lost.
    pub(crate) fn reshape(&mut self, n_columns: usize) {
        self.shape.n_columns = n_columns;
    }

    #[inline(always)]
    pub(crate) fn numbers(&self) -> &[T] {
        &self.storage[self.offset..]
    }

    #[inline(always)]
    pub(crate) fn numbers_mut(&mut self) -> &mut [T] {
        &mut self.storage[self.offset..]
    }
}
