//! Claims and metrics of replicates whose values are known.

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
    Claim { says: "a statement".to_owned(), metric, expect, margin, against: "base".to_owned() }
}

/// The verdict on a claim about accuracies that differ from the baseline's by these.
fn verdict(expect: Expectation, differences: &[f64]) -> Judged {
    let base: Vec<f64> = (0..differences.len()).map(|index| 0.8 + 0.001 * (index % 3) as f64).collect();
    let accuracies: Vec<f64> = base.iter().zip(differences).map(|(base, difference)| base + difference).collect();
    let mut one = replicates("one", &accuracies);
    one.spec.claims = vec![claim(Metric::BestValidationAccuracy, expect, 0.005)];
    judge(&[replicates("base", &base), one]).remove(0)
}

#[test]
fn claims_are_judged_by_their_paired_differences() {
    use Decision::{Higher, Lower, Same};
    use Expectation as E;
    let undecided = Verdict::Undecided { more_seeds: None };
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
        let judged = verdict(expect, &differences);
        assert_eq!(judged.verdict, expected, "{expect:?} of {differences:?}: {judged:?}");
        assert!(judged.p.is_some_and(|p| p < SIGNIFICANCE));
    }
    for expect in [E::Higher, E::Lower, E::AboutTheSame] {
        let judged = verdict(expect, &wild);
        assert!(matches!(judged.verdict, Verdict::Undecided { .. }), "{judged:?}");
        assert_eq!(verdict(expect, &[0.02]).verdict, undecided, "one pair decides nothing");
    }
}

#[test]
fn what_is_undecided_says_how_many_more_seeds_would_do() {
    let judged = verdict(Expectation::Higher, &[0.02, 0.03, -0.005, 0.01, 0.015]);
    let Verdict::Undecided { more_seeds: Some(more) } = judged.verdict else { panic!("{judged:?}") };
    assert!((1..100).contains(&more), "{more}");
}

#[test]
fn more_claims_ask_for_more_of_each() {
    let accuracies = [0.81, 0.815, 0.805, 0.82, 0.81];
    let base = replicates("base", &[0.8, 0.8, 0.8, 0.8, 0.81]);
    let mut one = replicates("one", &accuracies);
    let p_with = |one: &mut Replicates, n_claims: usize| {
        one.spec.claims = vec![claim(Metric::BestValidationAccuracy, Expectation::Higher, 0.001); n_claims];
        judge(&[base.clone(), one.clone()])[0].p.expect("a test")
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
    assert_eq!(comparison.n, 1);
    assert!((comparison.differences[0] - 0.03).abs() < 1e-12, "{comparison:?}");
}

#[test]
fn a_censored_pair_counts_by_its_order() {
    let metric = Metric::StepsTo90PercentAccuracy;
    let never: Vec<f64> = vec![0.85; 8];
    let reached: Vec<f64> = vec![0.95; 8];
    let (one, base) = (replicates("one", &never), replicates("base", &reached));
    let comparison = Comparison::of(metric, &one, &base);
    assert_eq!((comparison.n, comparison.signs, comparison.mean()), (8, (8, 0), None));
    assert_eq!(Comparison::of(metric, &one, &one.clone()).n, 0, "neither reached it: nothing is known");
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
