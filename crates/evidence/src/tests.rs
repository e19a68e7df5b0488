//! Claims and metrics of replicates whose values are known.

mod family;

use record::{RunRecord, StopReason};
use spec::{Claim, Expectation, Metric};

use super::*;
use test_support::synthetic::{Curve, record};

/// Replicates of an experiment with these best validation accuracies, seeds 1, 2 and so on.
fn replicates(name: &str, accuracies: &[f64]) -> Replicates {
    let records = accuracies.iter().zip(1..).map(|(&accuracy, seed)| run(name, seed, accuracy));
    let records: Vec<RunRecord> = records.collect();
    Replicates { spec: records[0].spec.clone(), records }
}

fn run(name: &str, seed: u64, accuracy: f64) -> RunRecord {
    let mut record = record(name, name, 1_250, &Curve::STANDARD);
    record.seed = seed;
    for validation in &mut record.history.validations {
        validation.validation_accuracy = validation.validation_accuracy.min(accuracy);
    }
    record.history.validations[10].validation_accuracy = accuracy;
    record
}

fn claim(metric: Metric, expect: Expectation, margin: f64) -> Claim {
    Claim { says: "a statement".to_owned(), source: None, metric, expect, margin, against: "base".to_owned() }
}

/// The verdict on a claim about accuracies that differ from the baseline's by these, over and over up to `n` seeds.
fn verdict(expect: Expectation, differences: &[f64], n: usize) -> Judged {
    let base: Vec<f64> = (0..n).map(|index| 0.8 + 0.001 * (index % 3) as f64).collect();
    let accuracies: Vec<f64> = base.iter().zip(differences.iter().cycle()).map(|(base, more)| base + more).collect();
    let mut one = replicates("one", &accuracies);
    one.spec.claims = vec![claim(Metric::BestValidationAccuracy, expect, 0.005)];
    judge(&[replicates("base", &base), one]).remove(0)
}

#[test]
fn claims_are_judged_by_their_paired_differences() {
    use Decision::{Higher, Lower, Same};
    use Expectation as E;
    let large = [0.020, 0.021, 0.019, 0.022, 0.018];
    let small = [0.001, 0.000, -0.001, 0.0015, -0.0015];
    // Different from 0 for certain, and too small to matter.
    let tiny = [0.0010, 0.0011, 0.0009, 0.0012, 0.0008];
    let wild = [0.05, -0.04, 0.06, -0.05, 0.01];
    let negative = large.map(|difference| -difference);
    for (expect, differences, expected) in [
        (E::Higher, large, Verdict::Holds),
        (E::Higher, negative, Verdict::DoesNotHold(Lower)),
        (E::Higher, small, Verdict::DoesNotHold(Same)),
        (E::Higher, tiny, Verdict::DoesNotHold(Same)),
        (E::Lower, negative, Verdict::Holds),
        (E::Lower, large, Verdict::DoesNotHold(Higher)),
        (E::AboutTheSame, small, Verdict::Holds),
        (E::AboutTheSame, tiny, Verdict::Holds),
        (E::AboutTheSame, large, Verdict::DoesNotHold(Higher)),
        (E::AboutTheSame, negative, Verdict::DoesNotHold(Lower)),
    ] {
        let judged = verdict(expect, &differences, 15);
        assert_eq!(judged.verdict, expected, "{expect:?} of {differences:?}: {judged:?}");
        assert!(judged.p < SIGNIFICANCE && !judged.hangs_on_one_seed, "{judged:?}");
        assert!(matches!(verdict(expect, &differences, 4).verdict, Verdict::Undecided(Reason::TooWeak(_))));
    }
    for expect in [E::Higher, E::Lower, E::AboutTheSame] {
        assert!(verdict(expect, &wild, 15).verdict.is_open());
        assert_eq!(verdict(expect, &[0.02], 1).verdict, Verdict::Undecided(Reason::TooFewPairs));
    }
}

