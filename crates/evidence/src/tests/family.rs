//! Simulations of the whole procedure: a family of claims, looked at after every pair. `make test` runs them in a quick form,
//! `make simulate` in full, which prints the tables of docs/statistics.md.

use std::fmt::Write;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, StandardNormal, StudentT};
use statrs::distribution::{Beta, ContinuousCDF};

use crate::SIGNIFICANCE;
use crate::judge::threshold;
use crate::statistics::power::replicates_needed;
use crate::statistics::{Decision, Difference, EProcess, Sequential};

/// The claims of a family.
const CLAIMS: usize = 36;
/// Pairs of every claim in full; the family is looked at after each.
const PAIRS: usize = 100;
/// Pairs in the quick form: most errors come early.
const FEWER_PAIRS: usize = 40;
/// The steps between two validations, where the difference has a standard deviation of two of them.
const GRID: f64 = 0.5;

/// How differences spread about their centre.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    Normal,
    HeavyTailed,
    TwoPeaks,
    /// Both values of a pair are only known to the validation that follows.
    Grid,
    /// Log-normal, with a median of 0.
    Skewed,
    /// Log-normal, with a mean of 0.
    SkewedMean,
}

impl Shape {
    /// A difference about a centre.
    fn draw(self, rng: &mut ChaCha8Rng, centre: f64) -> Difference {
        let skewed = |rng: &mut ChaCha8Rng| LogNormal::new(0.0, 1.0).expect("a distribution").sample(rng);
        let normal = |rng: &mut ChaCha8Rng| -> f64 { StandardNormal.sample(rng) };
        let value = centre
            + match self {
                Self::Normal => normal(rng),
                Self::HeavyTailed => StudentT::new(3.0).expect("a distribution").sample(rng),
                Self::TwoPeaks => 0.05 * normal(rng) + if rng.random::<bool>() { 1.0 } else { -1.0 },
                Self::Grid => return on_grid(normal(rng), centre, rng.random_range(0.0..GRID)),
                Self::Skewed => skewed(rng) - 1.0,
                Self::SkewedMean => skewed(rng) - 0.5_f64.exp(),
            };
        Difference { low: value, high: value }
    }
}

/// The difference of two values of which only the next multiple of [`GRID`] is known.
fn on_grid(difference: f64, centre: f64, other: f64) -> Difference {
    let read = |value: f64| (value / GRID).ceil() * GRID;
    let (one, other) = (read(other + centre + difference), read(other));
    Difference { low: one - GRID - other, high: one - (other - GRID) }
}

/// A claim whose truth lies where its verdict goes wrong most easily: the centre, the edge, and the outcomes that are wrong.
fn claim(index: usize) -> (f64, f64, &'static [Decision]) {
    use Decision::{Higher, Lower, Same};
    const MARGIN: f64 = 1.0;
    match index % 4 {
        0 => (0.0, 0.0, &[Higher, Lower]),
        1 => (MARGIN, MARGIN, &[Higher, Lower, Same]),
        2 => (MARGIN, 0.0, &[Lower, Same]),
        _ => (-MARGIN, MARGIN, &[Higher, Lower, Same]),
    }
}

/// Whether a verdict is wrong at any look.
fn is_ever_wrong(rng: &mut ChaCha8Rng, shape: Shape, process: EProcess, claims: usize) -> bool {
    let threshold = threshold(claims);
    (0..claims).any(|index| {
        let (centre, edge, wrong) = claim(index);
        let mut sequential = Sequential::new(process, edge, 1.0);
        (0..pairs()).any(|_| {
            sequential.add(shape.draw(rng, centre));
            sequential.decision(threshold).is_some_and(|decision| wrong.contains(&decision))
        })
    })
}

/// The share of families with a wrong verdict, and the upper end of its one-sided 99 % interval (Clopper and Pearson).
fn error(families: usize, shape: Shape, process: EProcess, claims: usize) -> (f64, f64) {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let wrong = (0..families).filter(|_| is_ever_wrong(&mut rng, shape, process, claims)).count();
    let upper = Beta::new(wrong as f64 + 1.0, (families - wrong) as f64).expect("fewer than all").inverse_cdf(0.99);
    (wrong as f64 / families as f64, upper)
}

/// Each shape with the e-process of metrics that spread so.
const FAMILIES: [(Shape, EProcess); 9] = [
    (Shape::Normal, EProcess::SYMMETRIC),
    (Shape::HeavyTailed, EProcess::SYMMETRIC),
    (Shape::TwoPeaks, EProcess::SYMMETRIC),
    (Shape::Grid, EProcess::SYMMETRIC),
    (Shape::Normal, EProcess::SIGNS),
    (Shape::HeavyTailed, EProcess::SIGNS),
    (Shape::TwoPeaks, EProcess::SIGNS),
    (Shape::Grid, EProcess::SIGNS),
    (Shape::Skewed, EProcess::SIGNS),
];

