//! `SeedSummary`: a metric over the replicates of an experiment, with its interval.

use record::Measured;
use spec::{Metric, MetricKind};

use crate::statistics::{Interval, bca_interval, mean, mean_interval};
use crate::{CONFIDENCE, Replicates};

/// Resamples of a bootstrap.
const RESAMPLES: usize = 2_000;
/// Seed of a bootstrap, so that the same records give the same interval.
const BOOTSTRAP_SEED: u64 = 1;

/// A metric over some replicates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeedSummary {
    /// Replicates that have the metric.
    pub n: usize,
    /// Of them, those that ended before they reached what the metric waits for.
    pub n_censored: usize,
    /// Where the values lie.
    pub centre: Centre,
    /// The 95 % confidence interval of the mean; none of a single value or where values are censored.
    ///
    /// By Student's t; of steps and ratios, which are skewed, by the bias-corrected and accelerated bootstrap.
    pub interval: Option<Interval>,
}

/// Where some values lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Centre {
    /// At this mean.
    Mean(f64),
    /// At this median: some values are censored, so that a mean does not exist.
    Median(f64),
    /// Above this value, because half of the values or more are censored.
    MoreThan(f64),
}

impl Replicates {
    /// A metric over the complete runs; none where no run has it.
    #[must_use]
    pub fn summary(&self, metric: Metric) -> Option<SeedSummary> {
        let measured: Vec<Measured> = self.complete().filter_map(|record| record.measure(metric)).collect();
        let exact: Vec<f64> = measured.iter().filter_map(|measured| measured.exactly()).collect();
        let (n, n_censored) = (measured.len(), measured.len() - exact.len());
        let (centre, interval) = if n_censored > 0 {
            (censored_centre(&measured), None)
        } else {
            (Centre::Mean(mean(&exact)?), interval(metric, &exact))
        };
        Some(SeedSummary { n, n_censored, centre, interval })
    }
}

fn interval(metric: Metric, values: &[f64]) -> Option<Interval> {
    match metric.kind() {
        MetricKind::Share | MetricKind::Loss => mean_interval(values, CONFIDENCE),
        MetricKind::Steps | MetricKind::Ratio => bca_interval(values, CONFIDENCE, RESAMPLES, BOOTSTRAP_SEED),
    }
}

/// The median, a censored value counting as larger than every exact one.
fn censored_centre(measured: &[Measured]) -> Centre {
    let mut ascending = measured.to_vec();
    let key = |measured: &Measured| match *measured {
        Measured::Exactly(value) => (false, value),
        Measured::MoreThan(value) => (true, value),
    };
    ascending.sort_by(|a, b| key(a).0.cmp(&key(b).0).then(key(a).1.total_cmp(&key(b).1)));
    match ascending[(ascending.len() - 1) / 2] {
        Measured::Exactly(value) => Centre::Median(value),
        Measured::MoreThan(value) => Centre::MoreThan(value),
    }
}
