//! `Comparison`: a metric of two experiments, paired by seed, so that the difference within a pair is free of what the seed
//! does to both.

use std::collections::HashMap;

use record::{Measured, Resolution, RunRecord};
use spec::{Metric, differing_protocol};

use crate::judge::{e_process, threshold};
use crate::statistics::{Difference, Interval, confidence_sequence, hedges_g, mean, rounded};
use crate::{Reason, Replicates};

/// A metric of two experiments over the seeds that both have.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// The difference within every pair, one minus the other, by seed. Where a value is only known to lie in an interval, so is
    /// the difference.
    pub differences: Vec<Difference>,
    /// The differences between the recorded values; empty where a run never reached what the metric waits for.
    pub recorded: Vec<f64>,
    /// The smallest step between two values of the metric; 0 if there is none.
    pub grain: f64,
    /// The keys of the images and of the training in which the two differ.
    pub differing_protocol: Vec<&'static str>,
}

impl Comparison {
    /// The pairs of two experiments.
    #[must_use]
    pub fn of(metric: Metric, one: &Replicates, other: &Replicates) -> Self {
        let mut comparison = Self { differing_protocol: differing_protocol(&one.spec, &other.spec), ..Self::default() };
        let mut is_censored = false;
        let by_seed: HashMap<u64, &RunRecord> = other.complete().map(|record| (record.seed, record)).collect();
        for record in one.complete() {
            let Some(paired) = by_seed.get(&record.seed) else { continue };
            let (Some(value), Some(against)) = (record.measure(metric), paired.measure(metric)) else { continue };
            let resolutions = [record.resolution(metric), paired.resolution(metric)];
            let [of_value, of_against] = resolutions.map(Resolution::width);
            let ends = |measured: Measured, width: f64| match measured {
                Measured::Exactly(value) => (value - width, value),
                Measured::MoreThan(value) => (value, f64::INFINITY),
            };
            let ((low, high), (other_low, other_high)) = (ends(value, of_value), ends(against, of_against));
            comparison.differences.push(Difference { low: rounded(low - other_high), high: rounded(high - other_low) });
            match (value, against) {
                (Measured::Exactly(value), Measured::Exactly(against)) => {
                    comparison.recorded.push(rounded(value - against));
                }
                _ => is_censored = true,
            }
            comparison.grain = resolutions.map(Resolution::grain).into_iter().fold(comparison.grain, f64::max);
        }
        if is_censored {
            comparison.recorded.clear();
        }
        comparison
    }

    /// Number of pairs.
    #[must_use]
    pub fn n(&self) -> usize {
        self.differences.len()
    }

    /// In how many pairs the one is certainly larger, and in how many smaller.
    #[must_use]
    pub fn signs(&self) -> (usize, usize) {
        let above = |difference: &Difference| difference.above(0.0) > 0.0;
        let count = |is_so: &dyn Fn(&Difference) -> bool| self.differences.iter().filter(|one| is_so(one)).count();
        (count(&above), count(&|difference| above(&difference.reversed())))
    }

    /// The mean difference of the recorded values; none where a run never reached what the metric waits for.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        mean(&self.recorded)
    }

    /// The confidence sequence of the centre of the differences, after all pairs: with a probability of 95 % it covers the centres
    /// of `family` such comparisons after every pair at once. The centre is that of symmetry, of a metric that can be skewed the
    /// median. None as long as an end is open.
    ///
    /// `margin` is the smallest difference that matters, in the metric's unit.
    #[must_use]
    pub fn interval(&self, metric: Metric, margin: f64, family: usize) -> Option<Interval> {
        confidence_sequence(e_process(metric), margin, &self.differences, threshold(family))
    }

    /// Hedges' g of the recorded differences; none of censored pairs or where the differences do not vary.
    #[must_use]
    pub fn effect_size(&self) -> Option<f64> {
        hedges_g(&self.recorded)
    }

    /// Why no verdict can rest on these pairs, if that is so.
    pub(crate) fn flaw(&self, margin: f64) -> Option<Reason> {
        match &*self.differences {
            [] | [_] => Some(Reason::TooFewPairs),
            _ if rounded(self.grain - margin) > 0.0 => Some(Reason::Coarse(self.grain)),
            [first, rest @ ..] if rest.iter().all(|other| other == first) => Some(Reason::EqualDifferences),
            _ => None,
        }
    }
}
