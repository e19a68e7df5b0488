//! Names of experiments: they become names of files, folders and figures on every system.

use mlp::values::Rule;
use schemars::{Schema, json_schema};
use serde::Deserializer;
use thiserror::Error;

use crate::text;

/// Length limit of a name.
const LONGEST: usize = 64;

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct NameError(&'static str);

/// Checks that a text can be the name of an experiment or of a file of a run.
///
/// # Errors
/// It cannot.
pub fn check(name: &str) -> Result<(), NameError> {
    if name.len() > LONGEST {
        Err(NameError("a name has at most 64 characters"))
    } else if !name.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        Err(NameError("a name begins with a letter or a digit (a-z, A-Z, 0-9)"))
    } else if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')) {
        Err(NameError("a name has only letters, digits, `.`, `_` and `-`"))
    } else if name.ends_with('.') || is_reserved(name) {
        Err(NameError("Windows cannot keep a file of that name"))
    } else {
        Ok(())
    }
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered =
        |prefix: &str| stem.strip_prefix(prefix).is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9']));
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

/// The rule of a name. Its schema does not know what Windows reserves.
#[derive(Debug)]
pub(crate) struct Name;

impl Rule for Name {
    type Value = String;

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
        let named = |name: &str| check(name).map(|()| name.to_owned());
        text::checked(source, |name| named(name).map_err(|why| format!("the name of an experiment: {why}")))
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_on_every_system() {
        let longest = "a".repeat(LONGEST);
        for name in ["task4e", "4d-59_59.relu", "console", "com", "com10", &longest] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
        let too_long = "a".repeat(LONGEST + 1);
        for name in
            ["", ".hidden", "-x", "a/b", "a\\b", "..", "a b", "größe", "nul", "CON", "aux.x", "com1", "a.", &too_long]
        {
            assert!(check(name).is_err(), "{name}");
        }
    }
}
