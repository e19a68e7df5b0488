//! The size of an effect, in standard deviations of the paired differences.

use statrs::function::gamma::ln_gamma;

use super::moments::Moments;

/// Cohen's `d_z = x̄ / s` of paired differences.
///
/// `None` below two differences, and where they are all equal.
///
/// Source: Lakens, "Calculating and Reporting Effect Sizes" (2013).
pub(crate) fn cohen_d_z(differences: &[f64]) -> Option<f64> {
    let moments = Moments::of(differences).filter(|moments| moments.standard_deviation > 0.0)?;
    Some(moments.mean / moments.standard_deviation)
}

/// Hedges' g: `d_z` without its bias of small samples, `g = J d_z` with
/// `J = Γ(m / 2) / (sqrt(m / 2) Γ((m - 1) / 2))`, `m = n - 1`.
///
/// `None` below three differences, where the expectation of `d_z` does not exist, and where they are all equal.
///
/// Source: Hedges, "Distribution Theory for Glass's Estimator of Effect Size" (1981).
pub(crate) fn hedges_g(differences: &[f64]) -> Option<f64> {
    let half = (differences.len() as f64 - 1.0) / 2.0;
    let d_z = cohen_d_z(differences).filter(|_| differences.len() > 2)?;
    Some((ln_gamma(half) - ln_gamma(half - 0.5)).exp() / half.sqrt() * d_z)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_needs_a_spread() {
        for differences in [&[][..], &[1.0], &[0.1, 0.1, 0.1], &[1.0, f64::NAN, 2.0]] {
            assert_eq!((cohen_d_z(differences), hedges_g(differences)), (None, None), "{differences:?}");
        }
        assert_eq!(hedges_g(&[1.0, 2.0]), None);
    }

    #[test]
    fn the_correction_shrinks_small_samples() {
        let differences = [1.0, 2.0, 4.0];
        // J(2) = Γ(1) / Γ(1/2) = 1 / sqrt(π)
        let ratio = hedges_g(&differences).unwrap() / cohen_d_z(&differences).unwrap();
        assert!((ratio - std::f64::consts::FRAC_1_PI.sqrt()).abs() < 1e-14, "{ratio}");
    }
}
