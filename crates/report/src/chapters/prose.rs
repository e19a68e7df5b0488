//! The texts of `assets/prose.md` with their numbers filled in, and names of the program in backticks.

use crate::document::{Block, Inline};
use crate::format::plain_text;

/// All texts, each below a line with its name.
const TEXTS: &str = include_str!("../../assets/prose.md");
/// Stands for a backtick of a user's text within a sentence; plain text never holds this character.
const BACKTICK: &str = "\u{fffe}";

/// A text in which these values replace their names in braces.
pub(super) fn written(name: &str, values: &[(&str, &str)]) -> String {
    let (_, text) = TEXTS.split_once(&format!("\n# {name}\n")).expect("every text that a chapter names is in the file");
    let text = text.split("\n# ").next().unwrap_or_default().trim().replace('\n', " ");
    let filled = |piece: &str| values.iter().find(|(name, _)| *name == piece).map(|(_, value)| (*value).to_owned());
    let pieces = text.split(['{', '}']).map(|piece| filled(piece).unwrap_or_else(|| piece.to_owned()));
    pieces.collect()
}

/// A text without values as a paragraph.
pub(super) fn text(name: &str) -> Block {
    paragraph(&written(name, &[]))
}

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

/// A user's text for a sentence: its backticks mark no name of the program.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_in_once_and_never_read_as_names() {
        let values = [("all", "{hold}"), ("hold", "2"), ("fallen", "0"), ("undecided", "0")];
        assert_eq!(written("tally", &values), "Of {hold} statements 2 hold, 0 do not, and 0 are undecided.");
    }

    #[test]
    fn every_text_is_asked_for() {
        let sources = [
            include_str!("../chapters.rs"),
            include_str!("context.rs"),
            include_str!("extras.rs"),
            include_str!("methods.rs"),
            include_str!("summary.rs"),
            include_str!("task1.rs"),
            include_str!("task2.rs"),
            include_str!("task3.rs"),
            include_str!("task4.rs"),
            include_str!("task4e.rs"),
        ];
        for name in TEXTS.lines().filter_map(|line| line.strip_prefix("# ")) {
            let figure = name.trim_end_matches(" alternative");
            assert!(sources.iter().any(|source| source.contains(&format!("\"{figure}\""))), "{name}");
        }
    }
}
