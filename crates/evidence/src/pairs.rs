//! `Comparison`: a metric of two experiments, replicate by replicate. A replicate shares its seed with the other's, so
//! that the difference within a pair is free of what the seed does to both.

use record::Measured;
use spec::Metric;

use super::{CONFIDENCE, Replicates};
use crate::statistics::{Interval, cohen_d_z, hedges_g, mean, mean_interval, replicates_needed, standard_deviation};

/// A metric of two experiments over the seeds that both have.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// Pairs of which it is known which value is larger, or that they are equal.
    pub n: usize,
    /// Differences, one minus the other, of the pairs with exact values; all pairs unless some are censored.
    pub differences: Vec<f64>,
    /// Pairs in which the one is larger, and those in which it is smaller.
    pub signs: (usize, usize),
    /// Whether a value of some pair is censored: only the order of such a pair is known.
    pub is_censored: bool,
}

/// Differences that are equal as decimals, such as of counts of images, are equal: ties count as such, and no variance
/// is made of rounding errors.
fn rounded(difference: f64) -> f64 {
    (difference * 1e12).round() / 1e12
}

impl Comparison {
    /// The pairs of two experiments.
    #[must_use]
    pub fn of(metric: Metric, one: &Replicates, other: &Replicates) -> Self {
        let mut comparison = Self::default();
        for record in one.complete() {
            let paired = other.complete().find(|other| other.seed == record.seed);
            let measured = (record.measure(metric), paired.and_then(|paired| paired.measure(metric)));
            if let (Some(value), Some(paired)) = measured {
                comparison.add(value, paired);
            }
        }
        comparison
    }

    fn add(&mut self, value: Measured, paired: Measured) {
        use Measured::{Exactly, MoreThan};
        let sign = match (value, paired) {
            (Exactly(value), Exactly(paired)) => {
                let difference = rounded(value - paired);
                self.differences.push(difference);
                difference.partial_cmp(&0.0)
            }
            // At least: both are read off at the same validations.
            (MoreThan(value), Exactly(paired)) if value >= paired => Some(std::cmp::Ordering::Greater),
            (Exactly(value), MoreThan(paired)) if paired >= value => Some(std::cmp::Ordering::Less),
            _ => None,
        };
        self.is_censored |= matches!(value, MoreThan(_)) || matches!(paired, MoreThan(_));
        let Some(sign) = sign else { return };
        self.n += 1;
        self.signs.0 += usize::from(sign.is_gt());
        self.signs.1 += usize::from(sign.is_lt());
    }

    /// The mean difference; none of censored pairs.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        if self.is_censored { None } else { mean(&self.differences) }
    }

    /// The 95 % confidence interval of the mean difference, by Student's t; none of censored pairs and of one.
    #[must_use]
    pub fn interval(&self) -> Option<Interval> {
        if self.is_censored { None } else { mean_interval(&self.differences, CONFIDENCE) }
    }

    /// Hedges' g of the paired differences; none of censored pairs and where the differences do not vary.
    #[must_use]
    pub fn effect_size(&self) -> Option<f64> {
        if self.is_censored { None } else { hedges_g(&self.differences) }
    }

    /// Pairs, beyond those there are, with which one of the tests would decide, at this level and with a power of 80 %, if the differences go on
    /// as they are; none of censored pairs, of less than three, and where it would take too many.
    pub(super) fn more_pairs_needed(&self, margin: f64, alpha: f64) -> Option<usize> {
        const POWER: f64 = 0.8;
        if self.is_censored || self.n < 3 {
            return None;
        }
        let spread = standard_deviation(&self.differences).filter(|&spread| spread > 0.0)?;
        let difference = cohen_d_z(&self.differences)?.abs();
        let needed = [difference, (margin / spread - difference).abs()];
        let needed = needed.into_iter().filter_map(|effect| replicates_needed(effect, alpha, POWER)).min()?;
        // At least one, because those there are have not decided it.
        Some(needed.saturating_sub(self.n).max(1))
    }
}
