//! Where values lie and how far they scatter.

/// Number, mean and standard deviation of at least two values: what every test on the t distribution starts from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    n: usize,
    pub(super) mean: f64,
    pub(super) standard_deviation: f64,
}

impl Moments {
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let mean = mean(values)?;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let variance = squares / (values.len() as f64 - 1.0);
        variance.is_finite().then(|| Self { n: values.len(), mean, standard_deviation: variance.sqrt() })
    }

    /// `n - 1`.
    pub(super) fn degrees_of_freedom(&self) -> f64 {
        self.n as f64 - 1.0
    }

    /// `s / sqrt(n)`.
    pub(super) fn standard_error(&self) -> f64 {
        self.standard_deviation / (self.n as f64).sqrt()
    }
}

/// Arithmetic mean `x̄`; of equal values exactly their value. `None` without values or where one is not finite.
#[must_use]
pub fn mean(values: &[f64]) -> Option<f64> {
    let first = *values.first()?;
    // From the first value on: equal values have no variance at all, instead of one made of rounding errors.
    let above: f64 = values.iter().map(|value| value - first).sum();
    Some(first + above / values.len() as f64).filter(|mean| mean.is_finite())
}

/// Standard deviation of a sample, `s = sqrt(Σ (x - x̄)² / (n - 1))`. `None` below two values.
#[must_use]
pub fn standard_deviation(values: &[f64]) -> Option<f64> {
    Moments::of(values).map(|summary| summary.standard_deviation)
}

/// The values in ascending order; `None` where one is not finite.
pub(super) fn ascending(values: &[f64]) -> Option<Vec<f64>> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.iter().all(|value| value.is_finite()).then_some(sorted)
}

/// Quantile by linear interpolation: at `(n - 1) share` of the values in ascending order, counted from 0.
///
/// `None` without values or with a share outside `[0, 1]`.
///
/// Source: Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996), definition 7; `NumPy`'s default.
pub(super) fn quantile_of_sorted(sorted: &[f64], share: f64) -> Option<f64> {
    if sorted.is_empty() || !(0.0..=1.0).contains(&share) {
        return None;
    }
    let position = (sorted.len() - 1) as f64 * share;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the last index")]
    let below = position as usize;
    let above = (below + 1).min(sorted.len() - 1);
    Some(sorted[below] + (position - below as f64) * (sorted[above] - sorted[below]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_no_variance_whatever_they_are() {
        for value in [0.1, -0.3, 1e-4, 1e16 / 3.0] {
            let values = [value; 7];
            assert_eq!((mean(&values), standard_deviation(&values)), (Some(value), Some(0.0)));
        }
    }

    #[test]
    fn what_is_not_defined_is_none() {
        for values in [&[][..], &[f64::NAN, 1.0], &[1.0, f64::INFINITY], &[f64::MAX, f64::MIN]] {
            assert_eq!(mean(values), None, "{values:?}");
            assert_eq!(standard_deviation(values), None, "{values:?}");
        }
        assert_eq!(quantile_of_sorted(&[], 0.5), None);
        assert_eq!([&[f64::NAN][..], &[1.0, f64::INFINITY]].map(ascending), [None, None]);
        assert_eq!(standard_deviation(&[1.0]), None);
        assert_eq!([-0.1, 1.1, f64::NAN].map(|share| quantile_of_sorted(&[1.0], share)), [None; 3]);
    }
}
