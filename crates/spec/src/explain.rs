//! Explanations of a missing or unknown key: which values it takes, similar keys, the keys of its table.
//!
//! They come from the door itself: its error for a wrong value says what a key takes, its error for a wrong key lists the
//! keys of a table.

use serde_json::{Value, json};

use crate::spec_error::{Fault, Words};
use crate::{ExperimentSpec, SpecError, keys, kind, suggest};

/// Reads a value through the door, and explains its error.
pub(crate) fn read<T>(value: &Value, door: impl Fn(&Value) -> Result<T, SpecError>) -> Result<T, SpecError> {
    door(value).map_err(|error| match &error.fault {
        Fault::UnknownKey { key, known } => {
            let hint = hint_of_unknown(error.key(), key, known);
            error.with_hint(hint)
        }
        Fault::Missing { key } => missing(key, &error, value, door),
        _ => error,
    })
}

/// The error of a missing key. To learn what it takes, the door reads the value again with an empty text there.
fn missing<T>(key: &str, error: &SpecError, value: &Value, door: impl Fn(&Value) -> Result<T, SpecError>) -> SpecError {
    let mut asked = value.clone();
    keys::put(&mut asked, error.key(), "".into());
    let takes = match door(&asked).map_err(|error| error.fault) {
        Err(Fault::Value { must_be, .. }) => must_be,
        _ => String::new(),
    };
    let table = error.key().strip_suffix(key).unwrap_or_default().trim_end_matches('.');
    let (sentence, hint) = match table.split('[').next().unwrap_or_default() {
        "" if takes == "a table" => (format!("the table [{key}] is missing"), keys_of_table(key, door)),
        "" => (format!("`{key}` is missing: {takes}"), None),
        list if table.ends_with(']') => (format!("[[{list}]] lacks `{key}`: {takes}"), None),
        table => (format!("[{table}] lacks `{key}`: {takes}"), None),
    };
    SpecError { fault: Fault::Rule(sentence), hint, ..error.clone() }
}

/// The door's error for an experiment with only this table.
fn fault_of(table: &str, settings: &Value) -> Option<Fault> {
    ExperimentSpec::members(&json!({ table: settings })).err().map(|error| error.fault)
}

/// The keys of a table of this kind, without `kind`.
pub(crate) fn keys_of_kind(table: &str, kind: &str) -> Words {
    match fault_of(table, &json!({ "kind": kind, "": "" })) {
        Some(Fault::UnknownKey { known, .. }) => known,
        _ => &[],
    }
}

/// The kinds of a table; empty if it has none.
pub(crate) fn kinds(table: &str) -> Words {
    match fault_of(table, &json!({ "kind": "" })) {
        Some(Fault::Value { known, .. }) => known,
        _ => &[],
    }
}

fn keys_of_table<T>(table: &str, door: impl Fn(&Value) -> Result<T, SpecError>) -> Option<String> {
    if kind::usual(table).is_none() {
        let fault = door(&json!({ table: { "": "" } })).err().map(|error| error.fault);
        let Some(Fault::UnknownKey { known, .. }) = fault else { return None };
        return Some(format!("its keys are {}", suggest::keys(known)));
    }
    let of_kind =
        |kind: &&str| format!("with `kind = \"{kind}\"` its keys are {}", suggest::keys(keys_of_kind(table, kind)));
    Some(kinds(table).iter().map(of_kind).collect::<Vec<_>>().join("; "))
}

fn hint_of_unknown(dotted: &str, key: &str, known: &[&str]) -> String {
    let table = dotted.split('.').next().filter(|table| *table != dotted).unwrap_or_default();
    if let Some(kind) = kinds(table).iter().find(|kind| keys_of_kind(table, kind).contains(&key)) {
        return format!("it is a key of `kind = \"{kind}\"`");
    }
    // Only records have these two keys: in files, the name is the file's and claims are tables `[[claim]]`.
    let known = known.iter().copied().filter(|known| !matches!(*known, "name" | "claims"));
    let known: Vec<&str> = kind::usual(table).map(|_| "kind").into_iter().chain(known).collect();
    suggest::key(key, &known).unwrap_or_else(|| format!("the keys are {}", suggest::keys(&known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_listed(table: &str, keys: Words) {
        assert!(!keys.is_empty(), "{table}");
        for key in keys {
            assert!(keys::example_of(&keys::join(table, key)).is_some(), "{table}.{key}");
        }
    }

    #[test]
    fn every_key_of_every_table_can_be_overridden() {
        for table in ["data", "training", "checkpoint"] {
            let Some(Fault::UnknownKey { known, .. }) = fault_of(table, &json!({ "": "" })) else { panic!("{table}") };
            assert_listed(table, known);
        }
        for (table, _) in kind::USUAL {
            for kind in kinds(table) {
                assert_listed(table, keys_of_kind(table, kind));
            }
        }
    }
}
