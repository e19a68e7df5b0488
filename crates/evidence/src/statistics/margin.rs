//! Tests against a margin of what matters: that a difference lies within it, or beyond it.

use super::PValues;
use super::student::t_test;

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

#[cfg(test)]
mod tests {
    use super::*;

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
