//! What records show: metrics of replicates with their intervals, and every claim judged. Numbers in, verdicts out: no
//! drawing, no files.

mod judge;
mod outlook;
mod pairs;
mod replicates;
mod sources;
mod statistics;
mod summary;
#[cfg(test)]
mod tests;

pub use judge::{FixedResult, Judged, Reason, Verdict, judge, judge_by};
pub use outlook::Outlook;
pub use pairs::Comparison;
pub use replicates::Replicates;
pub use sources::{Crossed, Share, Sources};
pub use statistics::{Decision, Difference, FixedTest, Interval};
pub use summary::{Centre, SeedSummary};

/// Confidence of every interval.
pub const CONFIDENCE: f64 = 0.95;
/// The chance, at most, that any of a report's verdicts is wrong.
pub const SIGNIFICANCE: f64 = 0.05;
