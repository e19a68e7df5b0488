//! What counts as better: a metric and its direction.

use std::borrow::Cow;
use std::fmt;

use mlp::values::{Checked, Optional, Positive};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::Metric;
use crate::claim::{MetricKeys, relate_parameters};
use crate::metric::Series;

/// Which values of a metric are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Higher ones.
    Maximize,
    /// Lower ones.
    Minimize,
}

/// What counts as better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Objective {
    /// The metric.
    pub metric: Metric,
    /// Which of its values are better.
    pub direction: Direction,
}

impl Objective {
    /// The value turned so that lower is better.
    #[must_use]
    pub fn loss(self, value: f64) -> f64 {
        if self.direction == Direction::Minimize { value } else { -value }
    }
}

/// What counts as better.
// A metric has its parameters next to its name, as in a claim.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Keys {
    /// The metric.
    metric: crate::claim::Name,
    /// `steps_to`: what must reach the level.
    #[serde(default)]
    #[schemars(with = "Series")]
    of: Option<Series>,
    /// `steps_to`: the least accuracy, or the greatest loss.
    #[serde(default, with = "Checked::<Optional<Positive>>")]
    level: Option<f64>,
    /// Metrics about the beginning of a run: how many epochs count.
    #[serde(default, with = "Checked::<Optional<Positive>>")]
    epochs: Option<f64>,
    /// Which of its values are better.
    direction: Direction,
}

const KEYS: [&str; 5] = ["metric", "of", "level", "epochs", "direction"];
const COMMON_KEYS: [&str; 2] = ["metric", "direction"];
const LEVEL_KEYS: [&str; 4] = ["metric", "of", "level", "direction"];
const EPOCHS_KEYS: [&str; 3] = ["metric", "epochs", "direction"];

impl JsonSchema for Objective {
    fn schema_name() -> Cow<'static, str> {
        "Objective".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        relate_parameters(Keys::json_schema(generator))
    }
}

impl<'de> Deserialize<'de> for Objective {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Table;
        impl<'de> Visitor<'de> for Table {
            type Value = Objective;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }

            // Here, not after it, so that an error has the place of the table.
            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Objective, A::Error> {
                let Keys { metric, of, level, epochs, direction } =
                    Keys::deserialize(MapAccessDeserializer::new(table))?;
                let given = MetricKeys { name: metric, of, level, epochs };
                Ok(Objective { metric: given.metric([&COMMON_KEYS, &LEVEL_KEYS, &EPOCHS_KEYS])?, direction })
            }
        }
        source.deserialize_struct("Objective", &KEYS, Table)
    }
}
