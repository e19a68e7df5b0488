//! A trained network in detail: its first weights, and the images that it misclassifies.

use record::{RunRecord, RunStore, weights_file};
use report::CloseUp;
use spec::ExperimentSpec;

use crate::failure::Failure;
use crate::trained;

/// The experiment with the report's standard model.
const EXPERIMENT: &str = "task3c";

/// The best weights of the standard model, from the first seed with a complete run; none without such a run.
pub(crate) fn of(
    store: &RunStore,
    specs: &[ExperimentSpec],
    records: &[RunRecord],
) -> Result<Option<CloseUp>, Failure> {
    let Some(spec) = specs.iter().find(|spec| spec.name == EXPERIMENT) else { return Ok(None) };
    let Some(record) = trained::first(records, spec, None) else { return Ok(None) };
    let weights = store.tensors(record, weights_file::BEST)?;
    let first = weights.0.into_iter().next();
    Ok(first.map(|first| CloseUp {
        experiment: spec.name.clone(),
        seed: record.seed,
        n_units: first.values.len() / record.dataset.shape.pixels(),
        first_layer: first.values,
        predictions: record.predictions.clone(),
    }))
}
