//! Wilcoxon's signed-rank test: paired differences without the assumption that they are normal.

use statrs::distribution::{ContinuousCDF, Normal};

use super::PValues;

/// Number of differences up to which the distribution is exact; as in `SciPy`.
const MOST_EXACT: usize = 50;

/// The signed-rank test of paired differences.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignedRank {
    /// `W⁺`, the sum of the ranks of the positive differences.
    pub positive_rank_sum: f64,
    /// Number of differences that are not zero.
    pub n: usize,
    /// That a rank sum at least as far out is seen when the differences are symmetric about zero.
    pub p: PValues,
}

/// Tests whether paired differences are symmetric about zero, by the ranks of their sizes.
///
/// Differences of zero are dropped; equal sizes share the mean of their ranks. Up to 50 differences the distribution is
/// exact, ties or not; above, it is normal with mean `n (n + 1) / 4` and variance
/// `n (n + 1) (2n + 1) / 24 - Σ (t³ - t) / 48` over groups of `t` equal sizes, without a correction for continuity.
/// It is `SciPy`'s test with `zero_method="wilcox"`, but exact as well where `SciPy` approximates because of ties or
/// zeros.
///
/// Where all differences are zero, all p-values are 1. `None` without differences or where one is not finite.
///
/// Source: Hollander and Wolfe, "Nonparametric Statistical Methods" (1999), section 3.1.
#[must_use]
pub fn wilcoxon_signed_rank(differences: &[f64]) -> Option<SignedRank> {
    if differences.is_empty() || !differences.iter().all(|difference| difference.is_finite()) {
        return None;
    }
    let mut nonzero: Vec<f64> = differences.iter().copied().filter(|&difference| difference != 0.0).collect();
    nonzero.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let ranks = Ranks::of(&nonzero);
    let p = if nonzero.len() <= MOST_EXACT { ranks.exact() } else { ranks.normal() };
    Some(SignedRank { positive_rank_sum: ranks.doubled_positive_sum as f64 / 2.0, n: nonzero.len(), p })
}

/// Ranks times two: a shared rank may end in a half.
struct Ranks {
    doubled: Vec<usize>,
    doubled_positive_sum: usize,
    /// `Σ (t³ - t)` over groups of `t` equal sizes.
    ties: f64,
}

impl Ranks {
    /// Of differences in ascending order of their sizes.
    fn of(sorted: &[f64]) -> Self {
        let mut doubled = Vec::with_capacity(sorted.len());
        let mut ties = 0.0;
        for group in sorted.chunk_by(|a, b| a.abs().to_bits() == b.abs().to_bits()) {
            let (first, last) = (doubled.len() + 1, doubled.len() + group.len());
            doubled.extend(group.iter().map(|_| first + last));
            ties += (group.len() as f64).powi(3) - group.len() as f64;
        }
        let positive = doubled.iter().zip(sorted).filter(|(_, difference)| **difference > 0.0);
        let doubled_positive_sum = positive.map(|(rank, _)| rank).sum();
        Self { doubled, doubled_positive_sum, ties }
    }

    /// The tails of the distribution in which every rank is positive or negative with the same probability.
    fn exact(&self) -> PValues {
        let mut probabilities = vec![0.0; self.doubled.iter().sum::<usize>() + 1];
        probabilities[0] = 1.0;
        for &rank in &self.doubled {
            for sum in (0..probabilities.len()).rev() {
                let with_rank = if sum < rank { 0.0 } else { probabilities[sum - rank] };
                probabilities[sum] = f64::midpoint(probabilities[sum], with_rank);
            }
        }
        let observed = self.doubled_positive_sum;
        PValues::of_tails(probabilities[observed..].iter().sum(), probabilities[..=observed].iter().sum())
    }

    fn normal(&self) -> PValues {
        let n = self.doubled.len() as f64;
        let mean = n * (n + 1.0) / 4.0;
        let variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - self.ties / 48.0;
        let z = (self.doubled_positive_sum as f64 / 2.0 - mean) / variance.sqrt();
        PValues::of_tails(Normal::standard().sf(z), Normal::standard().cdf(z))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_of_zero_are_as_if_not_there() {
        assert_eq!(wilcoxon_signed_rank(&[0.0, 1.0, -2.0, 0.0, 3.0]), wilcoxon_signed_rank(&[1.0, -2.0, 3.0]));
        let p = PValues { two_sided: 1.0, greater: 1.0, less: 1.0 };
        assert_eq!(wilcoxon_signed_rank(&[0.0; 3]), Some(SignedRank { positive_rank_sum: 0.0, n: 0, p }));
    }

    #[test]
    fn equal_sizes_are_counted_one_by_one() {
        // Of the sizes 1, 1, 2 with ranks 1.5, 1.5, 3: rank sums of 4.5 and more come from three of eight patterns.
        let found = wilcoxon_signed_rank(&[1.0, -1.0, 2.0]).unwrap();
        assert_eq!(found.p, PValues { two_sided: 0.75, greater: 0.375, less: 0.875 });
    }

    #[test]
    fn turned_signs_turn_the_tails() {
        let differences: Vec<f64> =
            (1..=50).map(|size| if size % 3 == 0 { -1.0 } else { 1.0 } * f64::from(size)).collect();
        let reversed: Vec<f64> = differences.iter().map(|difference| -difference).collect();
        let [p, of_reversed] = [differences, reversed].map(|values| wilcoxon_signed_rank(&values).unwrap().p);
        assert_eq!((p.greater, p.less, p.two_sided), (of_reversed.less, of_reversed.greater, of_reversed.two_sided));
    }

    #[test]
    fn what_is_not_defined_is_none() {
        for differences in [&[][..], &[1.0, f64::NAN], &[f64::NEG_INFINITY]] {
            assert_eq!(wilcoxon_signed_rank(differences), None, "{differences:?}");
        }
    }
}
