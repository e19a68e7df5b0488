//! Claims: statements of the report, each to be held against one metric of the records.

use mlp::values;
use serde::{Deserialize, Serialize};

use crate::{Metric, name, text};

/// What a metric is expected to do against the other run's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// Above the other's.
    Higher,
    /// Below the other's.
    Lower,
    /// No difference that matters.
    AboutTheSame,
}

/// A statement of the report that the records are held against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The statement, in the report's words.
    #[serde(deserialize_with = "text::line::<_, 300>")]
    pub says: String,
    /// The metric that decides.
    pub metric: Metric,
    /// What the metric is expected to do against the other run's.
    pub expect: Expectation,
    /// The smallest difference that matters, in the metric's unit, above 0.
    #[serde(deserialize_with = "values::positive")]
    pub margin: f64,
    /// The experiment that it is compared with: in a file that does not say, the baseline.
    #[serde(default, deserialize_with = "name::valid")]
    pub against: String,
}
