//! `experiments predict`: classifies images of the user with a trained network.

use std::path::{Path, PathBuf};

use clap::{Args, value_parser};
use mlp::Precise;
use record::RunRecord;
use report::{Columns, PixelSheet};
use serde::Serialize;
use spec::thousands;

use crate::command_line::{Json, Weights};
use crate::completion;
use crate::failure::Failure;
use crate::output::{print_json, print_table, write_file};
use crate::pictures::{self, Example};
use crate::trained;
use crate::workspace::Workspace;

/// Arguments of `predict`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A declared experiment by name, or a TOML file by path
    #[arg(add = completion::experiments())]
    experiment: String,

    /// PNG, JPEG or IDX files, or folders of them. In a folder, those in subfolders named 0 to 9 have these labels
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,

    /// The labels of all images, in their order: an IDX file
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,

    /// Show this number of classes, the most probable first
    #[arg(long, value_name = "K", default_value_t = 2, value_parser = value_parser!(u8).range(1..))]
    top: u8,

    /// Write a PNG of the images as the network sees them, 28 x 28
    #[arg(long, value_name = "FILE")]
    show: Option<PathBuf>,

    /// Write a PNG of which pixels speak for the class, red, and against it, blue
    #[arg(long, value_name = "FILE")]
    explain: Option<PathBuf>,

    /// The weights to use
    #[arg(long, value_enum, default_value_t = Weights::Best)]
    weights: Weights,

    /// Seed of the run [default: the lowest that is finished]
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,

    #[command(flatten)]
    json: Json,
}

/// What a network says of some images.
#[derive(Serialize)]
struct Predictions {
    experiment: String,
    seed: u64,
    weights: &'static str,
    dataset: String,
    images: Vec<Predicted>,
    /// Share of the labelled images whose class is their label; one that is not classified counts as wrong.
    accuracy: Option<f64>,
    /// Number of images by label and class.
    confusion: Option<Vec<Vec<usize>>>,
}

/// What it says of an image.
#[derive(Serialize)]
struct Predicted {
    image: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<u8>,
    /// The most probable classes, the most probable first; none if it is not classified.
    top: Vec<Class>,
    /// Why it is not classified.
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
}

#[derive(Clone, Copy, Serialize)]
struct Class {
    class: usize,
    probability: f64,
}

pub(super) fn predict(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let record = trained::find(workspace, &arguments.experiment, arguments.seed)?;
    let weights = workspace.store.tensors(&record, arguments.weights.file())?;
    let network = Precise::new(&record.spec.model, record.dataset.shape, &weights);
    let examples = pictures::examples(&arguments.images, arguments.labels.as_deref(), &record.dataset)?;
    let inputs = inputs(&record, &examples);
    let images: Vec<Predicted> =
        examples.iter().zip(network.probabilities(&inputs)).map(|(example, all)| predicted(example, &all)).collect();

    if let Some(path) = &arguments.show {
        let pixels = examples.iter().map(|example| example.image.pixels.iter().copied().map(f32::from).collect());
        save_sheet(workspace, path, &PixelSheet::grey(pixels.collect()), &record)?;
    }
    if let Some(path) = &arguments.explain {
        let attributions = attributions(&network, &record, &inputs, &images);
        save_sheet(workspace, path, &PixelSheet::signed(attributions), &record)?;
    }
    let mut predictions = Predictions {
        experiment: record.spec.name.clone(),
        seed: record.seed,
        weights: arguments.weights.name(),
        dataset: record.dataset.title.clone(),
        accuracy: accuracy(&images),
        confusion: confusion(&images, record.dataset.shape.classes),
        images,
    };
    predictions.images.iter_mut().for_each(|image| image.top.truncate(arguments.top.into()));
    if arguments.json.json { print_json(&predictions) } else { print(&predictions, arguments.top.into()) }
}

/// The images as the network takes them.
fn inputs(record: &RunRecord, examples: &[Example]) -> Vec<Vec<f64>> {
    let table = trained::normalization(record).table().map(f64::from);
    let input = |example: &Example| example.image.pixels.iter().map(|&pixel| table[usize::from(pixel)]).collect();
    examples.iter().map(input).collect()
}

/// All classes in the order of their probabilities; none for an image that is not a digit.
fn predicted(example: &Example, probabilities: &[f64]) -> Predicted {
    let remark = example.image.doubt.map(|doubt| doubt.to_string());
    let classes = probabilities.iter().enumerate().map(|(class, &probability)| Class { class, probability });
    let mut top: Vec<Class> = if remark.is_none() { classes.collect() } else { Vec::new() };
    top.sort_by(|one, other| other.probability.total_cmp(&one.probability));
    Predicted { image: example.name.clone(), label: example.label, top, remark }
}

