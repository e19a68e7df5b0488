//! Claims: statements of the report, each tested on one metric of the records.

use std::borrow::Cow;
use std::fmt;

use mlp::values::{Checked, Optional, Positive};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::metric::Series;
use crate::spec_error::Words;
use crate::{Metric, name, suggest, text};

/// How a metric is expected to compare with the other experiment's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// Higher than the other's.
    Higher,
    /// Lower than the other's.
    Lower,
    /// No difference beyond the margin.
    AboutTheSame,
}

/// A statement of the report that is tested on the records.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The statement, in the words of its source.
    pub says: String,
    /// Who says so; none if it is the report that the experiments reproduce.
    pub source: Option<String>,
    /// The metric to test.
    pub metric: Metric,
    /// How the metric is expected to compare with the other experiment's.
    pub expect: Expectation,
    /// The smallest difference that matters, in the metric's unit, above 0.
    pub margin: f64,
    /// The experiment to compare with; if a file does not name one, the baseline.
    pub against: String,
}

/// A statement that is tested on the records.
// A metric has its parameters next to its name.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Keys {
    /// The statement, in the words of its source.
    #[serde(with = "Checked::<text::Line<300>>")]
    says: String,
    /// Who says so; without it, the report that the experiments reproduce.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "Checked::<Optional<text::Line<300>>>")]
    source: Option<String>,
    /// The metric to test.
    metric: Name,
    /// `steps_to`: what must reach the level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Series")]
    of: Option<Series>,
    /// `steps_to`: the least accuracy, or the greatest loss.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "Checked::<Optional<Positive>>")]
    level: Option<f64>,
    /// Metrics about the beginning of a run: how many epochs count.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "Checked::<Optional<Positive>>")]
    epochs: Option<f64>,
    /// How the metric is expected to compare with the other experiment's.
    expect: Expectation,
    /// The smallest difference that matters, in the metric's unit; shares and accuracies go from 0 to 1.
    #[serde(with = "Checked::<Positive>")]
    margin: f64,
    /// The experiment to compare with; without it, the baseline.
    #[serde(default, with = "Checked::<name::Name>")]
    against: String,
}

/// The keys of the table of a claim, in the order of [`Keys`].
const KEYS: [&str; 9] = ["says", "source", "metric", "of", "level", "epochs", "expect", "margin", "against"];
/// Those that every metric takes, that steps to a level take, and that metrics over some epochs take.
const COMMON_KEYS: [&str; 6] = ["says", "source", "metric", "expect", "margin", "against"];
const LEVEL_KEYS: [&str; 8] = ["says", "source", "metric", "of", "level", "expect", "margin", "against"];
const EPOCHS_KEYS: [&str; 7] = ["says", "source", "metric", "epochs", "expect", "margin", "against"];

/// The name of a metric, an old one included.
#[derive(Serialize)]
pub(crate) struct Name(&'static str);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Word;
        impl Visitor<'_> for Word {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&suggest::words(&Metric::NAMES))
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Name, E> {
                let mut known = Metric::NAMES.into_iter().chain(Metric::OLD_NAMES.map(|(old, _)| old));
                let known = known.find(|known| *known == word);
                known.map(Name).ok_or_else(|| E::unknown_variant(word, &Metric::NAMES))
            }
        }
        source.deserialize_str(Word)
    }
}

/// A word with its definition for every metric, and the older words.
impl JsonSchema for Name {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Metric".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let named = Metric::NAMES.iter().filter_map(|name| Some((name, Metric::named(name)?)));
        let definition = |name, metric: Metric| match name {
            Metric::STEPS_TO => "gradient steps until the first validation at which `of` reaches `level`".to_owned(),
            _ => metric.definition(),
        };
        let mut words: Vec<_> = named
            .map(|(name, metric)| json_schema!({ "const": name, "description": definition(name, metric) }))
            .collect();
        words.push(json_schema!({ "description": "older names", "enum": Metric::OLD_NAMES.map(|(name, _)| name) }));
        json_schema!({ "type": "string", "oneOf": words })
    }
}

