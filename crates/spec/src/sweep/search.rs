//! The keys that vary, the values that they take, and the conditions under which they count.

use std::collections::BTreeMap;

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::{Value, json};

use crate::schema::{Setting, settings};
use crate::spec_error::Words;
use crate::{SpecError, keys, suggest};

/// The values of a trial, by dotted key.
pub type Settings = BTreeMap<String, Value>;

/// A key that varies.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The dotted key: `optimizer.learning_rate`.
    pub key: String,
    /// The values that it takes.
    pub domain: Domain,
    /// Without it, the key always counts.
    pub when: Option<Condition>,
}

/// The values that a key takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Domain {
    /// One of these.
    Values(Vec<Value>),
    /// A number between two others; with `is_log` equal ratios are equally likely, with `is_whole` it is whole.
    Range {
        /// The lowest.
        low: f64,
        /// The highest.
        high: f64,
        /// Whether equal ratios are equally likely, instead of equal differences.
        is_log: bool,
        /// Whether only whole numbers count.
        is_whole: bool,
    },
}

/// A key counts only where another one has one of these values.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The other key.
    pub key: String,
    /// The values.
    pub values: Vec<Value>,
}

/// The keys of a parameter's table, without `when`.
const DOMAINS: [&str; 5] = ["values", "uniform", "log_uniform", "integers", "log_integers"];
const KEYS: Words = &["values", "uniform", "log_uniform", "integers", "log_integers", "when"];
/// The ranges: whether equal ratios are equally likely, whether only whole numbers count, and what a file must have.
const RANGES: [(&str, bool, bool, &str); 4] = [
    ("uniform", false, false, "two numbers, the lower one first, such as [0.0, 0.9]"),
    ("log_uniform", true, false, "two numbers above 0, the lower one first, such as [0.001, 0.1]"),
    ("integers", false, true, "two whole numbers, the lower one first, such as [1, 8]"),
    ("log_integers", true, true, "two whole numbers above 0, the lower one first, such as [16, 256]"),
];
/// Whole numbers that are listed one by one.
const MOST_LISTED: f64 = 10_000.0;

impl Domain {
    /// All values, if they are few enough to list.
    #[must_use]
    pub fn listed(&self) -> Option<Vec<Value>> {
        match *self {
            Self::Values(ref values) => Some(values.clone()),
            Self::Range { low, high, is_whole: true, .. } if high - low < MOST_LISTED => Some(whole_numbers(low, high)),
            Self::Range { .. } => None,
        }
    }

    /// The values that bound the others, each with its place in the table.
    pub(super) fn extremes(&self) -> Vec<(Value, String)> {
        let (name, values) = match self {
            Self::Values(values) => ("values", values.clone()),
            &Self::Range { low, high, is_log, is_whole } => {
                let is_it = |range: &&(_, bool, bool, _)| (range.1, range.2) == (is_log, is_whole);
                let name = RANGES.iter().find(is_it).map_or("", |range| range.0);
                (name, [low, high].map(|value| number(value, is_whole)).to_vec())
            }
        };
        values.into_iter().enumerate().map(|(index, value)| (value, format!("{name}[{index}]"))).collect()
    }

    /// A number between the bounds, as a value of the key: rounded to four significant digits, which a table shows in full.
    ///
    /// # Panics
    /// The domain is a list.
    #[must_use]
    pub fn rounded(&self, value: f64) -> Value {
        let &Self::Range { low, high, is_whole, .. } = self else { unreachable!("a list has no numbers in between") };
        if is_whole {
            return number(value.round().clamp(low, high), true);
        }
        let rounded: f64 = format!("{value:.3e}").parse().expect("a number");
        number(rounded.clamp(low, high), false)
    }
}

/// Every whole number from `low` to `high`.
fn whole_numbers(low: f64, high: f64) -> Vec<Value> {
    let count = std::iter::successors(Some(low), |value| Some(value + 1.0));
    count.take_while(|value| *value <= high).map(|value| number(value, true)).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "whole numbers within the bounds of a file")]
fn number(value: f64, is_whole: bool) -> Value {
    if is_whole { Value::from(value as i64) } else { Value::from(value) }
}

