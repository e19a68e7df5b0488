//! Markdown to a [`Document`]: headings with anchors, paragraphs, lists, tables, code, formulas, and
//!
//! - `# Heading` is the title, and the paragraph below it the subtitle; `> [!WARNING]` is the document's warning;
//! - `###### Heading` is the caption of the table that follows;
//! - `> text` is a note;
//! - `![what it shows](anchor "caption")` is the figure that was drawn for this anchor;
//! - `[word](good)` is a badge: `good`, `bad` or `open`.

use std::collections::HashMap;
use std::iter::Peekable;

use pulldown_cmark::{Alignment, BlockQuoteKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::math::{equations, formula};
use crate::document::{self, Align, Block, Column, Document, Figure, Inline, Picture, Section, Table, Tone};

/// Pictures by the anchors of their figures.
pub(super) type Pictures = HashMap<String, (Picture, Option<serde_json::Value>)>;

/// The rest of a text.
type Events<'t> = Peekable<Parser<'t>>;

/// A text with its pictures as a document.
pub(super) fn document(text: &str, pictures: &mut Pictures) -> Document {
    let options = Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES | Options::ENABLE_MATH;
    let mut events = Parser::new_ext(text, options | Options::ENABLE_GFM).peekable();
    let (mut document, mut caption) = (Document::default(), Vec::new());
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => document.title = words(&mut events),
            Event::Start(Tag::Heading { level: HeadingLevel::H6, .. }) => caption = line(&mut events),
            Event::Start(Tag::Heading { level, id, .. }) => {
                let (id, heading) = (id.unwrap_or("".into()).into_string(), words(&mut events));
                let section = Section { id, heading, ..Section::default() };
                match document.sections.last_mut() {
                    Some(parent) if level > HeadingLevel::H2 => parent.sections.push(section),
                    _ => document.sections.push(section),
                }
            }
            Event::Start(Tag::Paragraph) if document.subtitle.is_empty() => document.subtitle = words(&mut events),
            Event::Start(Tag::BlockQuote(Some(BlockQuoteKind::Warning))) => document.warning = Some(words(&mut events)),
            event => {
                let block = block(event, &mut events, &mut caption, pictures);
                blocks(&mut document).extend(block);
            }
        }
    }
    document
}

/// The block that begins with this event; `None` if none does.
fn block(event: Event, events: &mut Events, caption: &mut Vec<Inline>, pictures: &mut Pictures) -> Option<Block> {
    Some(match event {
        Event::DisplayMath(lines) => equations(&lines),
        Event::Start(Tag::Image { dest_url, title, .. }) => {
            let (picture, chart) = pictures.remove(&*dest_url)?;
            let (id, alternative) = (dest_url.into_string(), words(events));
            let caption = vec![Inline::Text(title.replace('\n', " "))];
            Block::Figure(Figure { id, caption, alternative, picture, chart })
        }
        Event::Start(Tag::Paragraph) => match events.peek() {
            // These are blocks of their own.
            Some(Event::DisplayMath(_) | Event::Start(Tag::Image { .. })) => return None,
            _ => Block::Paragraph(line(events)),
        },
        Event::Start(Tag::BlockQuote(_)) => Block::Note(line(events)),
        Event::Start(Tag::CodeBlock(_)) => Block::Code(words(events)),
        Event::Start(Tag::List(_)) => Block::List(rows(events).into_iter().flatten().collect()),
        Event::Start(Tag::Table(alignments)) => {
            let mut rows = rows(events);
            let headings = rows.remove(0).iter().map(|heading| document::words(heading)).collect::<Vec<_>>();
            let header = headings.into_iter().zip(alignments).map(column).collect();
            Block::Table(Table { caption: std::mem::take(caption), header, rows })
        }
        _ => return None,
    })
}

/// Where a block goes: below the last heading.
fn blocks(document: &mut Document) -> &mut Vec<Block> {
    let (mut blocks, mut sections) = (&mut document.summary, &mut document.sections);
    while let Some(section) = sections.last_mut() {
        (blocks, sections) = (&mut section.blocks, &mut section.sections);
    }
    blocks
}

