//! Tables: one model, [`Table`], with a writer for the terminal and one for Markdown; `html` and `pdf` write the same tables.
//!
//! What a table says of runs, replicates or verdicts is declared in one place each, column by column.

mod layers;
mod markdown;
mod replicates;
mod runs;
mod sources;
mod terminal;
mod verdicts;

pub use layers::layer_table;
pub use markdown::to_markdown;
pub use replicates::replicates_table;
pub use runs::{run_in_words, run_table, runs_in_rows};
pub(crate) use sources::share;
pub use sources::variance_table;
pub use terminal::to_terminal;
pub(crate) use verdicts::{difference_words, fixed_words, interval_words};
pub use verdicts::{verdict_table, verdict_words};

use record::RunRecord;

use crate::document::{Align, Column, Inline, Table};

/// What no table or figure of these runs may hide.
pub(crate) fn caveat(runs: &[&RunRecord]) -> &'static str {
    if runs.iter().all(|run| run.test_scores().is_some()) {
        "The validation images also decide when a run stops: only numbers on the test images are clean test results."
    } else {
        "The validation images also decide when a run stops: no number here is a clean test result."
    }
}

/// A table in the making: its rows, and the columns that it has so far.
#[derive(Debug)]
pub struct Columns<'r, R> {
    rows: &'r [R],
    table: Table,
}

impl<'r, R> Columns<'r, R> {
    /// A table of these rows, without columns.
    #[must_use]
    pub fn of(rows: &'r [R]) -> Self {
        let table = Table { caption: Vec::new(), header: Vec::new(), rows: vec![Vec::new(); rows.len()] };
        Self { rows, table }
    }

    /// With a column of words, which a narrow terminal wraps.
    #[must_use]
    pub fn words(self, heading: &str, cell: impl Fn(&R) -> String) -> Self {
        self.column(heading, Align::Left, cell)
    }

    /// With a column of numbers, at the right and never wrapped.
    #[must_use]
    pub fn numbers(self, heading: &str, cell: impl Fn(&R) -> String) -> Self {
        self.column(heading, Align::Right, cell)
    }

    /// With a column.
    fn column(mut self, heading: &str, align: Align, cell: impl Fn(&R) -> String) -> Self {
        self.table.header.push(Column { heading: heading.to_owned(), align });
        for (cells, row) in self.table.rows.iter_mut().zip(self.rows) {
            cells.push(vec![Inline::Text(cell(row))]);
        }
        self
    }

    /// The table with its caption.
    #[must_use]
    pub fn table(self, caption: &str) -> Table {
        Table { caption: vec![Inline::Text(caption.to_owned())], ..self.table }
    }
}
