//! A report as long as a real one, its figures of made-up records: to look at, and to time.

use record::RunRecord;

use crate::document::{Block, Column, Document, Figure, Inline, Picture, Section, Table, Tone};
use crate::sample_formulas::{derivation, output_error};
use crate::{CurveSets, accuracy, loss, seconds};
use spec::thousands;
use test_support::synthetic::{Curve, record};

fn text(words: &str) -> Inline {
    Inline::text(words)
}

fn code(words: &str) -> Inline {
    Inline::Code(words.to_owned())
}

fn badge(tone: Tone, word: &str) -> Inline {
    Inline::Badge { tone, text: word.to_owned() }
}

fn ladder() -> [RunRecord; 4] {
    [
        record("task2c", "Baseline: sigmoid, uniform weights", 31_250, &Curve::BASELINE),
        record("task3a", "+ improved weight init", 26_000, &Curve::FAN_IN),
        record("task3b", "+ improved sigmoid", 12_000, &Curve::IMPROVED),
        record("task3c", "+ momentum (the standard model)", 9_000, &Curve::STANDARD),
    ]
}

fn figure(title: &str, runs: &[RunRecord], sets: CurveSets) -> Block {
    let runs: Vec<&RunRecord> = runs.iter().collect();
    let caption =
        ": loss and accuracy over gradient steps, with a band of one standard deviation about the training loss.";
    Block::Figure(Figure {
        id: title.to_lowercase(),
        caption: vec![Inline::Emphasis(title.to_owned()), text(caption)],
        alternative: "Curves of loss and accuracy, each better sooner than the one before.".to_owned(),
        picture: Picture::Svg(crate::Plot::of_records(title, &runs, sets).to_svg().unwrap()),
        chart: None,
    })
}

/// A heading and what a run says below it.
type Metric = (&'static str, fn(&RunRecord) -> String);

const METRICS: [Metric; 9] = [
    ("Best loss", |run| loss(run.history.best().unwrap().validation_loss)),
    ("Best accuracy", |run| accuracy(run.history.best().unwrap().validation_accuracy)),
    ("Steps", |run| thousands(run.steps)),
    ("Last loss", |run| loss(run.history.last().unwrap().validation_loss)),
    ("Last accuracy", |run| accuracy(run.history.last().unwrap().validation_accuracy)),
    ("Training loss", |run| loss(run.history.last().unwrap().train_loss)),
    ("Training accuracy", |run| accuracy(run.history.last().unwrap().train_accuracy)),
    ("Parameters", |run| thousands(run.parameters)),
    ("Seconds", |run| seconds(run.wall_seconds)),
];

fn results(metrics: &[Metric], runs: &[RunRecord]) -> Block {
    let cells = |run: &RunRecord| {
        let name = vec![text(&run.spec.title)];
        std::iter::once(name).chain(metrics.iter().map(|(_, value)| vec![Inline::Text(value(run))])).collect()
    };
    let numbers = metrics.iter().map(|(heading, _)| Column::right(heading));
    Block::Table(Table {
        caption: vec![text("What the runs reached. Best: at the lowest validation loss.")],
        header: std::iter::once(Column::left("Run")).chain(numbers).collect(),
        rows: runs.iter().map(cells).collect(),
    })
}

fn claims(count: usize) -> Block {
    let verdicts = [(Tone::Good, "holds"), (Tone::Bad, "fails"), (Tone::Open, "open")];
    let says = "the improved sigmoid reaches its best validation loss in fewer steps than the logistic one";
    let cells = |index: usize| {
        let (tone, word) = verdicts[index % 3];
        let place = vec![text("Task 3"), text(", "), code("task3b")];
        vec![place, vec![text(says)], vec![text("lower")], vec![text("0.1260")], vec![badge(tone, word)]]
    };
    let header = vec![
        Column::left("Where"),
        Column::left("What the report says"),
        Column::left("Expected"),
        Column::right("Found"),
        Column::left("Verdict"),
    ];
    let caption = vec![text("What the report claims, held against the runs.")];
    Block::Table(Table { caption, header, rows: (0..count).map(cells).collect() })
}

fn settings() -> Block {
    let lines =
        ["model.hidden_units = [64]", "model.activation = \"improved_sigmoid\"", "optimizer.learning_rate = 0.02"];
    let cells = |line: &str| line.split(" = ").map(|part| vec![code(part)]).collect();
    let header = vec![Column::left("Setting"), Column::left("Value")];
    Block::Table(Table { caption: vec![text("What is set.")], header, rows: lines.map(cells).into() })
}

fn paragraph() -> Block {
    Block::Paragraph(vec![
        text(
            "The baseline is a network with one hidden layer of 64 units, trained with plain stochastic gradient descent on \
              batches of 32 images. Its weights are drawn from a uniform distribution, which saturates the sigmoid from the \
              first step on, so that the gradient is small: ",
        ),
        Inline::Math(output_error()),
        text(" is the error of an output, see "),
        text("task 3"),
        text(" and "),
        code("crates/experiments/src/momentum.rs"),
        text(". A weight of standard deviation one over the root of the number of inputs keeps the activations "),
        Inline::Emphasis("where the slope is steep".to_owned()),
        text(", and the claim "),
        badge(Tone::Good, "holds"),
        text(" for all seeds."),
    ])
}

fn list() -> Block {
    let stop =
        vec![text("Training stops after "), code("training.patience_validations"), text(" without a lower loss.")];
    let weights = "The weights come from a normal distribution, and the same seed starts from the same weights on every \
                   backend, so that two runs differ in nothing but what their files say.";
    Block::List(vec![vec![text(weights)], stop])
}

fn task(number: usize) -> Section {
    let runs = ladder();
    let (sets, count) = [(CurveSets::Both, 2), (CurveSets::Validation, 4), (CurveSets::Both, 4)][number % 3];
    let title = format!("Task {number}: tricks of the trade");
    let mut blocks = vec![paragraph(), list(), results(&METRICS[..3 * (1 + number % 3)], &runs), paragraph()];
    blocks.push(figure(&title, &runs[4 - count..], sets));
    if number.is_multiple_of(4) {
        blocks.push(Block::Note(vec![text("A run is missing: "), code("make task4e"), text(" makes it.")]));
    }
    Section { id: format!("task-{number}"), heading: title, blocks, sections: Vec::new() }
}

fn theory() -> Section {
    let how = Section {
        id: "repeat".to_owned(),
        heading: "How to run it again".to_owned(),
        blocks: vec![paragraph(), Block::Code("make data\nmake all ARGS=\"--no-tui\"\n".to_owned()), settings()],
        sections: Vec::new(),
    };
    let blocks = vec![paragraph(), Block::Equation(derivation()), paragraph()];
    Section { id: "theory".to_owned(), heading: "Derivations".to_owned(), blocks, sections: vec![how] }
}

/// 14 sections, 12 figures, 15 tables.
pub(super) fn document() -> Document {
    let all = Section {
        id: "claims".to_owned(),
        heading: "All claims".to_owned(),
        blocks: vec![paragraph(), claims(30)],
        sections: Vec::new(),
    };
    Document {
        title: "Softmax regression with backpropagation on MNIST".to_owned(),
        subtitle: "MNIST, 20,000 training and 10,000 validation images, seeds 1 to 5".to_owned(),
        warning: Some("Made-up digits: no number here says anything about MNIST.".to_owned()),
        summary: vec![paragraph(), claims(6)],
        sections: std::iter::once(theory()).chain((1..=12).map(task)).chain([all]).collect(),
    }
}
