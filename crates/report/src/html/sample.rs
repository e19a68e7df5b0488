//! Documents to test with: here one of every element, in `report` one that looks like a report.

mod report;

pub(super) use report::report;

use crate::document::{Align, Block, Column, Document, Figure, Inline, Math, Picture, Section, Table, Tone};
use crate::figure::axis::{Axis, Numbers};
use crate::figure::plot::{Intervals, Line, Panel, Plot, PlotPoint, Series};
use crate::{Demo, DemoDigit, DemoNetwork};

/// A canvas with a network of one layer and a digit.
pub(super) fn demo(say: Say) -> Demo {
    let mut record = test_support::record();
    (record.spec.title, record.dataset.title) = (say("Standard"), say("MNIST"));
    Demo {
        dataset: record.dataset.title.clone(),
        is_made_up: false,
        classes: 10,
        networks: vec![DemoNetwork::new(&record, &mlp::Tensors::default(), (33.0, 78.0))],
        digits: vec![DemoDigit::new(7, &[0; 784])],
        digits_from: say("MNIST"),
    }
}

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
        Math::Fraction(Box::new(letter("a")), Box::new(letter("b"))),
        Math::Sum(Box::new(letter("i"))),
    ])
}

fn chart_figure(say: Say) -> Figure {
    let point = |x: f64, y: f64, interval| PlotPoint { interval: Some(interval), ..PlotPoint::new(x, y) };
    let series = Series {
        run: say("run"),
        label: say("run, train"),
        colour: "#0072b2",
        line: Line::Dashed,
        intervals: Intervals::Band,
        points: vec![
            point(0.0, 1.0, (0.5, 1.5)),
            point(12.5, f64::NAN, (0.0, 1.0)),
            point(25.0, 0.25, (0.0, f64::NAN)),
        ],
        marks: Vec::new(),
    };
    let axis = |label, high| Axis::linear(&say(label), (0.0, high), 8, Numbers::Plain);
    let panel = Panel { x: axis("Steps", 25.0), y: axis("Loss", 1.5), series: vec![series] };
    let plot =
        Plot { title: say("Title"), subtitle: say("MNIST"), is_made_up: false, panels: vec![panel], notes: Vec::new() };
    Figure {
        id: say("curves"),
        caption: vec![Inline::text(say("Curves"))],
        alternative: say("falling curves"),
        picture: Picture::Svg("<svg/>".to_owned()),
        chart: plot.to_json(),
    }
}

fn pixel_figure(say: Say) -> Figure {
    let caption = vec![Inline::text(say("Digits"))];
    let picture = Picture::Png(vec![0x89, b'P', b'N', b'G']);
    Figure { id: say("digits"), caption, alternative: say("ten digits"), picture, chart: None }
}

fn table(say: Say) -> Table {
    let cell = |words| vec![Inline::text(say(words))];
    let column = |heading, align| Column { heading: say(heading), align };
    Table {
        caption: cell("Runs"),
        header: vec![column("Run", Align::Left), column("Loss", Align::Right)],
        rows: vec![vec![cell("a run"), cell("0.25")]],
    }
}
