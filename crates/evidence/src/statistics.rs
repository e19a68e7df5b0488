//! Statistics of a few values: their mean and its interval, whether it differs from zero, by how much, and how many
//! values are enough.
//!
//! The values are one number per replicate, as a rule the difference between two runs of the same seed. Every function
//! takes plain slices and gives `None` where its result is not defined: too few values, a value that is not finite, a
//! parameter out of its range. Nothing here knows records.
//!
//! `tests/vectors` holds the same numbers from `SciPy` and from packages of e-values; the simulations in `tests` hold coverage
//! and size.

mod bootstrap;
mod crossed;
mod e_process;
mod effect_size;
mod fixed;
mod holm;
mod moments;
#[cfg(test)]
pub(crate) mod power;
mod sequential;
mod sign_test;
mod signed_rank;
mod student;

pub(crate) use bootstrap::bca_interval;
pub(crate) use crossed::crossed_shares;
pub(crate) use e_process::EProcess;
pub(crate) use effect_size::hedges_g;
pub use fixed::FixedTest;
pub(crate) use holm::holm;
pub(crate) use moments::{Moments, mean};
pub use sequential::{Decision, Difference};
pub(crate) use sequential::{Outcomes, Sequential, confidence_sequence, rounded};
pub(crate) use sign_test::sign_test;
pub(crate) use signed_rank::signed_rank;
pub(crate) use student::{mean_interval, t_test};

/// An interval, its ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The p-values of a test against its two one-sided alternatives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PValues {
    /// Against a difference above what is tested.
    pub(crate) greater: f64,
    /// Against a difference below it.
    pub(crate) less: f64,
}

/// Whether a confidence, a level or a power is between 0 and 1.
fn is_open_share(share: f64) -> bool {
    share > 0.0 && share < 1.0
}

#[cfg(test)]
mod tests;
