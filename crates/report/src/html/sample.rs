//! Documents to test with: here one of every element, in `report` one that looks like a report.

mod report;

pub(super) use report::report;

use crate::document::{
    Block, Chart, Column, Document, Figure, Inline, Math, Panel, Picture, Section, Series, Table, Tone,
};

/// Turns the words of a document into what it says instead.
type Say<'a> = &'a dyn Fn(&str) -> String;

/// A document that has every block, every kind of running text and every form of formula once.
pub(super) fn every_element(say: Say) -> Document {
    let inner = Section {
        id: say("inner"),
        heading: say("A section within"),
        blocks: vec![Block::Figure(chart_figure(say)), Block::Figure(pixel_figure(say)), Block::Table(table(say))],
        sections: Vec::new(),
    };
    let blocks = vec![
        Block::List(vec![vec![Inline::text(say("an item"))], every_inline(say)]),
        Block::Equation(Math::Lines(vec![(Math::Matrix(say("W")), every_math(say))])),
        Block::Code(say("make all\n  indented")),
        Block::Note(vec![Inline::text(say("a remark"))]),
    ];
    Document {
        title: say("A title"),
        subtitle: say("A subtitle"),
        warning: Some(say("A warning")),
        summary: vec![Block::Paragraph(every_inline(say))],
        sections: vec![Section { id: say("outer"), heading: say("A section"), blocks, sections: vec![inner] }],
    }
}

fn every_inline(say: Say) -> Vec<Inline> {
    let badge = |tone, text| Inline::Badge { tone, text: say(text) };
    vec![
        Inline::text(say("text ")),
        Inline::Emphasis(say("emphasis")),
        Inline::Code(say("code")),
        Inline::Math(every_math(say)),
        badge(Tone::Good, "holds"),
        badge(Tone::Bad, "fails"),
        badge(Tone::Open, "open"),
    ]
}

fn every_math(say: Say) -> Math {
    let letter = |name| Math::Variable(say(name));
    let numbered = Math::Below(Box::new(Math::Matrix(say("W"))), Box::new(letter("k")));
    Math::Row(vec![
        Math::Word(say("log")),
        Math::Below(Box::new(letter("x")), Box::new(letter("k"))),
        Math::Above(Box::new(letter("x")), Box::new(Math::Number(say("2")))),
        Math::Operator(say("=")),
        Math::Above(Box::new(numbered), Box::new(letter("T"))),
        Math::Fraction(Box::new(letter("a")), Box::new(Math::Root(Box::new(letter("b"))))),
        Math::Sum(Box::new(letter("i"))),
    ])
}

fn chart_figure(say: Say) -> Figure {
    let series = Series {
        run: say("run"),
        label: say("run, train"),
        colour: say("#0072b2"),
        is_dashed: true,
        values: vec![Some(1.0), None, Some(0.25)],
        band: vec![Some((0.5, 1.5)), None, Some((0.0, f64::NAN))],
    };
    let panel = Panel {
        y_label: say("Loss"),
        is_share: false,
        y_range: (0.0, 1.5),
        x: vec![0.0, 12.5, 25.0],
        series: vec![series],
    };
    Figure {
        id: say("curves"),
        caption: vec![Inline::text(say("Curves"))],
        alternative: say("falling curves"),
        picture: Picture::Svg("<svg/>".to_owned()),
        chart: Some(Chart { x_label: say("Steps"), panels: vec![panel] }),
    }
}

fn pixel_figure(say: Say) -> Figure {
    let caption = vec![Inline::text(say("Digits"))];
    let picture = Picture::Png(vec![0x89, b'P', b'N', b'G']);
    Figure { id: say("digits"), caption, alternative: say("ten digits"), picture, chart: None }
}

fn table(say: Say) -> Table {
    let cell = |words| vec![Inline::text(say(words))];
    Table {
        caption: cell("Runs"),
        header: vec![Column::left(&say("Run")), Column::right(&say("Loss"))],
        rows: vec![vec![cell("a run"), cell("0.25")]],
    }
}
