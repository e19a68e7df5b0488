//! `Declared`: an experiment as its file has it. Only this module and what lies below it know TOML.

pub(crate) mod document;
pub(crate) mod error;
mod keys;
pub(crate) mod overrides;
mod resolve;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::{Activation, Bias, Expectation, Metric, PixelScaling, Shuffle, WeightInit};
use document::Document;
use error::DeclaredError;

/// An experiment as declared. Numbers keep their place in the file and are as wide as TOML's, so that a check can name
/// the line of a bad one; every value that can move the curve is required.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Declared {
    title: Spanned<String>,
    pub(crate) baseline: Option<Spanned<String>>,
    seeds: Option<Spanned<i64>>,
    data: DeclaredData,
    model: DeclaredModel,
    optimizer: DeclaredOptimizer,
    training: DeclaredTraining,
    checkpoint: Option<DeclaredCheckpoint>,
    #[serde(default, rename = "claim")]
    pub(crate) claims: Vec<Spanned<DeclaredClaim>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
struct DeclaredData {
    train_images: Spanned<i64>,
    validation_images: Spanned<i64>,
    pixel_scaling: PixelScaling,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
struct DeclaredModel {
    hidden_units: Spanned<Vec<Spanned<i64>>>,
    activation: Activation,
    weight_init: WeightInit,
    bias: Bias,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
struct DeclaredOptimizer {
    learning_rate: Spanned<f64>,
    momentum: Spanned<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
struct DeclaredTraining {
    batch_size: Spanned<i64>,
    shuffle: Shuffle,
    max_epochs: Spanned<i64>,
    validations_per_epoch: Spanned<i64>,
    patience_validations: Spanned<i64>,
}

/// How often a run is saved moves no curve, so a file need not say it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
struct DeclaredCheckpoint {
    every_validations: Spanned<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct DeclaredClaim {
    says: Spanned<String>,
    metric: Metric,
    expect: Expectation,
    margin: Spanned<f64>,
    pub(crate) against: Option<Spanned<String>>,
}

/// A comparison as declared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct DeclaredComparison {
    title: Spanned<String>,
    seeds: Option<Spanned<i64>>,
    pub(crate) runs: Spanned<Vec<Spanned<String>>>,
}

/// What a file declares: a comparison when it has the key `runs`, else an experiment.
#[derive(Debug)]
pub(crate) enum DeclaredFile {
    Experiment(Box<Declared>),
    Comparison(DeclaredComparison),
}

impl DeclaredFile {
    /// Reads a document, its overrides applied; a comparison has nothing that they could change and leaves them alone.
    pub(crate) fn parse(document: &Document) -> Result<Self, DeclaredError> {
        let mut table = document.table()?;
        if table.get_ref().contains_key("runs") {
            return Ok(Self::Comparison(deserialize(table, document)?));
        }
        document.apply_overrides(&mut table)?;
        Ok(Self::Experiment(Box::new(deserialize(table, document)?)))
    }
}

fn deserialize<T: DeserializeOwned>(
    table: Spanned<toml::de::DeTable<'_>>,
    document: &Document,
) -> Result<T, DeclaredError> {
    T::deserialize(toml::Deserializer::from(table)).map_err(|error| document.toml_error(&error))
}

#[cfg(test)]
mod tests {
    use crate::example::{DECLARED, declared_with, refusal};

