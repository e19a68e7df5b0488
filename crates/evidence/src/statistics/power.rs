//! How many replicates a test needs to find an effect.

use std::f64::consts::FRAC_PI_2;

use statrs::distribution::{Chi, Continuous, ContinuousCDF, Normal};

use super::is_open_share;
use super::student::upper_quantile;

/// Number of replicates at which the search ends.
const MOST_REPLICATES: usize = 10_000;

/// The smallest number of replicates at which a one-sided paired t-test at level `alpha` finds an effect with the given
/// power.
///
/// The effect is standardised: the mean difference over the standard deviation of the differences, or the distance
/// between mean difference and margin over it for a test against a margin.
///
/// `None` where more than 10,000 would be needed, and where the effect is not above zero or `alpha` or `power` is
/// outside `(0, 1)`.
///
/// Source: Cohen, "Statistical Power Analysis for the Behavioral Sciences" (1988), chapter 2.
pub(crate) fn replicates_needed(effect: f64, alpha: f64, power: f64) -> Option<usize> {
    let is_enough = |n| t_test_power(effect, n, alpha) >= power;
    let is_asked = effect > 0.0 && is_open_share(alpha) && is_open_share(power);
    if !is_asked || !is_enough(MOST_REPLICATES) {
        return None;
    }
    // The power grows with n: one value is too few, the most are enough.
    let (mut too_few, mut enough) = (1, MOST_REPLICATES);
    while enough - too_few > 1 {
        let middle = usize::midpoint(too_few, enough);
        if is_enough(middle) { enough = middle } else { too_few = middle }
    }
    Some(enough)
}

/// Power of the one-sided t-test of `n` paired differences: `P(T' > t)` with the critical `t` and the noncentral
/// `T' = (Z + δ) / (X / sqrt(m))`, where `δ = effect sqrt(n)`, `m = n - 1`, Z is normal and X has the chi distribution
/// with m degrees of freedom. So it is `∫ Φ(δ - t x / sqrt(m)) f(x) dx` with the density f of X.
pub(super) fn t_test_power(effect: f64, n: usize, alpha: f64) -> f64 {
    let freedom = n - 1;
    let chi = Chi::new(freedom as u64).expect("two values or more leave a degree of freedom");
    let root = (freedom as f64).sqrt();
    let noncentrality = effect * (n as f64).sqrt();
    let slope = upper_quantile(alpha, freedom as f64) / root;
    let integrand = |x: f64| Normal::standard().cdf(noncentrality - slope * x) * chi.pdf(x);
    // X has a standard deviation below 0.71 about its mean, which is just below the root.
    let (low, high) = ((root - 9.0).max(0.0), root + 9.0);
    // Φ falls from 1 to 0 here, within 1 / slope: a step where n is small and α too.
    let step = (noncentrality / slope).clamp(low, high);
    integral(integrand, low, step) + integral(integrand, step, high)
}

/// Integral by the tanh-sinh rule, whose points are dense at both ends, so that a step there does no harm.
///
/// Source: Takahasi and Mori, "Double Exponential Formulas for Numerical Integration" (1974).
fn integral(integrand: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    const SPACING: f64 = 1.0 / 128.0;
    let half = (high - low) / 2.0;
    let term = |index: i32| {
        let u = f64::from(index) * SPACING;
        let v = FRAC_PI_2 * u.sinh();
        integrand(low + half * (1.0 + v.tanh())) * FRAC_PI_2 * u.cosh() / v.cosh().powi(2)
    };
    half * SPACING * (-448..=448).map(term).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_defined_is_none() {
        for (effect, alpha, power) in [
            (0.0, 0.05, 0.8),
            (-1.0, 0.05, 0.8),
            (f64::NAN, 0.05, 0.8),
            (1.0, 0.0, 0.8),
            (1.0, 0.05, 1.0),
            (1.0, f64::NAN, 0.8),
        ] {
            assert_eq!(replicates_needed(effect, alpha, power), None, "{effect} {alpha} {power}");
        }
    }

    #[test]
    fn an_effect_without_scatter_needs_two() {
        assert_eq!(replicates_needed(f64::INFINITY, 0.05, 0.999), Some(2));
    }

    #[test]
    fn without_an_effect_the_power_is_the_level() {
        for n in [2, 3, 20, MOST_REPLICATES] {
            for alpha in [1e-6, 0.05, 0.9] {
                let power = t_test_power(0.0, n, alpha);
                assert!((power / alpha - 1.0).abs() < 1e-9, "n {n}, alpha {alpha}: {power}");
            }
        }
    }
}
