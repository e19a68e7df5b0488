//! Parts that many chapters have: sections, tables, and experiments side by side with settings, curves, results and verdicts.

use evidence::{Judged, Replicates, Verdict};
use record::RunRecord;
use spec::{ExperimentSpec, ImageShape, Layer, Metric, NetworkConfig, thousands};

use super::context::{Context, STANDARD};
use super::prose::{inline, listed, note, written};
use crate::document::{Block, Column, Figure, Inline, Picture, Section, Table, Tone, columns};
use crate::format::{NOTHING, plain_text, stop_words};
use crate::measure;
use crate::table::{difference_words, interval_words, p_words, verdict_words};
use crate::{CurveSets, Plot, Result};

/// What the results table says of every experiment.
const RESULTS: [(&str, Metric); 6] = [
    ("Best validation accuracy", Metric::BestValidationAccuracy),
    ("Best validation loss", Metric::BestValidationLoss),
    ("Last validation accuracy", Metric::LastValidationAccuracy),
    ("Last validation loss", Metric::LastValidationLoss),
    ("Last training accuracy", Metric::LastTrainAccuracy),
    ("Steps until the stop", Metric::Steps),
];

/// A section without sections in it.
pub(super) fn leaf(id: &str, heading: &str, blocks: Vec<Block>) -> Section {
    parent(id, heading, blocks, Vec::new())
}

/// A section with others in it.
pub(super) fn parent(id: &str, heading: &str, blocks: Vec<Block>, sections: Vec<Section>) -> Section {
    Section { id: id.to_owned(), heading: heading.to_owned(), blocks, sections }
}

/// A table with a caption.
pub(super) fn table(caption: &str, header: Vec<Column>, rows: impl Iterator<Item = Vec<Vec<Inline>>>) -> Block {
    Block::Table(Table { caption: inline(caption), header, rows: rows.collect() })
}

/// Cells of text, which sets nothing apart.
pub(super) fn cells(texts: impl IntoIterator<Item = String>) -> Vec<Vec<Inline>> {
    texts.into_iter().map(|text| vec![Inline::Text(text)]).collect()
}

/// Some experiments side by side: settings, curves, results, and the statements about those that are `judged`.
pub(super) fn comparison(
    context: &Context,
    id: &str,
    title: &str,
    names: &[&str],
    sets: CurveSets,
    judged: &[&str],
) -> Result<Vec<Block>> {
    let mut blocks = vec![settings(context, names)];
    blocks.extend(curves(context, id, title, names, sets)?);
    blocks.extend(results(context, names));
    blocks.extend(statements(context, judged));
    Ok(blocks)
}

/// A section with some experiments next to the standard model.
pub(super) fn versus(context: &Context, id: &str, heading: &str, title: &str, names: &[&str]) -> Result<Section> {
    let own: Vec<&str> = names.iter().copied().filter(|&name| name != STANDARD).collect();
    let blocks = comparison(context, &format!("figure-{id}"), title, names, CurveSets::Both, &own)?;
    Ok(leaf(id, heading, blocks))
}

/// What a run's network and optimizer are.
fn settings(context: &Context, names: &[&str]) -> Block {
    let words = ["Run", "Hidden layers", "Activation", "Initial weights", "Optimizer"];
    let row = |spec: &ExperimentSpec| {
        cells([
            plain_text(&spec.title),
            spec.model.hidden_layers(),
            spec.model.activation().title().to_owned(),
            spec.model.weight_init().title().to_owned(),
            spec.optimizer.title(),
            spec.optimizer.learning_rate().to_string(),
            thousands(spec.model.parameters(context.material.dataset.shape)),
        ])
    };
    let specs = names.iter().filter_map(|name| context.spec(name));
    table("The settings.", columns(&words, &["Learning rate", "Parameters"]), specs.map(row))
}

/// Means over the seeds with their intervals.
fn results(context: &Context, names: &[&str]) -> Vec<Block> {
    let trained = context.trained(names);
    let row = |replicates: &&Replicates| {
        let head = [plain_text(&replicates.spec.title), replicates.complete().count().to_string()];
        let values = RESULTS.map(|(_, metric)| measure::of(replicates, metric).unwrap_or_else(|| NOTHING.to_owned()));
        cells(head.into_iter().chain(values))
    };
    let numbers: Vec<&str> = ["Seeds"].into_iter().chain(RESULTS.map(|(heading, _)| heading)).collect();
    let caption = "Means over the seeds with their 95 % confidence intervals.";
    let results = table(caption, columns(&["Run"], &numbers), trained.iter().map(row));
    (!trained.is_empty()).then_some(results).into_iter().chain(missing(context, names)).collect()
}