    #[test]
    fn unknown_keys_and_words_are_refused_with_the_nearest() {
        let refused = |word: &str, line: &str| refusal(&declared_with(word, line), &[]);
        insta::assert_snapshot!(refused("shuffle", "shufle = \"never\""), @"x.toml:17: unknown field `shufle`, expected one of `batch_size`, `shuffle`, `max_epochs`, `validations_per_epoch`, `patience_validations` | did you mean `shuffle`?");
        insta::assert_snapshot!(refused("activation", "activation = \"relux\""), @"x.toml:9: unknown variant `relux`, expected one of `sigmoid`, `improved_sigmoid`, `relu` | did you mean `relu`?");
        insta::assert_snapshot!(refused("metric", "metric = \"step\""), @"x.toml:23: unknown variant `step`, expected one of `best_validation_accuracy`, `best_validation_loss`, `last_validation_accuracy`, `last_validation_loss`, `last_train_loss`, `last_train_accuracy`, `steps`, `steps_to_90_percent_accuracy`, `steps_to_95_percent_accuracy`, `steps_to_0.1_train_loss`, `early_train_loss`, `validation_loss_area`, `generalization_gap`, `gradient_ratio`, `update_ratio`, `saturated_units` | did you mean `steps`?");
        insta::assert_snapshot!(refused("[optimizer]", "[optimiser]"), @"x.toml:12: unknown field `optimiser`, expected one of `title`, `baseline`, `seeds`, `data`, `model`, `optimizer`, `training`, `checkpoint`, `claim` | did you mean `optimizer`?");
        insta::assert_snapshot!(refused("title", "titel = \"x\""), @"x.toml:1: unknown field `titel`, expected one of `title`, `baseline`, `seeds`, `data`, `model`, `optimizer`, `training`, `checkpoint`, `claim` | did you mean `title`?");
    }

    #[test]
    fn wrong_types_and_syntax_are_refused_in_the_parsers_words() {
        let refused = |word: &str, line: &str| refusal(&declared_with(word, line), &[]);
        insta::assert_snapshot!(refused("hidden_units", "hidden_units = 64"), @"x.toml:8: invalid type: integer `64`, expected a sequence");
        insta::assert_snapshot!(refused("hidden_units", "hidden_units = [64, \"64\"]"), @r#"x.toml:8: invalid type: string "64", expected i64"#);
        insta::assert_snapshot!(refused("batch_size", "batch_size = 99999999999999999999"), @"x.toml:16: invalid type: integer `99999999999999999999` as i128, expected i64");
        insta::assert_snapshot!(refused("momentum", "momentum = 0.9\nmomentum = 0.8"), @"x.toml:15: duplicate key");
        insta::assert_snapshot!(refused("momentum", "momentum ="), @"x.toml:14: string values must be quoted, expected literal string");
        insta::assert_snapshot!(refused("title", "title = \"x"), @r#"x.toml:1: invalid basic string, expected `"`"#);
        insta::assert_snapshot!(refused("[training]", "[training"), @"x.toml:15: unclosed table, expected `]`");
    }

    #[test]
    fn every_value_that_moves_the_curve_is_required() {
        let optional = ["[", "baseline", "says", "metric", "expect", "margin"];
        for line in DECLARED.lines().filter(|line| !optional.iter().any(|word| line.starts_with(word))) {
            let key = line.split(' ').next().expect("a key");
            let message = refusal(&declared_with(key, ""), &[]);
            assert!(message.ends_with(&format!(": missing field `{key}`")), "{message}");
        }
        insta::assert_snapshot!(refusal("", &[]), @"x.toml: missing field `title`");
        insta::assert_snapshot!(refusal(&declared_with("momentum", ""), &[]), @"x.toml:12: missing field `momentum`");
    }

    #[test]
    fn a_comparison_is_known_by_its_runs() {
        assert_eq!(refusal("title = \"x\"\nruns = [\"task2c\"]", &[]), "valid");
        insta::assert_snapshot!(refusal("title = \"x\"\nruns = []", &[]), @"x.toml:2: `runs` is empty, but a comparison draws at least one experiment");
        insta::assert_snapshot!(refusal("title = \"x\"\nruns = [\"a\", \"b\", \"a\"]", &[]), @"x.toml:2: `runs[2]` is `a`, but that run is listed before");
        insta::assert_snapshot!(refusal("title = \"x\"\nruns = [\"a\"]\n[data]", &[]), @"x.toml:3: unknown field `data`, expected one of `title`, `seeds`, `runs`");
    }
}
