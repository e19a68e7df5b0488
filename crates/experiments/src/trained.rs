//! One experiment, its finished runs, and how their pixels were scaled.

use mnist::Normalization;
use record::RunRecord;
use spec::{Declaration, ExperimentSpec, PixelScaling};

use crate::failure::Failure;
use crate::plan::parse_overrides;
use crate::workspace::Workspace;

/// The experiment of this name.
pub(crate) fn one_experiment(
    workspace: &Workspace,
    name: &str,
    overrides: &[String],
) -> Result<ExperimentSpec, Failure> {
    match workspace.catalog.load(name, &parse_overrides(overrides)?)? {
        Declaration::Experiment(experiment) => Ok(experiment.spec),
        Declaration::Comparison(comparison) => {
            let hint = format!("name one of {}", comparison.spec.runs.join(", "));
            Err(Failure::bad_input(format!("{name} is a comparison of several experiments")).with_hint(&hint))
        }
    }
}

/// The complete run of an experiment with this seed, or with the lowest; of a file or a declared experiment.
pub(crate) fn find(workspace: &Workspace, experiment: &str, seed: Option<u64>) -> Result<RunRecord, Failure> {
    let spec = one_experiment(workspace, experiment, &[])?;
    let records = workspace.records();
    let origin = records.origin().map_or_else(String::new, |origin| format!(" on {origin}"));
    first(&records.all, &spec, seed).cloned().ok_or_else(|| {
        let with_seed = |words: &str| seed.map_or_else(String::new, |seed| format!("{words}{seed}"));
        let message = format!("`{experiment}` has no finished run{}{origin}", with_seed(" with seed "));
        let command = format!("experiments run {experiment} --no-baseline{}", with_seed(" --seed "));
        Failure::bad_input(message).with_hint(&format!("train it: `{command}`"))
    })
}

/// The complete run of an experiment with this seed, or with the lowest, among these records.
pub(crate) fn first<'r>(records: &'r [RunRecord], spec: &ExperimentSpec, seed: Option<u64>) -> Option<&'r RunRecord> {
    let is_wanted = |record: &&RunRecord| {
        record.stop_reason.is_complete()
            && record.spec.has_settings_of(spec)
            && seed.is_none_or(|seed| record.seed == seed)
    };
    records.iter().filter(is_wanted).min_by_key(|record| record.seed)
}

/// How the pixels of a run were scaled.
pub(crate) fn normalization(record: &RunRecord) -> Normalization {
    let measured = Normalization { mean: record.dataset.pixel_mean, std: record.dataset.pixel_std };
    scaling(record.spec.data.pixel_scaling, measured)
}

/// The declared scaling, by what was measured on the training images.
pub(crate) fn scaling(declared: PixelScaling, measured: Normalization) -> Normalization {
    match declared {
        PixelScaling::TrainMeanStd => measured,
        PixelScaling::None => Normalization::identity(),
    }
}
