//! The signed-rank test: whether values are symmetric about zero.

use statrs::distribution::{ContinuousCDF, Normal};

use super::PValues;

/// Up to this number of values the distribution is exact.
const MOST_EXACT: usize = 200;

/// Tests whether values are symmetric about zero, against more and larger ones above it and below it: the sum of the ranks of
/// the sizes of those above. Equal sizes share their mean rank; zeros do not count.
///
/// Exact up to 200 values, also with equal sizes; normal approximation beyond. `None` where a value is not finite or all are 0.
///
/// Source: Wilcoxon, "Individual Comparisons by Ranking Methods" (1945).
pub(crate) fn signed_rank(values: &[f64]) -> Option<PValues> {
    let mut values: Vec<f64> = values.iter().copied().filter(|&value| value != 0.0).collect();
    if values.is_empty() || !values.iter().all(|value| value.is_finite()) {
        return None;
    }
    values.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let ranks = doubled_ranks(&values);
    let above: usize = values.iter().zip(&ranks).filter(|(value, _)| **value > 0.0).map(|(_, rank)| rank).sum();
    let all: usize = ranks.iter().sum();
    let at_least = if values.len() <= MOST_EXACT { exact(&ranks) } else { normal(&ranks) };
    Some(PValues { greater: at_least(above), less: at_least(all - above) })
}

/// Twice the rank of each value, of ascending sizes, so that mean ranks are whole numbers.
fn doubled_ranks(ascending: &[f64]) -> Vec<usize> {
    let sizes: Vec<f64> = ascending.iter().map(|value| value.abs()).collect();
    let rank =
        |size: &f64| sizes.partition_point(|other| other < size) + sizes.partition_point(|other| other <= size) + 1;
    sizes.iter().map(rank).collect()
}

/// The chance of a sum of at least this much where every sign is equally likely.
fn exact(ranks: &[usize]) -> Box<dyn Fn(usize) -> f64> {
    let mut chances = vec![0.0; ranks.iter().sum::<usize>() + 1];
    chances[0] = 1.0;
    for &rank in ranks {
        for sum in (0..chances.len()).rev() {
            let with = if sum < rank { 0.0 } else { chances[sum - rank] };
            chances[sum] = f64::midpoint(chances[sum], with);
        }
    }
    Box::new(move |sum| chances[sum..].iter().sum::<f64>().min(1.0))
}

/// The same by the normal distribution.
fn normal(ranks: &[usize]) -> Box<dyn Fn(usize) -> f64> {
    let mean = ranks.iter().sum::<usize>() as f64 / 2.0;
    let deviation = ranks.iter().map(|&rank| (rank as f64).powi(2)).sum::<f64>().sqrt() / 2.0;
    Box::new(move |sum| Normal::standard().sf((sum as f64 - mean) / deviation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_above_zero_is_one_of_all_signs() {
        let PValues { greater, less } = signed_rank(&[0.1, 0.2, 0.3, 0.3, 5.0]).unwrap();
        assert!((greater - 1.0 / 32.0).abs() < 1e-15 && (less - 1.0).abs() < 1e-15);
    }

    #[test]
    fn zeros_do_not_count() {
        assert_eq!(signed_rank(&[0.0, 1.0, -2.0, 0.0]), signed_rank(&[1.0, -2.0]));
        assert_eq!([&[][..], &[0.0, 0.0], &[1.0, f64::NAN]].map(signed_rank), [None; 3]);
    }

    #[test]
    fn the_approximation_continues_the_exact_test() {
        let values: Vec<f64> = (0..MOST_EXACT).map(|at| ((at * 7919) % 1009) as f64 - 480.0).collect();
        let ranks = doubled_ranks(&{
            let mut sorted = values.clone();
            sorted.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
            sorted
        });
        let sum = ranks.iter().sum::<usize>() * 11 / 20;
        assert!((exact(&ranks)(sum) - normal(&ranks)(sum)).abs() < 1e-3);
    }
}
