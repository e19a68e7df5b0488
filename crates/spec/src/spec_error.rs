//! `SpecError`: what is wrong with a specification, at which key, in the user's words.

use std::fmt;

use mlp::values::thousands;
use serde::de::{self, Expected, Unexpected};
use serde_json::Value;
use thiserror::Error;

use crate::{keys, suggest, visible};

/// Longest text that a message quotes.
const LONGEST_QUOTE: usize = 100;

/// A specification that cannot be used: names the key, quotes the value and says what would do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", self.fault.sentence(self.key()))]
pub struct SpecError {
    /// Dotted keys that may be wrong, the likeliest first.
    pub(crate) keys: Vec<String>,
    pub(crate) fault: Fault,
    pub(crate) hint: Option<String>,
}

/// The words that a key takes, or the keys of a table.
pub(crate) type Words = &'static [&'static str];

/// What is wrong with the value of a key, or with a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A value out of bounds or of the wrong type; for a word, `known` lists the words that would do.
    Value { found: String, must_be: String, is_type: bool, known: Words },
    /// A key that its table does not have; `known` lists those that it has.
    UnknownKey { key: String, known: Words },
    /// A key that its table needs.
    Missing { key: &'static str },
    /// Anything else, as a sentence.
    Rule(String),
}

impl Fault {
    fn sentence(&self, key: &str) -> String {
        match self {
            Self::Value { found, must_be, .. } if key.is_empty() => format!("it is {found}, but must be {must_be}"),
            Self::Value { found, must_be, .. } => format!("`{key}` is {found}, but must be {must_be}"),
            Self::UnknownKey { .. } => format!("`{key}` is not a key"),
            Self::Missing { .. } => format!("`{key}` is missing"),
            Self::Rule(sentence) => sentence.clone(),
        }
    }
}

impl From<Fault> for SpecError {
    fn from(fault: Fault) -> Self {
        Self { keys: Vec::new(), fault, hint: None }
    }
}

impl SpecError {
    /// A broken rule across keys: a sentence that names them all.
    pub(crate) fn rule(keys: &[&str], sentence: String) -> Self {
        Self { keys: keys.iter().map(|&key| key.to_owned()).collect(), ..Fault::Rule(sentence).into() }
    }

    /// A value of the wrong type.
    pub(crate) fn wrong_type(must_be: &str) -> Self {
        Fault::Value { found: String::new(), must_be: must_be.to_owned(), is_type: true, known: &[] }.into()
    }

    /// The same error with a hint.
    pub(crate) fn with_hint(self, hint: impl Into<Option<String>>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// The same error at its key, unless it already has a key further inside.
    pub(crate) fn at(mut self, key: &str, value: &Value) -> Self {
        if self.keys.is_empty() {
            self.keys = match &mut self.fault {
                Fault::UnknownKey { key: unknown, .. } => vec![keys::join(key, unknown)],
                Fault::Missing { key: missing } => vec![keys::join(key, missing), keys::join(key, "kind")],
                Fault::Value { found, must_be, is_type, .. } => {
                    *found = quoted(value, *is_type);
                    self.hint = self.hint.or_else(|| type_hint(value, must_be).filter(|_| *is_type));
                    vec![key.to_owned()]
                }
                Fault::Rule(_) => vec![key.to_owned()],
            };
        }
        self
    }

    pub(crate) fn key(&self) -> &str {
        self.keys.first().map_or("", String::as_str)
    }
}

impl de::Error for SpecError {
    /// What a value must be.
    fn custom<T: fmt::Display>(must_be: T) -> Self {
        Fault::Value { found: String::new(), must_be: must_be.to_string(), is_type: false, known: &[] }.into()
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong_type(&expected.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(expected)
    }

    fn unknown_variant(word: &str, known: Words) -> Self {
        let hint = suggest::did_you_mean(word, known.iter().copied()).map(|hint| hint.replace('`', "\""));
        let fault = Fault::Value { found: String::new(), must_be: suggest::words(known), is_type: false, known };
        Self::from(fault).with_hint(hint)
    }

    fn unknown_field(key: &str, known: Words) -> Self {
        Fault::UnknownKey { key: key.to_owned(), known }.into()
    }

    fn missing_field(key: &'static str) -> Self {
        Fault::Missing { key }.into()
    }
}

/// The value as a message quotes it: `0.9`, `"relux"`, `60,001`; where its type is wrong `the text "0.9"`.
fn quoted(value: &Value, is_type: bool) -> String {
    match value {
        Value::String(text) if text.chars().count() > LONGEST_QUOTE => {
            format!("a text of {} characters", thousands(text.chars().count()))
        }
        Value::String(text) if is_type => format!("the text \"{}\"", visible(text)),
        Value::String(text) => format!("\"{}\"", visible(text)),
        Value::Number(number) if !number.is_f64() => thousands(number),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a table".to_owned(),
        plain => plain.to_string(),
    }
}

fn type_hint(value: &Value, must_be: &str) -> Option<String> {
    match value {
        Value::String(text) if must_be.contains("number") && text.trim().parse::<f64>().is_ok() => {
            Some(format!("remove the quotes: {}", text.trim()))
        }
        Value::Number(number) if must_be == "text" => Some(format!("put it in quotes: \"{number}\"")),
        Value::Object(_) if must_be == "a list" => {
            Some("a header in double brackets, `[[…]]`, makes a list".to_owned())
        }
        _ => None,
    }
}
