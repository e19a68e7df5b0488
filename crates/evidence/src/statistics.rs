//! Statistics of a few values: what they are around, whether they differ, by how much, and how many are enough.
//!
//! The values are one number per replicate, as a rule the difference between two runs of the same seed. Every function
//! takes plain slices and gives `None` where its result is not defined: too few values, a value that is not finite, a
//! parameter out of its range. Nothing here knows records.
//!
//! `tests/vectors` holds the same numbers from `SciPy`; the simulations in `tests` hold coverage and size.

mod bootstrap;
mod effect_size;
mod holm;
mod margin;
mod power;
mod sign_test;
mod student;
mod summary;

pub use bootstrap::bca_interval;
pub use effect_size::{cohen_d_z, hedges_g};
pub use holm::holm;
pub use margin::{Equivalence, MinimumEffect, equivalence, minimum_effect};
pub use power::replicates_needed;
pub use sign_test::sign_test;
pub use student::{PairedT, mean_interval, paired_t};
pub use summary::{mean, standard_deviation};

/// An interval, its ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The p-values of one test against its three alternatives.
///
/// They are three readings of the same data: which one counts is chosen before the data are seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PValues {
    /// Against a difference in either direction.
    pub two_sided: f64,
    /// Against a difference above zero.
    pub greater: f64,
    /// Against a difference below zero.
    pub less: f64,
}

impl PValues {
    /// Of two tails, each with the probability of what was observed: twice the smaller one is the two-sided p-value.
    fn of_tails(greater: f64, less: f64) -> Self {
        Self { two_sided: (2.0 * greater.min(less)).min(1.0), greater, less }
    }
}

/// Whether a confidence, a level or a power is one.
fn is_open_share(share: f64) -> bool {
    share > 0.0 && share < 1.0
}

#[cfg(test)]
mod tests;
