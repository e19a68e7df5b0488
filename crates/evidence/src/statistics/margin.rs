//! Tests against a margin of what matters: that a difference lies within it, or beyond it.

use super::student::{mean_interval, t_test};
use super::{Interval, PValues};

/// Two one-sided tests that the mean difference lies within a margin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Equivalence {
    /// The larger p-value of the two tests: below α, the difference lies within the margin.
    pub p: f64,
    /// The `1 - 2 α` interval of the mean difference: within the margin exactly where `p` is below α.
    pub interval: Interval,
}

/// One-sided tests that the mean difference lies beyond a margin.
///
/// Whoever takes either for "beyond the margin" at level α is wrong with probability α where the margin is wide against
/// the standard error, and up to `2 α` where it is not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MinimumEffect {
    /// p-value against a mean above `+margin`.
    pub above: f64,
    /// p-value against a mean below `-margin`.
    pub below: f64,
}

/// Tests whether the mean of paired differences lies within `(-margin, margin)` (TOST).
///
/// Differences that are all equal: p is 0 within the margin, 1/2 at its edge, 1 beyond it. `None` below two values,
/// with a margin that is negative or not finite, or with an `alpha` outside `(0, 1/2)`.
///
/// Source: Schuirmann, "A Comparison of the Two One-Sided Tests Procedure and the Power Approach" (1987).
#[must_use]
pub fn equivalence(differences: &[f64], margin: f64, alpha: f64) -> Option<Equivalence> {
    let [low, high] = at_both_edges(differences, margin)?;
    let interval = mean_interval(differences, 1.0 - 2.0 * alpha)?;
    Some(Equivalence { p: low.greater.max(high.less), interval })
}

/// Tests whether the mean of paired differences lies beyond `+margin`, and whether beyond `-margin`.
///
/// With a margin of 0 these are the one-sided tests of [`paired_t`](super::paired_t). Differences that are all equal: p
/// is 0 beyond the edge, 1/2 at it, 1 otherwise. `None` below two values or with a margin that is negative or not
/// finite.
///
/// Source: Murphy and Myors, "Testing the Hypothesis That Treatments Have Negligible Effects" (1999).
#[must_use]
pub fn minimum_effect(differences: &[f64], margin: f64) -> Option<MinimumEffect> {
    let [low, high] = at_both_edges(differences, margin)?;
    Some(MinimumEffect { above: high.greater, below: low.less })
}

/// The tests whether the mean is `-margin`, and whether it is `+margin`.
fn at_both_edges(differences: &[f64], margin: f64) -> Option<[PValues; 2]> {
    if !(margin.is_finite() && margin >= 0.0) {
        return None;
    }
    Some([t_test(differences, -margin)?.p, t_test(differences, margin)?.p])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_differences_lie_within_the_margin_at_it_or_beyond() {
        // (difference, p within the margin of 0.1, p above it, p below its negative)
        for (difference, within, above, below) in
            [(0.0, 0.0, 1.0, 1.0), (0.1, 0.5, 0.5, 1.0), (-0.1, 0.5, 1.0, 0.5), (0.2, 1.0, 0.0, 1.0)]
        {
            let differences = [difference; 3];
            assert_eq!(equivalence(&differences, 0.1, 0.05).map(|found| found.p), Some(within), "{difference}");
            assert_eq!(minimum_effect(&differences, 0.1), Some(MinimumEffect { above, below }), "{difference}");
        }
    }

    #[test]
    fn a_margin_is_finite_and_not_negative() {
        for margin in [-0.1, f64::NAN, f64::INFINITY] {
            assert_eq!(equivalence(&[1.0, 2.0], margin, 0.05), None, "{margin}");
            assert_eq!(minimum_effect(&[1.0, 2.0], margin), None, "{margin}");
        }
    }

    #[test]
    fn two_one_sided_tests_need_a_level_below_a_half() {
        assert_eq!([0.0, 0.5, f64::NAN].map(|alpha| equivalence(&[1.0, 2.0], 0.1, alpha)), [None; 3]);
    }
}
