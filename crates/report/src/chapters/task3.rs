//! Task 3: the tricks of the trade, one added to the other.

use record::Metric;

use super::context::Context;
use super::parts::{curves, results, settings, statements};
use super::prose::{listed, paragraph, said, sentences};
use crate::document::{Block, Section};
use crate::{CurveSets, FigureError, measure};

/// The ladder: every experiment adds a trick to the one before.
pub(super) const LADDER: [&str; 4] = ["task2c", "task3a", "task3b", "task3c"];

pub(super) fn section(context: &Context) -> Result<Section, FigureError> {
    let mut blocks = vec![
        paragraph(
            "Each run adds one trick of LeCun, Bottou, Orr and Müller's Efficient BackProp (2012) to the run before: initial \
             weights whose size fits the number of inputs, an activation that is symmetric about 0, momentum. The last is the \
             standard model, which task 4 compares with.",
        ),
        settings(context, &LADDER),
    ];
    blocks.extend(curves(context, "figure-3", "The tricks of the trade", &LADDER, CurveSets::Both)?);
    blocks.extend(results(context, &LADDER));
    blocks.extend(statements(context, &LADDER));
    blocks.extend(discussion(context));
    Ok(Section {
        id: "task-3".to_owned(),
        heading: "Task 3: the tricks of the trade".to_owned(),
        blocks,
        sections: Vec::new(),
    })
}

fn discussion(context: &Context) -> Option<Block> {
    sentences([total(context), largest_share(context), steps(context)])
}

fn total(context: &Context) -> Option<String> {
    let (first, last) = (LADDER[0], LADDER[3]);
    let compared = context.compared(last, first, Metric::BestValidationAccuracy)?;
    let (from, to) =
        (context.value(first, Metric::BestValidationAccuracy)?, context.value(last, Metric::BestValidationAccuracy)?);
    Some(format!(
        "All tricks together take the best validation accuracy from {from} to {to}: it is {}.",
        compared.words()
    ))
}

/// The trick that changes the accuracy most.
fn largest_share(context: &Context) -> Option<String> {
    let metric = Metric::BestValidationAccuracy;
    let step = |pair: &[&str]| Some((pair[1].to_owned(), context.compared(pair[1], pair[0], metric)?.mean));
    let steps: Vec<(String, f64)> = LADDER.windows(2).filter_map(step).collect();
    let (name, most) = steps.iter().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    let title = said(&context.spec(name)?.title);
    let others = steps.iter().filter(|(other, _)| other != name);
    let others: Vec<String> = others
        .filter_map(|(other, mean)| {
            Some(format!("{} {}", said(&context.spec(other)?.title), measure::difference(metric, *mean)))
        })
        .collect();
    let change = measure::difference(metric, *most);
    Some(format!("Most of that is the step “{title}” with {change}; the others bring {}.", listed(&others)))
}

/// Whether the number of steps falls from run to run.
fn steps(context: &Context) -> Option<String> {
    let steps: Vec<f64> = LADDER.iter().filter_map(|name| context.mean(name, Metric::Steps)).collect();
    if steps.len() < LADDER.len() {
        return None;
    }
    let words: Vec<String> = steps.iter().map(|&steps| measure::value(Metric::Steps, steps)).collect();
    let falls = steps.windows(2).all(|pair| pair[1] < pair[0]);
    let what = if falls { "fall with each addition" } else { "do not fall with each addition" };
    Some(format!(
        "The steps until early stopping {what}: {} on average. They say when the validation loss stopped falling, not how \
         soon the network was good.",
        words.join(", ")
    ))
}
