//! `Override`: one `--set key=value` of the command line, where the value is TOML.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{DeclaredError, Place};
use super::places::{Places, read_value};
use super::syntax;
use crate::{is_plain, keys};

const NOT_AN_OVERRIDE: &str = "is not of the form `key=value`";

/// A value that takes the place of a declared one: `model.hidden_units=[16]`.
///
/// The value is TOML; a word that is not is text, so `model.activation=relu` needs no quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    text: String,
    equals_sign: usize,
}

impl Override {
    /// The dotted key: `model.hidden_units`.
    #[must_use]
    pub fn key(&self) -> &str {
        self.text[..self.equals_sign].trim()
    }

    /// An override of the same key that works, as a hint.
    pub(super) fn accepted_form(&self) -> String {
        let value = keys::example_of(self.key()).unwrap_or("value");
        format!("for example `--set '{}={value}'`", self.key())
    }

    /// The value, and where it and the keys in it stand in the override.
    pub(super) fn parts(&self) -> Result<(Value, Places), DeclaredError> {
        // The value on a line of TOML of its own, `v=value`, moved to where it stands in the override: TOML decides where it
        // ends, and its spans come out right.
        let line = format!("{}v={}", " ".repeat((self.equals_sign + 1).saturating_sub("v=".len())), self.value());
        let value = self.value_in(&line)?;
        let mut places = Places::new();
        let read = read_value(&mut places, self.key(), 0..self.equals_sign, &value);
        Ok((read, places))
    }

    fn value_in<'a>(&self, line: &'a str) -> Result<Spanned<DeValue<'a>>, DeclaredError> {
        match DeTable::parse(line).map(Spanned::into_inner) {
            Ok(mut table) if table.len() == 1 => table.remove("v").ok_or_else(|| self.refuse(NOT_AN_OVERRIDE)),
            Err(_) if is_word(self.value()) => {
                let word = DeValue::String(self.value().trim().to_owned().into());
                Ok(Spanned::new(line.len() - self.value().len()..line.len(), word))
            }
            Err(error) if !self.value().trim().is_empty() => Err(self.refuse(&syntax::message(line, &error))),
            _ => Err(self.refuse(NOT_AN_OVERRIDE)),
        }
    }

    fn value(&self) -> &str {
        &self.text[self.equals_sign + 1..]
    }

    /// A span of bytes of the override.
    pub(super) fn place(&self, span: Range<usize>) -> Place {
        Place::new(format!("--set {self}"), "--set", &self.text, span)
    }

    fn refuse(&self, problem: &str) -> DeclaredError {
        DeclaredError::new(self.place(0..self.text.len()), problem, Some(self.accepted_form()))
    }
}

/// Whether a text that is not TOML is meant as a word, not as a broken list, table or string.
fn is_word(value: &str) -> bool {
    let value = value.trim();
    !value.is_empty() && !value.starts_with(['[', '{', '"', '\'']) && !value.contains(char::is_control)
}

impl FromStr for Override {
    type Err = DeclaredError;

    /// Refuses what is not `key=value`, an unknown key and a value that is broken TOML.
    fn from_str(text: &str) -> Result<Self, DeclaredError> {
        let given = Self { text: text.to_owned(), equals_sign: text.find('=').unwrap_or(text.len()) };
        let refuse =
            |problem: &str, hint: String| DeclaredError::new(given.place(0..given.equals_sign), problem, Some(hint));
        if !text.chars().all(is_plain) {
            return Err(refuse("holds control or invisible characters", "write it on one line".to_owned()));
        }
        if given.equals_sign == text.len() {
            return Err(refuse(NOT_AN_OVERRIDE, "for example `--set model.activation=relu`".to_owned()));
        }
        if keys::example_of(given.key()).is_none() {
            let (why, hint) = keys::refusal(given.key());
            return Err(refuse(&format!("`{}` {why}", given.key()), hint));
        }
        given.parts()?;
        Ok(given)
    }
}

impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
