//! `Override`: one `--set key=value` of the command line, where the value is TOML.

use std::fmt::{self, Display};
use std::ops::Range;
use std::str::FromStr;

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::DeclaredError;
use super::places::{Places, read_value};
use super::syntax;
use crate::{is_plain, keys};

const NOT_AN_OVERRIDE: &str = "is not of the form `key=value`";

/// A value that replaces a declared one: `training.batch_size=64`.
///
/// The value is TOML. A single word needs no quotes, `model.activation=relu`, and a list of numbers no brackets, which a shell
/// could take for a pattern: `model.hidden_units=64,64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    text: String,
    equals_sign: usize,
}

impl Override {
    /// The dotted key: `model.hidden_units`.
    pub(super) fn key(&self) -> &str {
        self.text[..self.equals_sign].trim()
    }

    /// Whether it changes the images or the training, which runs must share to be comparable.
    pub(crate) fn is_of_protocol(&self) -> bool {
        self.key().starts_with("data.") || self.key().starts_with("training.")
    }

    /// A valid override of the same key, as a hint.
    pub(super) fn accepted_form(&self) -> String {
        let value = keys::example_of(self.key()).unwrap_or("value");
        format!("for example `--set '{}={value}'`", self.key())
    }

    /// The value, and the places of it and the keys in it within the override.
    pub(super) fn parts(&self) -> Result<(Value, Places), DeclaredError> {
        // TOML parses a line `v=value` in which the value is as far from the start as in the override: so its spans fit both.
        let (before, after) = if self.is_bare_list() { ("v=[", "]") } else { ("v=", "") };
        let indent = " ".repeat((self.equals_sign + 1).saturating_sub(before.len()));
        let line = format!("{indent}{before}{}{after}", self.value());
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

    /// Whether the key takes a list and the value is a number, or several with commas.
    fn is_bare_list(&self) -> bool {
        let takes_list = keys::example_of(self.key()).is_some_and(|example| example.starts_with('['));
        takes_list && self.value().trim().starts_with(|c: char| c.is_ascii_digit())
    }

    fn value(&self) -> &str {
        &self.text[self.equals_sign + 1..]
    }

    /// An error at these bytes of the override.
    pub(super) fn error_at(&self, span: Range<usize>, problem: impl Display, hint: Option<String>) -> DeclaredError {
        DeclaredError::in_file("", problem, hint).at(format!("--set {self}"), "--set", &self.text, span)
    }

    fn refuse(&self, problem: &str) -> DeclaredError {
        self.error_at(0..self.text.len(), problem, Some(self.accepted_form()))
    }
}

/// Whether a text that is not TOML is meant as a word, not as a list, table or string with a syntax error.
fn is_word(value: &str) -> bool {
    let value = value.trim();
    !value.is_empty() && !value.starts_with(['[', '{', '"', '\'']) && !value.contains(char::is_control)
}

impl FromStr for Override {
    type Err = DeclaredError;

    /// Refuses a text that is not `key=value`, an unknown key and broken TOML.
    fn from_str(text: &str) -> Result<Self, DeclaredError> {
        let given = Self { text: text.to_owned(), equals_sign: text.find('=').unwrap_or(text.len()) };
        let refuse = |problem: &str, hint: String| given.error_at(0..given.equals_sign, problem, Some(hint));
        if !text.chars().all(is_plain) {
            return Err(refuse("has control or invisible characters", "write it on one line".to_owned()));
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

impl Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