/// Which pixels speak for the class of every image and against its runner-up.
fn attributions(network: &Precise, record: &RunRecord, inputs: &[Vec<f64>], images: &[Predicted]) -> Vec<Vec<f32>> {
    let background = f64::from(trained::normalization(record).table()[0]);
    #[expect(clippy::cast_possible_truncation, reason = "a picture needs no more")]
    let narrowed = |values: Vec<f64>| values.into_iter().map(|value| value as f32).collect();
    let of = |(input, image): (&Vec<f64>, &Predicted)| match &*image.top {
        [first, second, ..] => narrowed(network.attributions(input, background, first.class, second.class)),
        _ => vec![0.0; input.len()],
    };
    inputs.iter().zip(images).take(PixelSheet::MOST).map(of).collect()
}

fn save_sheet(workspace: &Workspace, path: &Path, sheet: &PixelSheet, record: &RunRecord) -> Result<(), Failure> {
    write_file(path, &sheet.to_png(record.dataset.shape).map_err(Failure::outside)?)?;
    let rest = sheet.left_out().map_or_else(String::new, |count| format!(", without the other {}", thousands(count)));
    workspace.terminal.note(&format!("picture: {}{rest}", path.display()));
    Ok(())
}

/// Labels with the class of their image, if it is classified.
fn labelled(images: &[Predicted]) -> impl Iterator<Item = (usize, Option<usize>)> {
    images.iter().filter_map(|image| Some((image.label?.into(), image.top.first().map(|first| first.class))))
}

fn accuracy(images: &[Predicted]) -> Option<f64> {
    let all = labelled(images).count();
    let right = labelled(images).filter(|(label, class)| Some(*label) == *class).count();
    (all > 0).then(|| right as f64 / all as f64)
}

fn confusion(images: &[Predicted], classes: usize) -> Option<Vec<Vec<usize>>> {
    let mut confusion = vec![vec![0; classes]; classes];
    labelled(images)
        .filter_map(|(label, class)| Some((label, class?)))
        .for_each(|(label, class)| confusion[label][class] += 1);
    labelled(images).next().map(|_| confusion)
}

fn print(predictions: &Predictions, top: usize) -> Result<(), Failure> {
    let Predictions { experiment, seed, weights, dataset, images, .. } = predictions;
    let mut columns = Columns::of(images).words("Image", |image| spec::visible(&image.image));
    if images.iter().any(|image| image.label.is_some()) {
        columns = columns.words("Label", |image| image.label.map_or_else(|| "-".to_owned(), |label| label.to_string()));
    }
    for place in 0..top.min(images.iter().map(|image| image.top.len()).max().unwrap_or(0).max(1)) {
        let heading = match place {
            0 => "Class".to_owned(),
            1 => "Runner-up".to_owned(),
            _ => format!("{}.", place + 1),
        };
        let at = |image: &Predicted| image.top.get(place).copied();
        columns = columns
            .words(&heading, |image| at(image).map_or_else(|| "-".to_owned(), |at| at.class.to_string()))
            .numbers("Probability", |image| at(image).map_or_else(|| "-".to_owned(), |at| percent(at.probability)));
    }
    if images.iter().any(|image| image.remark.is_some()) {
        columns = columns.words("Remark", |image| image.remark.clone().unwrap_or_default());
    }
    let mut caption = format!("{experiment}, seed {seed}, {weights} weights, trained on {dataset}.");
    if let Some(accuracy) = predictions.accuracy {
        let count = thousands(labelled(images).count());
        caption += &format!(" Accuracy: {} of {count} images with a label.", percent(accuracy));
        if labelled(images).any(|(_, class)| class.is_none()) {
            caption += " Images that are not classified count as wrong.";
        }
    }
    print_table(&columns.table(&caption))?;
    let Some(confusion) = &predictions.confusion else { return Ok(()) };
    let rows: Vec<(usize, &Vec<usize>)> = confusion.iter().enumerate().collect();
    let mut columns = Columns::of(&rows).words("Label", |(label, _)| label.to_string());
    for class in 0..confusion.len() {
        columns = columns.numbers(&class.to_string(), |(_, counts)| thousands(counts[class]));
    }
    print_table(&columns.table("Images by label, down, and class, across."))
}

/// A probability, `99.87 %`. One that is not certain does not look so.
fn percent(probability: f64) -> String {
    let rounded = if probability < 1.0 { probability.min(0.9999) } else { probability };
    format!("{:.2} %", 100.0 * rounded)
}
