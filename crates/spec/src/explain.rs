//! What is told of a key that is missing or not known: what it takes, its nearest, its table's keys.
//!
//! The door is asked: what it says of a wrong value is what a key takes, what it says of a wrong key is what a table has.

use serde_json::{Value, json};

use crate::spec_error::{Fault, Words};
use crate::{ExperimentSpec, SpecError, keys, kind, suggest};

/// What the door reads of a value; an error that names a key says all that helps.
pub(crate) fn read<T>(value: &Value, door: impl Fn(&Value) -> Result<T, SpecError>) -> Result<T, SpecError> {
    door(value).map_err(|error| match &error.fault {
        Fault::UnknownKey { key, known } => {
            let hint = hint_of_unknown(error.key(), key, known);
            error.with_hint(Some(hint))
        }
        Fault::Missing { key } => missing(key, &error, value, door),
        _ => error,
    })
}

/// What the door says where the value of a key is the empty text, which no key takes.
fn missing<T>(key: &str, error: &SpecError, value: &Value, door: impl Fn(&Value) -> Result<T, SpecError>) -> SpecError {
    let mut asked = value.clone();
    keys::put(&mut asked, error.key(), "".into());
    let takes = match door(&asked).map_err(|error| error.fault) {
        Err(Fault::Value { must_be, .. }) => must_be,
        _ => String::new(),
    };
    let table = error.key().strip_suffix(key).unwrap_or_default().trim_end_matches('.');
    let (sentence, hint) = match table.split('[').next().unwrap_or_default() {
        "" if takes == "a table" => (format!("the table [{key}] is missing"), Some(keys_of_table(key))),
        "" => (format!("`{key}` is missing: {takes}"), None),
        list if table.ends_with(']') => (format!("[[{list}]] lacks `{key}`: {takes}"), None),
        table => (format!("[{table}] lacks `{key}`: {takes}"), None),
    };
    SpecError { fault: Fault::Said(sentence), hint, ..error.clone() }
}

/// What the door says of an experiment with only one table.
fn fault_of(table: &str, settings: &Value) -> Option<Fault> {
    ExperimentSpec::members(&json!({ table: settings })).err().map(|error| error.fault)
}

/// The keys that a table of some kind has, `kind` not among them.
pub(crate) fn keys_of_kind(table: &str, kind: &str) -> Words {
    match fault_of(table, &json!({ "kind": kind, "": "" })) {
        Some(Fault::UnknownKey { known, .. }) => known,
        _ => &[],
    }
}

/// The kinds that a table has; none of a table without.
pub(crate) fn kinds(table: &str) -> Words {
    match fault_of(table, &json!({ "kind": "" })) {
        Some(Fault::Value { known, .. }) => known,
        _ => &[],
    }
}

fn keys_of_table(table: &str) -> String {
    if let Some(Fault::UnknownKey { known, .. }) = fault_of(table, &json!({ "": "" }))
        && kind::usual(table).is_none()
    {
        return format!("its keys are {}", suggest::keys(known));
    }
    let of_kind =
        |kind: &&str| format!("with `kind = \"{kind}\"` its keys are {}", suggest::keys(keys_of_kind(table, kind)));
    kinds(table).iter().map(of_kind).collect::<Vec<_>>().join("; ")
}

fn hint_of_unknown(dotted: &str, key: &str, known: &[&str]) -> String {
    let table = dotted.split('.').next().filter(|table| *table != dotted).unwrap_or_default();
    if let Some(kind) = kinds(table).iter().find(|kind| keys_of_kind(table, kind).contains(&key)) {
        return format!("it is a key of `kind = \"{kind}\"`");
    }
    // A file names no experiment, and has its claims in tables `[[claim]]`.
    let known = known.iter().copied().filter(|known| !matches!(*known, "name" | "claims"));
    let known: Vec<&str> = kind::usual(table).map(|_| "kind").into_iter().chain(known).collect();
    suggest::did_you_mean(key, known.iter().copied())
        .unwrap_or_else(|| format!("the keys are {}", suggest::keys(&known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_every_kind_can_be_overridden() {
        for (table, _) in kind::USUAL {
            for kind in kinds(table) {
                let keys = keys_of_kind(table, kind);
                assert!(!keys.is_empty(), "{table} {kind}");
                for key in keys {
                    assert!(keys::example_of(&keys::join(table, key)).is_some(), "{table}.{key}");
                }
            }
        }
    }
}
