//! Task 2: the data, the gradients checked, the baseline.

use spec::{Metric, thousands};

use super::CheckedNetwork;
use super::context::{BASELINE, Context};
use super::parts::{cells, comparison, layers, leaf, parent, table};
use super::prose::{note, paragraph, sentences, text, written};
use crate::document::{Block, Column, Section, columns};
use crate::{CurveSets, Result};

pub(super) fn section(context: &Context) -> Result<Section> {
    let sections = vec![pixels(context), gradients(context), baseline(context)?, parameters(context)];
    Ok(parent("task-2", "Task 2: softmax regression with one hidden layer", Vec::new(), sections))
}

fn pixels(context: &Context) -> Section {
    let dataset = &context.material.dataset;
    let images = thousands(context.spec(BASELINE).map_or(20_000, |spec| spec.data.train_images));
    let [mean, deviation] = [dataset.pixel_mean, dataset.pixel_std].map(|number| format!("{number:.4}"));
    let text = written("pixels", &[("images", &images), ("mean", &mean), ("deviation", &deviation)]);
    leaf("task-2a", "2a: mean and standard deviation", vec![paragraph(&text)])
}

fn gradients(context: &Context) -> Section {
    let blocks = vec![text("gradient check"), check_table(context, "2b")];
    leaf("task-2b", "2b: gradients against central differences", blocks)
}

/// The gradient checks of a task; a remark where nobody made them.
pub(super) fn check_table(context: &Context, task: &str) -> Block {
    let checks = || context.material.gradient_checks.iter().filter(|check| check.task == task);
    let Some(first) = checks().next() else { return note(&written("unchecked", &[])) };
    let row = |check: &CheckedNetwork| {
        let passes = if check.largest_difference < check.tolerance { "passes" } else { "FAILS" };
        cells([
            check.hidden_layers.clone(),
            check.activation.clone(),
            format!("{} of {}", thousands(check.checked), thousands(check.parameters)),
            format!("{:.1e}", check.largest_difference),
            passes.to_owned(),
        ])
    };
    let mut header = columns(&["Hidden layers", "Activation"], &["Weights checked", "Largest difference"]);
    header.push(Column::left("Verdict"));
    let caption = format!("Largest difference of a gradient; below {:.0e} it passes.", first.tolerance);
    table(&caption, header, checks().map(row))
}

fn baseline(context: &Context) -> Result<Section> {
    let value = |metric| context.value(BASELINE, metric);
    let reached = || {
        let (accuracy, steps) = (value(Metric::BestValidationAccuracy)?, value(Metric::Steps)?);
        Some(written("baseline", &[("accuracy", &accuracy), ("steps", &steps)]))
    };
    let gap = || {
        let (gap, train) = (value(Metric::GeneralizationGap)?, value(Metric::LastTrainAccuracy)?);
        Some(written("baseline gap", &[("gap", &gap), ("train", &train)]))
    };
    let mut blocks = comparison(context, "figure-2c", "The baseline", &[BASELINE], CurveSets::Both, &[])?;
    blocks.extend(sentences([reached(), gap()]));
    Ok(leaf("task-2c", "2c: the baseline", blocks))
}

fn parameters(context: &Context) -> Section {
    let blocks = context.spec(BASELINE).map_or_else(Vec::new, |spec| {
        let shape = context.material.dataset.shape;
        let total = thousands(spec.model.parameters(shape));
        vec![paragraph(&written("parameters", &[("total", &total)])), layers(&spec.model, shape)]
    });
    leaf("task-2d", "2d: the number of parameters", blocks)
}
