//! Mean and standard deviation.

/// Number, mean and standard deviation of at least two values, from which every test on the t distribution starts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    n: usize,
    pub(super) mean: f64,
    /// Of a sample: `s = sqrt(Σ (x - x̄)² / (n - 1))`.
    pub(crate) standard_deviation: f64,
}

impl Moments {
    /// `None` below two values or where one is not finite.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
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
pub(crate) fn mean(values: &[f64]) -> Option<f64> {
    let first = *values.first()?;
    // Relative to the first value: equal values then have a variance of exactly 0, free of rounding errors.
    let above: f64 = values.iter().map(|value| value - first).sum();
    Some(first + above / values.len() as f64).filter(|mean| mean.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_no_variance_whatever_they_are() {
        for value in [0.1, -0.3, 1e-4, 1e16 / 3.0] {
            let values = [value; 7];
            let moments = Moments::of(&values).unwrap();
            assert_eq!((mean(&values), moments.mean, moments.standard_deviation), (Some(value), value, 0.0));
        }
    }

    #[test]
    fn what_is_not_defined_is_none() {
        for values in [&[][..], &[f64::NAN, 1.0], &[1.0, f64::INFINITY], &[f64::MAX, f64::MIN]] {
            assert_eq!(mean(values), None, "{values:?}");
            assert!(Moments::of(values).is_none(), "{values:?}");
        }
        assert!(Moments::of(&[1.0]).is_none());
    }
}
