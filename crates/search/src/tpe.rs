//! A tree-structured Parzen estimator: candidates that are likely among the good trials and unlikely among the others.
//!
//! Bergstra, Bardenet, Bengio and Kégl, "Algorithms for Hyper-Parameter Optimization", 2011. The kernels span all keys together,
//! with the bandwidths that Watanabe, "Tree-Structured Parzen Estimator", 2023, found best:
//!
//! `l(x) = 1 / (n + 1) (prior(x) + sum_i prod_j k_j(x_j | x_ij))` over the good trials, `g(x)` over the others; the candidate with
//! the highest `l / g` is proposed. Trials that were proposed and have no result yet count among the others, so that the
//! settings of a batch differ.

use rand::{Rng, RngExt};
use serde_json::Value;
use spec::{Domain, Parameter, Settings};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::Trial;
use crate::space::{place_of, settled, value_at};

/// Trials before the first estimate.
pub(crate) const STARTUP: usize = 10;
/// Candidates per proposal.
const CANDIDATES: usize = 24;
/// Share of the trials that are good, and their number at most.
const GOOD: f64 = 0.1;
const MOST_GOOD: f64 = 25.0;
/// Bandwidth of one trial in one dimension, as a share of the range.
const BANDWIDTH: f64 = 0.2;

/// Settings, from the results of the trials; `pending` are those without a result.
pub(crate) fn propose(
    parameters: &[Parameter],
    trials: &[Trial],
    pending: &[Settings],
    rng: &mut impl Rng,
) -> Settings {
    let mut ranked: Vec<&Trial> = trials.iter().collect();
    ranked.sort_by(|one, other| {
        let ((depth, loss), (other_depth, other_loss)) = (one.rank(), other.rank());
        depth.cmp(&other_depth).then(loss.total_cmp(&other_loss))
    });
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
    let n_good = (GOOD * trials.len() as f64).ceil().min(MOST_GOOD) as usize;
    let (good, others) = ranked.split_at(n_good);
    let good = Mixture::new(parameters, good.iter().map(|trial| &trial.settings));
    let others = Mixture::new(parameters, others.iter().map(|trial| &trial.settings).chain(pending));
    let candidates = (0..CANDIDATES).map(|_| {
        let settings = good.sample(rng);
        (good.log_density(&settings) - others.log_density(&settings), settings)
    });
    let best = candidates.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.expect("there are candidates").1
}

/// A mixture of kernels, one per trial and a wide one; all weigh the same.
struct Mixture<'a> {
    parameters: &'a [Parameter],
    /// None for the wide one.
    kernels: Vec<Option<&'a Settings>>,
    bandwidth: f64,
}

impl<'a> Mixture<'a> {
    fn new(parameters: &'a [Parameter], trials: impl Iterator<Item = &'a Settings>) -> Self {
        let kernels: Vec<Option<&Settings>> = trials.map(Some).chain([None]).collect();
        let n = kernels.len() as f64;
        let least = 1.0 / (1.0 + n).min(100.0);
        let bandwidth = (BANDWIDTH * n.powf(-1.0 / (parameters.len() as f64 + 4.0))).max(least);
        Self { parameters, kernels, bandwidth }
    }

    fn sample(&self, rng: &mut impl Rng) -> Settings {
        let kernel = self.kernels[rng.random_range(0..self.kernels.len())];
        let value = |one: &Parameter| {
            let centre = kernel.and_then(|settings| settings.get(&one.key));
            match &one.domain {
                Domain::Values(values) => {
                    let uniform = rng.random::<f64>();
                    let weights = values.iter().map(|value| self.share(values.len(), centre, value));
                    let mut sum = 0.0;
                    let index = weights
                        .take_while(|weight| {
                            sum += weight;
                            sum <= uniform
                        })
                        .count();
                    values[index.min(values.len() - 1)].clone()
                }
                domain @ Domain::Range { .. } => value_at(domain, self.kernel(domain, centre).sample(rng.random())),
            }
        };
        let values: Vec<Value> = self.parameters.iter().map(value).collect();
        settled(self.parameters, values)
    }

    /// The logarithm of the density at some settings; keys that do not count there do not count here.
    fn log_density(&self, settings: &Settings) -> f64 {
        let of_kernel = |kernel: Option<&Settings>| {
            let of_key = |one: &Parameter| {
                let Some(value) = settings.get(&one.key) else { return 0.0 };
                let centre = kernel.and_then(|settings| settings.get(&one.key));
                match &one.domain {
                    Domain::Values(values) => self.share(values.len(), centre, value).ln(),
                    domain @ Domain::Range { .. } => self.kernel(domain, centre).log_density(place_of(domain, value)),
                }
            };
            self.parameters.iter().map(of_key).sum::<f64>()
        };
        let logs: Vec<f64> = self.kernels.iter().copied().map(of_kernel).collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        most + (logs.iter().map(|log| (log - most).exp()).sum::<f64>() / logs.len() as f64).ln()
    }

    /// The probability of one of `n` listed values: that of the trial has one trial's weight more than the others.
    fn share(&self, n: usize, centre: Option<&Value>, value: &Value) -> f64 {
        let prior = 1.0 / self.kernels.len() as f64;
        let (own, sum) = centre
            .map_or((0.0, n as f64 * prior), |centre| (f64::from(u8::from(centre == value)), 1.0 + n as f64 * prior));
        (own + prior) / sum
    }

    /// The kernel of a number: about the trial's, wide without one.
    fn kernel(&self, domain: &Domain, centre: Option<&Value>) -> Kernel {
        match centre {
            Some(centre) => Kernel { centre: place_of(domain, centre), width: self.bandwidth },
            None => Kernel { centre: 0.5, width: 1.0 },
        }
    }
}

/// A normal distribution on 0 to 1, cut off there.
struct Kernel {
    centre: f64,
    width: f64,
}

impl Kernel {
    /// The probabilities below 0 and below 1 without the cut.
    fn ends(&self) -> (f64, f64) {
        let standard = Normal::standard();
        (standard.cdf(-self.centre / self.width), standard.cdf((1.0 - self.centre) / self.width))
    }

    /// The place below which this share of the distribution lies.
    fn sample(&self, share: f64) -> f64 {
        let (low, high) = self.ends();
        let z = Normal::standard().inverse_cdf(low + share * (high - low));
        (self.centre + self.width * z).clamp(0.0, 1.0)
    }

    fn log_density(&self, place: f64) -> f64 {
        let (low, high) = self.ends();
        let z = (place - self.centre) / self.width;
        -0.5 * z * z - (self.width * std::f64::consts::TAU.sqrt() * (high - low)).ln()
    }
}
