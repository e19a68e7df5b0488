//! `Sweep`: a sweep with its base experiment. It turns settings into experiments.

use mlp::ImageShape;
use serde_json::Value;

use super::{Settings, SweepSpec};
use crate::declared::error::DeclaredError;
use crate::declared::file::{DeclaredFile, Spec};
use crate::declared::overrides::Override;
use crate::{ExperimentSpec, SpecError};

/// A sweep and the experiment whose settings vary.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// The sweep.
    pub spec: SweepSpec,
    /// The base experiment as declared.
    pub base: ExperimentSpec,
    /// Its file.
    file: DeclaredFile,
    shape: ImageShape,
}

impl Sweep {
    /// The sweep in a file, whose base is another one. Every value that a key can take is tried once.
    pub(crate) fn new(
        sweep: &DeclaredFile,
        (base, file): (ExperimentSpec, DeclaredFile),
        shape: ImageShape,
    ) -> Result<Self, DeclaredError> {
        let sweep_of = Self { spec: sweep.sweep()?, base, file, shape };
        for parameter in &sweep_of.spec.search {
            for (value, place) in parameter.domain.extremes() {
                let place = format!("{}.{place}", parameter.place());
                let settings = sweep_of.example(&parameter.key, value);
                sweep_of.experiment(&settings).map_err(|error| {
                    let hint = error.hint.clone();
                    sweep.refuse(SpecError::rule(&[&place], error.problem).with_hint(hint))
                })?;
            }
        }
        Ok(sweep_of)
    }

    /// Settings in which a key has this value and every other key that counts its first one.
    fn example(&self, key: &str, value: Value) -> Settings {
        let mut settings: Settings = [(key.to_owned(), value)].into();
        let condition = self.spec.search.iter().find(|one| one.key == key).and_then(|one| one.when.as_ref());
        settings.extend(condition.map(|condition| (condition.key.clone(), condition.values[0].clone())));
        for has_condition in [false, true] {
            for one in self.spec.search.iter().filter(|one| one.when.is_some() == has_condition) {
                if !settings.contains_key(&one.key) && one.applies(&settings) {
                    settings.insert(one.key.clone(), one.domain.extremes()[0].0.clone());
                }
            }
        }
        settings
    }

    /// The base experiment with these settings, and the settings as overrides.
    ///
    /// # Errors
    /// The settings break a rule together.
    pub fn experiment(&self, settings: &Settings) -> Result<(ExperimentSpec, Vec<String>), DeclaredError> {
        let texts: Vec<String> = settings.iter().map(|(key, value)| format!("{key}={}", as_override(value))).collect();
        let overrides = texts.iter().map(|text| text.parse()).collect::<Result<Vec<Override>, _>>()?;
        match self.file.with(&overrides)?.spec(self.shape)? {
            Spec::Experiment(spec) => Ok((*spec, texts)),
            Spec::Comparison(_) => unreachable!("the base was read as an experiment"),
        }
    }
}

/// A value as a user would write it in `--set key=value`.
fn as_override(value: &Value) -> String {
    let word = value.as_str().filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
    word.map_or_else(|| value.to_string(), str::to_owned)
}
