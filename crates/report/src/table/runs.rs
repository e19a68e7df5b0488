//! Runs as a table: a few side by side, many one below the other.

use record::{RunRecord, Validation};
use spec::thousands;

use super::{Columns, caveat};
use crate::document::{Align, Table};
use crate::format::{NOTHING, accuracy, loss, provenance, run_labels, seconds, stop_words};

const BEST_TEST: &str = "Best test accuracy";
const LAST_TEST: &str = "Last test accuracy";

/// The most runs that are shown side by side.
const MOST_SIDE_BY_SIDE: usize = 4;

/// A heading, the alignment of its cells, and what they say of a run.
type Value = (&'static str, Align, fn(&RunRecord) -> String);

/// What every table says of a run; the test accuracies only if a run has them.
const VALUES: [Value; 11] = [
    ("Parameters", Align::Right, |run| thousands(run.parameters)),
    ("Steps", Align::Right, |run| thousands(run.steps)),
    ("Stopped by", Align::Left, |run| stop_words(run.stop_reason).to_owned()),
    ("Best loss", Align::Right, |run| of(run.history.best(), |v| loss(v.validation_loss))),
    ("Best accuracy", Align::Right, |run| of(run.history.best(), |v| accuracy(v.validation_accuracy))),
    (BEST_TEST, Align::Right, |run| run.test_scores().map_or_else(nothing, |test| accuracy(test.best_accuracy))),
    ("Last loss", Align::Right, |run| of(run.history.last(), |v| loss(v.validation_loss))),
    ("Last accuracy", Align::Right, |run| of(run.history.last(), |v| accuracy(v.validation_accuracy))),
    (LAST_TEST, Align::Right, |run| run.test_scores().map_or_else(nothing, |test| accuracy(test.last_accuracy))),
    ("Training accuracy", Align::Right, |run| of(run.history.last(), |v| accuracy(v.train_accuracy))),
    ("Seconds", Align::Right, |run| seconds(run.wall_seconds)),
];
/// What there is room for only where runs are side by side.
const DETAILS: [Value; 3] = [
    ("Training loss", Align::Right, |run| of(run.history.last(), |v| loss(v.train_loss))),
    ("Step of the best", Align::Right, |run| of(run.history.best(), |v| thousands(v.step))),
    ("Epoch at the stop", Align::Right, epoch_at_the_stop),
];

/// The runs side by side up to four (an experiment next to its baseline), else a row each, by their names.
#[must_use]
pub fn run_table(runs: &[&RunRecord]) -> Table {
    match runs.len() {
        1..=MOST_SIDE_BY_SIDE => side_by_side(runs),
        _ => rows(runs, run_labels(runs, |spec| &spec.name)),
    }
}

/// The runs, a row each, by their titles.
#[must_use]
pub fn runs_in_rows(runs: &[&RunRecord]) -> Table {
    rows(runs, run_labels(runs, |spec| &spec.title))
}

/// A run as a line of a log: `early stopping after 9,000 steps, best validation loss 0.1342, accuracy 96.11 %`.
#[must_use]
pub fn run_in_words(run: &RunRecord) -> String {
    let best = |best: &Validation| {
        format!(
            ", best validation loss {}, accuracy {}",
            loss(best.validation_loss),
            accuracy(best.validation_accuracy)
        )
    };
    let best = run.history.best().map_or_else(String::new, best);
    format!("{} after {} steps{best}", stop_words(run.stop_reason), thousands(run.steps))
}

fn values(runs: &[&RunRecord]) -> Vec<Value> {
    let has_test = runs.iter().any(|run| run.test_scores().is_some());
    VALUES.into_iter().filter(|(heading, ..)| has_test || ![BEST_TEST, LAST_TEST].contains(heading)).collect()
}

fn rows(runs: &[&RunRecord], labels: Vec<String>) -> Table {
    let rows: Vec<(String, &&RunRecord)> = labels.into_iter().zip(runs).collect();
    let mut columns = Columns::of(&rows).words("Run", |(label, _)| label.clone());
    for (heading, align, value) in values(runs) {
        columns = columns.column(heading, align, |(_, run)| value(run));
    }
    columns.table(&caption(runs))
}

fn side_by_side(runs: &[&RunRecord]) -> Table {
    let values = [values(runs), DETAILS.to_vec()].concat();
    let mut columns = Columns::of(&values).words("", |(heading, ..)| (*heading).to_owned());
    for (title, run) in run_labels(runs, |spec| &spec.title).into_iter().zip(runs) {
        let role = if is_baseline(run, runs) { ", the baseline" } else { "" };
        columns = columns.numbers(&format!("{title}\n{}{role}", run.spec.name), |(.., value)| value(run));
    }
    columns.table(&caption(runs))
}

fn caption(runs: &[&RunRecord]) -> String {
    if runs.is_empty() {
        return "no runs".to_owned();
    }
    format!("{}. Best: at the lowest validation loss.\n{}", provenance(runs), caveat(runs))
}

/// Whether the run is the baseline of the other of two runs. With more runs no baseline is named: in a ladder each run is
/// that of the next.
fn is_baseline(run: &RunRecord, runs: &[&RunRecord]) -> bool {
    runs.len() == 2 && runs.iter().any(|other| other.spec.baseline.as_ref() == Some(&run.spec.name))
}

fn of(validation: Option<&Validation>, value: impl Fn(&Validation) -> String) -> String {
    validation.map_or_else(nothing, value)
}

fn nothing() -> String {
    NOTHING.to_owned()
}

fn epoch_at_the_stop(run: &RunRecord) -> String {
    match run.spec.steps_per_epoch() {
        0 => nothing(),
        steps_per_epoch => format!("{:.1}", run.steps as f64 / steps_per_epoch as f64),
    }
}

#[cfg(test)]
mod tests {
    use record::{StopReason, TestScores};

    use super::*;
    use crate::table::{to_markdown, to_terminal};
    use test_support::synthetic::{Curve, empty_record, record};

    fn pair() -> [RunRecord; 2] {
        let mut deep = record("task4e", "Ten hidden layers of 64 units", 9_375, &Curve::DEEP);
        (deep.spec.baseline, deep.parameters) = (Some("task3c".to_owned()), 87_744);
        [deep, record("task3c", "The standard model", 9_000, &Curve::STANDARD)]
    }

    fn many() -> [RunRecord; 5] {
        let [deep, standard] = pair();
        let mut narrow = standard.clone();
        (narrow.seed, narrow.overrides) = (2, vec!["model.hidden_units=[16]".to_owned()]);
        let mut unvalidated = empty_record("task2c", "Baseline | *sigmoid*");
        unvalidated.stop_reason = StopReason::Interrupted;
        let long = record("task3a", "+ improved \u{1b}[31mweight init", 31_250, &Curve::FAN_IN);
        [deep, standard, narrow, unvalidated, long]
    }

    #[test]
    fn an_experiment_is_shown_next_to_its_baseline() {
        let [deep, standard] = pair();
        insta::assert_snapshot!(to_terminal(&run_table(&[&deep, &standard]), None), @"
        ───────────────────────────────────────────────────────────────────────
                           Ten hidden layers of 64 units    The standard model
                                                  task4e  task3c, the baseline
        ───────────────────────────────────────────────────────────────────────
        Parameters                                87,744                50,880
        Steps                                      9,375                 9,000
        Stopped by                        early stopping        early stopping
        Best loss                                 0.2193                0.1604
        Best accuracy                            91.96 %               93.83 %
        Last loss                                 0.2211                0.1660
        Last accuracy                            92.05 %               93.97 %
        Training accuracy                        94.89 %               96.13 %
        Seconds                                      9.4                   9.0
        Training loss                             0.0593                0.0287
        Step of the best                           9,250                 8,750
        Epoch at the stop                           15.0                  14.4
        ───────────────────────────────────────────────────────────────────────
        MNIST, 20,000 training and 10,000 validation images, seed 1. Best: at the lowest validation loss.
        The validation images also decide when a run stops: no number here is a clean test result.
        ");
    }

    #[test]
    fn many_runs_have_a_row_each() {
        insta::assert_snapshot!(to_terminal(&run_table(&many().each_ref()), Some(100)), @"
        ────────────────────────────────────────────────────────────────────────────────────────────────────
        Run                         Parameters   Steps  Stopped by       Best      Best      Last      Last
                                                                         loss  accuracy      loss  accuracy
        ────────────────────────────────────────────────────────────────────────────────────────────────────
        task4e, seed 1                  87,744   9,375  early          0.2193   91.96 %    0.2211   92.05 %
                                                        stopping
        task3c, seed 1                  50,880   9,000  early          0.1604   93.83 %    0.1660   93.97 %
                                                        stopping
        task3c                          50,880   9,000  early          0.1604   93.83 %    0.1660   93.97 %
        (model.hidden_units=[16]),                      stopping
        seed 2
        task2c, seed 1                  50,880       0  interrupted         -         -         -         -
        task3a, seed 1                  50,880  31,250  early          0.2184   92.54 %    0.2230   92.67 %
                                                        stopping
        ────────────────────────────────────────────────────────────────────────────────────────────────────

        ─────────────────────────────────────────────────────────────────────
        Run                                       Training accuracy  Seconds
        ─────────────────────────────────────────────────────────────────────
        task4e, seed 1                                      94.89 %      9.4
        task3c, seed 1                                      96.13 %      9.0
        task3c (model.hidden_units=[16]), seed 2            96.13 %      9.0
        task2c, seed 1                                            -      0.0
        task3a, seed 1                                      95.78 %     31.2
        ─────────────────────────────────────────────────────────────────────
        MNIST, 20,000 training and 10,000 validation images, seeds 1, 2. Best: at the lowest validation loss.
        The validation images also decide when a run stops: no number here is a clean test result.
        ");
    }

    #[test]
    fn markdown_shows_text_as_it_is() {
        insta::assert_snapshot!(to_markdown(&runs_in_rows(&many().each_ref())), @r"
        | Run | Parameters | Steps | Stopped by | Best loss | Best accuracy | Last loss | Last accuracy | Training accuracy | Seconds |
        |---|---:|---:|---|---:|---:|---:|---:|---:|---:|
        | Ten hidden layers of 64 units, seed 1 | 87,744 | 9,375 | early stopping | 0.2193 | 91.96 % | 0.2211 | 92.05 % | 94.89 % | 9.4 |
        | The standard model, seed 1 | 50,880 | 9,000 | early stopping | 0.1604 | 93.83 % | 0.1660 | 93.97 % | 96.13 % | 9.0 |
        | The standard model (model.hidden\_units=\[16\]), seed 2 | 50,880 | 9,000 | early stopping | 0.1604 | 93.83 % | 0.1660 | 93.97 % | 96.13 % | 9.0 |
        | Baseline \| \*sigmoid\*, seed 1 | 50,880 | 0 | interrupted | - | - | - | - | - | 0.0 |
        | + improved \[31mweight init, seed 1 | 50,880 | 31,250 | early stopping | 0.2184 | 92.54 % | 0.2230 | 92.67 % | 95.78 % | 31.2 |

        MNIST, 20,000 training and 10,000 validation images, seeds 1, 2. Best: at the lowest validation loss. The validation images also decide when a run stops: no number here is a clean test result.
        ");
    }

    #[test]
    fn no_table_holds_a_control_character() {
        let runs = many();
        for table in [
            to_terminal(&run_table(&runs.each_ref()[3..]), None),
            to_terminal(&run_table(&runs.each_ref()), None),
            to_markdown(&runs_in_rows(&runs.each_ref())),
        ] {
            assert!(!table.chars().any(|c| c.is_control() && c != '\n'), "{table}");
        }
    }

    #[test]
    fn scores_on_the_test_images_stand_next_to_those_on_the_validation_images() {
        let [mut deep, mut standard] = pair();
        for (run, best_accuracy) in [(&mut deep, 0.9), (&mut standard, 0.95)] {
            run.spec.data.test_images = 10_000;
            run.test =
                Some(TestScores { images: 10_000, best_loss: 0.2, best_accuracy, last_loss: 0.3, last_accuracy: 0.5 });
        }
        let text = to_terminal(&run_table(&[&deep, &standard]), None);
        let line = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
        assert!(line(BEST_TEST).contains("90.00 %") && line(BEST_TEST).ends_with("95.00 %"), "{text}");
        assert!(line(LAST_TEST).ends_with("50.00 %"), "{text}");
        assert!(text.contains("10,000 validation and 10,000 test images"), "{text}");
        assert!(text.ends_with("only numbers on the test images are clean test results.\n"), "{text}");
        standard.spec.data.test_images = 5_000;
        assert!(to_terminal(&run_table(&[&standard]), None).contains("no number here is a clean"), "of other images");
    }

    #[test]
    fn without_runs_the_table_says_so() {
        assert_eq!(to_terminal(&run_table(&[]), None), "no runs\n");
    }
}
