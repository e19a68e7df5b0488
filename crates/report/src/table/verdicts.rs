//! Verdicts as a table, and in words.

use std::collections::BTreeSet;

use evidence::{Decision, FixedResult, FixedTest, Judged, Outlook, Reason, Verdict};
use spec::{Claim, Metric};

use super::Columns;
use crate::document::Table;
use crate::format::{NOTHING, p_value};
use crate::measure::{difference, difference_interval, unsigned_difference};

/// How to read the table.
const HOW: &str = "Differences are paired by seed; the intervals are confidence sequences that hold for all claims after every \
                   pair at once, 95 %. p: valid after every pair, corrected for all claims; a verdict needs p < 0.05. \
                   Fixed-n tests: valid only if the number of seeds was fixed before; corrected by Holm.";
/// What a mark behind a verdict says.
const MARK: &str = "\n* undecided or different without one of its seeds.";

/// The claims with their verdicts, a row each.
#[must_use]
pub fn verdict_table(judged: &[Judged]) -> Table {
    let mut columns = Columns::of(judged)
        .words("Experiment", |judged| judged.experiment.clone())
        .words("Against", |judged| judged.claim.against.clone())
        .words("Statement", |judged| judged.claim.says.clone())
        .words("Metric", |judged| judged.claim.metric.title())
        .words("Difference", difference_words)
        .words("Interval", |one| interval_words(one, judged.len()))
        .numbers("Pairs", |judged| judged.comparison.n().to_string())
        .numbers("p", |judged| p_value(judged.p))
        .words("Verdict", verdict_words);
    for (index, test) in FixedTest::ALL.into_iter().enumerate() {
        columns = columns.words(&format!("Fixed n: {}", test.title()), |judged| fixed_words(judged.fixed[index]));
    }
    if judged.is_empty() {
        return columns.table("no claims");
    }
    let count = |is_so: fn(&Verdict) -> bool| judged.iter().filter(|judged| is_so(&judged.verdict)).count();
    let hold = count(|verdict| matches!(verdict, Verdict::Holds));
    let do_not = count(|verdict| matches!(verdict, Verdict::DoesNotHold(_)));
    let (all, undecided) = (judged.len(), judged.len() - hold - do_not);
    let mark = if judged.iter().any(|judged| judged.hangs_on_one_seed) { MARK } else { "" };
    let unlike = unlike_words(judged);
    let of = |count: usize, one: &'static str, more: &'static str| if count == 1 { one } else { more };
    columns.table(&format!(
        "{all} {}: {hold} {}, {do_not} {} not hold, {undecided} undecided.\n{HOW}{mark}{unlike}",
        of(all, "claim", "claims"),
        of(hold, "holds", "hold"),
        of(do_not, "does", "do"),
    ))
}

/// A line for every pair of experiments that is not trained alike, with the keys in which they differ.
fn unlike_words(judged: &[Judged]) -> String {
    let unlike = judged.iter().filter(|one| !one.comparison.differing_protocol.is_empty()).map(|one| {
        let Judged { experiment, claim: Claim { against, .. }, comparison, .. } = one;
        format!(
            "\nNot trained alike: {experiment} and {against} differ in {}.",
            comparison.differing_protocol.join(", ")
        )
    });
    unlike.collect::<BTreeSet<String>>().into_iter().collect()
}

/// The mean difference, `+0.81 points`; where a run never reached what the metric waits for, in how many pairs the metric is
/// higher and lower.
pub(crate) fn difference_words(judged: &Judged) -> String {
    let pairs = &judged.comparison;
    match (pairs.mean(), pairs.signs()) {
        (Some(mean), _) => difference(judged.claim.metric, mean),
        (None, (higher, lower)) if pairs.n() > 0 => format!("higher in {higher}, lower in {lower}"),
        _ => NOTHING.to_owned(),
    }
}

/// The confidence sequence of the difference, for a family of claims: `+1.80 to +2.20`.
pub(crate) fn interval_words(judged: &Judged, claims: usize) -> String {
    let Claim { metric, margin, .. } = judged.claim;
    let words = |interval| difference_interval(metric, interval);
    judged.comparison.interval(metric, margin, claims).map_or_else(|| NOTHING.to_owned(), words)
}

/// What a test for a fixed number of seeds finds: `higher, 2.4e-8`; without a decision only its p-value.
pub(crate) fn fixed_words(result: Option<FixedResult>) -> String {
    result.map_or_else(
        || NOTHING.to_owned(),
        |FixedResult { decision, p }| match decision {
            Some(decision) => format!("{}, {}", decision_word(decision), p_value(p)),
            None => p_value(p),
        },
    )
}

fn decision_word(decision: Decision) -> &'static str {
    match decision {
        Decision::Higher => "higher",
        Decision::Lower => "lower",
        Decision::Same => "same",
    }
}

/// The verdict in words: `holds`, `does not hold: it is higher`, `undecided at 5 seeds; 7 more would decide it with a chance of
/// 80 %`. A star marks a verdict that hangs on one seed.
#[must_use]
pub fn verdict_words(judged: &Judged) -> String {
    let mark = if judged.hangs_on_one_seed { " *" } else { "" };
    match judged.verdict {
        Verdict::Holds => format!("holds{mark}"),
        Verdict::DoesNotHold(Decision::Same) => format!("does not hold: no difference beyond the margin{mark}"),
        Verdict::DoesNotHold(decision) => format!("does not hold: it is {}{mark}", decision_word(decision)),
        Verdict::Undecided(reason) => {
            let n = judged.comparison.n();
            let seeds = if n == 1 { "1 seed".to_owned() } else { format!("{n} seeds") };
            format!("undecided at {seeds}{}", reason_words(judged.claim.metric, reason))
        }
    }
}

