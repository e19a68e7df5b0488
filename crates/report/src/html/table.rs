//! Tables: numbered, in a container that scrolls sideways and is reached by keyboard.

use maud::{Markup, html};

use super::inline::inline;
use crate::document::{Align, Column, Inline, Table};

/// A table with its number.
pub(super) fn table(table: &Table, number: usize) -> Markup {
    // The underscore keeps it apart from the document's own anchors.
    let caption = format!("table_{number}");
    html! {
        div.table tabindex="0" role="region" aria-labelledby=(caption) {
            table {
                caption id=(caption) {
                    span.text { b { "Table " (number) "." } " " (inline(&table.caption)) }
                }
                thead { tr { @for column in &table.header { (head(column)) } } }
                tbody { @for cells in &table.rows { (row(&table.header, cells)) } }
            }
        }
    }
}

fn head(column: &Column) -> Markup {
    html! {
        // Over a column without a name stands no header, which would be read out as an empty one.
        @if column.heading.is_empty() {
            td {}
        } @else {
            th.right[is_right(column)] scope="col" { (column.heading) }
        }
    }
}

/// A row; the first cell heads it.
fn row(header: &[Column], cells: &[Vec<Inline>]) -> Markup {
    html! {
        tr {
            @for (index, (column, cell)) in header.iter().zip(cells).enumerate() {
                @if index == 0 {
                    th.right[is_right(column)] scope="row" { (inline(cell)) }
                } @else {
                    td.right[is_right(column)] { (inline(cell)) }
                }
            }
        }
    }
}

fn is_right(column: &Column) -> bool {
    column.align == Align::Right
}
