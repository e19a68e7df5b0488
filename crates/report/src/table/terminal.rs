//! Tables in the terminal.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, TableStyle, Width};

use crate::document::{Align, Table, words};
use crate::format::plain_text;

/// Lines above and below, and one under the header.
const STYLE: TableStyle = TableStyle::new()
    .top_border(LineStyle::none().fill('─').junction('─'))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .bottom_border(LineStyle::none().fill('─').junction('─'));
/// Characters between two columns: the padding of the left one, and the place of a vertical line, which is not drawn.
const GAP: u16 = 2;
/// Characters of the longest word that stays whole: usual names fit, and a title cannot make the table wider than a screen.
const LONGEST_WORD: usize = 40;

/// A column as text.
struct Column {
    align: Align,
    /// The heading, then the cells.
    texts: Vec<String>,
    /// Width in characters below which a word or a number would be broken.
    least: u16,
}

/// The table with its caption below it; of a table without rows only the caption.
///
/// With a `width` in characters, cells wrap between words to fit it. Numbers and single words stay whole: columns that do not
/// fit follow in a further table, next to the first column again. Without a width nothing is wrapped.
#[must_use]
pub fn to_terminal(table: &Table, width: Option<u16>) -> String {
    let columns: Vec<Column> = (0..table.header.len()).map(|index| column(table, index)).collect();
    let parts = if table.rows.is_empty() { Vec::new() } else { parts(&columns, width.unwrap_or(u16::MAX)) };
    let tables: Vec<String> = parts.iter().map(|part| drawn(part, width) + "\n").collect();
    let caption = words(&table.caption);
    let caption: Vec<String> = caption.lines().map(|line| plain_text(line) + "\n").collect();
    tables.join("\n") + &caption.concat()
}

fn column(table: &Table, index: usize) -> Column {
    let align = table.header[index].align;
    let cells = table.rows.iter().map(|row| words(&row[index]));
    let plain = |text: String| text.lines().map(plain_text).collect::<Vec<_>>().join("\n");
    let texts: Vec<String> = [table.header[index].heading.clone()].into_iter().chain(cells).map(plain).collect();
    let longest = |text: &String, is_heading: bool| {
        let is_end = |c: char| c == '\n' || (c == ' ' && (is_heading || align == Align::Left));
        text.split(is_end).map(|piece| piece.chars().count()).max().unwrap_or(0)
    };
    let least = texts.iter().enumerate().map(|(index, text)| longest(text, index == 0)).max().unwrap_or(0);
    Column { align, texts, least: u16::try_from(least.min(LONGEST_WORD)).unwrap_or(u16::MAX) }
}

/// The columns, divided among tables that fit the width; each has the first column.
fn parts(columns: &[Column], width: u16) -> Vec<Vec<&Column>> {
    let Some((first, others)) = columns.split_first() else { return Vec::new() };
    let room = width.saturating_sub(first.least + GAP);
    let (mut parts, mut left) = (vec![vec![first]], room);
    for column in others {
        match parts.last_mut() {
            Some(part) if column.least + GAP <= left => part.push(column),
            _ => {
                parts.push(vec![first, column]);
                left = room;
            }
        }
        left = left.saturating_sub(column.least + GAP);
    }
    parts
}

fn drawn(columns: &[&Column], width: Option<u16>) -> String {
    let mut table = comfy_table::Table::new();
    let row = |index: usize| columns.iter().map(move |column| &column.texts[index]);
    table.load_style(STYLE).set_header(row(0)).add_rows((1..columns[0].texts.len()).map(row));
    if let Some(width) = width {
        table.set_width(width).set_content_arrangement(ContentArrangement::Dynamic);
    }
    for (drawn, column) in table.column_iter_mut().zip(columns) {
        drawn.set_padding((0, 1)).set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(column.least + 1)));
        if column.align == Align::Right {
            drawn.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Columns;

    /// Names and numbers of the usual sizes, and sentences.
    fn sample() -> Table {
        let names = ["task2c", "improved_sigmoid_alone", "two_layers_59"];
        let sentence = "the accuracy is higher than that of the standard model";
        let columns = Columns::of(&names)
            .words("Name", |name| (*name).to_owned())
            .words("Statement", |_| sentence.to_owned())
            .words("Hidden layers", |_| "10 x 64".to_owned())
            .numbers("Best validation accuracy", |_| "96.11 % ± 0.09".to_owned())
            .numbers("Steps until the stop", |_| "9,000 (8,750 to 9,375)".to_owned());
        columns.table("A caption.")
    }

    #[test]
    fn names_and_numbers_stay_whole_within_the_width() {
        for width in [80, 100, 120] {
            let text = to_terminal(&sample(), Some(width));
            for whole in ["improved_sigmoid_alone", "two_layers_59", "96.11 % ± 0.09", "9,000 (8,750 to 9,375)"] {
                assert!(text.contains(whole), "{whole}, {width}:\n{text}");
            }
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(usize::from(width)), "{width}:\n{text}");
        }
    }

    #[test]
    fn columns_without_room_follow_next_to_the_first_again() {
        insta::assert_snapshot!(to_terminal(&sample(), Some(60)), @"
        ────────────────────────────────────────────────────────────
        Name                    Statement  Hidden              Best
                                           layers        validation
                                                           accuracy
        ────────────────────────────────────────────────────────────
        task2c                  the        10 x 64   96.11 % ± 0.09
                                accuracy
                                is higher
                                than that
                                of the
                                standard
                                model
        improved_sigmoid_alone  the        10 x 64   96.11 % ± 0.09
                                accuracy
                                is higher
                                than that
                                of the
                                standard
                                model
        two_layers_59           the        10 x 64   96.11 % ± 0.09
                                accuracy
                                is higher
                                than that
                                of the
                                standard
                                model
        ────────────────────────────────────────────────────────────

        ───────────────────────────────────────────────
        Name                      Steps until the stop
        ───────────────────────────────────────────────
        task2c                  9,000 (8,750 to 9,375)
        improved_sigmoid_alone  9,000 (8,750 to 9,375)
        two_layers_59           9,000 (8,750 to 9,375)
        ───────────────────────────────────────────────
        A caption.
        ");
    }

    #[test]
    fn without_a_width_every_cell_is_on_one_line() {
        let text = to_terminal(&sample(), None);
        assert!(text.lines().any(|line| line.contains("standard model") && line.contains("task2c")), "{text}");
    }

    #[test]
    fn a_table_without_rows_is_its_caption() {
        let none: [&str; 0] = [];
        let table = Columns::of(&none).words("Name", |name| (*name).to_owned()).table("no names");
        assert_eq!(to_terminal(&table, Some(80)), "no names\n");
    }
}
