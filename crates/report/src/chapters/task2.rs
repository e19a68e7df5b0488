//! Task 2: the data, the gradients checked, the baseline.

use record::Metric;

use super::GradientCheck;
use super::context::Context;
use super::parts::{curves, layers, leaf, results, settings};
use super::prose::{inline, note, paragraph, sentences};
use crate::document::{Block, Column, Inline, Section, Table};
use crate::format::{hidden_units, thousands};
use crate::{CurveSets, FigureError};

const BASELINE: &str = "task2c";

pub(super) fn section(context: &Context) -> Result<Section, FigureError> {
    Ok(Section {
        id: "task-2".to_owned(),
        heading: "Task 2: softmax regression with one hidden layer".to_owned(),
        blocks: Vec::new(),
        sections: vec![pixels(context), gradients(context), baseline(context)?, parameters(context)],
    })
}

fn pixels(context: &Context) -> Section {
    let dataset = &context.material.dataset;
    let n_images = context.spec(BASELINE).map_or(20_000, |spec| spec.data.train_images);
    let text = format!(
        "Over all pixels of the first {} training images the mean is {:.4} and the standard deviation {:.4}. Every pixel, of \
         training and validation images alike, goes through (x − {:.4}) / {:.4}.",
        thousands(n_images),
        dataset.pixel_mean,
        dataset.pixel_std,
        dataset.pixel_mean,
        dataset.pixel_std
    );
    leaf("task-2a", "2a: mean and standard deviation", vec![paragraph(&text)])
}

fn gradients(context: &Context) -> Section {
    let mut blocks = vec![paragraph(
        "Backpropagation is Burn's. It is held against central differences, (C(w + ε) − C(w − ε)) / 2ε with ε = 0.001, in \
         double precision on 100 images, with a forward pass of its own that uses no tensors.",
    )];
    blocks.extend(check_table(context, "2b"));
    leaf("task-2b", "2b: gradients against central differences", blocks)
}

/// The gradient checks of a task; a remark where nobody made them.
pub(super) fn check_table(context: &Context, task: &str) -> Vec<Block> {
    let checks: Vec<&GradientCheck> =
        context.material.gradient_checks.iter().filter(|check| check.task == task).collect();
    let Some(first) = checks.first() else { return vec![note("The gradients were not checked.")] };
    let row = |check: &&GradientCheck| {
        let passes = if check.largest_difference < check.tolerance { "passes" } else { "FAILS" };
        [
            hidden_units(&check.hidden_units),
            check.activation.clone(),
            format!("{} of {}", thousands(check.checked), thousands(check.parameters)),
            format!("{:.1e}", check.largest_difference),
            passes.to_owned(),
        ]
        .map(|cell| vec![Inline::Text(cell)])
        .to_vec()
    };
    vec![Block::Table(Table {
        caption: inline(&format!("Largest difference of a gradient; below {:.0e} it passes.", first.tolerance)),
        header: vec![
            Column::left("Hidden units"),
            Column::left("Activation"),
            Column::right("Weights checked"),
            Column::right("Largest difference"),
            Column::left("Verdict"),
        ],
        rows: checks.iter().map(row).collect(),
    })]
}

fn baseline(context: &Context) -> Result<Section, FigureError> {
    let value = |metric| context.value(BASELINE, metric);
    let reached = value(Metric::BestValidationAccuracy).zip(value(Metric::Steps)).map(|(accuracy, steps)| {
        format!("The baseline reaches a validation accuracy of {accuracy} at its best and stops after {steps} steps.")
    });
    let gap = value(Metric::GeneralizationGap).zip(value(Metric::LastTrainAccuracy)).map(|(gap, train)| {
        format!(
            "At the end it classifies {train} of its training images right; the gap to the validation images is {gap}: it has \
             learned its training images better than digits."
        )
    });
    let mut blocks = vec![settings(context, &[BASELINE])];
    blocks.extend(curves(context, "figure-2c", "The baseline", &[BASELINE], CurveSets::Both)?);
    blocks.extend(results(context, &[BASELINE]));
    blocks.extend(sentences([reached, gap]));
    Ok(leaf("task-2c", "2c: the baseline", blocks))
}

fn parameters(context: &Context) -> Section {
    let blocks = context.spec(BASELINE).map_or_else(Vec::new, |spec| {
        let total = thousands(spec.model.parameters());
        vec![
            paragraph(&format!(
                "Every unit of the hidden layer has a weight for each pixel and a bias, every class a weight for each hidden \
                 unit. Together they are {total}."
            )),
            layers(&spec.model),
        ]
    });
    leaf("task-2d", "2d: the number of parameters", blocks)
}
