//! One trained network in detail: its first weights, and which images it classifies wrong.

use record::{RunRecord, RunStore, weights_file};
use report::CloseUp;
use spec::{ExperimentSpec, differing_keys};

use crate::failure::Failure;

/// The experiment: the report's standard model.
const EXPERIMENT: &str = "task3c";

/// The standard model at its best, of the first seed that has a complete run; none if there is no such run.
pub(crate) fn of(
    store: &RunStore,
    specs: &[ExperimentSpec],
    records: &[RunRecord],
) -> Result<Option<CloseUp>, Failure> {
    let Some(spec) = specs.iter().find(|spec| spec.name == EXPERIMENT) else { return Ok(None) };
    let is_complete =
        |record: &&RunRecord| record.stop_reason.is_complete() && differing_keys(&record.spec, spec).is_empty();
    let Some(record) = records.iter().filter(is_complete).min_by_key(|record| record.seed) else { return Ok(None) };
    let bytes = store.weights(record, weights_file::BEST)?;
    let shape = record.dataset.shape;
    let weights = weights_file::decode(&bytes, &record.spec.model.shapes(shape)).map_err(|error| {
        Failure::outside(format!("{}, seed {}: {}: {error}", record.spec.name, record.seed, weights_file::BEST))
    })?;
    let first = weights.0.into_iter().next();
    Ok(first.map(|first| CloseUp {
        experiment: spec.name.clone(),
        seed: record.seed,
        n_units: first.values.len() / shape.pixels(),
        first_layer: first.values,
        predictions: record.predictions.clone(),
    }))
}