#[test]
fn equal_differences_decide_nothing_however_many() {
    for expect in [Expectation::Higher, Expectation::Lower, Expectation::AboutTheSame] {
        for n in [2, 3, 30] {
            for difference in [0.0, 0.02] {
                let judged = verdict(expect, &[difference], n);
                assert_eq!(judged.verdict, Verdict::Undecided(Reason::EqualDifferences), "{n} seeds");
                assert_eq!(judged.fixed, [None; 3]);
            }
        }
    }
}

#[test]
fn a_resolution_coarser_than_the_margin_decides_nothing() {
    let mut one = replicates("one", &[0.81, 0.82, 0.83].repeat(6));
    one.spec.claims = vec![claim(Metric::BestValidationAccuracy, Expectation::Higher, 0.005)];
    let base = replicates("base", &[0.7; 18]);
    let judged = |one: &Replicates| judge(&[base.clone(), one.clone()])[0].verdict;
    assert_eq!(judged(&one), Verdict::Holds);
    for record in &mut one.records {
        record.spec.data.validation_images = 100;
    }
    assert_eq!(judged(&one), Verdict::Undecided(Reason::Coarse(0.01)));
}

#[test]
fn what_is_read_at_validations_is_known_to_the_steps_between_them() {
    let metric = Metric::STEPS_TO_90_PERCENT;
    let (one, base) = (replicates("one", &[0.95, 0.95]), replicates("base", &[0.95, 0.85]));
    let comparison = Comparison::of(metric, &one, &base);
    let Difference { low, high } = comparison.differences[0];
    assert_eq!((low, high, comparison.grain), (-125.0, 125.0, 125.0));
    // The baseline ended at step 1,250 without it.
    let Difference { low, high } = comparison.differences[1];
    assert!(low < -1_250.0 + 1_250.0 && low.is_infinite() && high <= 0.0, "{low} {high}");
    assert_eq!((comparison.n(), comparison.signs(), comparison.mean()), (2, (0, 1), None));
}

#[test]
fn what_is_undecided_says_how_many_more_seeds_would_decide_it_with_what_chance() {
    let judged = verdict(Expectation::Higher, &[0.02, 0.03, 0.005, 0.01, 0.015], 5);
    let Verdict::Undecided(Reason::TooWeak(Some(Outlook { seeds, chance }))) = judged.verdict else {
        panic!("{judged:?}")
    };
    assert!((1..10).contains(&seeds) && (0.8..=1.0).contains(&chance), "{seeds} {chance}");
    let hopeless = verdict(Expectation::Higher, &[0.02, -0.02], 6).verdict;
    let Verdict::Undecided(Reason::TooWeak(Some(Outlook { seeds, chance }))) = hopeless else { panic!("{hopeless:?}") };
    assert!(seeds == 200 && chance < 0.5, "{seeds} {chance}");
}

#[test]
fn a_verdict_that_hangs_on_one_seed_is_marked() {
    let differences = [0.020, 0.021, 0.019];
    let decided = |n| matches!(verdict(Expectation::Higher, &differences, n).verdict, Verdict::Holds);
    let first = (2..20).find(|&n| decided(n)).expect("a verdict");
    assert!(verdict(Expectation::Higher, &differences, first).hangs_on_one_seed);
    assert!(!verdict(Expectation::Higher, &differences, first + 1).hangs_on_one_seed);
}

#[test]
fn experiments_that_are_not_trained_alike_are_marked() {
    let (one, mut base) = (replicates("one", &[0.8, 0.9]), replicates("base", &[0.7, 0.8]));
    let differing = |base: &Replicates| Comparison::of(Metric::BestValidationAccuracy, &one, base).differing_protocol;
    *test_support::synthetic::hidden_units_of(&mut base.records[0]) = vec![32];
    base.spec.model = base.records[0].spec.model.clone();
    assert!(differing(&base).is_empty(), "what a claim compares may differ");
    base.spec.data.train_images += 1_000;
    assert_eq!(differing(&base), ["data.train_images"]);
}

