//! Variance components of a table whose rows and columns are two crossed random effects.
//!
//! `y_ij = m + A_i + B_j + C_ij`, with one value per cell: a training is a function of its two seeds, so what is left after
//! both effects is their interaction, not noise.
//!
//! Sources: Searle and others, "Variance Components" (1992); for the intervals Weerahandi, "Generalized Confidence
//! Intervals" (1993).

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use statrs::distribution::{ContinuousCDF, Normal};

use super::bootstrap::quantile;
use super::{Interval, mean};
use crate::CONFIDENCE;

/// Draws of an interval.
const DRAWS: usize = 2_000;
/// Seed of the draws, so that the same values give the same interval.
const SEED: u64 = 1;

/// The shares of rows, columns and their interaction in the variance of a table, row by row, each with its 95 % interval.
///
/// With `a` rows and `b` columns, `σ²_AB = MS_AB`, `σ²_A = (MS_A - MS_AB) / b` and `σ²_B = (MS_B - MS_AB) / a`, at least 0. An
/// interval has the quantiles of the same shares with each sum of squares divided by a draw of its χ² distribution instead of
/// by its degrees of freedom; it assumes normal effects.
///
/// `None` below two rows or columns, where a value is not finite, and where all values are equal.
pub(crate) fn crossed_shares(values: &[f64], columns: usize) -> Option<[(f64, Interval); 3]> {
    let table = Table::of(values, columns)?;
    let estimate = table.shares(table.degrees)?;
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let draws = (0..DRAWS).filter_map(|_| table.shares(table.degrees.map(|degrees| chi_squared(degrees, &mut rng))));
    let draws: Vec<[f64; 3]> = draws.collect();
    let interval = |source: usize| {
        let mut ascending: Vec<f64> = draws.iter().map(|shares| shares[source]).collect();
        ascending.sort_by(f64::total_cmp);
        let tail = (1.0 - CONFIDENCE) / 2.0;
        Interval { low: quantile(&ascending, tail), high: quantile(&ascending, 1.0 - tail) }
    };
    (!draws.is_empty()).then(|| [0, 1, 2].map(|source| (estimate[source], interval(source))))
}

/// The sums of squares of rows, columns and interaction, and their degrees of freedom.
struct Table {
    squares: [f64; 3],
    degrees: [f64; 3],
    rows: f64,
    columns: f64,
}

impl Table {
    fn of(values: &[f64], columns: usize) -> Option<Self> {
        let grand = mean(values)?;
        let rows = values.len().checked_div(columns)?;
        if rows < 2 || columns < 2 {
            return None;
        }
        let of_rows = values.chunks(columns).map(mean).collect::<Option<Vec<f64>>>()?;
        let column = |column: usize| values.iter().copied().skip(column).step_by(columns).collect::<Vec<f64>>();
        let of_columns = (0..columns).map(|at| mean(&column(at))).collect::<Option<Vec<f64>>>()?;
        let squares = |means: &[f64]| means.iter().map(|mean| (mean - grand).powi(2)).sum::<f64>();
        let rest = values
            .iter()
            .enumerate()
            .map(|(at, value)| value - of_rows[at / columns] - of_columns[at % columns] + grand);
        let (a, b) = (rows as f64, columns as f64);
        Some(Self {
            squares: [b * squares(&of_rows), a * squares(&of_columns), rest.map(|rest| rest * rest).sum()],
            degrees: [a - 1.0, b - 1.0, (a - 1.0) * (b - 1.0)],
            rows: a,
            columns: b,
        })
    }

    /// The shares with the sums of squares divided by these; none if all variances are 0.
    fn shares(&self, divisors: [f64; 3]) -> Option<[f64; 3]> {
        let [rows, columns, rest] = [0, 1, 2].map(|source| self.squares[source] / divisors[source]);
        let variances = [((rows - rest) / self.columns).max(0.0), ((columns - rest) / self.rows).max(0.0), rest];
        let sum: f64 = variances.iter().sum();
        (sum > 0.0 && sum.is_finite()).then(|| variances.map(|variance| variance / sum))
    }
}

/// A draw of the χ² distribution: the sum of squares of as many standard normal numbers.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "degrees of freedom of a small table")]
fn chi_squared(degrees: f64, rng: &mut ChaCha8Rng) -> f64 {
    let normal = Normal::standard();
    // Not 0, whose quantile is infinite.
    let mut square = || normal.inverse_cdf(rng.random_range(f64::EPSILON..1.0)).powi(2);
    (0..degrees as usize).map(|_| square()).sum()
}

#[cfg(test)]
mod tests {
    use rand_distr::{Distribution, StandardNormal};

    use super::*;

    #[test]
    fn shares_are_those_of_the_mean_squares() {
        // Row means 2, 4, 9, column means 4, 6; MS_A = 26, MS_B = 6, MS_AB = 2 by hand.
        let values = [1.0, 3.0, 4.0, 4.0, 7.0, 11.0];
        let shares = crossed_shares(&values, 2).expect("shares").map(|(share, _)| share);
        let variances = [(26.0 - 2.0) / 2.0, (6.0 - 2.0) / 3.0, 2.0];
        let sum: f64 = variances.iter().sum();
        for (share, variance) in shares.into_iter().zip(variances) {
            assert!((share - variance / sum).abs() < 1e-12, "{shares:?}");
        }
    }

    #[test]
    fn effects_that_only_add_up_do_not_interact() {
        let values: Vec<f64> = (0..20).map(|at| f64::from(at / 5) + 0.1 * f64::from(at % 5)).collect();
        let [rows, columns, rest] = crossed_shares(&values, 5).expect("shares");
        assert!(rest.0 < 1e-12 && rows.0 > 0.98 && columns.0 > 0.001, "{rows:?} {columns:?} {rest:?}");
    }

    #[test]
    fn what_is_not_defined_is_none() {
        assert_eq!(crossed_shares(&[1.0, 2.0, 3.0], 3), None, "one row");
        assert_eq!(crossed_shares(&[1.0, 2.0, 3.0], 1), None, "one column");
        assert_eq!(crossed_shares(&[0.1; 9], 3), None, "nothing varies");
        assert_eq!(crossed_shares(&[1.0, 2.0, f64::NAN, 3.0], 2), None);
        assert_eq!(crossed_shares(&[], 0), None);
    }

    /// With true shares of 50, 20 and 30 % and eight seeds each.
    #[test]
    fn intervals_cover_the_true_shares() {
        const TABLES: usize = 300;
        const TRUE: [f64; 3] = [0.5, 0.2, 0.3];
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut covered = [0; 3];
        for _ in 0..TABLES {
            let mut normal = |variance: f64| {
                let number: f64 = StandardNormal.sample(&mut rng);
                number * variance.sqrt()
            };
            let [rows, columns] =
                [TRUE[0], TRUE[1]].map(|variance| (0..8).map(|_| normal(variance)).collect::<Vec<f64>>());
            let values: Vec<f64> = (0..64).map(|at| rows[at / 8] + columns[at % 8] + normal(TRUE[2])).collect();
            for (source, (_, interval)) in crossed_shares(&values, 8).expect("shares").into_iter().enumerate() {
                covered[source] += usize::from((interval.low..=interval.high).contains(&TRUE[source]));
            }
        }
        assert!(covered.iter().all(|&covered| covered as f64 > 0.92 * TABLES as f64), "{covered:?} of {TABLES}");
    }
}
