//! Tables in Markdown.

use crate::document::{Align, Table, words};
use crate::format::plain_text;

/// The table, its caption below it; every text is shown as it is.
#[must_use]
pub fn to_markdown(table: &Table) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let headings = table.header.iter().map(|column| escaped(&column.heading)).collect();
    let rules = table.header.iter().map(|column| if column.align == Align::Right { "---:|" } else { "---|" });
    let rows = table.rows.iter().map(|row| line(row.iter().map(|cell| escaped(&words(cell))).collect()));
    let (head, rules, rows) = (line(headings), rules.collect::<String>(), rows.collect::<String>());
    format!("{head}|{rules}\n{rows}\n{}\n", escaped(&words(&table.caption)))
}

/// Text that Markdown shows as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in plain_text(text).chars() {
        if matches!(c, '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '&') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
