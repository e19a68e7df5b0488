//! `Models`: how the curves of a correct program and of every mistake scatter over seeds, and which of them a curve looks like.
//!
//! Every training is a normal distribution over the [features](crate::features): means and standard deviations are those of its
//! seeds, the correlations those of all trainings together. What counts is the likelihood ratio of a mistake and no mistake. How
//! large it becomes by chance is read from the correct seeds themselves, each judged by the others, so a correct curve is accused
//! at most once in as many curves as there are correct seeds.

use std::collections::BTreeMap;

use crate::linear::Cholesky;

/// Weight of the other trainings' variance in that of a training, in seeds.
const PRIOR_SEEDS: f64 = 2.0;
/// Share of the correlations that is replaced by none.
const SHRINKAGE: f64 = 0.2;
/// Smallest standard deviation of a feature: stored curves have four digits.
const SMALLEST_DEVIATION: f64 = 2e-3;
/// Standard deviation of the number of validations after the best one: it is exact.
const STOP_DEVIATION: f64 = 0.25;
/// Share of a mistake's own curves that must be told from correct ones, so that it is named at all.
const TELLABLE: f64 = 0.5;

/// A training, correct or with a mistake.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Which list of curves are those of its seeds.
    pub source: usize,
    /// Validations by which its early stopping is late.
    pub late: f64,
}

/// A curve as numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The features.
    pub features: Vec<f64>,
    /// Validations by which it stopped late; none if that cannot be seen.
    pub late: Option<f64>,
}

/// The distributions of all variants. The first variant is the correct one.
#[derive(Debug, Clone)]
pub struct Models {
    variants: Vec<Variant>,
    /// The curves of every source, seed by seed.
    sources: Vec<Vec<Vec<f64>>>,
    fits: Vec<Fit>,
    /// The typical variance of a feature.
    usual: Vec<f64>,
    correlation: Cholesky,
    has_stop: bool,
}

/// A normal distribution of some features, without their correlations.
#[derive(Debug, Clone)]
pub(crate) struct Fit {
    mean: Vec<f64>,
    /// Of a further curve, so a little more than that of the seeds.
    deviation: Vec<f64>,
}

/// A mistake that explains a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Named {
    /// Its place among the variants.
    pub variant: usize,
    /// Its share of the likelihood of all mistakes that can be told and of no mistake.
    pub share: f64,
}

/// What some curves of one program look like.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Whether a mistake explains the curves better than any does by chance.
    pub is_accused: bool,
    /// The mistakes that can be told from correct, the likeliest first.
    pub ranked: Vec<Named>,
    /// The mistakes whose curves look correct.
    pub untellable: Vec<usize>,
}

/// What became of the curves of a variant when each was judged by the others: how often each variant was named first, and none.
pub type Rates = BTreeMap<Option<usize>, usize>;

