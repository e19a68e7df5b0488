//! Student's t: the interval of a mean, and the test of it.

use statrs::distribution::{Continuous, ContinuousCDF, Normal, StudentsT};

use super::moments::Moments;
use super::{Interval, PValues, is_open_share};

/// Interval of the mean, `x̄ ± t s / sqrt(n)` with the `(1 + confidence) / 2` quantile of Student's t for `n - 1`
/// degrees of freedom.
///
/// `None` below two values or with a confidence outside `(0, 1)`.
///
/// Source: Student, "The Probable Error of a Mean" (1908).
pub(crate) fn mean_interval(values: &[f64], confidence: f64) -> Option<Interval> {
    let moments = Moments::of(values).filter(|_| is_open_share(confidence))?;
    let quantile = upper_quantile((1.0 - confidence) / 2.0, moments.degrees_of_freedom());
    let half = quantile * moments.standard_error();
    Some(Interval { low: moments.mean - half, high: moments.mean + half })
}

/// Tests whether the mean lies above 0 or below it, by `t = x̄ / (s / sqrt(n))` with `n - 1` degrees of freedom.
///
/// `None` below two values, and where they are all equal: no variance is not certainty.
///
/// Source: Student, "The Probable Error of a Mean" (1908).
pub(crate) fn t_test(values: &[f64]) -> Option<PValues> {
    let moments = Moments::of(values).filter(|moments| moments.standard_deviation > 0.0)?;
    let t = moments.mean / moments.standard_error();
    let p = |t| upper_tail(t, moments.degrees_of_freedom());
    Some(PValues { greater: p(t), less: p(-t) })
}

/// `P(T > t)`.
fn upper_tail(t: f64, degrees_of_freedom: f64) -> f64 {
    distribution(degrees_of_freedom).sf(t)
}

/// The t with `P(T > t) = tail`, by Newton's method.
///
/// The tail is convex and heavier than the normal one, so every step from the normal quantile goes up, and none overshoots.
/// The library's own inverse is off by up to 1e-8, and by orders of magnitude far out.
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
    fn equal_values_have_an_interval_of_no_width_and_no_test() {
        for value in [0.1, -0.1, 0.0] {
            assert_eq!(t_test(&[value; 3]), None);
            assert_eq!(mean_interval(&[value; 3], 0.95), Some(Interval { low: value, high: value }));
        }
    }

    #[test]
    fn two_values_of_finite_size_are_needed() {
        for values in [&[][..], &[1.0], &[1.0, f64::NAN]] {
            assert_eq!(t_test(values), None, "{values:?}");
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
