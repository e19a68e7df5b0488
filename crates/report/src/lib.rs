//! Tables, figures and the finished report from run records: reads records only, no Burn, no training, no looking for files.

mod chapters;
pub mod document;
mod error;
mod figure;
mod format;
mod html;
pub mod measure;
mod table;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod sample_formulas;

pub use chapters::{CheckedNetwork, CloseUp, Material, compose};
pub use document::Document;
pub use error::{FigureError, Result};
pub use figure::{
    CurveSets, FONT, Plot, PlotPoint, RunCurves, accuracy_over_parameters, confusion, digits, first_layer_weights,
    gradient_course, gradient_sizes, to_png,
};
pub use format::{accuracy, loss, plain_text, run_labels, seconds, stop_words};
pub use html::to_html;
pub use table::{
    difference_words, markdown_table, replicates_table, run_table, table, verdict_markdown, verdict_table,
    verdict_words,
};
