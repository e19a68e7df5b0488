//! The dotted keys of an experiment that an override may set, each with a value that it accepts.

use std::iter;

use serde_json::{Map, Value};

use crate::suggest;

/// The keys with their examples; a new setting or kind adds its keys here.
pub(crate) const KEYS: [(&str, &str); 25] = [
    ("title", "\"Two layers\""),
    ("baseline", "task3c"),
    ("data.train_images", "20_000"),
    ("data.validation_images", "10_000"),
    ("data.test_images", "10_000"),
    ("data.pixel_scaling", "train_mean_std"),
    ("model.kind", "mlp"),
    ("model.hidden_units", "[60, 60]"),
    ("model.first_maps", "6"),
    ("model.second_maps", "16"),
    ("model.activation", "relu"),
    ("model.weight_init", "fan_in_normal"),
    ("model.bias", "first_layer"),
    ("optimizer.kind", "sgd"),
    ("optimizer.learning_rate", "0.02"),
    ("optimizer.momentum", "0.9"),
    ("optimizer.beta_1", "0.9"),
    ("optimizer.beta_2", "0.999"),
    ("optimizer.epsilon", "1e-8"),
    ("training.batch_size", "32"),
    ("training.shuffle", "every_epoch"),
    ("training.max_epochs", "50"),
    ("training.validations_per_epoch", "5"),
    ("training.patience_validations", "50"),
    ("checkpoint.every_validations", "10"),
];

/// The keys.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(key, _)| *key)
}

/// A valid value of a key, as an override writes it; none if an override may not set the key.
pub(crate) fn example_of(key: &str) -> Option<&'static str> {
    KEYS.iter().find(|(known, _)| *known == key).map(|(_, example)| *example)
}

/// Whether a key can move a run's curve.
pub(crate) fn moves_curves(key: &str) -> bool {
    let is_setting = ["data.", "model.", "optimizer.", "training."].iter().any(|table| key.starts_with(table));
    is_setting && (key.ends_with('.') || example_of(key).is_some())
}

/// Why an override may not set a key, to follow its name, and a hint.
pub(crate) fn refusal(key: &str) -> (&'static str, String) {
    let all = KEYS.map(|(key, _)| key);
    let table = key.split('.').next().unwrap_or_default();
    let siblings: Vec<&str> =
        all.into_iter().filter(|key| key.split_once('.').is_some_and(|(of, _)| of == table)).collect();
    let list = key.split('[').next().unwrap_or_default();
    match list.split('.').next().unwrap_or_default() {
        "seeds" => ("is not a setting of a run", "the option `--seeds 3` trains the seeds from 1 to 3".into()),
        "claim" | "runs" | "name" => {
            ("cannot be overridden: edit the file", "an override changes a setting of one experiment".into())
        }
        _ if example_of(list).is_some() => {
            ("is one value of a list; set the whole list", format!("the key is `{list}`"))
        }
        table if table == key && !siblings.is_empty() => {
            ("is a table; set one of its keys", format!("its keys are {}", suggest::keys(&siblings)))
        }
        _ => {
            let known = if siblings.is_empty() { &all[..] } else { &siblings };
            let listed = || format!("the keys are {}", suggest::keys(known));
            ("is not a key", suggest::key(key, &all).unwrap_or_else(listed))
        }
    }
}

/// A dotted key. A name that TOML would quote is quoted, so that a dot in it is not a separator.
pub(crate) fn join(table: &str, key: &str) -> String {
    let is_bare = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let key = if is_bare { key.to_owned() } else { format!("\"{}\"", crate::visible(key)) };
    if table.is_empty() { key } else { format!("{table}.{key}") }
}

/// Puts a value at a key, `model.bias`, `claim[3].margin`. Makes the table if it is missing; does nothing if a value that is
/// not a table is in its place.
pub(crate) fn put(spec: &mut Value, key: &str, value: Value) {
    let (table, key) = key.rsplit_once('.').unwrap_or(("", key));
    let is_missing = !table.is_empty() && !table.contains('[') && spec.get(table).is_none();
    if is_missing && let Some(spec) = spec.as_object_mut() {
        spec.insert(table.to_owned(), Map::new().into());
    }
    let inside = table.split(['[', ']']).filter(|step| !step.is_empty());
    let pointer = iter::once("").chain(inside).collect::<Vec<_>>().join("/");
    if let Some(Value::Object(table)) = spec.pointer_mut(&pointer) {
        table.insert(key.to_owned(), value);
    }
}
