//! The `BCa` interval: a bootstrap interval, corrected for bias and for a spread that changes with the value.
//!
//! Source: Efron, "Better Bootstrap Confidence Intervals" (1987).

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use statrs::distribution::{ContinuousCDF, Normal};

use super::{Interval, is_open_share, mean};

/// Interval of the mean, from resamples of the values with replacement; the same seed gives the same interval.
///
/// The ends are the quantiles of the resampled means at `Φ(z₀ + (z₀ + z) / (1 - a (z₀ + z)))`. There `z` are the normal
/// quantiles of `(1 ∓ confidence) / 2`; `z₀` is that of the share of resampled means below the mean, one equal to it
/// counted as a half; and `a = Σ d³ / (6 (Σ d²)^(3/2))`, where `d` is how far each mean without one of the values lies below
/// their mean (0 where they are all equal).
///
/// Equal values give an interval of no width. Below some ten values the interval is too narrow, whatever the number of
/// resamples. `None` below two values or where one is not finite; with a confidence outside `(0, 1)`; and where a correction
/// does not exist, because all resampled means lie on one side of the mean or `a (z₀ + z)` reaches 1.
pub(crate) fn bca_interval(values: &[f64], confidence: f64, resamples: usize, seed: u64) -> Option<Interval> {
    let estimate = mean(values).filter(|_| values.len() > 1 && is_open_share(confidence))?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut sample = values.to_vec();
    let means = (0..resamples).map(|_| {
        sample.fill_with(|| values[rng.random_range(0..values.len())]);
        mean(&sample)
    });
    let means: Vec<f64> = means.collect::<Option<_>>()?;
    let without = |index: usize| mean(&[&values[..index], &values[index + 1..]].concat());
    let jackknife: Vec<f64> = (0..values.len()).map(without).collect::<Option<_>>()?;
    corrected_ends(estimate, means, &jackknife, confidence)
}

pub(super) fn corrected_ends(
    estimate: f64,
    mut bootstrap: Vec<f64>,
    jackknife: &[f64],
    confidence: f64,
) -> Option<Interval> {
    bootstrap.sort_by(f64::total_cmp);
    let bias = bias_correction(estimate, &bootstrap)?;
    let acceleration = acceleration(jackknife)?;
    let end = |share: f64| {
        let shifted = bias + Normal::standard().inverse_cdf(share);
        let stretch = 1.0 - acceleration * shifted;
        let level = Normal::standard().cdf(bias + shifted / stretch);
        (stretch > 0.0).then(|| quantile(&bootstrap, level))
    };
    let tail = (1.0 - confidence) / 2.0;
    Some(Interval { low: end(tail)?, high: end(1.0 - tail)? })
}

/// Quantile of ascending values by linear interpolation: at `(n - 1) share`, counted from 0.
///
/// Source: Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996), definition 7; `NumPy`'s default.
pub(super) fn quantile(ascending: &[f64], share: f64) -> f64 {
    let position = (ascending.len() - 1) as f64 * share;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the last index")]
    let below = position as usize;
    let above = (below + 1).min(ascending.len() - 1);
    ascending[below] + (position - below as f64) * (ascending[above] - ascending[below])
}

/// `z₀`; `None` where it is infinite.
fn bias_correction(estimate: f64, sorted: &[f64]) -> Option<f64> {
    let below = sorted.partition_point(|&value| value < estimate);
    let not_above = sorted.partition_point(|&value| value <= estimate);
    let share = (below + not_above) as f64 / (2.0 * sorted.len() as f64);
    is_open_share(share).then(|| Normal::standard().inverse_cdf(share))
}

/// `a`.
fn acceleration(jackknife: &[f64]) -> Option<f64> {
    let centre = mean(jackknife)?;
    let power_sum = |power| jackknife.iter().map(|value| (centre - value).powi(power)).sum::<f64>();
    let spread = power_sum(2).powf(1.5);
    Some(if spread == 0.0 { 0.0 } else { power_sum(3) / (6.0 * spread) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f64; 6] = [0.3, 1.2, 0.7, 2.9, 0.1, 0.8];

    /// The resamples come from a library: a change of its algorithm would move every interval.
    #[test]
    fn the_interval_of_seed_one_is_pinned() {
        let interval = |seed| bca_interval(&VALUES, 0.9, 1_000, seed).unwrap();
        let Interval { low, high } = interval(1);
        assert!((low - 0.55).abs() < 1e-9 && (high - 28.0 / 15.0).abs() < 1e-9, "{low} {high}");
        assert_eq!(interval(1), interval(1));
        assert_ne!(interval(2), interval(1));
    }

    #[test]
    fn equal_values_give_an_interval_of_no_width() {
        assert_eq!(bca_interval(&[0.1; 5], 0.95, 100, 1), Some(Interval { low: 0.1, high: 0.1 }));
    }

    #[test]
    fn what_is_not_defined_is_none() {
        assert_eq!(bca_interval(&[1.0], 0.95, 100, 1), None);
        assert_eq!(bca_interval(&[1.0, f64::NAN], 0.95, 100, 1), None);
        assert_eq!(bca_interval(&VALUES, 0.95, 0, 1), None);
        assert_eq!([0.0, 1.0, f64::NAN].map(|confidence| bca_interval(&VALUES, confidence, 100, 1)), [None; 3]);
    }

    #[test]
    fn an_estimate_that_no_resample_reaches_has_no_interval() {
        for estimate in [0.5, 4.5] {
            assert_eq!(corrected_ends(estimate, vec![1.0, 2.0, 3.0, 4.0], &VALUES, 0.95), None);
        }
    }

    #[test]
    fn without_acceleration_and_bias_the_ends_are_percentiles() {
        let bootstrap: Vec<f64> = (0..=100).map(f64::from).collect();
        let interval = corrected_ends(50.0, bootstrap, &[7.0; 4], 0.9).unwrap();
        assert!((interval.low - 5.0).abs() < 1e-9 && (interval.high - 95.0).abs() < 1e-9, "{interval:?}");
    }
}
