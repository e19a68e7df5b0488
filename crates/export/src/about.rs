//! What a file says about the run that it comes from.

use std::time::UNIX_EPOCH;

use serde_json::Value;
use spec::ExperimentSpec;

use crate::{LICENCE, Trained};

/// Every setting that can move a curve, by its dotted key: `optimizer.learning_rate`. A list is text.
pub(crate) fn settings(spec: &ExperimentSpec) -> Vec<(String, Value)> {
    let plain = serde_json::to_value(spec).expect("specs are plain data with text keys");
    let table = |table: &'static str| {
        let entries = plain[table].as_object().cloned().unwrap_or_default();
        entries.into_iter().map(move |(key, value)| (format!("{table}.{key}"), value))
    };
    let text = |(key, value): (String, Value)| match value {
        Value::Array(_) => (key, Value::from(value.to_string())),
        value => (key, value),
    };
    ["data", "model", "optimizer", "training"].into_iter().flat_map(table).map(text).collect()
}

/// The origin of a network, by name.
pub(crate) fn origin(trained: &Trained<'_>) -> Vec<(&'static str, String)> {
    let record = trained.record;
    let dataset = &record.dataset;
    let mut origin = vec![
        ("experiment", record.spec.name.clone()),
        ("title", record.spec.title.clone()),
        ("seed", record.seed.to_string()),
        ("weights", trained.which.to_owned()),
        ("run", record.id.clone()),
        ("commit", record.code.git_commit.clone().unwrap_or_else(|| "unknown".to_owned())),
        ("dataset", dataset.title.clone()),
        ("dataset_sha256", dataset.digest.clone()),
        ("licence", LICENCE.to_owned()),
    ];
    if let Some([mean, std]) = trained.standardisation() {
        origin.extend([("pixel_mean", mean.to_string()), ("pixel_std", std.to_string())]);
    }
    origin.extend(record.order_seed.map(|seed| ("order_seed", seed.to_string())));
    origin
}

/// The seconds since 1970 of a time in RFC 3339; 0 if it is none.
pub(crate) fn seconds(time: &str) -> f64 {
    let time = humantime::parse_rfc3339(time).ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    time.unwrap_or_default().as_secs_f64()
}