impl Models {
    /// The distributions of these variants; `sources` are their curves, of the features that the judged curves have. With
    /// `has_stop`, the judged curves show when they stopped.
    #[must_use]
    pub fn new(variants: Vec<Variant>, sources: Vec<Vec<Vec<f64>>>, has_stop: bool) -> Self {
        let usual = Fit::usual(&sources.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let fit = |source: &Vec<Vec<f64>>| Fit::of(&source.iter().collect::<Vec<_>>(), &usual);
        let fits: Vec<Fit> = sources.iter().map(fit).collect();
        let of_source = |(source, fit): (&Vec<Vec<f64>>, &Fit)| {
            source.iter().map(|features| fit.standardised(features)).collect::<Vec<_>>()
        };
        let residuals: Vec<Vec<f64>> = sources.iter().zip(&fits).flat_map(of_source).collect();
        let correlation = Cholesky::of(&correlations(&residuals, usual.len()));
        Self { variants, sources, fits, usual, correlation, has_stop }
    }

    /// The log-likelihood of some curves under every variant. `left_out` are curves of a source that are not used.
    fn likelihoods(&self, curves: &[Measured], left_out: Option<(usize, &[usize])>) -> Vec<f64> {
        let refitted = left_out.map(|(source, seeds)| {
            let rest = self.sources[source].iter().enumerate().filter(|(at, _)| !seeds.contains(at));
            (source, Fit::of(&rest.map(|(_, curve)| curve).collect::<Vec<_>>(), &self.usual))
        });
        let of_source = |source: usize| {
            let fit = refitted.as_ref().filter(|(at, _)| *at == source).map_or(&self.fits[source], |(_, fit)| fit);
            curves.iter().map(|curve| self.likelihood(fit, &curve.features)).sum::<f64>()
        };
        let of_sources: Vec<f64> = (0..self.sources.len()).map(of_source).collect();
        let of_stop = |variant: &Variant| {
            let late = curves.iter().filter_map(|curve| curve.late).filter(|_| self.has_stop);
            late.map(|late| -0.5 * ((late - variant.late) / STOP_DEVIATION).powi(2)).sum::<f64>()
        };
        self.variants.iter().map(|variant| of_sources[variant.source] + of_stop(variant)).collect()
    }

    fn likelihood(&self, fit: &Fit, features: &[f64]) -> f64 {
        let scale: f64 = fit.deviation.iter().map(|deviation| deviation.ln()).sum();
        -0.5 * self.correlation.quadratic(&fit.standardised(features)) - scale
    }

    /// Which mistakes some curves of one program look like.
    #[must_use]
    pub fn judge(&self, curves: &[Measured]) -> Verdict {
        let (tellable, threshold) = self.tellable(curves.len());
        let likelihoods = self.likelihoods(curves, None);
        let highest = best(&likelihoods, &tellable).map_or(likelihoods[0], |(_, best)| best.max(likelihoods[0]));
        let weight = |variant: usize| (likelihoods[variant] - highest).exp();
        let sum = weight(0) + tellable.iter().map(|&variant| weight(variant)).sum::<f64>();
        let mut ranked: Vec<Named> =
            tellable.iter().map(|&variant| Named { variant, share: weight(variant) / sum }).collect();
        ranked.sort_by(|one, other| likelihoods[other.variant].total_cmp(&likelihoods[one.variant]));
        Verdict {
            is_accused: accused(&likelihoods, &tellable, threshold).is_some(),
            ranked,
            untellable: (1..self.variants.len()).filter(|variant| !tellable.contains(variant)).collect(),
        }
    }

    /// The mistakes that this number of curves can tell from correct, and the log-likelihood ratio from which on they are named.
    fn tellable(&self, n_curves: usize) -> (Vec<usize>, f64) {
        let all: Vec<usize> = (1..self.variants.len()).collect();
        let threshold = self.threshold(n_curves, &all);
        let is_told = |variant: &usize| {
            let trials = self.trials(*variant, n_curves);
            let told = trials.iter().filter(|of| of[*variant] - of[0] > threshold).count();
            told as f64 >= TELLABLE * trials.len() as f64 && !trials.is_empty()
        };
        let tellable: Vec<usize> = all.iter().copied().filter(is_told).collect();
        let threshold = self.threshold(n_curves, &tellable);
        (tellable, threshold)
    }

    /// The largest log-likelihood ratio of one of these mistakes among correct curves, each judged by the others.
    fn threshold(&self, n_curves: usize, mistakes: &[usize]) -> f64 {
        let ratio = |of: &Vec<f64>| best(of, mistakes).map_or(0.0, |(_, best)| best - of[0]);
        self.trials(0, n_curves).iter().map(ratio).fold(0.0, f64::max)
    }

    /// The log-likelihoods of a variant's own curves, this many at a time, which are not used themselves.
    fn trials(&self, variant: usize, n_curves: usize) -> Vec<Vec<f64>> {
        let Variant { source, late } = self.variants[variant];
        let curve = |&seed: &usize| Measured { features: self.sources[source][seed].clone(), late: Some(late) };
        let trial = |group: Vec<usize>| {
            let curves: Vec<Measured> = group.iter().map(curve).collect();
            self.likelihoods(&curves, Some((source, &group)))
        };
        groups(self.sources[source].len(), n_curves).into_iter().map(trial).collect()
    }

    /// What becomes of the curves of every variant, this many at a time: the confusion table.
    #[must_use]
    pub fn confusion(&self, n_curves: usize) -> Vec<Rates> {
        let (tellable, threshold) = self.tellable(n_curves);
        let rates = |variant: usize| {
            let mut rates = Rates::new();
            for likelihoods in self.trials(variant, n_curves) {
                *rates.entry(accused(&likelihoods, &tellable, threshold)).or_default() += 1;
            }
            rates
        };
        (0..self.variants.len()).map(rates).collect()
    }
}

impl Fit {
    /// The distribution of some curves, whose variances are drawn towards the usual ones.
    pub(crate) fn of(curves: &[&Vec<f64>], usual: &[f64]) -> Self {
        let (mean, variance) = moments(curves);
        let n = curves.len() as f64;
        let deviation = variance.iter().zip(usual).map(|(own, usual)| {
            let drawn = (PRIOR_SEEDS * usual + (n - 1.0) * own) / (PRIOR_SEEDS + n - 1.0);
            (drawn * (1.0 + 1.0 / n)).sqrt().max(SMALLEST_DEVIATION)
        });
        Self { deviation: deviation.collect(), mean }
    }

    /// The median over some lists of curves of the variance of every feature.
    pub(crate) fn usual(sources: &[&[Vec<f64>]]) -> Vec<f64> {
        let variances: Vec<Vec<f64>> = sources.iter().map(|source| moments(source).1).collect();
        let n_features = variances.first().map_or(0, Vec::len);
        (0..n_features).map(|at| median(variances.iter().map(|variance| variance[at]).collect())).collect()
    }

    /// The value at this many standard deviations from the mean, of a single feature.
    pub(crate) fn at(&self, deviations: f64) -> f64 {
        self.mean[0] + deviations * self.deviation[0]
    }

