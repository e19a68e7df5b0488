//! What goes beyond the report: ablations, other editions of the tasks, and a closer look at the standard model.

use evidence::{Centre, Replicates};
use record::{Mistake, Predictions};
use spec::{ImageShape, Metric, thousands};

use super::CloseUp;
use super::context::{BASELINE, Context, LADDER, STANDARD};
use super::parts::{comparison, drawn, leaf, parent};
use super::prose::{note, paragraph, sentences, text, written};
use crate::document::{Block, Picture, Section};
use crate::format::plain_text;
use crate::{CurveSets, PlotPoint, Result, accuracy_over_parameters, confusion, digits, first_layer_weights};

/// The experiments that the report's chapters treat.
const OF_THE_REPORT: [&str; 9] =
    ["task2c", "task3a", "task3b", "task3c", "task4a", "task4b", "task4d", "task4e", "task4f"];
/// The networks whose accuracy is shown over their size.
const SIZES: [&str; 5] = ["task4a", STANDARD, "task4b", "task4d", "task4e"];

pub(super) fn section(context: &Context) -> Result<Section> {
    let mut sections = vec![sizes(context)?, alone(context)?];
    sections.extend(others(context)?);
    sections.extend(context.material.close_up.as_ref().map(|close_up| closer_look(context, close_up)).transpose()?);
    Ok(parent("beyond", "Beyond the report", vec![text("beyond")], sections))
}

/// Accuracy over the number of parameters.
fn sizes(context: &Context) -> Result<Section> {
    let points: Vec<PlotPoint> = context.trained(&SIZES).into_iter().filter_map(point).collect();
    let mut blocks = Vec::new();
    if !points.is_empty() {
        let plot = accuracy_over_parameters(points, context.subtitle(), context.material.dataset.is_made_up());
        blocks.push(drawn("figure-parameters", "parameters figure", &[], Picture::Svg(plot.to_svg()?)));
    }
    Ok(leaf("parameters", "Accuracy and the number of parameters", blocks))
}

fn point(replicates: &Replicates) -> Option<PlotPoint> {
    let summary = replicates.summary(Metric::BestValidationAccuracy)?;
    let Centre::Mean(y) = summary.centre else { return None };
    let interval = summary.interval.map(|interval| (interval.low, interval.high)).filter(|(low, high)| low < high);
    let x = replicates.records.first()?.parameters as f64;
    Some(PlotPoint { x, y, interval, label: Some(plain_text(&replicates.spec.title)) })
}

/// Every trick of task 3 without the others.
fn alone(context: &Context) -> Result<Section> {
    let (title, names) = ("Each trick alone", [LADDER[0], LADDER[1], "improved_sigmoid_alone", "momentum_alone"]);
    let mut blocks = vec![text("alone")];
    blocks.extend(comparison(context, "figure-alone", title, &names, CurveSets::Validation, &names[2..])?);
    let sentence = |name: &&str| {
        let compared = context.compared(name, BASELINE, Metric::BestValidationAccuracy)?;
        let (title, difference) = (context.title(name), compared.words());
        Some(written("trick alone", &[("title", &title), ("difference", &difference)]))
    };
    blocks.extend(sentences(names[1..].iter().map(sentence)));
    Ok(leaf("alone", title, blocks))
}

/// All further experiments that are declared.
fn others(context: &Context) -> Result<Option<Section>> {
    let treated = |name: &str| OF_THE_REPORT.contains(&name) || name.ends_with("_alone");
    let names = context.material.experiments.iter().map(|replicates| replicates.spec.name.as_str());
    let names: Vec<&str> = names.filter(|name| !treated(name)).collect();
    if names.is_empty() {
        return Ok(None);
    }
    let title = "Further experiments";
    let blocks = comparison(context, "figure-others", title, &names, CurveSets::Validation, &names)?;
    Ok(Some(leaf("further", title, blocks)))
}

/// The best weights of one run: what they look like, and where they fail.
fn closer_look(context: &Context, close_up: &CloseUp) -> Result<Section> {
    let (title, seed, shape) =
        (context.title(&close_up.experiment), close_up.seed.to_string(), context.material.dataset.shape);
    let weights = Picture::Png(first_layer_weights(&close_up.first_layer, close_up.n_units, shape)?);
    let mut blocks = vec![
        paragraph(&written("closer look", &[("title", &title), ("seed", &seed)])),
        drawn("figure-weights", "weights figure", &[], weights),
    ];
    match &close_up.predictions {
        Some(predictions) => blocks.extend(failures(predictions, shape)?),
        None => blocks.push(note(&written("no predictions", &[]))),
    }
    Ok(leaf("closer", "A closer look at the standard model", blocks))
}

/// The confusion matrix, and the mistakes whose pixels were recorded.
fn failures(predictions: &Predictions, shape: ImageShape) -> Result<Vec<Block>> {
    let n_images: usize = predictions.confusion.iter().flatten().sum();
    let (wrong, all) = (thousands(predictions.mistakes.len()), thousands(n_images));
    let (counts, matrix) = ([("wrong", &*wrong), ("all", &all)], Picture::Svg(confusion(&predictions.confusion)));
    let mut blocks = vec![drawn("figure-confusion", "confusion figure", &counts, matrix)];
    let shown: Vec<&Mistake> = predictions.mistakes.iter().filter(|mistake| !mistake.pixels.is_empty()).collect();
    if !shown.is_empty() {
        blocks.push(drawn("figure-mistakes", "mistakes figure", &[], Picture::Svg(digits(&shown, shape)?)));
    }
    Ok(blocks)
}
