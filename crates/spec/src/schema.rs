//! JSON Schemas of the declared files, for editors: made from the types that read the files.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use crate::{ClusterSpec, ComparisonSpec, ExperimentSpec, MistakeSpec, SweepSpec, keys, kind};

/// A kind of declared file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// An experiment: `task4e.toml`.
    Experiment,
    /// Several experiments in one figure: `task3.toml`.
    Comparison,
    /// A search for better settings: `sweeps/width_depth.toml`.
    Sweep,
    /// A mistake that people make when they write an experiment themselves: `mistakes/no_shuffling.toml`.
    Mistake,
    /// What a batch system is asked for: `cluster.toml`.
    Cluster,
}

impl FileKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Experiment, Self::Comparison, Self::Sweep, Self::Mistake, Self::Cluster];

    /// Its name, and that of its schema without `.json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Experiment => "experiment",
            Self::Comparison => "comparison",
            Self::Sweep => "sweep",
            Self::Mistake => "mistake",
            Self::Cluster => "cluster",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Experiment => "An experiment for `experiments run`.",
            Self::Comparison => "Several experiments that `experiments run` draws in one figure.",
            Self::Sweep => "A search for better settings, for `experiments sweep`.",
            Self::Mistake => "A mistake that `experiments compare` recognises.",
            Self::Cluster => "What `experiments submit` asks a batch system for.",
        }
    }

    /// The JSON Schema (draft 7) of such files. What it refuses, the reader of the files refuses; rules across tables, and those
    /// that need the other files, only the reader knows.
    #[must_use]
    pub fn schema(self) -> Value {
        let mut schema = match self {
            Self::Experiment => of::<ExperimentSpec>(),
            Self::Comparison => of::<ComparisonSpec>(),
            Self::Sweep => of::<SweepSpec>(),
            Self::Mistake => of::<MistakeSpec>(),
            Self::Cluster => of::<ClusterSpec>(),
        };
        schema.insert("title".to_owned(), self.as_str().into());
        schema.insert("description".to_owned(), self.description().into());
        let mut schema = schema.to_value();
        // A file has its name from the file system.
        remove_key(&mut schema, "name");
        for (table, usual) in kind::USUAL {
            let kinds = schema.pointer_mut(&format!("/properties/{table}/oneOf")).and_then(Value::as_array_mut);
            kinds.into_iter().flatten().for_each(|kind| describe_kind(kind, usual));
        }
        schema
    }
}

fn of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true);
    let settings = settings.with_transform(RecursiveTransform(remove_empty_defaults));
    settings.into_generator().into_root_schema_for::<T>()
}

/// Drops the defaults of optional keys that have none.
fn remove_empty_defaults(schema: &mut Schema) {
    if schema
        .get("default")
        .is_some_and(|value| *value == Value::Null || *value == "" || *value == Value::Array(Vec::new()))
    {
        schema.remove("default");
    }
}

fn remove_key(table: &mut Value, key: &str) {
    if let Some(properties) = table.get_mut("properties").and_then(Value::as_object_mut) {
        properties.remove(key);
    }
    make_optional(table, key);
}

fn make_optional(table: &mut Value, key: &str) {
    if let Some(required) = table.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|required| required != key);
    }
}

/// A table without a kind is one of the usual kind.
fn describe_kind(table: &mut Value, usual: &str) {
    table["properties"]["kind"]["description"] =
        format!("Decides which other keys there are; `{usual}` without it.").into();
    if table["properties"]["kind"]["const"] == usual {
        table["properties"]["kind"]["default"] = usual.into();
        make_optional(table, "kind");
    }
}

/// A key that an override may set, for the completion of a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The dotted key: `optimizer.momentum`.
    pub key: &'static str,
    /// What it sets.
    pub description: String,
    /// The words that it takes; empty if it takes something else.
    pub words: Vec<String>,
}

/// All keys that an override may set.
#[must_use]
pub fn settings() -> Vec<Setting> {
    let schema = FileKind::Experiment.schema();
    let setting = |key| {
        let schemas = of_key(&schema, key);
        let description = schemas.first().and_then(|schema| schema["description"].as_str()).unwrap_or_default();
        let choices = schemas.iter().flat_map(|schema| schema["oneOf"].as_array().into_iter().flatten());
        let mut words = Vec::new();
        for word in choices.chain(schemas.iter().copied()).filter_map(|choice| choice["const"].as_str()) {
            if !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
        Setting { key, description: description.to_owned(), words }
    };
    keys::all().map(setting).collect()
}

/// The schemas of a dotted key: one, or one of every kind of its table that has it.
fn of_key<'a>(schema: &'a Value, key: &str) -> Vec<&'a Value> {
    let Some((table, name)) = key.split_once('.') else { return vec![&schema["properties"][key]] };
    let table = &schema["properties"][table];
    let kinds = table["oneOf"].as_array().into_iter().flatten();
    [table].into_iter().chain(kinds).filter_map(|table| table["properties"].get(name)).collect()
}
