//! Claims: statements of the report, each tested on one metric of the records.

use mlp::values;
use serde::{Deserialize, Serialize};

use crate::{Metric, name, text};

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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The statement, in the report's words.
    #[serde(deserialize_with = "text::line::<_, 300>")]
    pub says: String,
    /// The metric to test.
    pub metric: Metric,
    /// How the metric is expected to compare with the other experiment's.
    pub expect: Expectation,
    /// The smallest difference that matters, in the metric's unit, above 0.
    #[serde(deserialize_with = "values::positive")]
    pub margin: f64,
    /// The experiment to compare with; if a file does not name one, the baseline.
    #[serde(default, deserialize_with = "name::valid")]
    pub against: String,
}
