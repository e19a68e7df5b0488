//! `DeclaredFile`: a file of the catalogue with its overrides, as one JSON value.

use std::fmt::Display;
use std::ops::Range;
use std::path::{Path, PathBuf};

use files::read_bounded;
use mlp::ImageShape;
use serde_json::Value;
use toml::de::DeTable;

use super::error::DeclaredError;
use super::overrides::Override;
use super::places::{Place, Places, read_table};
use super::syntax;
use crate::spec_error::Fault;
use crate::{ComparisonSpec, ExperimentSpec, MistakeSpec, SpecError, SweepSpec, explain, keys, kind, name};

/// Size limit of a declared file.
const MOST_BYTES: u64 = 1 << 20;

/// What a file declares: a comparison if it has the key `runs`, else an experiment.
#[derive(Debug, Clone, PartialEq)]
pub enum Spec {
    /// One experiment.
    Experiment(Box<ExperimentSpec>),
    /// Several experiments drawn together.
    Comparison(ComparisonSpec),
}

impl Spec {
    /// What a TOML text declares in a file of that path, for images of that shape.
    ///
    /// Overrides change experiments only.
    ///
    /// # Errors
    /// The path is not that of a TOML file, the text is not TOML, or it or an override breaks a rule.
    pub fn from_toml(
        path: &Path,
        text: String,
        overrides: &[Override],
        shape: ImageShape,
    ) -> Result<Self, DeclaredError> {
        DeclaredFile::new(path, text, overrides)?.spec(shape)
    }
}

/// A declared file with its overrides; its values are not checked yet.
#[derive(Debug, Clone)]
pub(crate) struct DeclaredFile {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    text: String,
    /// As they were given; a comparison ignores them, because it lacks settings.
    pub(crate) overrides: Vec<Override>,
    value: Value,
    places: Places,
}

impl DeclaredFile {
    pub(crate) fn read(path: &Path, overrides: &[Override]) -> Result<Self, DeclaredError> {
        check_path(path)?;
        Self::new(path, read_text(path)?, overrides)
    }

    /// A file whose values are replaced by those of the overrides; the last override of a key wins.
    pub(crate) fn new(path: &Path, text: String, overrides: &[Override]) -> Result<Self, DeclaredError> {
        let (path, name, overrides) = (path.to_owned(), check_path(path)?, overrides.to_vec());
        // An editor neither shows nor counts a byte order mark.
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let mut file = Self { path, name, text, overrides, value: Value::Null, places: Places::new() };
        let table = DeTable::parse(&file.text)
            .map_err(|error| file.error_at(place_of(&file.text, &error), syntax::message(&file.text, &error), None))?;
        file.value = read_table(&mut file.places, "", table.get_ref());
        if !file.is_comparison() {
            file.apply_overrides()?;
        }
        Ok(file)
    }

    /// The same file with these overrides.
    pub(crate) fn with(&self, overrides: &[Override]) -> Result<Self, DeclaredError> {
        Self::new(&self.path, self.text.clone(), overrides)
    }

    /// The sweep that it declares.
    pub(crate) fn sweep(&self) -> Result<SweepSpec, DeclaredError> {
        self.named().and_then(|value| SweepSpec::from_value(&value)).map_err(|error| self.refuse(error))
    }

    /// The mistake that it declares.
    pub(crate) fn mistake(&self) -> Result<MistakeSpec, DeclaredError> {
        self.named().and_then(|value| MistakeSpec::from_value(&value)).map_err(|error| self.refuse(error))
    }

    pub(crate) fn spec(&self, shape: ImageShape) -> Result<Spec, DeclaredError> {
        let spec = self.named().and_then(|value| {
            if self.is_comparison() {
                return ComparisonSpec::from_value(&value).map(Spec::Comparison);
            }
            if value.get("search").is_some() {
                let hint = format!("`experiments sweep {}` runs it", self.name);
                return Err(SpecError::rule(&["search"], "this file declares a sweep".to_owned()).with_hint(hint));
            }
            let spec = ExperimentSpec::from_value(&value)?;
            spec.check_size(shape)?;
            Ok(Spec::Experiment(spec.into()))
        });
        spec.map_err(|error| self.refuse(error))
    }

    /// The file's table as something else than an experiment.
    pub(crate) fn read_as<T>(&self, door: impl Fn(&Value) -> Result<T, SpecError>) -> Result<T, DeclaredError> {
        explain::read(&self.value, door).map_err(|error| self.refuse(error))
    }

    /// The error of a key that names another experiment; `rule` completes the sentence after "but".
    pub(crate) fn refuse_name(&self, key: &str, named: &str, rule: &str, hint: Option<String>) -> DeclaredError {
        let sentence = format!("`{key}` is \"{named}\", but {rule}");
        self.refuse(SpecError::rule(&[key], sentence).with_hint(hint))
    }

    /// The overrides that also apply to the experiments that this one is compared with.
    pub(crate) fn protocol(&self) -> Vec<Override> {
        self.overrides.iter().filter(|given| given.is_of_protocol()).cloned().collect()
    }

    fn is_comparison(&self) -> bool {
        self.value.get("runs").is_some()
    }

