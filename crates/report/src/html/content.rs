//! The blocks of a section, with figures and tables numbered in the order in which they stand.

use maud::{Markup, html};

use super::figure::figure;
use super::inline::inline;
use super::math::display;
use super::table::table;
use crate::document::Block;

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
            // A container that scrolls is reached by keyboard.
            Block::Code(lines) => html! { pre.code tabindex="0" { code { (lines) } } },
            Block::Note(text) => html! { p.note { (inline(text)) } },
        }
    }
}
