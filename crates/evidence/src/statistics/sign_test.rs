//! The sign test.

use statrs::distribution::{Binomial, DiscreteCDF};

use super::PValues;

/// Tests whether positive and negative differences are equally likely; exact, by the binomial distribution with 1/2.
///
/// Differences of zero are left out of both counts. Without any difference, both p-values are 1.
///
/// Source: Conover, "Practical Nonparametric Statistics" (1999), section 3.4.
pub(crate) fn sign_test(n_positive: usize, n_negative: usize) -> PValues {
    let n = n_positive + n_negative;
    // P(X >= n_positive) is P(X <= n_negative): heads and tails are the same.
    PValues { greater: at_most(n_negative, n), less: at_most(n_positive, n) }
}

/// `P(X <= heads)` of `n` tossed coins.
fn at_most(heads: usize, n: usize) -> f64 {
    Binomial::new(0.5, n as u64).expect("1/2 is a probability").cdf(heads as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_the_tails_of_tossed_coins() {
        // (positive, negative, greater, less)
        for (n_positive, n_negative, greater, less) in
            [(0, 0, 1.0, 1.0), (1, 0, 0.5, 1.0), (2, 2, 0.6875, 0.6875), (0, 5, 1.0, 0.03125)]
        {
            let p = sign_test(n_positive, n_negative);
            for (found, expected) in [(p.greater, greater), (p.less, less)] {
                assert!((found - expected).abs() < 1e-14, "{n_positive} to {n_negative}: {p:?}");
            }
        }
    }
}
