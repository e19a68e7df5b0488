//! Task 4e: ten hidden layers, and which explanation of their result the measurements support.

use evidence::Replicates;
use spec::Metric;

use super::context::{Compared, Context, STANDARD};
use super::parts::{drawn, versus};
use super::prose::{note, sentences, written};
use crate::document::{Block, Picture, Section};
use crate::format::plain_text;
use crate::{Result, RunCurves, gradient_course, gradient_sizes, measure};

const DEEP: &str = "task4e";
/// What vanishing gradients look like, for comparison.
const VANISHING: &str = "sigmoid_deep";
/// A gradient of the first layer below this share of the output layer's counts as vanished.
const VANISHED_BELOW: f64 = 0.1;

pub(super) fn section(context: &Context) -> Result<Section> {
    let (heading, names) = ("4e: ten hidden layers of 64", [STANDARD, DEEP]);
    let mut section = versus(context, "task-4e", heading, "Ten hidden layers", &names)?;
    section.blocks.extend(gradient_figure(context)?);
    section.blocks.extend(course_figure(context)?);
    section.blocks.extend(discussion(context));
    Ok(section)
}

/// The size of the gradient of every layer: the figure that decides.
fn gradient_figure(context: &Context) -> Result<Option<Block>> {
    let runs: Vec<RunCurves> = context.trained(&[STANDARD, DEEP, VANISHING]).into_iter().map(run_curves).collect();
    if runs.is_empty() {
        return Ok(None);
    }
    let picture = Picture::Svg(gradient_sizes(&runs).to_svg()?);
    Ok(Some(drawn("figure-gradients", "gradient figure", &[], picture)))
}

/// The gradient over the whole training, in some layers of the deep network.
fn course_figure(context: &Context) -> Result<Option<Block>> {
    let Some(deep) = context.trained(&[DEEP]).pop() else { return Ok(None) };
    let picture = Picture::Svg(gradient_course(&run_curves(deep)).to_svg()?);
    Ok(Some(drawn("figure-gradient-course", "course figure", &[], picture)))
}

fn run_curves(replicates: &Replicates) -> RunCurves<'_> {
    RunCurves { label: plain_text(&replicates.spec.title), records: replicates.records.iter().collect() }
}

/// What the report's explanation and the course's would look like, and what is seen.
fn discussion(context: &Context) -> Vec<Block> {
    let compared = |metric| context.compared(DEEP, STANDARD, metric);
    let (Some(train), Some(gap), Some(gradient_ratio)) = (
        compared(Metric::LastTrainAccuracy),
        compared(Metric::GeneralizationGap),
        context.mean(DEEP, Metric::GradientRatio),
    ) else {
        return vec![note(&written("no evidence", &[]))];
    };
    let value = |name: &str, metric| context.value(name, metric).unwrap_or_default();
    let both =
        |name: &str, metric| written(name, &[("deep", &*value(DEEP, metric)), ("standard", &value(STANDARD, metric))]);
    let overfitting = [("train", &*train.words()), ("gap", &gap.words())];
    let vanished = context.value(VANISHING, Metric::GradientRatio).map(|ratio| {
        let accuracy = value(VANISHING, Metric::BestValidationAccuracy);
        written("vanished", &[("ratio", &*ratio), ("accuracy", &accuracy)])
    });
    let measured = [
        Some(written("overfitting", &overfitting)),
        Some(both("vanishing", Metric::GradientRatio)),
        vanished,
        Some(both("saturated", Metric::SaturatedUnits)),
    ];
    sentences(measured).into_iter().chain(sentences(verdict(&train, &gap, gradient_ratio))).collect()
}

/// Which explanation the measurements support.
fn verdict(train: &Compared, gap: &Compared, gradient_ratio: f64) -> [Option<String>; 2] {
    let is_too_complex = gap.is_higher() && !train.is_lower();
    let has_vanished = gradient_ratio < VANISHED_BELOW;
    let fits_better = train.is_higher();
    let name = match (is_too_complex, has_vanished) {
        (true, true) => "both explanations",
        (true, false) => "too complex",
        (false, true) => "vanishing only",
        (false, false) => "neither",
    };
    let values = [
        ("ratio", &*measure::value(Metric::GradientRatio, gradient_ratio)),
        ("limit", &VANISHED_BELOW.to_string()),
        ("fit", &written(if fits_better { "fits better" } else { "fits no better" }, &[])),
    ];
    let is_hard = name == "neither" && !fits_better;
    [Some(written(name, &values)), is_hard.then(|| written("hard to optimise", &[]))]
}
