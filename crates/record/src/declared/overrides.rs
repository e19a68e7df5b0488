//! `Override`: one `--set key=value` of the command line, where the value is TOML.

use std::fmt;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{DeclaredError, Place, Problem};
use super::keys;

/// A value that takes the place of a declared one: `model.hidden_units=[16]`.
///
/// The value is TOML; a word that is none is text, so `model.activation=relu` needs no quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    text: String,
    equals_sign: usize,
}

impl Override {
    /// The override as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

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

    /// The value as a line of TOML, `v=value`, moved to where the value stands if the override begins at byte `start`.
    ///
    /// TOML alone decides where a value ends, and its spans come out right.
    pub(super) fn line_at(&self, start: usize) -> String {
        let value_start = start + self.equals_sign + 1;
        format!("{}v={}", " ".repeat(value_start.saturating_sub("v=".len())), self.value())
    }

    /// The value in its line.
    pub(super) fn value_in<'a>(&self, line: &'a str) -> Result<Spanned<DeValue<'a>>, DeclaredError> {
        match DeTable::parse(line).map(Spanned::into_inner) {
            Ok(mut table) if table.len() == 1 => table.remove("v").ok_or_else(|| self.refuse(Problem::NotAnOverride)),
            Ok(_) => Err(self.refuse(Problem::NotAnOverride)),
            Err(_) if self.value().trim().is_empty() => Err(self.refuse(Problem::NotAnOverride)),
            Err(_) if is_word(self.value()) => {
                let word = DeValue::String(self.value().trim().to_owned().into());
                Ok(Spanned::new(line.len() - self.value().len()..line.len(), word))
            }
            Err(error) => Err(self.refuse(Problem::Toml(error.message().replace('\n', ", ")))),
        }
    }

    fn value(&self) -> &str {
        &self.text[self.equals_sign + 1..]
    }

    fn refuse(&self, problem: Problem) -> DeclaredError {
        let place = Place::Override { text: self.text.clone(), span: 0..self.text.len() };
        DeclaredError::new(place, problem, Some(self.accepted_form()))
    }
}

/// Whether a text that is not TOML is meant as a word, not as a broken list, table or string.
fn is_word(value: &str) -> bool {
    let value = value.trim();
    !value.starts_with(['[', '{', '"', '\'']) && !value.contains(char::is_control)
}

impl FromStr for Override {
    type Err = DeclaredError;

    /// Refuses what is not `key=value`, an unknown key and a value that is broken TOML.
    fn from_str(text: &str) -> Result<Self, DeclaredError> {
        let refuse = |end: usize, problem, hint| {
            DeclaredError::new(Place::Override { text: text.to_owned(), span: 0..end }, problem, Some(hint))
        };
        let Some(equals_sign) = text.find('=') else {
            return Err(refuse(text.len(), Problem::NotAnOverride, "for example `--set model.activation=relu`".into()));
        };
        let parsed = Self { text: text.to_owned(), equals_sign };
        let key = parsed.key();
        if let Some((why, hint)) = keys::what_is_wrong(key) {
            return Err(refuse(equals_sign, Problem::NotOverridable { key: key.to_owned(), why }, hint));
        }
        parsed.value_in(&parsed.line_at(0))?;
        Ok(parsed)
    }
}

impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::keys::KEYS;
    use super::*;
    use crate::example;

    #[test]
    fn a_value_is_toml_and_a_bare_word_is_text() {
        for (text, value) in [
            ("model.hidden_units=[16, 8]", "array"),
            ("model.activation=relu", "string"),
            ("model.activation = \"relu\"", "string"),
            ("optimizer.momentum=0", "integer"),
            ("optimizer.momentum=1e-3", "float"),
            ("title=two words", "string"),
            ("title=a = b", "string"),
            ("title=true", "boolean"),
        ] {
            let parsed: Override = text.parse().expect(text);
            assert_eq!(parsed.value_in(&parsed.line_at(100)).expect(text).get_ref().type_str(), value, "{text}");
            assert_eq!(parsed.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_override_is_refused() {
        let refused = |text: &str| {
            let error = text.parse::<Override>().expect_err(text);
            format!("{error} | {}", error.hint().unwrap_or_default())
        };
        insta::assert_snapshot!(refused("relu"), @"--set relu: is not of the form `key=value` | for example `--set model.activation=relu`");
        insta::assert_snapshot!(refused("model.hiden_units=[1]"), @"--set model.hiden_units=[1]: `model.hiden_units` is not a key | did you mean `model.hidden_units`?");
        insta::assert_snapshot!(refused("hidden_units=[1]"), @"--set hidden_units=[1]: `hidden_units` is not a key | did you mean `model.hidden_units`?");
        insta::assert_snapshot!(refused("model.depth=1"), @"--set model.depth=1: `model.depth` is not a key | the keys are `model.hidden_units`, `model.activation`, `model.weight_init` and `model.bias`");
        insta::assert_snapshot!(refused("model={}"), @"--set model={}: `model` is a table; set one of its keys | its keys are `model.hidden_units`, `model.activation`, `model.weight_init` and `model.bias`");
        insta::assert_snapshot!(refused("model.hidden_units[0]=3"), @"--set model.hidden_units[0]=3: `model.hidden_units[0]` is one value of a list; set the whole list | the key is `model.hidden_units`");
        insta::assert_snapshot!(refused("claim=[]"), @"--set claim=[]: `claim` cannot be overridden: edit the file | an override changes a setting of one experiment");
        insta::assert_snapshot!(refused("=1"), @"--set =1: `` is not a key | the keys are `title`, `baseline`, `data.train_images`, `data.validation_images`, `data.pixel_scaling`, `model.hidden_units`, `model.activation`, `model.weight_init`, `model.bias`, `optimizer.learning_rate`, `optimizer.momentum`, `training.batch_size`, `training.shuffle`, `training.max_epochs`, `training.validations_per_epoch`, `training.patience_validations` and `checkpoint.every_validations`");
        insta::assert_snapshot!(refused("title="), @r#"--set title=: is not of the form `key=value` | for example `--set 'title="Two layers"'`"#);
        insta::assert_snapshot!(refused("model.hidden_units=[1"), @"--set model.hidden_units=[1: unclosed array, expected `]` | for example `--set 'model.hidden_units=[60, 60]'`");
        assert!(refused("optimizer.momentum=0\nlearning_rate=1").contains("is not of the form `key=value`"));
    }

    #[test]
    fn every_key_of_a_declared_file_can_be_overridden_with_its_example() {
        let overrides = KEYS.map(|(key, value)| format!("{key}={value}"));
        assert_eq!(example::refusal(example::DECLARED, &overrides.each_ref().map(String::as_str)), "valid");
    }

    #[test]
    fn a_bad_value_is_told_of_the_override_not_of_the_file() {
        let refused = |overrides: &[&str]| example::refusal(example::DECLARED, overrides);
        insta::assert_snapshot!(refused(&["title=ok", "model.hidden_units=[8, 0]"]), @"--set model.hidden_units=[8, 0]: `model.hidden_units[1]` is 0, but every hidden layer needs at least one unit");
        insta::assert_snapshot!(refused(&["model.hidden_units=64"]), @"--set model.hidden_units=64: invalid type: integer `64`, expected a sequence | for example `--set 'model.hidden_units=[60, 60]'`");
        insta::assert_snapshot!(refused(&["model.activation=rely"]), @"--set model.activation=rely: unknown variant `rely`, expected one of `sigmoid`, `improved_sigmoid`, `relu` | did you mean `relu`?");
        insta::assert_snapshot!(refused(&["optimizer.learning_rate=0,1"]), @r#"--set optimizer.learning_rate=0,1: invalid type: string "0,1", expected f64 | for example `--set 'optimizer.learning_rate=0.02'`"#);
        insta::assert_snapshot!(refused(&["data.train_images=10"]), @"--set data.train_images=10: `training.batch_size` is 32, but there are 10 training images");
        insta::assert_snapshot!(refused(&["training.batch_size=64"]), @"--set training.batch_size=64: `training.validations_per_epoch` is 5, but it must divide the 312 steps of an epoch evenly | 3, 4, 6 or 8 would do");
        assert_eq!(refused(&["optimizer.momentum=7", "optimizer.momentum=0.5"]), "valid");
    }

    #[test]
    fn an_override_does_not_hide_what_the_file_lacks() {
        let refused = |file: &str| example::refusal(file, &["model.activation=relu"]);
        insta::assert_snapshot!(refused(""), @"x.toml: missing field `hidden_units`");
        insta::assert_snapshot!(refused("model = 3"), @"x.toml:1: invalid type: integer `3`, expected a table");
    }
}