    /// The file's table with the overrides and the name, which comes from the name of the file.
    fn named(&self) -> Result<Value, SpecError> {
        if self.value == Value::Object(serde_json::Map::new()) {
            let needed = "an experiment needs `title` and the tables [data], [model], [optimizer] and [training]";
            return Err(SpecError::rule(&[], format!("declares nothing: {needed}")));
        }
        if self.value.get("name").is_some() {
            let sentence = format!("`name` cannot be set: it is the file's name, {}", self.name);
            let hint = "rename the file to rename the experiment".to_owned();
            return Err(SpecError::rule(&["name"], sentence).with_hint(hint));
        }
        let mut value = self.value.clone();
        keys::put(&mut value, "name", self.name.as_str().into());
        Ok(value)
    }

    /// An error at its place: among the keys that may be wrong, the one that was overridden last, else the first.
    pub(crate) fn refuse(&self, mut error: SpecError) -> DeclaredError {
        let written = self.places.get(error.key()).and_then(|place| place.written.as_ref());
        if let (Some(written), Fault::Value { found, .. }) = (written, &mut error.fault) {
            found.clone_from(written);
        }
        let hint = error.hint.take();
        let places = error.keys.iter().filter_map(|key| self.place(key));
        let Some(place) = places.rev().max_by_key(|place| place.given) else {
            return DeclaredError::in_file(self.path.display(), error, hint);
        };
        let is_key = matches!(error.fault, Fault::UnknownKey { .. });
        let span = if is_key { place.key.clone() } else { place.value.clone() };
        let Some(given) = place.given.and_then(|index| self.overrides.get(index)) else {
            return self.error_at(span, error, hint);
        };
        let is_type = matches!(&error.fault, Fault::Value { is_type, known, .. } if *is_type || !known.is_empty());
        let hint = hint.or_else(|| is_type.then(|| given.accepted_form()));
        given.error_at(span, error, hint)
    }

    fn error_at(&self, span: Range<usize>, problem: impl Display, hint: Option<String>) -> DeclaredError {
        // Editors also begin a line after a lone carriage return.
        let (path, text) = (self.path.display(), &lone_returns_as_newlines(&self.text));
        let line = 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count();
        DeclaredError::in_file(&path, problem, hint).at(format!("{path}:{line}"), path, text, span)
    }

    /// The place of a key, or of the table or list that it belongs to.
    fn place(&self, key: &str) -> Option<&Place> {
        self.places.get(key).or_else(|| self.place(&key[..key.rfind(['.', '['])?]))
    }

    /// If an override changes the kind of a table, the keys that only the file's kind has are dropped.
    fn drop_keys_of_old_kinds(&mut self) {
        for (table, usual) in kind::USUAL {
            let given = self.overrides.iter().rev().find(|given| given.key().strip_suffix(".kind") == Some(table));
            let kind = given.and_then(|given| given.parts().ok()).map(|(kind, _)| kind);
            let Some(new) = kind.as_ref().and_then(Value::as_str) else { continue };
            let Some(settings) = self.value.get_mut(table).and_then(Value::as_object_mut) else { continue };
            let old = settings.get("kind").map_or(Some(usual), Value::as_str).unwrap_or_default();
            let (old, new) = (explain::keys_of_kind(table, old), explain::keys_of_kind(table, new));
            settings.retain(|key, _| new.is_empty() || new.contains(&&**key) || !old.contains(&&**key));
        }
    }

    fn apply_overrides(&mut self) -> Result<(), DeclaredError> {
        self.drop_keys_of_old_kinds();
        for (index, given) in self.overrides.iter().enumerate() {
            let (value, places) = given.parts()?;
            keys::put(&mut self.value, given.key(), value);
            self.places.extend(places.into_iter().map(|(key, place)| (key, Place { given: Some(index), ..place })));
        }
        Ok(())
    }
}

/// The name of the experiment that a file of that path declares.
fn check_path(path: &Path) -> Result<String, DeclaredError> {
    let refuse = |problem: String, hint| DeclaredError::in_file(path.display(), problem, hint);
    if path.extension().is_none_or(|extension| extension != "toml") {
        let hint = match path.extension() {
            Some(other) if other.eq_ignore_ascii_case("toml") => {
                format!("rename it to {}", path.with_extension("toml").display())
            }
            _ => format!("for example {}", path.with_added_extension("toml").display()),
        };
        return Err(refuse("is not a TOML file; an experiment is declared in one".to_owned(), Some(hint)));
    }
    let name = stem(path);
    name::check(&name).map_err(|why| refuse(format!("an experiment cannot be called `{name}`: {why}"), None))?;
    Ok(name)
}

/// The name of a file without its ending.
pub(crate) fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The place of a syntax error. A lone carriage return is the mistake itself, not what follows it.
fn place_of(text: &str, error: &toml::de::Error) -> Range<usize> {
    let Range { start, end } = error.span().unwrap_or_default();
    let is_after_return = text.get(..start).is_some_and(|before| before.ends_with('\r'));
    if is_after_return { start - 1..end } else { start..end }
}

fn read_text(path: &Path) -> Result<String, DeclaredError> {
    let refuse = |problem: String| DeclaredError::in_file(path.display(), problem, None);
    let bytes = read_bounded(path, MOST_BYTES).map_err(|error| refuse(format!("cannot read: {error}")))?;
    let not_text = |at: usize| refuse(format!("is not UTF-8 text (byte {at})"));
    String::from_utf8(bytes).map_err(|error| not_text(error.utf8_error().valid_up_to()))
}

/// The text with the same positions, in which every carriage return without a newline is a newline.
fn lone_returns_as_newlines(text: &str) -> String {
    let next = text.chars().skip(1).map(Some).chain([None]);
    text.chars().zip(next).map(|(c, next)| if c == '\r' && next != Some('\n') { '\n' } else { c }).collect()
}