impl Parameter {
    /// Its key in the file.
    pub(super) fn place(&self) -> String {
        format!("search.{}", self.key)
    }

    /// Whether it counts among these settings.
    #[must_use]
    pub fn applies(&self, settings: &Settings) -> bool {
        let holds = |condition: &Condition| {
            settings.get(&condition.key).is_some_and(|value| condition.values.iter().any(|one| is_same(one, value)))
        };
        self.when.as_ref().is_none_or(holds)
    }
}

/// Whether two values are equal, as numbers where they are numbers.
fn is_same(one: &Value, other: &Value) -> bool {
    one == other || one.as_f64().is_some_and(|one| Some(one) == other.as_f64())
}

/// Reads the table `[search]` as a member of a sweep.
pub(super) fn parameters<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<Parameter>, D::Error> {
    let value = Value::deserialize(source)?;
    if value.is_object() { read(&value).map_err(D::Error::custom) } else { Err(D::Error::custom("a table")) }
}

/// The JSON Schema of the table `[search]`.
pub(super) fn schema(generator: &mut SchemaGenerator) -> Schema {
    let pair = |number: Value| json!({ "type": "array", "items": number, "minItems": 2, "maxItems": 2, "uniqueItems": true, "description": "The lowest and the highest." });
    let parameter = json!({
        "type": "object",
        "additionalProperties": false,
        "oneOf": DOMAINS.map(|domain| json!({ "required": [domain] })),
        "properties": {
            "values": { "type": "array", "minItems": 1, "uniqueItems": true, "description": "One of these." },
            "uniform": pair(json!({ "type": "number" })),
            "log_uniform": pair(json!({ "type": "number", "exclusiveMinimum": 0 })),
            "integers": pair(json!({ "type": "integer" })),
            "log_integers": pair(json!({ "type": "integer", "exclusiveMinimum": 0 })),
            "when": {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "description": "The key counts only where another one has this value, or one of a list of values.",
            },
        },
    });
    generator.definitions_mut().insert("parameter".to_owned(), parameter);
    let mut tables = serde_json::Map::new();
    for Setting { key, description, .. } in settings().into_iter().filter(|setting| keys::moves_curves(setting.key)) {
        let Some((table, name)) = key.split_once('.') else { continue };
        let of_table = json!({ "type": "object", "additionalProperties": false, "properties": {} });
        let varies = json!({ "description": description, "allOf": [{ "$ref": "#/definitions/parameter" }] });
        tables.entry(table).or_insert(of_table)["properties"][name] = varies;
    }
    json_schema!({ "type": "object", "additionalProperties": false, "minProperties": 1, "properties": tables })
}

/// The parameters of the table `[search]`, sorted by key.
pub(super) fn read(search: &Value) -> Result<Vec<Parameter>, SpecError> {
    let mut found = Vec::new();
    collect("", search, &mut found)?;
    if found.is_empty() {
        let hint = "for example `optimizer.learning_rate = { log_uniform = [0.001, 0.1] }`".to_owned();
        return Err(SpecError::rule(&["search"], "[search] is empty: no key varies".to_owned()).with_hint(hint));
    }
    found.iter().try_for_each(|one| check_condition(one, &found))?;
    Ok(found)
}

fn collect(table: &str, entries: &Value, found: &mut Vec<Parameter>) -> Result<(), SpecError> {
    let place = if table.is_empty() { "search".to_owned() } else { format!("search.{table}") };
    let Value::Object(entries) = entries else { return Err(SpecError::wrong_type("a table").at(&place, entries)) };
    for (name, value) in entries {
        let key = keys::join(table, name);
        if keys::moves_curves(&key) {
            found.push(parameter(&key, value)?);
        } else if table.is_empty() && keys::moves_curves(&format!("{key}.")) {
            collect(&key, value, found)?;
        } else {
            let (why, hint) = match keys::example_of(&key) {
                Some(_) => ("does not change a training, so it cannot vary", "remove it".to_owned()),
                None => keys::refusal(&key),
            };
            let place = format!("search.{key}");
            return Err(SpecError::rule(&[&place], format!("`{place}` {why}")).with_hint(hint));
        }
    }
    Ok(())
}

