//! E-processes: evidence that grows pair by pair and may be looked at after each, any number of times.
//!
//! An e-process starts at 1 and, where the null hypothesis holds, ever reaches `1 / α` with a probability of at most α (Ville's
//! inequality), whenever its reader stops. Sources: Ramdas, Grünwald, Vovk and Shafer, "Game-Theoretic Statistics and Safe
//! Anytime-Valid Inference" (2023); Howard, Ramdas, `McAuliffe` and Sekhon, "Time-Uniform, Nonparametric, Nonasymptotic Confidence
//! Sequences" (2021).

use statrs::function::beta::{beta_reg, ln_beta};

/// Strengths of the bets on values that are symmetric, times the value's unit: from values of some ten units to small parts of one.
const STRENGTHS: [f64; 10] = [0.031_25, 0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0];
/// Parameter of the Beta distribution over the chance of a value above 0.
const PRIOR: f64 = 0.5;
/// More than the rounding errors of a bound.
const ROUNDING: f64 = 1e-9;

/// The evidence that values lie above 0. It never falls when a value is replaced by a larger one, so where only an interval is
/// known of a value, its lower end gives a valid e-process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum EProcess {
    /// Of values whose distribution is symmetric about some centre, whatever its shape and spread. Null hypothesis: the centre is
    /// at most 0.
    ///
    /// `E = mean over λ of Π 2 / (1 + exp(-2 λ x))`, the average of bets of several strengths λ; each factor is
    /// `exp(λ x) / cosh(λ x)`, whose mean is 1 where x is symmetric about 0. Holds the logarithms of the products.
    ///
    /// Source: Vovk and Wang, "Nonparametric E-tests of Symmetry" (2024), the test of Fisher's type.
    Symmetric([f64; STRENGTHS.len()]),
    /// Of any values, by their signs. Null hypothesis: a value above 0 is at most as likely as one below it, so that the median is
    /// at most 0.
    ///
    /// `E = 2^n ∫ p^above (1 - p)^below dB(p)`, where B is the Beta distribution with parameters 1/2, restricted to p above 1/2.
    ///
    /// Source: Howard and others (2021), the one-sided beta-binomial mixture.
    Signs {
        /// Values above 0.
        above: u32,
        /// Values below it.
        below: u32,
    },
}

impl EProcess {
    /// Without values yet, for values that are symmetric.
    pub(crate) const SYMMETRIC: Self = Self::Symmetric([0.0; STRENGTHS.len()]);
    /// Without values yet, for any values.
    pub(crate) const SIGNS: Self = Self::Signs { above: 0, below: 0 };

    /// The evidence of one value, in its unit, of the same kind as this.
    pub(crate) fn of(&self, value: f64) -> Self {
        match self {
            Self::Symmetric(_) => Self::Symmetric(
                STRENGTHS.map(|strength| std::f64::consts::LN_2 - (-2.0 * strength * value).exp().ln_1p()),
            ),
            Self::Signs { .. } => Self::Signs { above: u32::from(value > 0.0), below: u32::from(value < 0.0) },
        }
    }

    /// Adds the evidence of further values, of the same kind as this.
    pub(crate) fn add(&mut self, further: &Self) {
        match (self, further) {
            (Self::Symmetric(products), Self::Symmetric(further)) => {
                products.iter_mut().zip(further).for_each(|(product, further)| *product += further);
            }
            (Self::Signs { above, below }, Self::Signs { above: further_above, below: further_below }) => {
                *above += further_above;
                *below += further_below;
            }
            _ => unreachable!("evidence of two kinds"),
        }
    }

    /// Whether `ln E` is at least `threshold`, which is above 0.
    pub(crate) fn reaches(&self, threshold: f64) -> bool {
        self.bound() >= threshold && self.ln() >= threshold
    }

    /// A number that `ln E` is not above, in a fraction of the time: the largest product, or the largest value of the integrand.
    pub(crate) fn bound(&self) -> f64 {
        match self {
            Self::Symmetric(products) => products.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Self::Signs { above, below } if above <= below => ROUNDING,
            Self::Signs { above, below } => {
                let (above, below) = (f64::from(*above), f64::from(*below));
                let part = |count: f64| if count > 0.0 { count * (2.0 * count / (above + below)).ln() } else { 0.0 };
                part(above) + part(below) + ROUNDING
            }
        }
    }

    /// `ln E`.
    pub(crate) fn ln(&self) -> f64 {
        match self {
            Self::Symmetric(products) => {
                let largest = self.bound();
                if largest == f64::NEG_INFINITY {
                    return largest;
                }
                let sum: f64 = products.iter().map(|product| (product - largest).exp()).sum();
                largest + (sum / STRENGTHS.len() as f64).ln()
            }
            Self::Signs { above, below } => {
                let (above, below) = (f64::from(*above), f64::from(*below));
                let both_sides = (above + below) * std::f64::consts::LN_2 + ln_beta(PRIOR + above, PRIOR + below)
                    - ln_beta(PRIOR, PRIOR);
                both_sides + (2.0 * beta_reg(PRIOR + below, PRIOR + above, 0.5)).ln()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(empty: EProcess, values: &[f64]) -> f64 {
        let mut process = empty;
        for &value in values {
            process.add(&empty.of(value));
        }
        process.ln()
    }

    #[test]
    fn evidence_starts_at_one_and_a_tie_does_not_change_it() {
        for empty in [EProcess::SYMMETRIC, EProcess::SIGNS] {
            assert!(empty.ln().abs() < 1e-12 && of(empty, &[0.0; 3]).abs() < 1e-12);
        }
    }

    #[test]
    fn the_mean_over_all_signs_is_one() {
        let sizes = [0.3, 5.0, 0.0, 1.0, 80.0];
        for empty in [EProcess::SYMMETRIC, EProcess::SIGNS] {
            let e = (0..32_u32).map(|signs| {
                let signed = |(at, size): (usize, &f64)| if signs >> at & 1 == 1 { *size } else { -size };
                of(empty, &sizes.iter().enumerate().map(signed).collect::<Vec<_>>()).exp()
            });
            let mean = e.sum::<f64>() / 32.0;
            assert!((mean - 1.0).abs() < 1e-12, "{empty:?}: {mean}");
        }
    }

    #[test]
    fn no_evidence_is_above_its_bound() {
        for empty in [EProcess::SYMMETRIC, EProcess::SIGNS] {
            let mut process = empty;
            for step in 0..200_u32 {
                process.add(&empty.of(f64::from(step * 7 % 11) - 4.0));
                assert!(process.ln() <= process.bound(), "{process:?}");
            }
            assert!(process.bound() < process.ln() + 5.0, "{process:?}");
        }
    }

    #[test]
    fn larger_values_are_more_evidence() {
        let values = [-2.0, -0.1, 0.0, 0.4, 3.0, f64::INFINITY];
        for empty in [EProcess::SYMMETRIC, EProcess::SIGNS] {
            let e: Vec<f64> = values.iter().map(|&value| of(empty, &[1.0, value])).collect();
            assert!(e.is_sorted(), "{e:?}");
        }
        let ruined = of(EProcess::SYMMETRIC, &[f64::NEG_INFINITY, 5.0]);
        assert!(ruined.is_infinite() && ruined < 0.0);
    }
}
