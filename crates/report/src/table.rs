//! Tables of run records for the terminal and for Markdown.
//!
//! Few runs stand side by side, metrics as rows; many stand one below the other (`compact`).

mod compact;
mod markdown;
mod replicates;
mod verdicts;

pub(crate) use markdown::markdown;
pub use replicates::replicates_table;
pub use verdicts::{difference_words, verdict_markdown, verdict_table, verdict_words};
pub(crate) use verdicts::{interval_words, p_words};

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Row, Table, TableStyle};
use record::{RunRecord, Validation};

use crate::format::{NOTHING, accuracy, loss, plain_text, provenance, run_labels, seconds, stop_words};
use spec::thousands;

/// Runs that stand side by side at most.
const MOST_COLUMNS: usize = 4;
/// What `best` means in every table.
const BEST: &str = "Best: at the lowest validation loss.";
/// What no table may hide.
pub(crate) const CAVEAT: &str =
    "The validation images also decide when a run stops: no number here is a clean test result.";
/// Lines above and below, and one under the header.
const STYLE: TableStyle = TableStyle::new()
    .top_border(LineStyle::none().fill('─').junction('─'))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .bottom_border(LineStyle::none().fill('─').junction('─'));

/// The runs as a table for the terminal: side by side up to four (the experiment beside its baseline), else a line each;
/// the dataset is named below.
///
/// With a `width` in characters, words are wrapped to fit it. Numbers stay whole, so a table can be wider than a very
/// narrow terminal.
#[must_use]
pub fn run_table(rows: &[&RunRecord], width: Option<u16>) -> String {
    if rows.is_empty() {
        return "no runs\n".to_owned();
    }
    let table = if rows.len() <= MOST_COLUMNS { side_by_side(rows, width) } else { compact::table(rows, width) };
    format!("{}\n{}. {BEST}\n{CAVEAT}\n", table.trim_fmt(), provenance(rows))
}

/// The runs as a Markdown table, a line each, the dataset named below.
#[must_use]
pub fn markdown_table(rows: &[&RunRecord]) -> String {
    format!("{}\n\n{}. {BEST} {CAVEAT}\n", compact::run_markdown(rows), markdown::escaped(&provenance(rows)))
}

/// A line of the table with runs side by side.
type Metric = (&'static str, fn(&RunRecord) -> String);

/// What the table with runs side by side says.
const METRICS: [Metric; 12] = [
    ("Parameters", |run| thousands(run.parameters)),
    ("Steps", |run| thousands(run.steps)),
    ("Epoch at the stop", epoch_at_the_stop),
    ("Stopped by", |run| stop_words(run.stop_reason).to_owned()),
    ("Validation loss, last", |run| of(run.history.last(), |v| loss(v.validation_loss))),
    ("Validation loss, best", |run| of(run.history.best(), |v| loss(v.validation_loss))),
    ("Validation accuracy, last", |run| of(run.history.last(), |v| accuracy(v.validation_accuracy))),
    ("Validation accuracy, best", |run| of(run.history.best(), |v| accuracy(v.validation_accuracy))),
    ("Step of the best", |run| of(run.history.best(), |v| thousands(v.step))),
    ("Training loss, last", |run| of(run.history.last(), |v| loss(v.train_loss))),
    ("Training accuracy, last", |run| of(run.history.last(), |v| accuracy(v.train_accuracy))),
    ("Seconds", |run| seconds(run.wall_seconds)),
];

fn side_by_side(rows: &[&RunRecord], width: Option<u16>) -> Table {
    let headers = run_labels(rows).into_iter().zip(rows).map(|(title, run)| {
        let role = if is_baseline(run, rows) { ", the baseline" } else { "" };
        format!("{title}\n{}{role}", plain_text(&run.spec.name))
    });
    let mut table = table(std::iter::once(String::new()).chain(headers), width);
    table.add_rows(METRICS.iter().map(|(name, value)| {
        std::iter::once((*name).to_owned()).chain(rows.iter().map(|run| value(run))).collect::<Vec<_>>()
    }));
    table.column_iter_mut().take(1).for_each(|names| {
        names.set_constraint(ColumnConstraint::ContentWidth);
    });
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    table
}

/// Of two runs, the one that the other is compared with; in a ladder each run is the next one's, which helps nobody.
fn is_baseline(run: &RunRecord, rows: &[&RunRecord]) -> bool {
    rows.len() == 2 && rows.iter().any(|other| other.spec.baseline.as_ref() == Some(&run.spec.name))
}

/// An empty table of this program's looks, with a header; with a `width` in characters, words are wrapped to fit it.
#[must_use]
pub fn table(header: impl Into<Row>, width: Option<u16>) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE).set_header(header);
    if let Some(width) = width {
        table.set_width(width).set_content_arrangement(ContentArrangement::Dynamic);
    }
    table
}

