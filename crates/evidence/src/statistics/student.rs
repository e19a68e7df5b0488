//! Student's t: the interval of a mean, and the tests of it, against a value or a margin.

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

/// Tests whether the mean is `mean`, by `t = (x̄ - mean) / (s / sqrt(n))` with `n - 1` degrees of freedom.
///
/// Values that are all equal have no variance: t is then infinite, with p-values of 0 and 1; where all are `mean`, t is 0,
/// with p-values of 1/2, since they speak for neither side. `None` below two values.
///
/// Source: Student, "The Probable Error of a Mean" (1908).
pub(super) fn t_test(values: &[f64], mean: f64) -> Option<PValues> {
    let moments = Moments::of(values)?;
    let distance = moments.mean - mean;
    // 0 / 0 where all values are the mean that is tested.
    let t = if distance == 0.0 { 0.0 } else { distance / moments.standard_error() };
    let p = |t| upper_tail(t, moments.degrees_of_freedom());
    Some(PValues { greater: p(t), less: p(-t) })
}

/// Tests whether the mean of paired differences lies within `(-margin, margin)`: the larger p-value of two one-sided t-tests
/// (TOST).
///
/// Differences that are all equal: 0 within the margin, 1/2 at its edge, 1 beyond it. `None` below two values or with a
/// margin that is negative or not finite.
///
/// Source: Schuirmann, "A Comparison of the Two One-Sided Tests Procedure and the Power Approach" (1987).
pub(crate) fn equivalence(differences: &[f64], margin: f64) -> Option<f64> {
    let [low, high] = at_both_edges(differences, margin)?;
    Some(low.greater.max(high.less))
}

/// Tests whether the mean of paired differences lies above `+margin`, and whether it lies below `-margin`.
///
/// With a margin of 0 these are the one-sided paired t-tests. A decision for either side at level α is wrong with a
/// probability of α where the margin is wide compared with the standard error, and of up to `2 α` where it is not.
/// Differences that are all equal: p is 0 beyond the edge, 1/2 at it, 1 otherwise. `None` below two values or with a margin
/// that is negative or not finite.
///
/// Source: Murphy and Myors, "Testing the Hypothesis That Treatments Have Negligible Effects" (1999).
pub(crate) fn minimum_effect(differences: &[f64], margin: f64) -> Option<PValues> {
    let [low, high] = at_both_edges(differences, margin)?;
    Some(PValues { greater: high.greater, less: low.less })
}

/// The tests whether the mean is `-margin`, and whether it is `+margin`.
fn at_both_edges(differences: &[f64], margin: f64) -> Option<[PValues; 2]> {
    if !(margin.is_finite() && margin >= 0.0) {
        return None;
    }
    Some([t_test(differences, -margin)?, t_test(differences, margin)?])
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
    fn equal_values_speak_only_for_their_side() {
        for (value, greater, less) in [(0.1, 0.0, 1.0), (-0.1, 1.0, 0.0), (0.0, 0.5, 0.5)] {
            assert_eq!(t_test(&[value; 3], 0.0), Some(PValues { greater, less }));
            assert_eq!(mean_interval(&[value; 3], 0.95), Some(Interval { low: value, high: value }));
        }
    }

    #[test]
    fn two_values_of_finite_size_are_needed() {
        for values in [&[][..], &[1.0], &[1.0, f64::NAN]] {
            assert_eq!(t_test(values, 0.0), None, "{values:?}");
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

    #[test]
    fn equal_differences_lie_within_the_margin_at_it_or_beyond() {
        // (difference, p within the margin of 0.1, p above it, p below its negative)
        for (difference, within, greater, less) in
            [(0.0, 0.0, 1.0, 1.0), (0.1, 0.5, 0.5, 1.0), (-0.1, 0.5, 1.0, 0.5), (0.2, 1.0, 0.0, 1.0)]
        {
            let differences = [difference; 3];
            assert_eq!(equivalence(&differences, 0.1), Some(within), "{difference}");
            assert_eq!(minimum_effect(&differences, 0.1), Some(PValues { greater, less }), "{difference}");
        }
    }

    #[test]
    fn a_margin_is_finite_and_not_negative() {
        for margin in [-0.1, f64::NAN, f64::INFINITY] {
            assert_eq!(equivalence(&[1.0, 2.0], margin), None, "{margin}");
            assert_eq!(minimum_effect(&[1.0, 2.0], margin), None, "{margin}");
        }
    }
}
