//! Every function against the numbers of `SciPy` and statsmodels; `tests/vectors/make.py` writes them.

use serde::Deserialize;

use crate::statistics::bootstrap::{corrected_ends, quantile};
use crate::statistics::effect_size::cohen_d_z;
use crate::statistics::moments::Moments;
use crate::statistics::power::{replicates_needed, t_test_power};
use crate::statistics::{
    Decision, Difference, EProcess, FixedTest, Interval, PValues, hedges_g, holm, mean, mean_interval, sign_test,
    signed_rank, t_test,
};

#[derive(Deserialize)]
struct Vectors {
    data_sets: Vec<DataSet>,
    bca: Vec<Bca>,
    sign_test: Vec<SignTest>,
    signed_rank: Vec<SignedRank>,
    e_processes: Vec<EProcesses>,
    holm: Vec<Holm>,
    power: Vec<OneSidedTest>,
    replicates_needed: Vec<ReplicatesNeeded>,
}

#[derive(Deserialize)]
struct DataSet {
    name: String,
    values: Vec<f64>,
    mean: f64,
    standard_deviation: f64,
    median: f64,
    /// Share and quantile.
    quantiles: Vec<[f64; 2]>,
    /// Confidence, lower and upper end.
    mean_intervals: Vec<[f64; 3]>,
    paired_t: PairedT,
    cohen_d_z: f64,
    hedges_g: Option<f64>,
    equivalence: Vec<Equivalence>,
    minimum_effect: Vec<MinimumEffect>,
}

/// Two-sided, greater, less.
type ThreeP = [f64; 3];

#[derive(Deserialize)]
struct PairedT {
    p: ThreeP,
}

#[derive(Deserialize)]
struct Equivalence {
    margin: f64,
    alpha: f64,
    p: f64,
    low: f64,
    high: f64,
}

#[derive(Deserialize)]
struct MinimumEffect {
    margin: f64,
    above: f64,
    below: f64,
}

#[derive(Deserialize)]
struct Bca {
    data_set: String,
    statistic: String,
    estimate: f64,
    bootstrap: Vec<f64>,
    confidence: f64,
    low: f64,
    high: f64,
}

#[derive(Deserialize)]
struct SignTest {
    n_positive: usize,
    n_negative: usize,
    p: ThreeP,
}

#[derive(Deserialize)]
struct SignedRank {
    name: String,
    values: Vec<f64>,
    p: ThreeP,
}

#[derive(Deserialize)]
struct EProcesses {
    name: String,
    values: Vec<f64>,
    /// `ln E` after every value.
    symmetric: Vec<f64>,
    signs: Vec<f64>,
}

#[derive(Deserialize)]
struct Holm {
    p: Vec<f64>,
    adjusted: Vec<f64>,
}

#[derive(Deserialize)]
struct OneSidedTest {
    effect: f64,
    n: usize,
    alpha: f64,
    power: f64,
}

#[derive(Deserialize)]
struct ReplicatesNeeded {
    effect: f64,
    alpha: f64,
    power: f64,
    n: Option<usize>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../tests/vectors/statistics.json")).unwrap()
}

/// Equal to nine digits; what is next to nothing, to 1e-13 of `scale`.
#[track_caller]
fn assert_close(what: &str, found: f64, expected: f64, scale: f64) {
    let tolerance = (1e-9 * expected.abs()).max(1e-13 * scale);
    assert!((found - expected).abs() <= tolerance, "{what}: {found:e} instead of {expected:e}");
}

#[track_caller]
fn assert_p(what: &str, found: PValues, expected: ThreeP) {
    let two_sided = (2.0 * found.greater.min(found.less)).min(1.0);
    for (found, expected) in [two_sided, found.greater, found.less].into_iter().zip(expected) {
        assert_close(what, found, expected, 1.0);
    }
}

#[track_caller]
fn assert_interval(what: &str, found: Interval, low: f64, high: f64) {
    let scale = low.abs().max(high.abs());
    assert_close(what, found.low, low, scale);
    assert_close(what, found.high, high, scale);
}

fn ascending(values: &[f64]) -> Vec<f64> {
    let mut ascending = values.to_vec();
    ascending.sort_by(f64::total_cmp);
    ascending
}

fn median(values: &[f64]) -> f64 {
    quantile(&ascending(values), 0.5)
}

#[test]
fn the_data_sets_are_of_many_kinds() {
    let sets = vectors().data_sets;
    assert!(sets.len() >= 12);
}

#[test]
fn values_are_summarised_as_numpy_does() {
    for set in vectors().data_sets {
        let scale = set.values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        assert_close(&set.name, mean(&set.values).unwrap(), set.mean, scale);
        let deviation = Moments::of(&set.values).unwrap().standard_deviation;
        assert_close(&set.name, deviation, set.standard_deviation, scale);
        assert_close(&set.name, median(&set.values), set.median, scale);
        for [share, expected] in set.quantiles {
            assert_close(&set.name, quantile(&ascending(&set.values), share), expected, scale);
        }
    }
}

