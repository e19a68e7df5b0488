//! The identity of a run: a hash of everything that can move its curve, and of nothing else.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{DataSpec, ExperimentSpec, MlpConfig, OptimizerSpec, RunRecord, TrainingSpec};

/// Everything that can move a curve: no name, no title, no baseline, no claims.
#[derive(Serialize)]
struct Identity<'a> {
    data: &'a DataSpec,
    model: &'a MlpConfig,
    optimizer: &'a OptimizerSpec,
    training: &'a TrainingSpec,
    seed: u64,
    dataset_digest: &'a str,
    backend: &'a str,
    numerics_version: u32,
    /// A record of another format is not looked for: its run is trained again.
    record_format: u32,
}

/// The identity of a run: SHA-256 over canonical JSON, 64 hexadecimal characters.
///
/// `numerics_version` is raised with every change of the code that moves a curve.
#[must_use]
pub fn run_id(spec: &ExperimentSpec, seed: u64, dataset_digest: &str, backend: &str, numerics_version: u32) -> String {
    let ExperimentSpec { data, model, optimizer, training, .. } = spec;
    let record_format = RunRecord::FORMAT;
    let identity =
        Identity { data, model, optimizer, training, seed, dataset_digest, backend, numerics_version, record_format };
    let mut canonical = String::new();
    write_canonical(&plain(&identity), &mut canonical);
    sha256(canonical.as_bytes())
}

/// SHA-256, hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Specs as JSON values.
pub(crate) fn plain(spec: &impl Serialize) -> Value {
    serde_json::to_value(spec).expect("specs are plain data with text keys")
}

/// JSON without spaces, keys sorted, floats with the fewest digits that read back equal and one zero.
///
/// Written here because how `serde_json` orders keys and prints floats depends on its features and version.
fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Number(number) if number.is_f64() => {
            // -0.0 trains as 0.0 does.
            let _ = write!(out, "{:e}", number.as_f64().unwrap_or_default() + 0.0);
        }
        Value::Array(items) => write_list(out, '[', ']', items, write_canonical),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            write_list(out, '{', '}', fields, |(key, value), out| {
                let _ = write!(out, "{}:", Value::from(key.as_str()));
                write_canonical(value, out);
            });
        }
        plain => {
            let _ = write!(out, "{plain}");
        }
    }
}

fn write_list<T>(
    out: &mut String,
    open: char,
    close: char,
    items: impl IntoIterator<Item = T>,
    write_item: impl Fn(T, &mut String),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_item(item, out);
    }
    out.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Activation, Shuffle, example};

    fn id(spec: &ExperimentSpec) -> String {
        run_id(spec, 1, "d1", "flex", 1)
    }

    #[test]
    fn canonical_json_is_pinned() {
        let mut canonical = String::new();
        let value = serde_json::json!({"b": [0.02, -0.0, 1e300], "a": {"x": 3, "text": "say \"hi\""}, "none": null});
        write_canonical(&value, &mut canonical);
        assert_eq!(canonical, r#"{"a":{"text":"say \"hi\"","x":3},"b":[2e-2,0e0,1e300],"none":null}"#);
    }

    #[test]
    fn identity_is_pinned() {
        // A change here means that every run on every disk is trained again.
        assert_eq!(id(&example::spec()), "5f387bc93bc69f58deddfdb2de0ba4d2397642afec103c406a2ae3fa15701c32");
    }

    #[test]
    fn names_titles_and_claims_do_not_count() {
        let renamed = ExperimentSpec { name: "other".into(), title: "Other".into(), baseline: None, ..example::spec() };
        assert_eq!(id(&renamed), id(&example::spec()));
    }

    #[test]
    fn everything_that_moves_the_curve_counts() {
        let spec = example::spec();
        let changes: [fn(&mut ExperimentSpec); 8] = [
            |spec| spec.data.train_images = 1,
            |spec| spec.model.hidden_units = vec![32, 32],
            |spec| spec.model.activation = Activation::Relu,
            |spec| spec.optimizer.learning_rate = 0.020_000_000_000_000_004,
            |spec| spec.optimizer.momentum = 0.0,
            |spec| spec.training.batch_size = 31,
            |spec| spec.training.shuffle = Shuffle::Never,
            |spec| spec.training.patience_validations = 49,
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let mut other = spec.clone();
            change(&mut other);
            assert_ne!(id(&other), id(&spec), "change {index}");
        }
        let same = |seed, digest, backend, numerics| run_id(&spec, seed, digest, backend, numerics) == id(&spec);
        assert!(same(1, "d1", "flex", 1));
        assert!(!same(2, "d1", "flex", 1) && !same(1, "d2", "flex", 1));
        assert!(!same(1, "d1", "wgpu", 1) && !same(1, "d1", "flex", 2));
    }
}
