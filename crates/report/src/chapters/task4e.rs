//! Task 4e: ten hidden layers, and which explanation of their result the measurements support.

use record::Metric;

use super::context::Context;
use super::parts::picture;
use super::prose::{note, sentences};
use super::task4::{Chapter, STANDARD};
use crate::document::{Block, Picture, Section};
use crate::evidence::Replicates;
use crate::format::plain_text;
use crate::{CurveSets, FigureError, RunCurves, gradient_course, gradient_sizes, measure};

const DEEP: &str = "task4e";
/// What vanishing gradients look like, for comparison.
const VANISHING: &str = "sigmoid_deep";
/// A gradient of the first layer below this share of the output layer's counts as vanished.
const VANISHED_BELOW: f64 = 0.1;

pub(super) fn section(context: &Context) -> Result<Section, FigureError> {
    let chapter = Chapter {
        id: "task-4e",
        heading: "4e: ten hidden layers of 64",
        title: "Ten hidden layers",
        names: &[STANDARD, DEEP],
        sets: CurveSets::Both,
    };
    let mut section = chapter.section(context, Vec::new(), None)?;
    section.blocks.extend(gradient_figure(context)?);
    section.blocks.extend(course_figure(context)?);
    section.blocks.extend(discussion(context));
    Ok(section)
}

/// The size of the gradient of every layer: the figure that decides.
fn gradient_figure(context: &Context) -> Result<Option<Block>, FigureError> {
    let trained = context.trained(&[STANDARD, DEEP, VANISHING]);
    let runs: Vec<RunCurves> = trained.into_iter().map(run_curves).collect();
    if runs.is_empty() {
        return Ok(None);
    }
    Ok(Some(picture(
        "figure-gradients",
        "The size of the gradient of every layer, and of the update beside the weights, over the first five epochs. Where \
         gradients vanish, the line falls by orders of magnitude towards the first layer.",
        "Root mean squares of gradients and of updates, layer by layer, on a logarithmic axis.",
        Picture::Svg(gradient_sizes(&runs).to_svg()?),
    )))
}

/// The gradient over the whole training, in some layers of the deep network.
fn course_figure(context: &Context) -> Result<Option<Block>, FigureError> {
    let Some(deep) = context.trained(&[DEEP]).pop() else { return Ok(None) };
    Ok(Some(picture(
        "figure-gradient-course",
        "The size of the gradient over the training of the ten hidden layers.",
        "Root mean squares of the gradient over gradient steps, a line a layer, on a logarithmic axis.",
        Picture::Svg(gradient_course(&run_curves(deep)).to_svg()?),
    )))
}

fn run_curves(replicates: &Replicates) -> RunCurves<'_> {
    RunCurves { label: plain_text(&replicates.spec.title), records: replicates.records.iter().collect() }
}

/// What the report's explanation and the course's would look like, and what is seen.
fn discussion(context: &Context) -> Vec<Block> {
    let Some(evidence) = Evidence::of(context) else {
        return vec![note("Ten layers and the standard model are not both trained: nothing can be said.")];
    };
    let value = |name: &str, metric| context.value(name, metric).unwrap_or_default();
    let overfitting = format!(
        "The report suspects that the model is “too complex”. It would then fit its training images better than the standard \
         model and lose on the validation images. Measured: the last training accuracy is {}, and the gap between training \
         and validation accuracy {}.",
        evidence.train.words(),
        evidence.gap.words()
    );
    let vanishing = format!(
        "The course's answer is vanishing gradients. Measured: over the first five epochs the gradient of the first layer is \
         {} times that of the output layer; in the standard model it is {}.",
        value(DEEP, Metric::GradientRatio),
        value(STANDARD, Metric::GradientRatio)
    );
    let reference = context.value(VANISHING, Metric::GradientRatio).map(|ratio| {
        let accuracy = value(VANISHING, Metric::BestValidationAccuracy);
        format!(
            "With the plain sigmoid the same ten layers have a ratio of {ratio} and reach a validation accuracy of {accuracy}: \
             that is what vanished gradients look like."
        )
    });
    let saturated = format!(
        "At the end {} of the hidden units are saturated, against {} in the standard model.",
        value(DEEP, Metric::SaturatedUnits),
        value(STANDARD, Metric::SaturatedUnits)
    );
    sentences([Some(overfitting), Some(vanishing), reference, Some(saturated)])
        .into_iter()
        .chain(sentences([Some(evidence.verdict())]))
        .collect()
}

/// What decides between the explanations.
struct Evidence {
    train: super::context::Compared,
    gap: super::context::Compared,
    gradient_ratio: f64,
}

impl Evidence {
    fn of(context: &Context) -> Option<Self> {
        Some(Self {
            train: context.compared(DEEP, STANDARD, Metric::LastTrainAccuracy)?,
            gap: context.compared(DEEP, STANDARD, Metric::GeneralizationGap)?,
            gradient_ratio: context.mean(DEEP, Metric::GradientRatio)?,
        })
    }

    /// Which explanation the measurements support.
    fn verdict(&self) -> String {
        let is_too_complex = self.gap.is_higher() && !self.train.is_lower();
        let has_vanished = self.gradient_ratio < VANISHED_BELOW;
        let ratio = measure::value(Metric::GradientRatio, self.gradient_ratio);
        match (is_too_complex, has_vanished) {
            (true, true) => format!(
                "Both explanations find support: the network overfits more, and its first layer has {ratio} of the output \
                 layer's gradient."
            ),
            (true, false) => "The measurements support the report's “too complex”: the network overfits more than the \
                              standard model, and its gradients do not vanish."
                .to_owned(),
            (false, true) => format!(
                "The measurements support vanishing gradients, not “too complex”: the first layer has {ratio} of the output \
                 layer's gradient, and the network does not fit its training images better."
            ),
            (false, false) => format!(
                "The measurements support neither. The gradient of the first layer, {ratio} of the output layer's, is not \
                 below {VANISHED_BELOW}, and the network does not fit its training images better than the standard model: it \
                 is harder to optimise, not too rich."
            ),
        }
    }
}
