//! Tables whose settings depend on their `kind`: flat in files and records, `{kind, …}`, an enum in Rust.

use mlp::{NetworkConfig, OptimizerConfig};
use serde::ser::{Error, Serialize, SerializeMap, Serializer};
use serde_json::Value;

/// These tables, each with the kind that applies if a file names none.
pub(crate) const USUAL: [(&str, &str); 2] =
    [("model", NetworkConfig::USUAL_KIND), ("optimizer", OptimizerConfig::USUAL_KIND)];

/// The default kind of a table; none if the table does not have kinds.
pub(crate) fn usual(table: &str) -> Option<&'static str> {
    USUAL.iter().find(|(known, _)| *known == table).map(|(_, kind)| *kind)
}

/// Writes `{"sgd": {…}}` as `{"kind": "sgd", …}`, the kind first.
pub(crate) fn serialize<T: Serialize, S: Serializer>(choice: &T, target: S) -> Result<S::Ok, S::Error> {
    let value = serde_json::to_value(choice).map_err(S::Error::custom)?;
    let chosen = value.as_object().and_then(|choice| choice.iter().next());
    let Some((kind, Value::Object(settings))) = chosen else {
        return Err(S::Error::custom("a choice is a kind with its table of settings"));
    };
    let mut table = target.serialize_map(Some(settings.len() + 1))?;
    table.serialize_entry("kind", kind)?;
    settings.iter().try_for_each(|(key, setting)| table.serialize_entry(key, setting))?;
    table.end()
}