fn of(validation: Option<&Validation>, value: impl Fn(&Validation) -> String) -> String {
    validation.map_or_else(|| NOTHING.to_owned(), value)
}

fn epoch_at_the_stop(run: &RunRecord) -> String {
    match run.spec.steps_per_epoch() {
        0 => NOTHING.to_owned(),
        steps_per_epoch => format!("{:.1}", run.steps as f64 / steps_per_epoch as f64),
    }
}

#[cfg(test)]
mod tests {
    use record::StopReason;

    use super::*;
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
    fn an_experiment_stands_beside_its_baseline() {
        let [deep, standard] = pair();
        insta::assert_snapshot!(run_table(&[&deep, &standard], None), @r"
        ──────────────────────────────────────────────────────────────────────────────────
                                     Ten hidden layers of 64 units     The standard model
                                                            task4e   task3c, the baseline
        ──────────────────────────────────────────────────────────────────────────────────
         Parameters                                         87,744                 50,880
         Steps                                               9,375                  9,000
         Epoch at the stop                                    15.0                   14.4
         Stopped by                                 early stopping         early stopping
         Validation loss, last                              0.2211                 0.1660
         Validation loss, best                              0.2193                 0.1604
         Validation accuracy, last                         92.05 %                93.97 %
         Validation accuracy, best                         91.96 %                93.83 %
         Step of the best                                    9,250                  8,750
         Training loss, last                                0.0593                 0.0287
         Training accuracy, last                           94.89 %                96.13 %
         Seconds                                               9.4                    9.0
        ──────────────────────────────────────────────────────────────────────────────────
        MNIST, 20,000 training and 10,000 validation images, seed 1. Best: at the lowest validation loss.
        The validation images also decide when a run stops: no number here is a clean test result.
        ");
    }

    #[test]
    fn many_runs_stand_one_below_the_other() {
        insta::assert_snapshot!(run_table(&many().each_ref(), Some(100)), @r"
        ────────────────────────────────────────────────────────────────────────────────────────────────────
         Run        Parameters   Steps   Stopped by     Best      Best    Last      Last  Training  Seconds
                                                        loss  accuracy    loss  accuracy  accuracy
        ────────────────────────────────────────────────────────────────────────────────────────────────────
         task4e,        87,744   9,375   early        0.2193   91.96 %  0.2211   92.05 %   94.89 %      9.4
         seed 1                          stopping
         task3c,        50,880   9,000   early        0.1604   93.83 %  0.1660   93.97 %   96.13 %      9.0
         seed 1                          stopping
         task3c         50,880   9,000   early        0.1604   93.83 %  0.1660   93.97 %   96.13 %      9.0
         (model.hi                       stopping
         dden_unit
         s=[16]),
         seed 2
         task2c,        50,880       0   interrupted       -         -       -         -         -      0.0
         seed 1
         task3a,        50,880  31,250   early        0.2184   92.54 %  0.2230   92.67 %   95.78 %     31.2
         seed 1                          stopping
        ────────────────────────────────────────────────────────────────────────────────────────────────────
        MNIST, 20,000 training and 10,000 validation images, seeds 1, 2. Best: at the lowest validation loss.
        The validation images also decide when a run stops: no number here is a clean test result.
        ");
    }

    #[test]
    fn markdown_shows_text_as_it_is() {
        insta::assert_snapshot!(markdown_table(&many().each_ref()), @r"
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
            run_table(&runs.each_ref()[3..], None),
            run_table(&runs.each_ref(), None),
            markdown_table(&runs.each_ref()),
        ] {
            assert!(!table.chars().any(|c| c.is_control() && c != '\n'), "{table}");
        }
    }

    #[test]
    fn no_runs_are_said_to_be_none() {
        assert_eq!(run_table(&[], None), "no runs\n");
    }
}
