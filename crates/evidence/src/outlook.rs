//! `Outlook`: how many more seeds would decide a claim, and with what chance.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::statistics::{Difference, Sequential};

/// Futures that are drawn.
const FUTURES: usize = 100;
/// More seeds than these are not looked at.
const MOST_SEEDS: usize = 200;
/// The chance that is asked for.
const CHANCE: f64 = 0.8;
/// Fewer pairs say too little about the next ones.
const FEWEST_PAIRS: usize = 3;
/// Seed of the futures, so that the same records give the same outlook.
const SEED: u64 = 1;

/// What more seeds would do for a claim, if further differences are like those that there are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// The smallest number of further seeds that decides it with a chance of 80 %; 200 where that chance is not reached before.
    pub seeds: usize,
    /// The chance that they decide it.
    pub chance: f64,
}

impl Outlook {
    /// From futures that draw their differences, with replacement, from those so far; none of less than three.
    pub(crate) fn of(sequential: &Sequential, differences: &[Difference], threshold: f64) -> Option<Self> {
        if differences.len() < FEWEST_PAIRS {
            return None;
        }
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        let mut future = || {
            let mut sequential = *sequential;
            (1..=MOST_SEEDS).find(|_| {
                sequential.add(differences[rng.random_range(0..differences.len())]);
                sequential.decision(threshold).is_some()
            })
        };
        let mut decided: Vec<usize> = (0..FUTURES).filter_map(|_| future()).collect();
        decided.sort_unstable();
        let share = |count: usize| count as f64 / FUTURES as f64;
        let enough = decided.iter().copied().enumerate().find(|&(at, _)| share(at + 1) >= CHANCE);
        let seeds = enough.map_or(MOST_SEEDS, |(_, seeds)| seeds);
        let chance = share(decided.partition_point(|&needed| needed <= seeds));
        Some(Self { seeds, chance })
    }
}
