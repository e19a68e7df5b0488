//! Verdicts as a table, and in words.

use evidence::{Decision, Judged, Verdict};

use super::Columns;
use crate::document::Table;
use crate::format::{NOTHING, p_value};
use crate::measure::{difference, difference_interval};

/// How to read the table.
const HOW: &str =
    "Differences are paired by seed. p: corrected by Holm for all claims of the table; a verdict needs p < 0.05.";

/// The claims with their verdicts, a row each.
#[must_use]
pub fn verdict_table(judged: &[Judged]) -> Table {
    let columns = Columns::of(judged)
        .words("Experiment", |judged| judged.experiment.clone())
        .words("Against", |judged| judged.claim.against.clone())
        .words("Statement", |judged| judged.claim.says.clone())
        .words("Metric", |judged| judged.claim.metric.title().to_owned())
        .words("Difference", difference_words)
        .words("95 % interval", interval_words)
        .numbers("Pairs", |judged| judged.comparison.n.to_string())
        .numbers("p", p_words)
        .words("Verdict", verdict_words);
    if judged.is_empty() {
        return columns.table("no claims");
    }
    let count = |is_so: fn(&Verdict) -> bool| judged.iter().filter(|judged| is_so(&judged.verdict)).count();
    let hold = count(|verdict| matches!(verdict, Verdict::Holds));
    let do_not = count(|verdict| matches!(verdict, Verdict::DoesNotHold(_)));
    let (all, undecided) = (judged.len(), judged.len() - hold - do_not);
    columns.table(&format!("{all} claims: {hold} hold, {do_not} do not hold, {undecided} undecided.\n{HOW}"))
}

/// The mean difference, `+0.81 points`; where pairs are censored, in how many the metric is higher and lower.
pub(crate) fn difference_words(judged: &Judged) -> String {
    let pairs = &judged.comparison;
    match pairs.mean() {
        Some(mean) => difference(judged.claim.metric, mean),
        None if pairs.n > 0 => format!("higher in {}, lower in {}", pairs.signs.0, pairs.signs.1),
        None => NOTHING.to_owned(),
    }
}

/// The interval of the mean difference, `+1.80 to +2.20`.
pub(crate) fn interval_words(judged: &Judged) -> String {
    let words = |interval| difference_interval(judged.claim.metric, interval);
    judged.comparison.interval().map_or_else(|| NOTHING.to_owned(), words)
}

/// The p-value of the verdict, `0.012`.
pub(crate) fn p_words(judged: &Judged) -> String {
    judged.p.map_or_else(|| NOTHING.to_owned(), p_value)
}

/// The verdict in words: `holds`, `does not hold: it is higher`, `undecided at 5 seeds; about 7 more would decide it`.
#[must_use]
pub fn verdict_words(judged: &Judged) -> String {
    let n = judged.comparison.n;
    let seeds = if n == 1 { "1 seed".to_owned() } else { format!("{n} seeds") };
    match judged.verdict {
        Verdict::Holds => "holds".to_owned(),
        Verdict::DoesNotHold(Decision::Higher) => "does not hold: it is higher".to_owned(),
        Verdict::DoesNotHold(Decision::Lower) => "does not hold: it is lower".to_owned(),
        Verdict::DoesNotHold(Decision::Same) => "does not hold: no difference beyond the margin".to_owned(),
        Verdict::Undecided { more_seeds: Some(more) } => {
            format!("undecided at {seeds}; about {more} more would decide it")
        }
        Verdict::Undecided { more_seeds: None } => format!("undecided at {seeds}"),
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

    /// Five runs with these best validation accuracies.
    fn replicates(name: &str, accuracies: [f64; 5]) -> Replicates {
        let of_seed = |(seed, accuracy)| {
            let mut run = RunRecord { seed, ..record(name, name, 1_250, &Curve::STANDARD) };
            run.history.validations.iter_mut().for_each(|validation| validation.validation_accuracy = accuracy);
            run
        };
        let records: Vec<RunRecord> = (1..).zip(accuracies).map(of_seed).collect();
        Replicates { spec: records[0].spec.clone(), records }
    }

    fn claim(says: &str, expect: Expectation) -> Claim {
        let (metric, against) = (Metric::BestValidationAccuracy, "base".to_owned());
        Claim { says: says.to_owned(), metric, expect, margin: 0.005, against }
    }

    #[test]
    fn the_table_says_what_holds() {
        let mut one = replicates("one", [0.820, 0.822, 0.821, 0.822, 0.819]);
        one.spec.claims = vec![
            claim("the accuracy is \u{1b}[31mhigher", Expectation::Higher),
            claim("a statement", Expectation::Lower),
        ];
        let judged = judge(&[replicates("base", [0.800, 0.801, 0.802, 0.800, 0.801]), one]);
        insta::assert_snapshot!(to_terminal(&verdict_table(&judged), Some(130)), @"
        ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        Experiment  Against  Statement        Metric           Difference    95 % interval   Pairs       p  Verdict
        ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        one         base     the accuracy is  best validation  +2.00 points  +1.80 to +2.20      5  2.8e-5  holds
                             [31mhigher       accuracy
        one         base     a statement      best validation  +2.00 points  +1.80 to +2.20      5  2.8e-5  does not hold: it is higher
                                              accuracy
        ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        2 claims: 1 hold, 1 do not hold, 0 undecided.
        Differences are paired by seed. p: corrected by Holm for all claims of the table; a verdict needs p < 0.05.
        ");
    }
}
