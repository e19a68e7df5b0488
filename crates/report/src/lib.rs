//! Tables, figures and the finished report from run records: reads records only, no Burn, no training, no looking for files.

mod chapters;
mod demo;
pub mod document;
mod error;
mod figure;
mod format;
mod html;
mod measure;
mod sweep;
mod table;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod sample_formulas;

pub use chapters::{CheckedNetwork, CloseUp, Material, compose};
pub use demo::{Demo, DemoDigit, DemoNetwork};
pub use document::{Document, Table};
pub use error::{FigureError, Result};
pub use figure::{
    ComparedCurve, CurveSets, PixelSheet, Plot, SweepPicture, compared_figure, to_png, variance_figure, without_glyph,
};
pub use format::{instructions_note, plain_text, seeds_in_words};
pub use html::to_html;
pub use sweep::{Retrained, SweepResult, TrialResult, TrialState, settings_in_words, trial_table, winner_table};
pub use table::{
    Columns, layer_table, replicates_table, run_in_words, run_table, runs_in_rows, to_markdown, to_terminal,
    variance_table, verdict_table, verdict_words,
};