#[test]
fn claims_about_the_best_weights_are_judged_by_the_last_ones_too() {
    let mut one = replicates("one", &[0.81, 0.82, 0.83].repeat(6));
    one.spec.claims = vec![
        claim(Metric::BestValidationAccuracy, Expectation::Higher, 0.005),
        claim(Metric::Steps, Expectation::Higher, 125.0),
    ];
    let mut base = replicates("base", &[0.7; 18]);
    for record in &mut base.records {
        let last = record.history.validations.last_mut().expect("a validation");
        last.validation_accuracy = 0.95 + 0.001 * (record.seed % 5) as f64;
    }
    let experiments = [base, one];
    let by_other = judge_by(&experiments, Metric::of_other_weights);
    assert_eq!((by_other.len(), by_other[0].claim.metric), (1, Metric::LastValidationAccuracy));
    assert_eq!(by_other[0].verdict, Verdict::DoesNotHold(Decision::Lower));
}

#[test]
fn more_claims_ask_for_more_of_each() {
    let accuracies = [0.81, 0.815, 0.805, 0.82, 0.81].repeat(3);
    let base = replicates("base", &[0.8, 0.8, 0.8, 0.8, 0.81].repeat(3));
    let mut one = replicates("one", &accuracies);
    let p_with = |one: &mut Replicates, n_claims: usize| {
        one.spec.claims = vec![claim(Metric::BestValidationAccuracy, Expectation::Higher, 0.001); n_claims];
        judge(&[base.clone(), one.clone()])[0].p
    };
    let (single, among_ten) = (p_with(&mut one, 1), p_with(&mut one, 10));
    assert!((among_ten / single - 10.0).abs() < 1e-9, "{single} {among_ten}");
}

#[test]
fn only_seeds_that_both_have_are_compared() {
    let mut one = replicates("one", &[0.81, 0.82, 0.83]);
    let mut base = replicates("base", &[0.80, 0.80, 0.80]);
    one.records[0].stop_reason = StopReason::Diverged;
    base.records[1].seed = 7;
    let comparison = Comparison::of(Metric::BestValidationAccuracy, &one, &base);
    assert_eq!(comparison.recorded, [0.03]);
}

#[test]
fn a_censored_pair_counts_by_its_order() {
    let metric = Metric::STEPS_TO_90_PERCENT;
    let never: Vec<f64> = vec![0.85; 8];
    let reached: Vec<f64> = vec![0.95; 8];
    let (one, base) = (replicates("one", &never), replicates("base", &reached));
    let comparison = Comparison::of(metric, &one, &base);
    assert_eq!((comparison.n(), comparison.signs(), comparison.mean()), (8, (8, 0), None));
    assert_eq!(Comparison::of(metric, &one, &one.clone()).signs(), (0, 0), "neither reached it: nothing is known");
    let summary = one.summary(metric).expect("a metric");
    assert_eq!((summary.n, summary.n_censored, summary.centre), (8, 8, Centre::MoreThan(1_250.0)));
}

#[test]
fn replicates_are_summarised_with_their_interval() {
    let summary = replicates("one", &[0.80, 0.81, 0.82]).summary(Metric::BestValidationAccuracy).expect("a metric");
    let Centre::Mean(mean) = summary.centre else { panic!("{summary:?}") };
    let Some(Interval { low, high }) = summary.interval else { panic!("{summary:?}") };
    // Student's quantile of two degrees of freedom is 4.302653.
    let half = 4.302_652_729_911_275 * 0.01 / 3_f64.sqrt();
    assert!((mean - 0.81).abs() < 1e-12 && (low - 0.81 + half).abs() < 1e-9 && (high - 0.81 - half).abs() < 1e-9);
    assert_eq!(replicates("one", &[0.8]).summary(Metric::BestValidationAccuracy).expect("a metric").interval, None);
}

#[test]
fn of_two_records_of_a_seed_the_finished_one_counts() {
    let [mut interrupted, finished] = [run("one", 1, 0.7), run("one", 1, 0.8)];
    interrupted.stop_reason = StopReason::Interrupted;
    let other_settings = {
        let mut other = run("two", 1, 0.9);
        *test_support::synthetic::hidden_units_of(&mut other) = vec![32];
        other
    };
    let records = [interrupted, other_settings, finished.clone()];
    let found = Replicates::among(&finished.spec, &records);
    assert_eq!(found.records, [finished]);
}
