//! Declared files and overrides: what is valid, what is refused, and with which message.

mod catalog;
mod comparison;
mod every_value;
mod identity;
mod json;
mod messages;
mod mistakes;
mod overrides;
mod rules;
mod sweep;
mod values;

use std::path::Path;

use spec::{DeclaredError, ExperimentSpec, Override, Spec};
use test_support::SHAPE;

/// What a file declares with some overrides.
fn read(file: &str, overrides: &[&str]) -> Result<Spec, DeclaredError> {
    let overrides: Vec<Override> = overrides.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    Spec::from_toml(Path::new("x.toml"), file.to_owned(), &overrides, SHAPE)
}

/// The experiment that a file declares with some overrides.
fn experiment(file: &str, overrides: &[&str]) -> ExperimentSpec {
    match read(file, overrides) {
        Ok(Spec::Experiment(spec)) => *spec,
        other => panic!("{file}\nis not an experiment: {other:?}"),
    }
}

/// An error, then its hint after a bar.
fn with_hint(error: &DeclaredError) -> String {
    format!("{error}{}", error.hint.as_ref().map(|hint| format!(" | {hint}")).unwrap_or_default())
}

/// The error of a file with overrides; its hint follows a bar.
fn refusal(file: &str, overrides: &[&str]) -> String {
    read(file, overrides).map_or_else(|error| with_hint(&error), |_| "valid".to_owned())
}
