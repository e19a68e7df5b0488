//! Student's t: the interval of a mean, and the test of paired differences.

use statrs::distribution::{Continuous, ContinuousCDF, Normal, StudentsT};

use super::summary::Moments;
use super::{Interval, PValues, is_open_share};

/// The t-test of paired differences.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedT {
    /// `t = x̄ / (s / sqrt(n))`.
    pub t: f64,
    /// `n - 1`.
    pub degrees_of_freedom: f64,
    /// That a t at least as far out is seen when the mean difference is zero.
    pub p: PValues,
}

/// Interval of the mean, `x̄ ± t s / sqrt(n)` with the `(1 + confidence) / 2` quantile of Student's t for `n - 1`
/// degrees of freedom.
///
/// `None` below two values or with a confidence outside `(0, 1)`.
///
/// Source: Student, "The Probable Error of a Mean" (1908).
#[must_use]
pub fn mean_interval(values: &[f64], confidence: f64) -> Option<Interval> {
    let summary = Moments::of(values).filter(|_| is_open_share(confidence))?;
    let quantile = upper_quantile((1.0 - confidence) / 2.0, summary.degrees_of_freedom());
    let half = quantile * summary.standard_error();
    Some(Interval { low: summary.mean - half, high: summary.mean + half })
}

/// Tests whether the mean of paired differences is zero.
///
/// Differences that are all equal have no variance: t is then infinite, with p-values of 0 and 1; where all are zero, t
/// is 0, with p-values of 1 and 1/2, since they speak for neither side. `None` below two values.
///
/// Source: Student, "The Probable Error of a Mean" (1908).
#[must_use]
pub fn paired_t(differences: &[f64]) -> Option<PairedT> {
    t_test(differences, 0.0)
}

/// Tests whether the mean is `mean`.
pub(super) fn t_test(values: &[f64], mean: f64) -> Option<PairedT> {
    let summary = Moments::of(values)?;
    let distance = summary.mean - mean;
    // 0 / 0 where all values are the mean that is tested.
    let t = if distance == 0.0 { 0.0 } else { distance / summary.standard_error() };
    let degrees_of_freedom = summary.degrees_of_freedom();
    let p = PValues::of_tails(upper_tail(t, degrees_of_freedom), upper_tail(-t, degrees_of_freedom));
    Some(PairedT { t, degrees_of_freedom, p })
}

/// `P(T > t)`.
fn upper_tail(t: f64, degrees_of_freedom: f64) -> f64 {
    distribution(degrees_of_freedom).sf(t)
}

/// The t with `P(T > t) = tail`, by Newton's method.
///
/// The tail is convex and heavier than the normal one, so that every step from the normal quantile goes up and none
/// goes too far. The library's own inverse is off by up to 1e-8, and by orders of magnitude far out.
pub(super) fn upper_quantile(tail: f64, degrees_of_freedom: f64) -> f64 {
    if tail > 0.5 {
        return -upper_quantile(1.0 - tail, degrees_of_freedom);
    }
    let distribution = distribution(degrees_of_freedom);
    let step = |t| (distribution.sf(t) - tail) / distribution.pdf(t);
    let mut t = -Normal::standard().inverse_cdf(tail);
    let mut next = step(t);
    while next > 1e-14 * t {
        t += next;
        next = step(t);
    }
    t
}

fn distribution(degrees_of_freedom: f64) -> StudentsT {
    StudentsT::new(0.0, 1.0, degrees_of_freedom).expect("two values or more leave a degree of freedom")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_differences_speak_for_their_side_alone() {
        // (difference, t, two-sided, greater, less)
        for (difference, t, two_sided, greater, less) in
            [(0.1, f64::INFINITY, 0.0, 0.0, 1.0), (-0.1, f64::NEG_INFINITY, 0.0, 1.0, 0.0), (0.0, 0.0, 1.0, 0.5, 0.5)]
        {
            let p = PValues { two_sided, greater, less };
            assert_eq!(paired_t(&[difference; 3]), Some(PairedT { t, degrees_of_freedom: 2.0, p }));
            let point = Interval { low: difference, high: difference };
            assert_eq!(mean_interval(&[difference; 3], 0.95), Some(point));
        }
    }

    #[test]
    fn two_values_of_finite_size_are_needed() {
        for values in [&[][..], &[1.0], &[1.0, f64::NAN]] {
            assert_eq!(paired_t(values), None, "{values:?}");
            assert_eq!(mean_interval(values, 0.95), None, "{values:?}");
        }
    }

    #[test]
    fn a_quantile_is_where_its_tail_begins() {
        for degrees_of_freedom in [1.0, 2.0, 5.0, 30.0, 999.0, 9_999.0] {
            for tail in [1e-12, 1e-6, 1e-3, 0.05, 0.4, 0.5, 0.9] {
                let found = upper_tail(upper_quantile(tail, degrees_of_freedom), degrees_of_freedom);
                assert!((found / tail - 1.0).abs() < 1e-9, "{degrees_of_freedom}, {tail:e}: {found:e}");
            }
        }
    }

    #[test]
    fn a_confidence_is_between_zero_and_one() {
        assert_eq!([0.0, 1.0, 95.0, f64::NAN].map(|confidence| mean_interval(&[1.0, 2.0], confidence)), [None; 4]);
    }
}
