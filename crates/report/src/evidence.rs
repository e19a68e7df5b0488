//! What the records say: replicates summarised with their intervals, and every claim judged.

mod judge;
mod pairs;
mod replicates;
mod replicates_table;
mod summary;
#[cfg(test)]
mod tests;
mod verdict_table;

pub use judge::{Decision, Judged, Verdict, judge};
pub use pairs::Comparison;
pub use replicates::Replicates;
pub use replicates_table::replicates_table;
pub use summary::{Centre, SeedSummary};
pub(crate) use verdict_table::tally;
pub use verdict_table::{verdict_markdown, verdict_table};

/// Confidence of every interval.
pub const CONFIDENCE: f64 = 0.95;
/// Chance of a wrong decision that all claims of a report together may have.
pub const SIGNIFICANCE: f64 = 0.05;
