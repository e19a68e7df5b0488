//! A trained network in detail: its first weights, and the images that it misclassifies.

use record::{RunRecord, RunStore, weights_file};
use report::CloseUp;
use spec::ExperimentSpec;

use crate::failure::Failure;

/// The experiment with the report's standard model.
const EXPERIMENT: &str = "task3c";

/// The best weights of the standard model, from the first seed with a complete run; none without such a run.
pub(crate) fn of(
    store: &RunStore,
    specs: &[ExperimentSpec],
    records: &[RunRecord],
) -> Result<Option<CloseUp>, Failure> {
    let Some(spec) = specs.iter().find(|spec| spec.name == EXPERIMENT) else { return Ok(None) };
    let is_complete = |record: &&RunRecord| record.stop_reason.is_complete() && record.spec.has_settings_of(spec);
    let Some(record) = records.iter().filter(is_complete).min_by_key(|record| record.seed) else { return Ok(None) };
    let shape = record.dataset.shape;
    let weights = store.tensors(record, weights_file::BEST)?;
    let first = weights.0.into_iter().next();
    Ok(first.map(|first| CloseUp {
        experiment: spec.name.clone(),
        seed: record.seed,
        n_units: first.values.len() / shape.pixels(),
        first_layer: first.values,
        predictions: record.predictions.clone(),
    }))
}
