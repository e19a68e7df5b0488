//! What goes beyond the report: ablations, other editions of the tasks, and a closer look at the standard model.

use record::Metric;

use super::context::Context;
use super::parts::{curves, leaf, picture, results, settings, statements};
use super::prose::{paragraph, said, sentences};
use super::task3::LADDER;
use super::task4::STANDARD;
use super::{CloseUp, Mistake};
use crate::document::{Picture, Section};
use crate::evidence::{Centre, Replicates};
use crate::format::{plain_text, thousands};
use crate::{
    CurveSets, Digit, FigureError, ParameterPoint, accuracy_over_parameters, confusion, digits, first_layer_weights,
};

/// The experiments that the report's chapters treat.
const OF_THE_REPORT: [&str; 9] =
    ["task2c", "task3a", "task3b", "task3c", "task4a", "task4b", "task4d", "task4e", "task4f"];
/// The networks whose accuracy is shown over their size.
const SIZES: [&str; 5] = ["task4a", STANDARD, "task4b", "task4d", "task4e"];

pub(super) fn section(context: &Context) -> Result<Section, FigureError> {
    let mut sections = vec![sizes(context)?, alone(context)?];
    sections.extend(others(context)?);
    sections.extend(context.material.close_up.as_ref().map(|close_up| closer_look(context, close_up)).transpose()?);
    Ok(Section {
        id: "beyond".to_owned(),
        heading: "Beyond the report".to_owned(),
        blocks: vec![paragraph("What the discussion needs and the report does not have.")],
        sections,
    })
}

/// Accuracy over the number of parameters.
fn sizes(context: &Context) -> Result<Section, FigureError> {
    let trained = context.trained(&SIZES);
    let points: Vec<ParameterPoint> = trained.iter().filter_map(|replicates| point(replicates)).collect();
    let mut blocks = Vec::new();
    if !points.is_empty() {
        let mut plot = accuracy_over_parameters(&points);
        plot.subtitle = context.subtitle();
        plot.is_made_up = context.is_made_up();
        blocks.push(picture(
            "figure-parameters",
            "Best validation accuracy over the number of parameters, means over the seeds with 95 % confidence intervals.",
            "Points of accuracy over parameters, each labelled with its network.",
            Picture::Svg(plot.to_svg()?),
        ));
    }
    Ok(leaf("parameters", "Accuracy and the number of parameters", blocks))
}

fn point(replicates: &Replicates) -> Option<ParameterPoint> {
    let summary = replicates.summary(Metric::BestValidationAccuracy)?;
    let Centre::Mean(accuracy) = summary.centre else { return None };
    Some(ParameterPoint {
        label: plain_text(&replicates.spec.title),
        parameters: replicates.spec.model.parameters(),
        accuracy,
        low: summary.interval.map_or(accuracy, |interval| interval.low),
        high: summary.interval.map_or(accuracy, |interval| interval.high),
    })
}

/// Every trick of task 3 without the others.
fn alone(context: &Context) -> Result<Section, FigureError> {
    let names = [LADDER[0], LADDER[1], "improved_sigmoid_alone", "momentum_alone"];
    let mut blocks = vec![
        paragraph("Task 3 adds its tricks in one order. Here each is added to the baseline alone."),
        settings(context, &names),
    ];
    let title = "Each trick alone";
    blocks.extend(curves(context, "figure-alone", title, &names, CurveSets::Validation)?);
    blocks.extend(results(context, &names));
    blocks.extend(statements(context, &names[2..]));
    let accuracy = |name: &str| Some(context.compared(name, LADDER[0], Metric::BestValidationAccuracy)?.words());
    let sentence = |name: &str| {
        let title = said(&context.spec(name)?.title);
        Some(format!("“{title}”: the best validation accuracy is {} than the baseline's.", accuracy(name)?))
    };
    let sentence = |name: &str| sentence(name).map(|text| text.replace("different: ", "different from, by "));
    blocks.extend(sentences(names[1..].iter().map(|name| sentence(name))));
    Ok(leaf("alone", "Each trick alone", blocks))
}

/// All further experiments that are declared.
fn others(context: &Context) -> Result<Option<Section>, FigureError> {
    let treated = |name: &str| OF_THE_REPORT.contains(&name) || name.ends_with("_alone");
    let names = context.material.experiments.iter().map(|replicates| replicates.spec.name.as_str());
    let names: Vec<&str> = names.filter(|name| !treated(name)).collect();
    if names.is_empty() {
        return Ok(None);
    }
    let mut blocks = vec![settings(context, &names)];
    blocks.extend(curves(context, "figure-others", "Further experiments", &names, CurveSets::Validation)?);
    blocks.extend(results(context, &names));
    blocks.extend(statements(context, &names));
    Ok(Some(leaf("further", "Further experiments", blocks)))
}

/// The best weights of one run: what they look like, and where they fail.
fn closer_look(context: &Context, close_up: &CloseUp) -> Result<Section, FigureError> {
    let title = context.spec(&close_up.experiment).map_or(close_up.experiment.as_str(), |spec| &spec.title);
    let (title, seed) = (said(title), close_up.seed);
    let n_images: usize = close_up.confusion.iter().flatten().sum();
    let n_right: usize = close_up.confusion.iter().enumerate().map(|(class, counts)| counts[class]).sum();
    let (wrong, all) = (thousands(n_images - n_right), thousands(n_images));
    let shown: Vec<Digit> = close_up.mistakes.iter().map(digit).collect();
    let mut blocks = vec![
        paragraph(&format!("The weights of “{title}”, seed {seed}, at its lowest validation loss.")),
        picture(
            "figure-weights",
            "The weights of the first layer as images, one a hidden unit: blue below 0, red above, on a common scale.",
            "A grid of small images of weights: blobs and strokes where the digits are, noise at the edges.",
            Picture::Png(first_layer_weights(&close_up.first_layer, close_up.n_units)?),
        ),
        picture(
            "figure-confusion",
            &format!("Validation images by class and predicted class; {wrong} of {all} are misclassified."),
            "A table of ten by ten counts, most of them on the diagonal.",
            Picture::Svg(confusion(&close_up.confusion)),
        ),
    ];
    if !shown.is_empty() {
        blocks.push(picture(
            "figure-mistakes",
            "The mistakes that the network is most certain of: class, prediction, and the probability that it gives it.",
            "Misclassified digits, most of them odd shapes.",
            Picture::Svg(digits(&shown)?),
        ));
    }
    Ok(leaf("closer", "A closer look at the standard model", blocks))
}

fn digit(mistake: &Mistake) -> Digit<'_> {
    Digit {
        pixels: &mistake.pixels,
        target: mistake.class,
        predicted: mistake.predicted,
        probability: mistake.probability,
    }
}
