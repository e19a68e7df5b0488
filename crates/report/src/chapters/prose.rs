//! Sentences: text with names of the program in backticks, and the words that numbers choose.

use crate::document::{Block, Inline};
use crate::format::plain_text;

/// A backtick of somebody's text on its way into a sentence; plain text never holds this character.
const BACKTICK: &str = "\u{fffe}";

/// A paragraph; what stands between backticks is a name of the program.
pub(super) fn paragraph(text: &str) -> Block {
    Block::Paragraph(inline(text))
}

/// A remark that is set apart.
pub(super) fn note(text: &str) -> Block {
    Block::Note(inline(text))
}

/// Text with names of the program between backticks.
pub(super) fn inline(text: &str) -> Vec<Inline> {
    let pieces = text.split('`').enumerate().filter(|(_, piece)| !piece.is_empty());
    pieces
        .map(|(index, piece)| {
            let piece = piece.replace(BACKTICK, "`");
            if index % 2 == 1 { Inline::Code(piece) } else { Inline::Text(piece) }
        })
        .collect()
}

/// Somebody's text, to stand in a sentence: its backticks set nothing apart.
pub(super) fn said(text: &str) -> String {
    plain_text(text).replace('`', BACKTICK)
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The sentences that there are, one after the other; none where there is none.
pub(super) fn sentences(sentences: impl IntoIterator<Item = Option<String>>) -> Option<Block> {
    let text: Vec<String> = sentences.into_iter().flatten().collect();
    (!text.is_empty()).then(|| paragraph(&text.join(" ")))
}