#[test]
fn means_have_the_interval_of_scipy() {
    for set in vectors().data_sets {
        for [confidence, low, high] in set.mean_intervals {
            let what = format!("{}, {confidence}", set.name);
            assert_interval(&what, mean_interval(&set.values, confidence).unwrap(), low, high);
        }
    }
}

#[test]
fn paired_t_is_that_of_scipy() {
    for set in vectors().data_sets {
        assert_p(&set.name, t_test(&set.values).unwrap(), set.paired_t.p);
    }
}

#[test]
fn effect_sizes_are_those_of_the_formulas() {
    for set in vectors().data_sets {
        assert_close(&set.name, cohen_d_z(&set.values).unwrap(), set.cohen_d_z, 1.0);
        let found = hedges_g(&set.values);
        assert_eq!(found.is_some(), set.hedges_g.is_some(), "{}", set.name);
        assert_close(&set.name, found.unwrap_or(0.0), set.hedges_g.unwrap_or(0.0), 1.0);
    }
}

/// The p-values of "the same", "higher" and "lower", with the margin as the edge.
fn outcomes(values: &[f64], margin: f64) -> [f64; 3] {
    let differences: Vec<Difference> = values.iter().map(|&value| Difference { low: value, high: value }).collect();
    let outcomes = FixedTest::Student.outcomes(&differences, margin, margin).unwrap();
    assert_eq!(outcomes.map(|(outcome, _)| outcome), [Decision::Same, Decision::Higher, Decision::Lower]);
    outcomes.map(|(_, p)| p)
}

#[test]
fn equivalence_is_that_of_statsmodels() {
    for set in vectors().data_sets {
        for expected in set.equivalence {
            let what = format!("{}, margin {}", set.name, expected.margin);
            // On a large offset, statsmodels loses digits of the mean.
            let scale = (1e-3 * set.mean.abs() / set.standard_deviation).max(1.0);
            assert_close(&what, outcomes(&set.values, expected.margin)[0], expected.p, scale);
            let interval = mean_interval(&set.values, 1.0 - 2.0 * expected.alpha).unwrap();
            assert_interval(&what, interval, expected.low, expected.high);
        }
    }
}

#[test]
fn minimum_effects_are_one_sided_tests_of_scipy() {
    for set in vectors().data_sets {
        for expected in set.minimum_effect {
            let what = format!("{}, margin {}", set.name, expected.margin);
            let [_, above, below] = outcomes(&set.values, expected.margin);
            assert_close(&what, above, expected.above, 1.0);
            assert_close(&what, below, expected.below, 1.0);
        }
    }
}

#[test]
fn the_signed_rank_test_is_that_of_scipy() {
    for case in vectors().signed_rank {
        assert_p(&case.name, signed_rank(&case.values).unwrap(), case.p);
    }
}

#[test]
fn e_processes_are_those_of_other_packages() {
    for case in vectors().e_processes {
        for (empty, expected) in [(EProcess::SYMMETRIC, case.symmetric), (EProcess::SIGNS, case.signs)] {
            let mut process = empty;
            for (&value, expected) in case.values.iter().zip(expected) {
                process.add(&empty.of(value));
                assert_close(&format!("{}, {empty:?}", case.name), process.ln(), expected, 1.0);
            }
        }
    }
}

#[test]
fn bca_is_that_of_scipy_on_the_same_resamples() {
    let Vectors { data_sets, bca, .. } = vectors();
    for case in bca {
        let values = &data_sets.iter().find(|set| set.name == case.data_set).unwrap().values;
        let statistic = |values: &[f64]| if case.statistic == "mean" { mean(values).unwrap() } else { median(values) };
        let without = |index: usize| statistic(&[&values[..index], &values[index + 1..]].concat());
        let jackknife: Vec<f64> = (0..values.len()).map(without).collect();
        let found = corrected_ends(case.estimate, case.bootstrap, &jackknife, case.confidence).unwrap();
        assert_interval(&case.data_set, found, case.low, case.high);
    }
}

#[test]
fn the_sign_test_is_the_binomial_test_of_scipy() {
    for case in vectors().sign_test {
        let what = format!("{} to {}", case.n_positive, case.n_negative);
        assert_p(&what, sign_test(case.n_positive, case.n_negative), case.p);
    }
}

#[test]
fn holm_is_that_of_statsmodels() {
    for case in vectors().holm {
        for (found, expected) in holm(&case.p).unwrap().into_iter().zip(case.adjusted) {
            assert_close(&format!("{:?}", case.p), found, expected, 1.0);
        }
    }
}

#[test]
fn power_is_that_of_the_noncentral_t_of_scipy() {
    for case in vectors().power {
        let what = format!("effect {}, n {}, alpha {}", case.effect, case.n, case.alpha);
        assert_close(&what, t_test_power(case.effect, case.n, case.alpha), case.power, 1.0);
    }
}

#[test]
fn replicates_are_as_many_as_counting_finds() {
    for case in vectors().replicates_needed {
        let found = replicates_needed(case.effect, case.alpha, case.power);
        assert_eq!(found, case.n, "effect {}, alpha {}, power {}", case.effect, case.alpha, case.power);
    }
}