fn name(process: EProcess) -> &'static str {
    if process == EProcess::SIGNS { "signs" } else { "symmetric" }
}

fn pairs() -> usize {
    if std::env::var_os("SIMULATE").is_some() { PAIRS } else { FEWER_PAIRS }
}

fn families(quick: usize) -> usize {
    if std::env::var_os("SIMULATE").is_some() { 5 * quick } else { quick }
}

#[test]
fn a_family_that_is_looked_at_after_every_pair_keeps_its_error() {
    let mut table = String::new();
    for (shape, process) in FAMILIES {
        let (share, upper) = error(families(400), shape, process, CLAIMS);
        let _ = writeln!(table, "| {shape:?} | {} | {:.2} % | {:.2} % |", name(process), 100.0 * share, 100.0 * upper);
        assert!(share <= SIGNIFICANCE && upper < 0.055, "{shape:?}, {}: {share}, at most {upper}", name(process));
    }
    println!("{table}");
}

#[test]
fn the_confidence_sequence_covers_the_centre_after_every_pair_at_once() {
    // A claim whose truth lies at an edge on either side is wrong exactly where its sequence does not cover it.
    for (shape, process) in FAMILIES {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let samples = families(1_000);
        let misses = (0..samples).filter(|_| {
            let mut sequential = Sequential::new(process, 0.0, 1.0);
            (0..PAIRS).any(|_| {
                sequential.add(shape.draw(&mut rng, 0.0));
                let [_, higher, lower] = sequential.evidence();
                higher.1.max(lower.1) >= threshold(1)
            })
        });
        let covered = 1.0 - misses.count() as f64 / samples as f64;
        println!("| {shape:?} | {} | {:.2} % |", name(process), 100.0 * covered);
        assert!(covered >= 0.95, "{shape:?}, {}: {covered}", name(process));
    }
}

/// Student's e-process for differences with a mean of 0, `ln E` with `g = 1`.
///
/// Source: Wang and Ramdas, "Anytime-Valid t-Tests" (2023).
fn student(differences: &[f64]) -> f64 {
    let n = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / n;
    let variance = differences.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let (freedom, t_squared) = (n - 1.0, n * mean * mean / variance);
    let ratio = (1.0 + t_squared / freedom) / (1.0 + t_squared / (freedom * (1.0 + n)));
    f64::midpoint(freedom, 1.0) * ratio.ln() - (1.0 + n).ln() / 2.0
}

#[test]
fn students_e_process_fails_where_differences_have_two_peaks_or_are_skewed() {
    let error = |shape: Shape, claims: usize, samples: usize| {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let wrong = (0..samples).filter(|_| {
            (0..claims).any(|_| {
                let differences: Vec<f64> = (0..PAIRS).map(|_| shape.draw(&mut rng, 0.0).low).collect();
                (2..=PAIRS).any(|n| student(&differences[..n]) >= (claims as f64 / SIGNIFICANCE).ln())
            })
        });
        wrong.count() as f64 / samples as f64
    };
    let [normal, skewed] = [Shape::Normal, Shape::SkewedMean].map(|shape| error(shape, 1, families(1_000)));
    let two_peaks = error(Shape::TwoPeaks, CLAIMS, families(100));
    println!("Student's: normal {normal:.3}, skewed {skewed:.3}; 36 claims with two peaks {two_peaks:.3}");
    assert!(normal < 0.05 && skewed > 0.15 && two_peaks > 0.15, "{normal} {skewed} {two_peaks}");
}

#[test]
fn deciding_takes_few_more_pairs_than_a_fixed_number_of_them() {
    println!("| effect | chance | symmetric | signs | fixed number, t-test |");
    for effect in [0.5, 1.0, 2.0, 5.0] {
        let decided = |process: EProcess| {
            let mut rng = ChaCha8Rng::seed_from_u64(4);
            let mut pairs: Vec<usize> = (0..families(200))
                .map(|_| {
                    let mut sequential = Sequential::new(process, 0.0, 0.5);
                    let is_decided = |_: &usize| {
                        sequential.add(Shape::Normal.draw(&mut rng, effect));
                        sequential.decision(threshold(CLAIMS)) == Some(Decision::Higher)
                    };
                    (1..1_000).find(is_decided).expect("enough pairs")
                })
                .collect();
            pairs.sort_unstable();
            pairs
        };
        let (symmetric, signs) = (decided(EProcess::SYMMETRIC), decided(EProcess::SIGNS));
        for chance in [0.5, 0.8] {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the samples")]
            let at = |pairs: &[usize]| pairs[(chance * pairs.len() as f64) as usize];
            let alpha = SIGNIFICANCE / (2.0 * CLAIMS as f64);
            let fixed = replicates_needed(effect, alpha, chance).expect("a number");
            println!("| {effect} | {chance} | {} | {} | {fixed} |", at(&symmetric), at(&signs));
            assert!(at(&symmetric) <= at(&signs) && at(&symmetric) < 2 * fixed + 10, "{effect}, {chance}");
        }
    }
}
