//! What the finished report says: from records to a [`Document`].
//!
//! The report is a text: the templates in `text/`. `text` fills them in with `values` and `pictures`, and `markdown` reads
//! the result. All numbers come from the records, and conditions in the templates choose the words that
//! depend on them (higher or lower, holds or not), so that no sentence outlives the run it spoke of.

mod markdown;
mod math;
mod pictures;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod values;

use std::sync::Arc;

use evidence::{Crossed, Replicates};
use record::{DatasetInfo, Predictions};

use crate::document::Document;
use crate::{Result, SweepResult};
use values::Report;

/// What a report is made of.
#[derive(Debug, Clone)]
pub struct Material {
    /// All experiments with their runs; what an experiment is compared with is among them.
    pub experiments: Vec<Replicates>,
    /// The seeds that every experiment should have.
    pub seeds: Vec<u64>,
    /// Whether seeds are added where a statement is undecided.
    pub adds_seeds: bool,
    /// Runs that cross seeds of the initial weights with seeds of the batch order, where such runs exist.
    pub crossed: Vec<Crossed>,
    /// The same experiments on other datasets, by the title of each, as far as runs exist.
    pub elsewhere: Vec<(String, Vec<Replicates>)>,
    /// The sweeps of which there are trials.
    pub sweeps: Vec<SweepResult>,
    /// The dataset, as its runs saw it.
    pub dataset: DatasetInfo,
    /// The gradient checks of tasks 2b and 4c.
    pub gradient_checks: Vec<CheckedNetwork>,
    /// A trained network to look at closely, if it was trained.
    pub close_up: Option<CloseUp>,
}

/// The outcome of a gradient check.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CheckedNetwork {
    /// `2b` or `4c`.
    pub task: String,
    /// The hidden layers, in words.
    pub hidden_layers: String,
    /// The activation, in words.
    pub activation: String,
    /// Weights and biases that were checked.
    pub checked: usize,
    /// Weights and biases of the network.
    pub parameters: usize,
    /// Largest difference between a gradient and its central difference.
    pub largest_difference: f64,
    /// The largest difference that passes.
    pub tolerance: f64,
    /// Weights with a smaller step, because a unit crossed the kink of ReLU within the usual one.
    pub smaller_steps: usize,
}

/// A trained network looked at closely: the best weights of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct CloseUp {
    /// The experiment.
    pub experiment: String,
    /// The seed.
    pub seed: u64,
    /// Weights of the first layer, `[n_inputs, n_units]`, row-major.
    pub first_layer: Vec<f32>,
    /// Units of the first layer.
    pub n_units: usize,
    /// Its predictions for the validation images, if its run recorded them.
    pub predictions: Option<Predictions>,
}

/// The report as a document.
///
/// # Errors
/// A figure cannot be drawn, or a template prints a value that does not exist.
pub fn compose(material: Material) -> Result<Document> {
    let report = Arc::new(Report::new(material)?);
    let text = text::markdown(&report)?;
    Ok(markdown::document(&text, &mut report.pictures()))
}
