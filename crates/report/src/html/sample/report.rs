//! A report that looks like one, of made-up runs: for the browser test and for the eye.

use record::RunRecord;

use crate::document::{Align, Block, Column, Document, Figure, Inline, Picture, Section, Table, Tone};
use crate::format::{accuracy, loss, run_labels, stop_words};
use crate::sample_formulas::{self, output_error};
use crate::{CurveSets, Plot, run_table, to_terminal};
use spec::thousands;
use test_support::synthetic::{Curve, record};

/// The whole report.
pub(crate) fn report() -> Document {
    let runs = ladder();
    let runs: Vec<&RunRecord> = runs.iter().collect();
    let mut tricks = section("task-3", "Task 3: tricks of the trade, one after another", tricks(&runs));
    tricks.sections = vec![section("task-3-statements", "What the report said", statements())];
    let baseline = vec![paragraph(PROSE), figure("baseline-curves", "The baseline over all 50 epochs.", &runs[..1])];
    Document {
        title: "Softmax regression with backpropagation on MNIST".to_owned(),
        subtitle: "MNIST, 20,000 training and 10,000 validation images, seeds 1 to 5".to_owned(),
        warning: Some("Made-up digits: no number here says anything about MNIST.".to_owned()),
        summary: vec![paragraph(PROSE), Block::Table(results(&runs[2..]))],
        sections: vec![
            section("task-1a", "Task 1a: the gradient of the output layer", derivation()),
            section("task-2c", "Task 2c: the baseline", baseline),
            tricks,
            section("task-4d", "Task 4d: two hidden layers of 60 units", vec![Block::Table(results(&runs))]),
            section(
                "again",
                "How to make this report again",
                vec![Block::Code(to_terminal(&run_table(&runs), Some(160)))],
            ),
        ],
    }
}

const PROSE: &str = "The network has one hidden layer of 64 units and is trained by stochastic gradient descent on \
    batches of 32 images. Every number comes from a record; the validation images also decide when a run stops, so no \
    number is a clean test result. A statement of the original report is held against five seeds.";

fn ladder() -> Vec<RunRecord> {
    vec![
        record("task2c", "Baseline: sigmoid, uniform weights", 31_250, &Curve::BASELINE),
        record("task3a", "+ fan-in weights", 26_000, &Curve::FAN_IN),
        record("task3b", "+ improved sigmoid", 12_000, &Curve::IMPROVED),
        record("task3c", "+ momentum (the standard model)", 9_000, &Curve::STANDARD),
    ]
}

fn section(id: &str, heading: &str, blocks: Vec<Block>) -> Section {
    Section { id: id.to_owned(), heading: heading.to_owned(), blocks, sections: Vec::new() }
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![Inline::text(text)])
}

fn tricks(runs: &[&RunRecord]) -> Vec<Block> {
    let remark = vec![
        Inline::text("Task 3d has no run: "),
        Inline::Code("experiments run task3d".to_owned()),
        Inline::text(" makes it."),
    ];
    vec![
        Block::Paragraph(vec![
            Inline::text("Each run adds one trick to the one before, from the baseline of "),
            Inline::text("task 2c"),
            Inline::text(" on. The last, with momentum, is "),
            Inline::Emphasis("the standard model".to_owned()),
            Inline::text(" of what follows."),
        ]),
        figure("ladder-curves", "Loss and accuracy of the four models of task 3 over gradient steps.", runs),
        Block::Note(remark),
    ]
}

fn figure(id: &str, caption: &str, runs: &[&RunRecord]) -> Block {
    let plot = Plot::of_records(caption, runs, CurveSets::Both);
    Block::Figure(Figure {
        id: id.to_owned(),
        caption: vec![Inline::text(caption)],
        alternative: "Losses fall and accuracies rise, steeply at first, further with every trick.".to_owned(),
        picture: Picture::Svg(plot.to_svg().unwrap()),
        chart: plot.to_json(),
    })
}

fn statements() -> Vec<Block> {
    let statement = |says: &str, tone, verdict: &str, why: &str| {
        let badge = Inline::Badge { tone, text: verdict.to_owned() };
        vec![badge, Inline::text(format!(" {says} ")), Inline::Emphasis(why.to_owned())]
    };
    vec![Block::List(vec![
        statement("Every addition raises the accuracy.", Tone::Good, "holds", "In 5 of 5 seeds, by 0.3 to 2.7 points."),
        statement(
            "The number of training steps decreases with each addition.",
            Tone::Bad,
            "does not hold",
            "Fan-in weights need 26,000 steps in the median, the baseline 25,500.",
        ),
        statement("Convergence is faster after each addition.", Tone::Open, "undecided", "Two of five seeds disagree."),
    ])]
}

fn results(runs: &[&RunRecord]) -> Table {
    let header = [
        ("Run", Align::Left),
        ("Steps", Align::Right),
        ("Stopped by", Align::Right),
        ("Best loss [95 % interval]", Align::Right),
        ("Best accuracy [95 % interval]", Align::Right),
    ];
    let row = |(label, run): (String, &&RunRecord)| {
        let best = run.history.best().unwrap();
        let share = best.validation_accuracy;
        [
            label,
            thousands(run.steps),
            stop_words(run.stop_reason).to_owned(),
            format!("{} [0.1339, 0.1482]", loss(best.validation_loss)),
            format!("{} [{}, {}]", accuracy(share), accuracy(share - 0.004), accuracy(share + 0.003)),
        ]
        .map(|text| vec![Inline::text(text)])
        .to_vec()
    };
    Table {
        caption: vec![Inline::text("The runs at their lowest validation loss, the mean of five seeds.")],
        header: header.map(|(heading, align)| Column { heading: heading.to_owned(), align }).to_vec(),
        rows: run_labels(runs, |spec| &spec.title).into_iter().zip(runs).map(row).collect(),
    }
}

fn derivation() -> Vec<Block> {
    vec![
        Block::Paragraph(vec![
            Inline::text("The error of an output unit is short: "),
            Inline::Math(output_error()),
            Inline::text(". What follows from it:"),
        ]),
        Block::Equation(sample_formulas::derivation()),
    ]
}
