//! The identity of a run, a hash of everything that can move its curve, and the differences between two experiments.

use std::collections::BTreeMap;

use mlp::{ImageShape, NetworkConfig, OptimizerConfig};
use serde::Serialize;
use serde_json::Value;

use crate::keys::{self, KEYS};
use crate::{DataSpec, ExperimentSpec, TrainingSpec, kind};

/// The format of records when identities were first written. It stays the same in every later format, so that old records
/// keep their identities.
const RECORD_FORMAT: u32 = 2;

/// The seeds of a run. An ordinary run has one for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunSeeds {
    /// Of the initial weights.
    pub init: u64,
    /// Of the batch order.
    pub order: u64,
}

impl RunSeeds {
    /// The seed of an ordinary run, or of the initial weights where the batch order has another one.
    #[must_use]
    pub fn new(seed: u64, order_seed: Option<u64>) -> Self {
        Self { init: seed, order: order_seed.unwrap_or(seed) }
    }
}

impl From<u64> for RunSeeds {
    fn from(seed: u64) -> Self {
        Self::new(seed, None)
    }
}

/// The identity of a run on a dataset: SHA-256 over canonical JSON, 64 hexadecimal characters.
///
/// `numerics_version` is raised with every change of the code that moves a curve.
#[must_use]
pub fn run_id(
    spec: &ExperimentSpec,
    seeds: impl Into<RunSeeds>,
    dataset_digest: &str,
    shape: ImageShape,
    backend: &str,
    numerics_version: u32,
) -> String {
    let (mut identity, RunSeeds { init, order }) = (settings(spec), seeds.into());
    // Identities are older than kinds.
    for (table, usual) in kind::USUAL {
        if let Some(settings) = identity[table].as_object_mut().filter(|settings| settings["kind"] == usual) {
            settings.remove("kind");
        }
    }
    let images = [("model.n_inputs", shape.pixels().into()), ("model.n_outputs", shape.classes.into())];
    let run = [("seed", init.into()), ("dataset_digest", dataset_digest.into()), ("backend", backend.into())];
    let code = [("numerics_version", numerics_version.into()), ("record_format", RECORD_FORMAT.into())];
    // Identities are older than split seeds.
    let split = (order != init).then(|| ("order_seed", order.into()));
    for (key, value) in images.into_iter().chain(run).chain(split).chain(code) {
        keys::put(&mut identity, key, value);
    }
    files::sha256(canonical(&identity).as_bytes())
}

/// Everything in a specification that can move a curve, so without name, title, baseline, seeds, test images and claims.
pub(crate) fn settings(spec: &ExperimentSpec) -> Value {
    // Only these tables, because thousands of records are identified when they are listed.
    #[derive(Serialize)]
    struct Settings<'a> {
        data: &'a DataSpec,
        #[serde(serialize_with = "kind::serialize")]
        model: &'a NetworkConfig,
        #[serde(serialize_with = "kind::serialize")]
        optimizer: &'a OptimizerConfig,
        training: &'a TrainingSpec,
    }
    let ExperimentSpec { data, model, optimizer, training, .. } = spec;
    let mut settings = plain(&Settings { data, model, optimizer, training });
    settings["data"].as_object_mut().and_then(|data| data.remove("test_images"));
    settings
}

/// A specification as a JSON value.
pub(crate) fn plain(spec: &impl Serialize) -> Value {
    serde_json::to_value(spec).expect("specs are plain data with text keys")
}

/// The dotted keys, among those that can move the curve, in which two experiments differ, sorted: `["model.activation"]`.
#[must_use]
pub fn differing_keys(left: &ExperimentSpec, right: &ExperimentSpec) -> Vec<&'static str> {
    let (left, right) = (settings(left), settings(right));
    let differs = |key: &&str| {
        let pointer = format!("/{}", key.replace('.', "/"));
        left.pointer(&pointer) != right.pointer(&pointer)
    };
    let mut differing: Vec<&str> = KEYS.iter().map(|(key, _)| *key).filter(differs).collect();
    differing.sort_unstable();
    differing
}

/// Those of [`differing_keys`] that choose the images or the training: two experiments that differ in one of them are not
/// trained alike.
#[must_use]
pub fn differing_protocol(left: &ExperimentSpec, right: &ExperimentSpec) -> Vec<&'static str> {
    let mut differing = differing_keys(left, right);
    differing.retain(|key| key.starts_with("data.") || key.starts_with("training."));
    differing
}

/// JSON without spaces, keys sorted, floats with the fewest digits that read back equal and one zero.
///
/// Written here because how `serde_json` orders keys and prints floats depends on its features and version.
fn canonical(value: &Value) -> String {
    match value {
        // -0.0 trains as 0.0 does.
        Value::Number(number) if number.is_f64() => format!("{:e}", number.as_f64().unwrap_or_default() + 0.0),
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Object(entries) => {
            let sorted: BTreeMap<&String, &Value> = entries.iter().collect();
            let entry = |(key, value)| format!("{}:{}", Value::from(String::as_str(key)), canonical(value));
            format!("{{{}}}", sorted.into_iter().map(entry).collect::<Vec<_>>().join(","))
        }
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_json_is_pinned() {
        let value = serde_json::json!({"b": [0.02, -0.0, 1e300], "a": {"x": 3, "text": "say \"hi\""}, "none": null});
        assert_eq!(canonical(&value), r#"{"a":{"text":"say \"hi\"","x":3},"b":[2e-2,0e0,1e300],"none":null}"#);
    }
}
