//! Claims: statements of the report, each tested on one metric of the records.

use std::fmt;

use mlp::values;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::metric::Series;
use crate::spec_error::Words;
use crate::{Metric, name, suggest, text};

/// How a metric is expected to compare with the other experiment's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// The keys of a claim: a metric has its parameters next to its name.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    #[serde(deserialize_with = "text::line::<_, 300>")]
    says: String,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::optional_line::<_, 300>")]
    source: Option<String>,
    metric: Name,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<Series>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "some_positive")]
    level: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "some_positive")]
    epochs: Option<f64>,
    expect: Expectation,
    #[serde(deserialize_with = "values::positive")]
    margin: f64,
    #[serde(default, deserialize_with = "name::valid")]
    against: String,
}

/// The keys of the table of a claim, in the order of [`Keys`].
const KEYS: [&str; 9] = ["says", "source", "metric", "of", "level", "epochs", "expect", "margin", "against"];
/// Those that every metric takes, that steps to a level take, and that metrics over some epochs take.
const COMMON_KEYS: [&str; 6] = ["says", "source", "metric", "expect", "margin", "against"];
const LEVEL_KEYS: [&str; 8] = ["says", "source", "metric", "of", "level", "expect", "margin", "against"];
const EPOCHS_KEYS: [&str; 7] = ["says", "source", "metric", "epochs", "expect", "margin", "against"];

pub(crate) fn some_positive<'de, D: Deserializer<'de>>(source: D) -> Result<Option<f64>, D::Error> {
    values::positive(source).map(Some)
}

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
