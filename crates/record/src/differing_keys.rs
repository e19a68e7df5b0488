//! What two experiments differ in: an ablation changes only what it says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::ExperimentSpec;
use crate::identity::plain;

/// Dotted keys that can move the curve and differ, sorted: `["model.activation"]`.
#[must_use]
pub fn differing_keys(left: &ExperimentSpec, right: &ExperimentSpec) -> Vec<String> {
    let (left, right) = (settings(left), settings(right));
    left.into_iter().filter(|(key, value)| right.get(key) != Some(value)).map(|(key, _)| key).collect()
}

/// Every value of a spec that can move the curve, by its dotted key.
fn settings(spec: &ExperimentSpec) -> BTreeMap<String, Value> {
    let ExperimentSpec { data, model, optimizer, training, .. } = spec;
    let sections = [
        ("data", plain(data)),
        ("model", plain(model)),
        ("optimizer", plain(optimizer)),
        ("training", plain(training)),
    ];
    sections
        .into_iter()
        .flat_map(|(section, fields)| match fields {
            Value::Object(fields) => {
                fields.into_iter().map(|(key, value)| (format!("{section}.{key}"), value)).collect()
            }
            _ => Vec::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Activation, example};

    #[test]
    fn titles_do_not_differ_and_settings_do() {
        let spec = example::spec();
        let mut other = ExperimentSpec { title: "Other".into(), baseline: None, ..spec.clone() };
        assert!(differing_keys(&spec, &other).is_empty());
        other.model.activation = Activation::Relu;
        other.optimizer.momentum = 0.0;
        assert_eq!(differing_keys(&spec, &other), ["model.activation", "optimizer.momentum"]);
    }
}
