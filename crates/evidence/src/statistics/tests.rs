//! What holds across functions: the same numbers as `SciPy`, and coverage and size in simulations.

mod simulation;
mod vectors;

use super::summary::{ascending, quantile_of_sorted};

pub(super) fn quantile(values: &[f64], share: f64) -> Option<f64> {
    quantile_of_sorted(&ascending(values)?, share)
}

pub(super) fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}
