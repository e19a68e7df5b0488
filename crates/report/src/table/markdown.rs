//! Tables in Markdown.

use crate::document::{Align, Column};

/// The table of these rows; every text is shown as it is.
pub(crate) fn markdown(header: &[Column], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: Vec<String>| {
        let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
        format!("| {} |", cells.join(" | "))
    };
    let headings = header.iter().map(|column| column.heading.clone()).collect();
    let rules = header.iter().map(|column| if column.align == Align::Right { "---:|" } else { "---|" });
    let head = [line(headings), format!("|{}", rules.collect::<String>())];
    head.into_iter().chain(rows.map(line)).collect::<Vec<_>>().join("\n")
}

/// Text that Markdown shows as it is.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '&') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
