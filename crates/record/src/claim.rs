//! Claims: statements of the report, each to be held against one metric of the records.

use serde::{Deserialize, Serialize};

use crate::Metric;

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
pub struct Claim {
    /// The statement, in the report's words.
    pub says: String,
    /// The metric that decides.
    pub metric: Metric,
    /// What the metric is expected to do against the other run's.
    pub expect: Expectation,
    /// The smallest difference that matters, in the metric's unit, above 0.
    pub margin: f64,
    /// The experiment that it is compared with.
    pub against: String,
}