/// Why a claim is undecided, to follow the number of seeds.
fn reason_words(metric: Metric, reason: Reason) -> String {
    match reason {
        Reason::TooFewPairs | Reason::TooWeak(None) => String::new(),
        Reason::EqualDifferences => ": all differences are equal, so how much they vary is unknown".to_owned(),
        Reason::Coarse(grain) => {
            format!(": the metric is only known to {}, more than the margin", unsigned_difference(metric, grain))
        }
        Reason::TooWeak(Some(Outlook { seeds, chance })) => {
            format!("; {seeds} more would decide it with a chance of {:.0} %", 100.0 * chance)
        }
    }
}

#[cfg(test)]
mod tests {
    use evidence::{Replicates, judge};
    use record::RunRecord;
    use spec::{Claim, Expectation, Metric};
    use test_support::synthetic::{Curve, record};

    use super::*;
    use crate::table::to_terminal;

    /// Fifteen runs with these best validation accuracies, over and over.
    fn replicates(name: &str, accuracies: [f64; 5]) -> Replicates {
        let of_seed = |(seed, accuracy)| {
            let mut run = RunRecord { seed, ..record(name, name, 1_250, &Curve::STANDARD) };
            run.history.validations.iter_mut().for_each(|validation| validation.validation_accuracy = accuracy);
            run
        };
        let records: Vec<RunRecord> = (1..).zip(accuracies.repeat(3)).map(of_seed).collect();
        Replicates { spec: records[0].spec.clone(), records }
    }

    fn claim(says: &str, expect: Expectation) -> Claim {
        let (metric, against) = (Metric::BestValidationAccuracy, "base".to_owned());
        Claim { says: says.to_owned(), source: None, metric, expect, margin: 0.005, against }
    }

    #[test]
    fn the_table_says_what_holds() {
        let mut one = replicates("one", [0.820, 0.822, 0.821, 0.822, 0.819]);
        one.spec.claims = vec![
            claim("the accuracy is \u{1b}[31mhigher", Expectation::Higher),
            claim("a statement", Expectation::Lower),
        ];
        let judged = judge(&[replicates("base", [0.800, 0.801, 0.802, 0.800, 0.801]), one]);
        insta::assert_snapshot!(to_terminal(&verdict_table(&judged), Some(150)), @"
        ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        Experiment  Against  Statement        Metric      Difference    Interval  Pairs       p  Verdict          Fixed n: t  Fixed n: signed  Fixed n: sign
                                                                                                                              rank
        ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        one         base     the accuracy is  best        +2.00 points  +1.85 to     15  2.1e-4  holds            higher, <   higher, 1.8e-4   higher, 1.8e-4
                             [31mhigher       validation                +2.16                                     1e-15
                                              accuracy
        one         base     a statement      best        +2.00 points  +1.85 to     15  2.1e-4  does not hold:   higher, <   higher, 1.8e-4   higher, 1.8e-4
                                              validation                +2.16                    it is higher     1e-15
                                              accuracy
        ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        2 claims: 1 holds, 1 does not hold, 0 undecided.
        Differences are paired by seed; the intervals are confidence sequences that hold for all claims after every pair at once, 95 %. p: valid after every pair, corrected for all claims; a verdict needs p < 0.05. Fixed-n tests: valid only if the number of seeds was fixed before; corrected by Holm.
        ");
    }

    #[test]
    fn the_table_names_experiments_that_are_not_trained_alike() {
        let mut one = replicates("one", [0.82; 5]);
        one.spec.claims = vec![claim("a statement", Expectation::Higher), claim("another", Expectation::Lower)];
        one.spec.data.train_images = 1_600;
        one.spec.training.max_epochs = 1;
        let text = to_terminal(&verdict_table(&judge(&[replicates("base", [0.80; 5]), one])), None);
        let note = "Not trained alike: one and base differ in data.train_images, training.max_epochs.";
        assert_eq!(text.matches(note).count(), 1, "{text}");
    }

    #[test]
    fn an_undecided_claim_says_why() {
        let claim = Claim { margin: 0.00005, ..claim("a statement", Expectation::Higher) };
        let words = |one: [f64; 5], margin: f64, seeds: usize| {
            let mut one = replicates("one", one);
            one.records.truncate(seeds);
            one.spec.claims = vec![Claim { margin, ..claim.clone() }];
            verdict_words(&judge(&[replicates("base", [0.800; 5]), one])[0])
        };
        insta::assert_snapshot!(words([0.8; 5], 0.002, 1), @"undecided at 1 seed");
        insta::assert_snapshot!(words([0.8; 5], 0.002, 3), @"undecided at 3 seeds: all differences are equal, so how much they vary is unknown");
        insta::assert_snapshot!(words([0.82, 0.83, 0.81, 0.82, 0.83], 0.00005, 4), @"undecided at 4 seeds: the metric is only known to 0.01 points, more than the margin");
        insta::assert_snapshot!(words([0.82, 0.83, 0.81, 0.82, 0.83], 0.002, 4), @"undecided at 4 seeds; 2 more would decide it with a chance of 100 %");
        insta::assert_snapshot!(words([0.82, 0.83, 0.81, 0.82, 0.83], 0.002, 7), @"holds");
    }
}