/// Adds to the schema of a table with a metric which parameters the metric needs and takes.
pub(crate) fn relate_parameters(mut table: Schema) -> Schema {
    let takes_epochs = Metric::ALL.into_iter().filter(|metric| metric.epochs().is_some()).map(Metric::name);
    let rule = |metrics: Vec<&str>, then: Schema, otherwise: Schema| json_schema!({ "if": { "properties": { "metric": { "enum": metrics } } }, "then": then, "else": otherwise });
    let needs_level = json_schema!({ "required": ["of", "level"] });
    let no_level = json_schema!({ "not": { "anyOf": [{ "required": ["of"] }, { "required": ["level"] }] } });
    let no_epochs = json_schema!({ "not": { "required": ["epochs"] } });
    let rules = [
        rule(vec![Metric::STEPS_TO], needs_level, no_level),
        rule(takes_epochs.collect(), json_schema!(true), no_epochs),
    ];
    table.insert("allOf".to_owned(), rules.into_iter().map(Schema::to_value).collect());
    table
}

impl JsonSchema for Claim {
    fn schema_name() -> Cow<'static, str> {
        "Claim".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        relate_parameters(Keys::json_schema(generator))
    }
}

impl<'de> Deserialize<'de> for Metric {
    /// From its name, with usual parameters.
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let Name(name) = Name::deserialize(source)?;
        Self::named(name).ok_or_else(|| D::Error::unknown_variant(name, &Self::NAMES))
    }
}

/// A metric's name and the parameters next to it.
pub(crate) struct MetricKeys {
    pub(crate) name: Name,
    pub(crate) of: Option<Series>,
    pub(crate) level: Option<f64>,
    pub(crate) epochs: Option<f64>,
}

impl MetricKeys {
    /// The metric with its parameters: those that it needs, and no others. `known` are the keys of the table for a metric without
    /// parameters, with a level, with epochs.
    pub(crate) fn metric<E: Error>(self, known: [Words; 3]) -> Result<Metric, E> {
        let Name(name) = self.name;
        let metric = Metric::named(name).ok_or_else(|| E::unknown_variant(name, &Metric::NAMES))?;
        let is_steps_to = name == Metric::STEPS_TO;
        let metric = match metric {
            Metric::StepsTo { .. } if is_steps_to => Metric::StepsTo {
                of: self.of.ok_or_else(|| E::missing_field("of"))?,
                level: self.level.ok_or_else(|| E::missing_field("level"))?,
            },
            metric => metric.over(self.epochs),
        };
        let has = [
            ("of", self.of.is_some() && !is_steps_to),
            ("level", self.level.is_some() && !is_steps_to),
            ("epochs", self.epochs.is_some() && metric.epochs().is_none()),
        ];
        let surplus = has.into_iter().find(|(_, is_surplus)| *is_surplus);
        let known = match metric {
            Metric::StepsTo { .. } if is_steps_to => known[1],
            metric if metric.epochs().is_some() => known[2],
            _ => known[0],
        };
        surplus.map_or(Ok(metric), |(key, _)| Err(E::unknown_field(key, known)))
    }
}

impl Serialize for Claim {
    fn serialize<S: Serializer>(&self, target: S) -> Result<S::Ok, S::Error> {
        let (of, level) = match self.metric {
            Metric::StepsTo { of, level } => (Some(of), Some(level)),
            _ => (None, None),
        };
        let keys = Keys {
            says: self.says.clone(),
            source: self.source.clone(),
            metric: Name(self.metric.name()),
            of,
            level,
            epochs: self.metric.epochs(),
            expect: self.expect,
            margin: self.margin,
            against: self.against.clone(),
        };
        keys.serialize(target)
    }
}

impl<'de> Deserialize<'de> for Claim {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Table;
        impl<'de> Visitor<'de> for Table {
            type Value = Claim;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }

            // Here, not after it, so that an error has the place of the table.
            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Claim, A::Error> {
                let Keys { says, source, metric, of, level, epochs, expect, margin, against } =
                    Keys::deserialize(MapAccessDeserializer::new(table))?;
                let given = MetricKeys { name: metric, of, level, epochs };
                let metric = given.metric([&COMMON_KEYS, &LEVEL_KEYS, &EPOCHS_KEYS])?;
                Ok(Claim { says, source, metric, expect, margin, against })
            }
        }
        source.deserialize_struct("Claim", &KEYS, Table)
    }
}
