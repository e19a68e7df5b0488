//! Coverage and size: what an interval or a test promises, counted over many samples with a known truth.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

use crate::statistics::power::replicates_needed;
use crate::statistics::{Decision, Difference, FixedTest, Interval, bca_interval, holm, mean_interval, t_test};

const SAMPLES: usize = 20_000;
const ALPHA: f64 = 0.05;
/// Four standard errors of a share of 0.05 (or 0.95) among the samples.
const ERROR: f64 = 0.006;

/// Share of the samples of which something holds.
fn share(samples: usize, seed: u64, mut holds: impl FnMut(&mut ChaCha8Rng) -> bool) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..samples).filter(|_| holds(&mut rng)).count() as f64 / samples as f64
}

fn normal(rng: &mut ChaCha8Rng, mean: f64, n: usize) -> Vec<f64> {
    StandardNormal.sample_iter(rng).take(n).map(|value: f64| mean + value).collect()
}

/// The two-sided p-value against a mean of 0.
fn two_sided(values: &[f64]) -> f64 {
    let p = t_test(values).unwrap();
    2.0 * p.greater.min(p.less)
}

fn covers(interval: Interval, truth: f64) -> bool {
    interval.low <= truth && truth <= interval.high
}

#[track_caller]
fn assert_about(found: f64, expected: f64) {
    assert!((found - expected).abs() <= ERROR, "{found} instead of {expected}");
}

#[test]
fn the_t_interval_covers_the_mean_as_often_as_it_says() {
    for n in [5, 10] {
        let covered = share(SAMPLES, 1, |rng| covers(mean_interval(&normal(rng, 3.0, n), 0.95).unwrap(), 3.0));
        assert_about(covered, 0.95);
    }
}

#[test]
fn the_bca_interval_covers_a_skewed_mean_nearly_as_often_as_it_says() {
    let covered = share(2_000, 2, |rng| {
        let values: Vec<f64> = Exp1.sample_iter(rng).take(20).collect();
        covers(bca_interval(&values, 0.95, 1_000, 1).unwrap(), 1.0)
    });
    assert!((0.90..0.97).contains(&covered), "{covered}");
}

#[test]
fn paired_t_finds_nothing_as_rarely_as_it_says() {
    for n in [2, 5, 10] {
        assert_about(share(SAMPLES, 3, |rng| two_sided(&normal(rng, 0.0, n)) < ALPHA), ALPHA);
        assert_about(share(SAMPLES, 4, |rng| t_test(&normal(rng, 0.0, n)).unwrap().less < ALPHA), ALPHA);
    }
}

#[test]
fn holm_keeps_the_chance_of_a_single_false_finding() {
    let p = |rng: &mut ChaCha8Rng, mean| two_sided(&normal(rng, mean, 6));
    let found = share(SAMPLES, 6, |rng| holm(&[0.0; 5].map(|mean| p(rng, mean))).unwrap().iter().any(|&p| p < ALPHA));
    // Of five independent tests, `1 - (1 - α / 5)^5`.
    assert_about(found, 1.0 - (1.0 - ALPHA / 5.0).powi(5));
    // Next to two true effects three are false, of which one is still found no more often than α.
    let false_ones = share(SAMPLES, 7, |rng| {
        let adjusted = holm(&[9.0, 0.0, 9.0, 0.0, 0.0].map(|mean| p(rng, mean))).unwrap();
        [1, 3, 4].iter().any(|&index| adjusted[index] < ALPHA)
    });
    assert!(false_ones > 0.03 && false_ones < ALPHA + ERROR, "{false_ones}");
}

/// The p-value of an outcome, of exact differences.
fn p_of(test: FixedTest, wanted: Decision, values: &[f64], edge: f64, margin: f64) -> f64 {
    let differences: Vec<Difference> = values.iter().map(|&value| Difference { low: value, high: value }).collect();
    let outcomes = test.outcomes(&differences, edge, margin).unwrap();
    outcomes.into_iter().find(|(outcome, _)| *outcome == wanted).unwrap().1
}

#[test]
fn at_the_edge_of_the_margin_neither_side_is_found_more_often_than_alpha() {
    use Decision::{Higher, Lower, Same};
    // The margin is wide against the standard error, so that the other edge plays no part.
    for mean in [-3.0, 3.0] {
        for test in FixedTest::ALL {
            let found = |seed, outcome| {
                share(SAMPLES / 4, seed, |rng| p_of(test, outcome, &normal(rng, mean, 10), 3.0, 3.0) < ALPHA)
            };
            let (same, beyond) = (found(8, Same), found(9, Higher) + found(9, Lower));
            assert!(same < ALPHA + 2.0 * ERROR && beyond < ALPHA + 2.0 * ERROR, "{test:?}: {same} {beyond}");
            if test == FixedTest::Student {
                assert!(same > ALPHA - 2.0 * ERROR && beyond > ALPHA - 2.0 * ERROR, "{same} {beyond}");
            }
        }
    }
}

#[test]
fn as_many_replicates_as_needed_find_the_effect() {
    let n = replicates_needed(1.0, ALPHA, 0.8).unwrap();
    let found = |n| share(SAMPLES, 11, |rng| t_test(&normal(rng, 1.0, n)).unwrap().greater < ALPHA);
    assert!(found(n) > 0.8 - 2.0 * ERROR && found(n - 1) < 0.8 + 2.0 * ERROR, "{n}");
}

#[test]
fn equivalence_is_found_exactly_where_its_interval_lies_within_the_margin() {
    let agree = share(2_000, 10, |rng| {
        let values = normal(rng, 0.4, 8);
        let interval = mean_interval(&values, 1.0 - 2.0 * ALPHA).unwrap();
        (p_of(FixedTest::Student, Decision::Same, &values, 0.0, 1.0) < ALPHA)
            == (interval.low > -1.0 && interval.high < 1.0)
    });
    assert!((agree - 1.0).abs() < f64::EPSILON, "{agree}");
}
