//! The blocks of a section; figures and tables are numbered in their order.

use base64::prelude::{BASE64_STANDARD, Engine};
use maud::{Markup, PreEscaped, html};

use super::chart;
use super::math::{display, math};
use crate::document::{Align, Block, Column, Figure, Inline, Picture, Table, Tone};

/// Writes blocks and counts what is numbered.
#[derive(Debug, Default)]
pub(super) struct Content {
    figures: usize,
    tables: usize,
}

impl Content {
    /// The blocks one after the other.
    pub(super) fn blocks(&mut self, blocks: &[Block]) -> Markup {
        html! {
            @for block in blocks {
                (self.block(block))
            }
        }
    }

    fn block(&mut self, block: &Block) -> Markup {
        match block {
            Block::Paragraph(text) => html! { p { (inline(text)) } },
            Block::List(items) => html! { ul { @for item in items { li { (inline(item)) } } } },
            Block::Equation(formula) => display(formula),
            Block::Table(content) => {
                self.tables += 1;
                table(content, self.tables)
            }
            Block::Figure(content) => {
                self.figures += 1;
                figure(content, self.figures)
            }
            // A block that scrolls can be focused, so that the keyboard scrolls it.
            Block::Code(lines) => html! { pre.code tabindex="0" { code { (lines) } } },
            Block::Note(text) => html! { p.note { (inline(text)) } },
        }
    }
}

/// A figure with its number.
fn figure(figure: &Figure, number: usize) -> Markup {
    // The underscore keeps it apart from the document's own anchors.
    let caption = format!("figure_{number}");
    let is_drawing = matches!(figure.picture, Picture::Svg(_));
    html! {
        figure id=(figure.id) {
            div.picture tabindex="0" role="group" aria-labelledby=(caption) {
                img.drawing[is_drawing] src=(source(&figure.picture)) alt=(figure.alternative);
            }
            @if let Some(numbers) = figure.chart.as_ref().and_then(chart::json) {
                script type="application/json" { (PreEscaped(numbers)) }
            }
            figcaption id=(caption) { b { "Figure " (number) "." } " " (inline(&figure.caption)) }
        }
    }
}

/// The picture as a data URL. A drawing too is a picture and not part of the page, so nothing in it can act on the page.
fn source(picture: &Picture) -> String {
    match picture {
        Picture::Svg(drawing) => format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(drawing)),
        Picture::Png(pixels) => format!("data:image/png;base64,{}", BASE64_STANDARD.encode(pixels)),
    }
}

/// A table with its number.
fn table(table: &Table, number: usize) -> Markup {
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
        // A column without a name has a plain cell: screen readers would read out an empty header.
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

/// The pieces of a text.
fn inline(pieces: &[Inline]) -> Markup {
    html! {
        @for piece in pieces {
            @match piece {
                Inline::Text(text) => (text),
                Inline::Emphasis(text) => em { (text) },
                Inline::Code(text) => code { (text) },
                Inline::Math(formula) => math { (math(formula)) },
                Inline::Badge { tone, text } => span class={ "badge " (class(*tone)) } { (text) },
            }
        }
    }
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Open => "open",
    }
}
