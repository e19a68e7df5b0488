//! The compact table: a line per run, for the terminal and for Markdown.

use comfy_table::{CellAlignment, ColumnConstraint, Table, Width};
use record::RunRecord;

use super::{empty_table, of};
use crate::format::{accuracy, label, loss, run_labels, seconds, stop_words, thousands};

/// What the table says of a run after its name.
struct Column {
    title: &'static str,
    is_number: bool,
    value: fn(&RunRecord) -> String,
}

impl Column {
    const fn number(title: &'static str, value: fn(&RunRecord) -> String) -> Self {
        Self { title, is_number: true, value }
    }

    const fn words(title: &'static str, value: fn(&RunRecord) -> String) -> Self {
        Self { title, is_number: false, value }
    }
}

/// Characters of `interrupted` and the space around it.
const LONGEST_WORD: Width = Width::Fixed(13);

const COLUMNS: [Column; 9] = [
    Column::number("Parameters", |run| thousands(run.parameters)),
    Column::number("Steps", |run| thousands(run.steps)),
    Column::words("Stopped by", |run| stop_words(run.stop_reason).to_owned()),
    Column::number("Best\nloss", |run| of(run.best(), |v| loss(v.validation_loss))),
    Column::number("Best\naccuracy", |run| of(run.best(), |v| accuracy(v.validation_accuracy))),
    Column::number("Last\nloss", |run| of(run.last(), |v| loss(v.validation_loss))),
    Column::number("Last\naccuracy", |run| of(run.last(), |v| accuracy(v.validation_accuracy))),
    Column::number("Training\naccuracy", |run| of(run.last(), |v| accuracy(v.train_accuracy))),
    Column::number("Seconds", |run| seconds(run.wall_seconds)),
];

/// The table for the terminal: runs by their names, which are shorter than their titles.
pub(super) fn table(rows: &[&RunRecord]) -> Table {
    let mut table = empty_table();
    table.set_header(std::iter::once("Run").chain(COLUMNS.iter().map(|column| column.title)));
    let seeds_differ = rows.windows(2).any(|pair| pair[0].seed != pair[1].seed);
    table.add_rows(rows.iter().map(|run| {
        let name = label(&run.spec.name, run, seeds_differ);
        std::iter::once(name).chain(values(run)).collect::<Vec<_>>()
    }));
    for (column, about) in table.column_iter_mut().skip(1).zip(&COLUMNS) {
        if about.is_number {
            column.set_constraint(ColumnConstraint::ContentWidth).set_padding((0, 1));
            column.set_cell_alignment(CellAlignment::Right);
        } else {
            column.set_constraint(ColumnConstraint::LowerBoundary(LONGEST_WORD));
        }
    }
    table
}

/// The same in Markdown, runs by their titles.
pub(super) fn markdown(rows: &[&RunRecord]) -> String {
    let titles = COLUMNS.iter().map(|column| column.title.replace('\n', " "));
    let rules = COLUMNS.iter().map(|column| if column.is_number { "---:|" } else { "---|" });
    let mut lines =
        vec![line(std::iter::once("Run".to_owned()).chain(titles)), format!("|---|{}", rules.collect::<String>())];
    lines.extend(
        run_labels(rows).into_iter().zip(rows).map(|(name, run)| line(std::iter::once(name).chain(values(run)))),
    );
    lines.join("\n")
}

fn values(run: &RunRecord) -> impl Iterator<Item = String> {
    COLUMNS.iter().map(|column| (column.value)(run))
}

/// A row of a Markdown table.
pub(crate) fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|cell| markdown_escaped(&cell)).collect();
    format!("| {} |", cells.join(" | "))
}

/// Text that Markdown shows as it is.
pub(super) fn markdown_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '&') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
