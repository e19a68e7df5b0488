//! Task 3: the tricks of the trade, one added to the other.

use spec::Metric;

use super::context::{BASELINE, Context, LADDER, STANDARD};
use super::parts::{comparison, leaf};
use super::prose::{listed, sentences, text, written};
use crate::document::Section;
use crate::{CurveSets, Result, measure};

pub(super) fn section(context: &Context) -> Result<Section> {
    let mut blocks = vec![text("tricks")];
    blocks.extend(comparison(context, "figure-3", "The tricks of the trade", &LADDER, CurveSets::Both, &LADDER)?);
    blocks.extend(sentences([total(context), largest_share(context), steps(context)]));
    Ok(leaf("task-3", "Task 3: the tricks of the trade", blocks))
}

fn total(context: &Context) -> Option<String> {
    let metric = Metric::BestValidationAccuracy;
    let difference = context.compared(STANDARD, BASELINE, metric)?.words();
    let (from, to) = (context.value(BASELINE, metric)?, context.value(STANDARD, metric)?);
    Some(written("all tricks", &[("from", &from), ("to", &to), ("difference", &difference)]))
}

/// The trick that changes the accuracy most.
fn largest_share(context: &Context) -> Option<String> {
    let metric = Metric::BestValidationAccuracy;
    let step = |pair: &[&'static str]| Some((pair[1], context.compared(pair[1], pair[0], metric)?.mean));
    let steps: Vec<(&str, f64)> = LADDER.windows(2).filter_map(step).collect();
    let &(name, most) = steps.iter().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    let others = steps.iter().filter(|(other, _)| *other != name);
    let others = others.map(|(other, mean)| format!("{} {}", context.title(other), measure::difference(metric, *mean)));
    let (change, others) = (measure::difference(metric, most), listed(&others.collect::<Vec<_>>()));
    Some(written("largest share", &[("title", &context.title(name)), ("change", &change), ("others", &others)]))
}

/// Whether the number of steps falls from run to run.
fn steps(context: &Context) -> Option<String> {
    let steps: Option<Vec<f64>> = LADDER.iter().map(|name| context.mean(name, Metric::Steps)).collect();
    let steps = steps?;
    let words: Vec<String> = steps.iter().map(|&steps| measure::value(Metric::Steps, steps)).collect();
    let fall = if steps.is_sorted_by(|before, after| after < before) { "fall" } else { "do not fall" };
    Some(written("steps", &[("fall", fall), ("steps", &words.join(", "))]))
}