/// The cells of a table, its header first; the items of a list, each a row.
fn rows(events: &mut Events) -> Vec<Vec<Vec<Inline>>> {
    let mut rows = Vec::new();
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(Vec::new()),
            Event::Start(Tag::TableCell) => rows.last_mut().expect("a cell is in a row").push(line(events)),
            Event::Start(Tag::Item) => rows.push(vec![line(events)]),
            Event::End(TagEnd::Table | TagEnd::List(_)) => break,
            _ => {}
        }
    }
    rows
}

fn column((heading, alignment): (String, Alignment)) -> Column {
    Column { heading, align: if alignment == Alignment::Right { Align::Right } else { Align::Left } }
}

/// The text up to the end of the element that has begun.
fn line(events: &mut Events) -> Vec<Inline> {
    let mut pieces = Vec::new();
    while let Some(event) = events.next() {
        match event {
            Event::Text(text) => push(&mut pieces, &unbroken(&text)),
            Event::SoftBreak | Event::HardBreak => push(&mut pieces, " "),
            Event::Code(name) => pieces.push(Inline::Code(name.into_string())),
            Event::InlineMath(text) => pieces.push(Inline::Math(formula(&text))),
            Event::Start(Tag::Emphasis) => pieces.push(Inline::Emphasis(words(events))),
            Event::Start(Tag::Link { dest_url, .. }) => {
                pieces.push(Inline::Badge { tone: tone(&dest_url), text: words(events) });
            }
            Event::Start(_) => pieces.extend(line(events)),
            Event::End(_) => break,
            _ => {}
        }
    }
    pieces
}

/// Keeps a number, its deviation and its unit in one line: `96.34 % ± 0.04`.
fn unbroken(text: &str) -> String {
    text.replace(" %", "\u{a0}%").replace(" ± ", "\u{a0}±\u{a0}")
}

/// Adds text, which comes in many events.
fn push(pieces: &mut Vec<Inline>, text: &str) {
    match pieces.last_mut() {
        Some(Inline::Text(last)) => last.push_str(text),
        _ => pieces.push(Inline::Text(text.to_owned())),
    }
}

/// The same as plain text.
fn words(events: &mut Events) -> String {
    document::words(&line(events))
}

fn tone(name: &str) -> Tone {
    match name {
        "good" => Tone::Good,
        "bad" => Tone::Bad,
        _ => Tone::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stays_with_its_unit() {
        let document = document("# Title\n\nsub\n\nit is 96.34 % ± 0.04 at 90 % of it\n", &mut Pictures::new());
        let expected = "it is 96.34\u{a0}%\u{a0}±\u{a0}0.04 at 90\u{a0}% of it";
        assert_eq!(document.summary, [Block::Paragraph(vec![Inline::Text(expected.to_owned())])]);
    }

    #[test]
    fn every_element_of_a_text_is_read() {
        let text = "# Title\n\nsub\n\n> [!WARNING]\n> made\n> up\n\nsum\n\n## One {#one}\n\n### In {#in}\n\n$$\nx & = y\n= z\n$$\n\n\
            > note `name`\n\n```\na\n  b\n```\n\n### Other {#other}\n\n$x$ and\n[holds](good)\n\n![none](unknown)\n\n## Two {#two}\n";
        let document = document(text, &mut Pictures::new());
        let words = |text: &str| vec![Inline::Text(text.to_owned())];
        assert_eq!((&*document.title, &*document.subtitle), ("Title", "sub"));
        assert_eq!(document.warning.as_deref(), Some("made up"));
        assert_eq!(document.summary, [Block::Paragraph(words("sum"))]);
        let [one, two] = &*document.sections else { panic!("{document:?}") };
        let [inner, other] = &*one.sections else { panic!("{one:?}") };
        assert_eq!((&*one.id, &*one.heading, &*inner.id, &*two.id), ("one", "One", "in", "two"));
        let name = Inline::Code("name".to_owned());
        let note = Block::Note(vec![Inline::Text("note ".to_owned()), name]);
        assert_eq!(inner.blocks, [equations("x & = y\n= z"), note, Block::Code("a\n  b\n".to_owned())]);
        let badge = Inline::Badge { tone: Tone::Good, text: "holds".to_owned() };
        let line = vec![Inline::Math(formula("x")), Inline::Text(" and ".to_owned()), badge];
        assert_eq!(other.blocks, [Block::Paragraph(line)]);
    }
}
