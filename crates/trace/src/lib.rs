//! A training step by step, as arrays with names, and where two of them begin to differ.
//!
//! ```text
//! Arrays -> compare -> Difference (which array, how it differs, what it depends on)
//! ```

mod difference;
mod formula;
mod relation;

pub use difference::{Comparison, Difference, compare};
pub use relation::Relation;