    pub(crate) fn standardised(&self, features: &[f64]) -> Vec<f64> {
        let values = features.iter().zip(&self.mean).zip(&self.deviation);
        values.map(|((value, mean), deviation)| (value - mean) / deviation).collect()
    }
}

/// The likeliest of some variants.
fn best(likelihoods: &[f64], of: &[usize]) -> Option<(usize, f64)> {
    let known = of.iter().map(|&variant| (variant, likelihoods[variant]));
    known.max_by(|(_, one), (_, other)| one.total_cmp(other))
}

/// The likeliest of some mistakes, if it is that much likelier than no mistake.
fn accused(likelihoods: &[f64], of: &[usize], threshold: f64) -> Option<usize> {
    best(likelihoods, of).filter(|(_, best)| best - likelihoods[0] > threshold).map(|(variant, _)| variant)
}

/// Groups of this many out of `n` seeds, spread evenly; each leaves at least as many seeds as it takes.
fn groups(n: usize, size: usize) -> Vec<Vec<usize>> {
    if size == 1 {
        return (0..n).map(|seed| vec![seed]).collect();
    }
    let group = |first: usize, stride: usize| (0..size).map(|at| (first + at * stride) % n).collect();
    let strides = [1, 3].into_iter().filter(|_| n >= 2 * size);
    strides.flat_map(|stride| (0..n).map(move |first| group(first, stride))).collect()
}

/// Mean and variance of every feature.
fn moments(curves: &[impl AsRef<[f64]>]) -> (Vec<f64>, Vec<f64>) {
    let n = curves.len() as f64;
    let n_features = curves.first().map_or(0, |curve| curve.as_ref().len());
    let of_feature = |at: usize| {
        let mean = curves.iter().map(|curve| curve.as_ref()[at]).sum::<f64>() / n;
        let squares = curves.iter().map(|curve| (curve.as_ref()[at] - mean).powi(2)).sum::<f64>();
        (mean, squares / (n - 1.0).max(1.0))
    };
    (0..n_features).map(of_feature).unzip()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(1.0)
}

/// The correlations of standardised features, pulled towards none, so that they have an inverse.
fn correlations(residuals: &[Vec<f64>], n_features: usize) -> Vec<Vec<f64>> {
    let product = |i: usize, j: usize| residuals.iter().map(|one| one[i] * one[j]).sum::<f64>();
    let scale: Vec<f64> = (0..n_features).map(|at| product(at, at).sqrt().max(f64::MIN_POSITIVE)).collect();
    let correlation = |i: usize, j: usize| {
        if i == j { 1.0 } else { (1.0 - SHRINKAGE) * product(i, j) / (scale[i] * scale[j]) }
    };
    (0..n_features).map(|i| (0..n_features).map(|j| correlation(i, j)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers between -1 and 1 that look random.
    fn noise(seed: usize, at: usize) -> f64 {
        let x = ((seed * 131 + at * 977) as f64 * 12.9898).sin() * 43_758.545;
        2.0 * (x - x.floor()) - 1.0
    }

    /// Curves of four features, shifted by `shift`.
    fn source(first: usize, n: usize, shift: f64) -> Vec<Vec<f64>> {
        (first..first + n).map(|seed| (0..4).map(|at| shift + noise(seed, at)).collect()).collect()
    }

    fn models() -> Models {
        let variant = |source, late| Variant { source, late };
        let variants = vec![variant(0, 0.0), variant(1, 0.0), variant(2, 0.0), variant(0, 1.0)];
        Models::new(variants, vec![source(0, 40, 0.0), source(50, 10, 9.0), source(70, 10, 0.02)], true)
    }

    #[test]
    fn a_mistake_is_named_and_what_looks_correct_is_not() {
        let judge =
            |shift, late| models().judge(&[Measured { features: source(90, 1, shift).remove(0), late: Some(late) }]);
        let verdict = judge(9.0, 0.0);
        assert!(verdict.is_accused && verdict.ranked[0].variant == 1 && verdict.ranked[0].share > 0.99, "{verdict:?}");
        assert_eq!(verdict.untellable, [2], "its curves look correct");
        assert!(!judge(0.0, 0.0).is_accused);
        let late = judge(0.0, 1.0);
        assert!(late.is_accused && late.ranked[0].variant == 3, "{late:?}");
    }

    #[test]
    fn the_confusion_table_counts_every_trial() {
        let models = models();
        for (n_curves, trials) in [(1, [40, 10, 10, 40]), (5, [80, 20, 20, 80])] {
            let rates = models.confusion(n_curves);
            assert_eq!(rates.iter().map(|rates| rates.values().sum()).collect::<Vec<usize>>(), trials);
            assert_eq!(rates[0], [(None, trials[0])].into(), "no correct curve is accused");
            assert_eq!([1, 3].map(|variant| rates[variant][&Some(variant)]), [trials[1], trials[3]]);
            assert_eq!(rates[2].get(&Some(2)), None);
        }
    }
}
