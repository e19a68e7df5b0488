//! Tests for a number of pairs that was fixed before any was looked at.

use super::sequential::{Decision, Difference, Outcomes};
use super::{PValues, sign_test, signed_rank, t_test};

/// A test that is valid once, at a number of pairs that was fixed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixedTest {
    /// Student's t-test: of normal differences.
    Student,
    /// Wilcoxon's signed-rank test: of symmetric differences.
    SignedRank,
    /// The sign test: of any differences.
    Sign,
}

impl FixedTest {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Student, Self::SignedRank, Self::Sign];

    /// Its name in text.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Student => "t",
            Self::SignedRank => "signed rank",
            Self::Sign => "sign",
        }
    }

    /// Whether the values lie above 0 or below it; `None` where the test is not defined.
    pub(crate) fn p_values(self, values: &[f64]) -> Option<PValues> {
        match self {
            Self::Student => t_test(values),
            Self::SignedRank => signed_rank(values),
            Self::Sign => {
                let count = |is_so: fn(f64) -> bool| values.iter().filter(|&&value| is_so(value)).count();
                Some(sign_test(count(|value| value > 0.0), count(|value| value < 0.0)))
            }
        }
    }

    /// The p-values of the outcomes of [`Sequential`](super::Sequential), in its order; `None` where the test is not defined.
    ///
    /// That the difference is higher or lower are one-sided tests against the edge; that it is the same, the larger p-value of
    /// two one-sided tests against the margin.
    ///
    /// Source: Schuirmann, "A Comparison of the Two One-Sided Tests Procedure and the Power Approach" (1987).
    pub(crate) fn outcomes(self, differences: &[Difference], edge: f64, margin: f64) -> Option<Outcomes> {
        let above = |edge: f64| {
            let distances: Vec<f64> = differences.iter().map(|difference| difference.above(edge)).collect();
            self.p_values(&distances).map(|p| p.greater)
        };
        let below = |edge: f64| {
            let distances: Vec<f64> = differences.iter().map(|difference| difference.reversed().above(edge)).collect();
            self.p_values(&distances).map(|p| p.greater)
        };
        let same = above(-margin)?.max(below(-margin)?);
        Some([(Decision::Same, same), (Decision::Higher, above(edge)?), (Decision::Lower, below(edge)?)])
    }
}