/// What is not there: experiments that were not declared, seeds that were not trained, runs that did not end well.
pub(super) fn missing(context: &Context, names: &[&str]) -> Option<Block> {
    let lacks: Vec<String> = names.iter().filter_map(|name| what_is_missing(context, name)).collect();
    (!lacks.is_empty()).then(|| note(&format!("Missing: {}.", lacks.join("; "))))
}

fn what_is_missing(context: &Context, name: &str) -> Option<String> {
    let Some(replicates) = context.find(name) else { return Some(format!("`{name}` is not declared")) };
    let is_absent = |seed: &&u64| replicates.records.iter().all(|record| record.seed != **seed);
    let absent: Vec<String> = context.material.seeds.iter().filter(is_absent).map(ToString::to_string).collect();
    let incomplete = replicates.records.iter().filter(|record| !record.stop_reason.is_complete());
    let words = |record: &RunRecord| format!("seed {} {}", record.seed, stop_words(record.stop_reason));
    let mut lacks: Vec<String> = incomplete.map(words).collect();
    if !absent.is_empty() {
        let s = if absent.len() == 1 { "" } else { "s" };
        lacks.push(format!("seed{s} {} not trained", listed(&absent)));
    }
    (!lacks.is_empty()).then(|| format!("`{name}`: {}", lacks.join(", ")))
}

/// The statements about some experiments with their verdicts.
fn statements(context: &Context, names: &[&str]) -> Option<Block> {
    let judged: Vec<&Judged> = names.iter().flat_map(|name| context.claims_of(name)).collect();
    let row = |judged: &&Judged| {
        let title = context.plain_title(&judged.experiment);
        let about = if names.len() > 1 { format!("“{title}”: ") } else { String::new() };
        let (metric, against) = (judged.claim.metric.title(), context.plain_title(&judged.claim.against));
        let mut row = cells([
            about + &plain_text(&judged.claim.says),
            format!("{metric}, against “{against}”"),
            difference_words(judged),
            interval_words(judged),
            p_words(judged),
        ]);
        row.push(vec![badge(judged)]);
        row
    };
    let mut header = columns(&["Statement", "Measured by"], &["Difference", "95 % interval", "p"]);
    header.push(Column::left("Verdict"));
    let caption = "What the report says, held against the runs.";
    (!judged.is_empty()).then(|| table(caption, header, judged.iter().map(row)))
}

/// A verdict as a coloured word.
pub(super) fn badge(judged: &Judged) -> Inline {
    let tone = match judged.verdict {
        Verdict::Holds => Tone::Good,
        Verdict::DoesNotHold(_) => Tone::Bad,
        Verdict::Undecided { .. } => Tone::Open,
    };
    Inline::Badge { tone, text: verdict_words(judged) }
}

/// Loss and accuracy over gradient steps.
fn curves(context: &Context, id: &str, title: &str, names: &[&str], sets: CurveSets) -> Result<Option<Block>> {
    let trained = context.trained(names);
    let records: Vec<&RunRecord> = trained.iter().flat_map(|replicates| &replicates.records).collect();
    if records.is_empty() {
        return Ok(None);
    }
    let plot = Plot::of_records(title, &records, sets);
    let labels: Vec<String> = trained.iter().map(|replicates| plain_text(&replicates.spec.title)).collect();
    Ok(Some(Block::Figure(Figure {
        id: id.to_owned(),
        caption: inline(&format!("{title}: loss and accuracy over gradient steps.")),
        alternative: format!("Curves of loss and accuracy over gradient steps of {}.", listed(&labels)),
        picture: Picture::Svg(plot.to_svg()?),
        chart: Some(plot),
    })))
}

/// A picture without a chart; what is said of it are the texts of this name.
pub(super) fn drawn(id: &str, name: &str, values: &[(&str, &str)], picture: Picture) -> Block {
    let (caption, alternative) = (written(name, values), written(&format!("{name} alternative"), &[]));
    Block::Figure(Figure { id: id.to_owned(), caption: inline(&caption), alternative, picture, chart: None })
}

/// Layer by layer, what a network's parameters are.
pub(super) fn layers(model: &NetworkConfig, shape: ImageShape) -> Block {
    let row = |layer: Layer| {
        let weight: Vec<String> = layer.weight.iter().map(ToString::to_string).collect();
        let weights = format!("{} = {}", weight.join(" × "), thousands(layer.weights()));
        cells([layer.title.clone(), weights, layer.biases().to_string(), thousands(layer.parameters())])
    };
    let total = cells(["all".to_owned(), String::new(), String::new(), thousands(model.parameters(shape))]);
    let rows = model.layers(shape).into_iter().map(row).chain([total]);
    table("Parameters, layer by layer.", columns(&["Layer"], &["Weights", "Biases", "Parameters"]), rows)
}
