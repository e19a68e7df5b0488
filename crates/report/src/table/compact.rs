//! The compact table: a line per run, for the terminal and for Markdown.

use comfy_table::{CellAlignment, ColumnConstraint, Table, Width};
use record::RunRecord;
use spec::thousands;

use super::{markdown, of};
use crate::document::{Align, Column};
use crate::format::{accuracy, label, loss, run_labels, seconds, stop_words};

/// Characters of `interrupted` and the space around it.
const LONGEST_WORD: Width = Width::Fixed(13);

/// A heading, where its cells stand, and what a run says below it.
type Value = (&'static str, Align, fn(&RunRecord) -> String);

/// What the table says of a run after its name.
const COLUMNS: [Value; 9] = [
    ("Parameters", Align::Right, |run| thousands(run.parameters)),
    ("Steps", Align::Right, |run| thousands(run.steps)),
    ("Stopped by", Align::Left, |run| stop_words(run.stop_reason).to_owned()),
    ("Best\nloss", Align::Right, |run| of(run.history.best(), |v| loss(v.validation_loss))),
    ("Best\naccuracy", Align::Right, |run| of(run.history.best(), |v| accuracy(v.validation_accuracy))),
    ("Last\nloss", Align::Right, |run| of(run.history.last(), |v| loss(v.validation_loss))),
    ("Last\naccuracy", Align::Right, |run| of(run.history.last(), |v| accuracy(v.validation_accuracy))),
    ("Training\naccuracy", Align::Right, |run| of(run.history.last(), |v| accuracy(v.train_accuracy))),
    ("Seconds", Align::Right, |run| seconds(run.wall_seconds)),
];

/// The table for the terminal: runs by their names, which are shorter than their titles.
pub(super) fn table(rows: &[&RunRecord], width: Option<u16>) -> Table {
    let mut table = super::table(std::iter::once("Run").chain(COLUMNS.map(|(heading, ..)| heading)), width);
    let seeds_differ = rows.windows(2).any(|pair| pair[0].seed != pair[1].seed);
    table.add_rows(rows.iter().map(|run| row(label(&run.spec.name, run, seeds_differ), run)));
    for (column, (_, align, _)) in table.column_iter_mut().skip(1).zip(COLUMNS) {
        match align {
            Align::Right => {
                column.set_constraint(ColumnConstraint::ContentWidth).set_padding((0, 1));
                column.set_cell_alignment(CellAlignment::Right);
            }
            Align::Left => {
                column.set_constraint(ColumnConstraint::LowerBoundary(LONGEST_WORD));
            }
        }
    }
    table
}

/// The same in Markdown, runs by their titles.
pub(super) fn run_markdown(rows: &[&RunRecord]) -> String {
    let columns = COLUMNS.map(|(heading, align, _)| Column { heading: heading.replace('\n', " "), align });
    let header: Vec<Column> = [Column::left("Run")].into_iter().chain(columns).collect();
    markdown(&header, run_labels(rows).into_iter().zip(rows).map(|(name, run)| row(name, run)))
}

fn row(name: String, run: &RunRecord) -> Vec<String> {
    [name].into_iter().chain(COLUMNS.map(|(.., value)| value(run))).collect()
}
