//! `Comparison`: a metric of two experiments, paired by seed, so that the difference within a pair is free of what the seed
//! does to both.

use record::Measured;
use spec::Metric;

use crate::statistics::{Interval, Moments, cohen_d_z, hedges_g, mean, mean_interval, replicates_needed};
use crate::{CONFIDENCE, Replicates};

/// A metric of two experiments over the seeds that both have.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// Pairs of which it is known which value is larger, or that they are equal.
    pub n: usize,
    /// The difference within every pair, one minus the other; none where a pair is censored.
    pub differences: Vec<f64>,
    /// Number of pairs in which the one is larger, and of those in which it is smaller.
    pub signs: (usize, usize),
    /// Whether a value of some pair is censored: only the order of such a pair is known.
    pub is_censored: bool,
}

/// A difference without its rounding errors: those that are equal as decimals, as of counts of images, are ties and have no
/// variance.
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
        if comparison.is_censored {
            comparison.differences.clear();
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
            // At least, not above: both are read at the same validations.
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
        mean(&self.differences)
    }

    /// The 95 % confidence interval of the mean difference, by Student's t; none of censored pairs or of a single pair.
    #[must_use]
    pub fn interval(&self) -> Option<Interval> {
        mean_interval(&self.differences, CONFIDENCE)
    }

    /// Hedges' g of the paired differences; none of censored pairs or where the differences do not vary.
    #[must_use]
    pub fn effect_size(&self) -> Option<f64> {
        hedges_g(&self.differences)
    }

    /// How many more pairs one of the tests would probably need to decide, at this level and with a power of 80 %, if further
    /// differences are like these; none of censored pairs, of less than three, and where it would take too many.
    pub(super) fn more_pairs_needed(&self, margin: f64, alpha: f64) -> Option<usize> {
        const POWER: f64 = 0.8;
        if self.n < 3 {
            return None;
        }
        let difference = cohen_d_z(&self.differences)?.abs();
        let spread = Moments::of(&self.differences)?.standard_deviation;
        let effects = [difference, (margin / spread - difference).abs()];
        let needed = effects.into_iter().filter_map(|effect| replicates_needed(effect, alpha, POWER)).min()?;
        // At least one, because these pairs have not decided it.
        Some(needed.saturating_sub(self.n).max(1))
    }
}
