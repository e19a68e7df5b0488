//! Tables and figures from run records: reads records only, no Burn, no training, no looking for files.

mod error;
mod figure;
mod format;
mod table;

#[cfg(test)]
mod synthetic;

pub use error::FigureError;
pub use figure::{CurveSets, Figure, RunCurves, to_png};
pub use format::{accuracy, loss, plain_text, run_labels, seconds, stop_words, thousands};
pub use table::{markdown_table, run_table, table};