fn parameter(key: &str, value: &Value) -> Result<Parameter, SpecError> {
    let place = format!("search.{key}");
    let Value::Object(table) = value else {
        return Err(SpecError::wrong_type("a table such as { values = [0.01, 0.1] }").at(&place, value));
    };
    if let Some(unknown) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        let hint = suggest::did_you_mean(unknown, KEYS.iter().copied());
        let hint = hint.unwrap_or_else(|| format!("the keys are {}", suggest::keys(KEYS)));
        return Err(<SpecError as Error>::unknown_field(unknown, KEYS).at(&place, value).with_hint(hint));
    }
    let given: Vec<&str> = DOMAINS.into_iter().filter(|name| table.contains_key(*name)).collect();
    let [name] = given[..] else {
        let sentence = format!("`{place}` needs one of {}", suggest::keys(&DOMAINS));
        return Err(SpecError::rule(&[&place], sentence));
    };
    let domain = domain(&format!("{place}.{name}"), name, &table[name])?;
    let when = table.get("when").map(|when| condition(&format!("{place}.when"), when)).transpose()?;
    Ok(Parameter { key: key.to_owned(), domain, when })
}

fn domain(place: &str, name: &str, value: &Value) -> Result<Domain, SpecError> {
    let must_be = |what: &str| SpecError::rule(&[place], format!("`{place}` is {value}, but must be {what}"));
    if let Some(&(_, is_log, is_whole, what)) = RANGES.iter().find(|range| range.0 == name) {
        let numbers: Option<Vec<f64>> = value.as_array().and_then(|values| values.iter().map(Value::as_f64).collect());
        let is_valid = |low: f64, high: f64| {
            low < high && (!is_log || low > 0.0) && (!is_whole || low.fract() == 0.0 && high.fract() == 0.0)
        };
        return match numbers.as_deref() {
            Some(&[low, high]) if is_valid(low, high) => Ok(Domain::Range { low, high, is_log, is_whole }),
            _ => Err(must_be(what)),
        };
    }
    let values = value.as_array().filter(|values| !values.is_empty());
    let values = values.ok_or_else(|| must_be("a list of one or more values"))?;
    let is_again = |index: &usize| values[..*index].iter().any(|other| is_same(&values[*index], other));
    match (0..values.len()).find(is_again) {
        Some(index) => {
            let place = format!("{place}[{index}]");
            Err(SpecError::rule(&[&place], format!("`{place}` is already in the list")))
        }
        None => Ok(Domain::Values(values.clone())),
    }
}

/// A condition, `{ optimizer.kind = "sgd" }`: a key with a value or a list of values.
fn condition(place: &str, when: &Value) -> Result<Condition, SpecError> {
    let (mut key, mut value) = (String::new(), when);
    while let Value::Object(table) = value {
        let mut entries = table.iter();
        let (Some((name, inside)), None) = (entries.next(), entries.next()) else { break };
        (key, value) = (keys::join(&key, name), inside);
    }
    if key.is_empty() || value.is_object() {
        let must_be = "one key with its value, such as { optimizer.kind = \"sgd\" }";
        return Err(<SpecError as Error>::custom(must_be).at(place, when));
    }
    let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    Ok(Condition { key, values })
}

fn check_condition(one: &Parameter, all: &[Parameter]) -> Result<(), SpecError> {
    let Some(Condition { key, values }) = &one.when else { return Ok(()) };
    let place = format!("{}.when", one.place());
    let refuse = |rule: String| Err(SpecError::rule(&[&place], format!("`{place}` names `{key}`, but {rule}")));
    let Some(other) = all.iter().find(|other| other.key == *key) else {
        return refuse("that key does not vary in [search]".to_owned());
    };
    let Domain::Values(known) = &other.domain else { return refuse("that key does not have `values`".to_owned()) };
    if other.when.is_some() {
        return refuse("that key has a condition itself".to_owned());
    }
    match values.iter().find(|value| !known.iter().any(|known| is_same(known, value))) {
        Some(value) => refuse(format!("{value} is not one of its values")),
        None => Ok(()),
    }
}
