//! A document with every form of block, inline and formula, all of whose texts are the same.

use report::document::{Align, Block, Column, Document, Figure, Inline, Math, Picture, Section, Table, Tone};

/// A drawing, well formed and small.
const DRAWING: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><text y="9" font-family="Open Sans">Ag</text></svg>"#;

/// Plain text.
pub(super) fn text(words: &str) -> Inline {
    Inline::Text(words.to_owned())
}

fn formula(words: &str) -> Math {
    let leaves =
        [Math::Variable, Math::Matrix, Math::Number, Math::Operator, Math::Word].map(|leaf| leaf(words.to_owned()));
    let leaf = |index: usize| Box::new(leaves[index].clone());
    let forms = [
        Math::Below(leaf(0), leaf(1)),
        Math::Above(leaf(2), leaf(3)),
        Math::Fraction(leaf(3), leaf(4)),
        Math::Sum(leaf(1)),
    ];
    Math::Row(leaves.iter().cloned().chain(forms).collect())
}

fn inlines(words: &str) -> Vec<Inline> {
    let text = || words.to_owned();
    let badge = |tone| Inline::Badge { tone, text: text() };
    let mut inlines =
        vec![Inline::Text(text()), Inline::Emphasis(text()), Inline::Code(text()), Inline::Math(formula(words))];
    inlines.extend([Tone::Good, Tone::Bad, Tone::Open].map(badge));
    inlines
}

fn figure(words: &str, picture: Picture) -> Block {
    let (id, alternative) = (words.to_owned(), words.to_owned());
    Block::Figure(Figure { id, caption: inlines(words), alternative, picture, chart: None })
}

fn blocks(words: &str) -> Vec<Block> {
    let inlines = || inlines(words);
    let header = [Align::Left, Align::Right].map(|align| Column { heading: words.to_owned(), align }).into();
    let lines = vec![(formula(words), formula(words)), (Math::Row(Vec::new()), formula(words))];
    vec![
        Block::Paragraph(inlines()),
        Block::List(vec![inlines(), inlines()]),
        Block::Equation(Math::Lines(lines)),
        Block::Table(Table { caption: inlines(), header, rows: vec![vec![inlines(), Vec::new()]; 2] }),
        figure(words, Picture::Svg(DRAWING.to_owned())),
        figure(words, Picture::Png(report::to_png(DRAWING, 40).unwrap())),
        Block::Code(words.to_owned()),
        Block::Note(inlines()),
    ]
}

/// Five sections, one of them within another; all blocks are in it and in the summary.
pub(super) fn every_form(words: &str) -> Document {
    let text = || words.to_owned();
    let section = |id: &str, blocks, sections| Section { id: id.to_owned(), heading: text(), blocks, sections };
    let first = section(words, Vec::new(), vec![section("inner", blocks(words), Vec::new())]);
    let others = ["a", "b", "c"].map(|id| section(id, Vec::new(), Vec::new()));
    Document {
        title: text(),
        subtitle: text(),
        warning: Some(text()),
        summary: blocks(words),
        sections: std::iter::once(first).chain(others).collect(),
    }
}
