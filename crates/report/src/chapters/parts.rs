//! Parts that many chapters have: settings, results, statements with verdicts, curves.

use record::{Activation, ExperimentSpec, Metric, MlpConfig, RunRecord, WeightInit};

use super::context::Context;
use super::prose::{inline, listed, note};
use crate::document::{Block, Column, Figure, Inline, Picture, Section, Table, Tone};
use crate::evidence::{Judged, Replicates, Verdict};
use crate::format::{NOTHING, hidden_units, p_value, plain_text, stop_words, thousands};
use crate::{CurveSets, FigureError, measure};

/// What the results table says of every experiment.
const RESULTS: [(&str, Metric); 6] = [
    ("Best validation accuracy", Metric::BestValidationAccuracy),
    ("Best validation loss", Metric::BestValidationLoss),
    ("Last validation accuracy", Metric::LastValidationAccuracy),
    ("Last validation loss", Metric::LastValidationLoss),
    ("Last training accuracy", Metric::LastTrainAccuracy),
    ("Steps until the stop", Metric::Steps),
];

/// What a run's network and optimizer are.
pub(super) fn settings(context: &Context, names: &[&str]) -> Block {
    let header = ["Hidden units", "Activation", "Initial weights"].map(Column::left);
    let numbers = ["Learning rate", "Momentum", "Parameters"].map(Column::right);
    let row = |spec: &ExperimentSpec| {
        let cells = [
            plain_text(&spec.title),
            hidden_units(&spec.model.hidden_units),
            activation(spec.model.activation).to_owned(),
            weight_init(spec.model.weight_init).to_owned(),
            spec.optimizer.learning_rate.to_string(),
            spec.optimizer.momentum.to_string(),
            thousands(spec.model.parameters()),
        ];
        cells.map(|cell| vec![Inline::Text(cell)]).to_vec()
    };
    Block::Table(Table {
        caption: inline("The settings."),
        header: [Column::left("Run")].into_iter().chain(header).chain(numbers).collect(),
        rows: names.iter().filter_map(|name| context.spec(name)).map(row).collect(),
    })
}

/// Means over the seeds with their intervals.
pub(super) fn results(context: &Context, names: &[&str]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let trained = context.trained(names);
    if !trained.is_empty() {
        let row = |replicates: &&Replicates| {
            let head = [plain_text(&replicates.spec.title), replicates.complete().count().to_string()];
            let values = RESULTS.map(|(_, metric)| replicates.in_words(metric).unwrap_or_else(|| NOTHING.to_owned()));
            head.into_iter().chain(values).map(|text| vec![Inline::Text(text)]).collect()
        };
        let columns = RESULTS.map(|(heading, _)| Column::right(heading));
        blocks.push(Block::Table(Table {
            caption: inline("Means over the seeds with their 95 % confidence intervals."),
            header: [Column::left("Run"), Column::right("Seeds")].into_iter().chain(columns).collect(),
            rows: trained.iter().map(row).collect(),
        }));
    }
    blocks.extend(missing(context, names));
    blocks
}

/// What is not there: experiments that were not declared, seeds that were not trained, runs that did not end well.
pub(super) fn missing(context: &Context, names: &[&str]) -> Option<Block> {
    let lacks: Vec<String> = names.iter().filter_map(|name| what_is_missing(context, name)).collect();
    (!lacks.is_empty()).then(|| note(&format!("Missing: {}.", lacks.join("; "))))
}

fn what_is_missing(context: &Context, name: &str) -> Option<String> {
    let Some(replicates) = context.find(name) else { return Some(format!("`{name}` is not declared")) };
    let has = |seed: &&u64| !replicates.records.iter().any(|record| record.seed == **seed);
    let absent: Vec<String> = context.material.seeds.iter().filter(has).map(ToString::to_string).collect();
    let mut lacks: Vec<String> = replicates
        .incomplete()
        .map(|record| format!("seed {} {}", record.seed, stop_words(record.stop_reason)))
        .collect();
    if !absent.is_empty() {
        let s = if absent.len() == 1 { "" } else { "s" };
        lacks.push(format!("seed{s} {} not trained", listed(&absent)));
    }
    (!lacks.is_empty()).then(|| format!("`{name}`: {}", lacks.join(", ")))
}

/// The statements about some experiments with their verdicts.
pub(super) fn statements(context: &Context, names: &[&str]) -> Option<Block> {
    let judged: Vec<&Judged> = names.iter().flat_map(|name| context.claims_of(name)).collect();
    let about_many = names.len() > 1;
    let row = |judged: &&Judged| {
        let title = context.spec(&judged.experiment).map_or(judged.experiment.as_str(), |spec| &spec.title);
        let statement = if about_many {
            format!("“{}”: {}", plain_text(title), plain_text(&judged.claim.says))
        } else {
            plain_text(&judged.claim.says)
        };
        let metric = judged.claim.metric;
        let interval = judged.comparison.interval();
        let interval = interval.map_or_else(|| NOTHING.to_owned(), |it| measure::difference_interval(metric, it));
        let cells = [
            statement,
            format!("{}, against “{}”", metric.title(), against(context, judged)),
            judged.difference_words(),
            interval,
            judged.p.map_or_else(|| NOTHING.to_owned(), p_value),
        ];
        cells.map(|cell| vec![Inline::Text(cell)]).into_iter().chain([vec![badge(judged)]]).collect()
    };
    let columns = [Column::left("Statement"), Column::left("Measured by")];
    let numbers = ["Difference", "95 % interval", "p"].map(Column::right);
    (!judged.is_empty()).then(|| {
        Block::Table(Table {
            caption: inline("What the report says, held against the runs."),
            header: columns.into_iter().chain(numbers).chain([Column::left("Verdict")]).collect(),
            rows: judged.iter().map(row).collect(),
        })
    })
}

/// What people call the experiment that a claim compares with.
fn against(context: &Context, judged: &Judged) -> String {
    let title = context.spec(&judged.claim.against).map_or(&judged.claim.against, |spec| &spec.title);
    plain_text(title)
}

/// A verdict as a coloured word.
pub(super) fn badge(judged: &Judged) -> Inline {
    let tone = match judged.verdict {
        Verdict::Holds => Tone::Good,
        Verdict::DoesNotHold(_) => Tone::Bad,
        Verdict::Undecided { .. } => Tone::Open,
    };
    Inline::Badge { tone, text: judged.verdict_words() }
}

/// Loss and accuracy over gradient steps.
pub(super) fn curves(
    context: &Context,
    id: &str,
    title: &str,
    names: &[&str],
    sets: CurveSets,
) -> Result<Option<Block>, FigureError> {
    let trained = context.trained(names);
    let records: Vec<&RunRecord> = trained.iter().flat_map(|replicates| &replicates.records).collect();
    if records.is_empty() {
        return Ok(None);
    }
    let figure = crate::Figure::of_records(title, &records, sets);
    let labels: Vec<String> = trained.iter().map(|replicates| plain_text(&replicates.spec.title)).collect();
    Ok(Some(Block::Figure(Figure {
        id: id.to_owned(),
        caption: inline(&format!("{title}: loss and accuracy over gradient steps.")),
        alternative: format!("Curves of loss and accuracy over gradient steps of {}.", listed(&labels)),
        picture: Picture::Svg(figure.to_svg()?),
        chart: Some(figure.chart()),
    })))
}

/// A section without sections in it.
pub(super) fn leaf(id: &str, heading: &str, blocks: Vec<Block>) -> Section {
    Section { id: id.to_owned(), heading: heading.to_owned(), blocks, sections: Vec::new() }
}

/// A picture without a chart.
pub(super) fn picture(id: &str, caption: &str, alternative: &str, picture: Picture) -> Block {
    let (id, alternative) = (id.to_owned(), alternative.to_owned());
    Block::Figure(Figure { id, caption: inline(caption), alternative, picture, chart: None })
}

/// Layer by layer, what a network's parameters are.
pub(super) fn layers(model: &MlpConfig) -> Block {
    let cell = |text: String| vec![Inline::Text(text)];
    let mut rows: Vec<Vec<Vec<Inline>>> = Vec::new();
    for (index, layer) in model.layers().iter().enumerate() {
        let name = if index == model.hidden_units.len() { "output".into() } else { format!("hidden {}", index + 1) };
        let biases = if layer.has_bias { layer.n_outputs } else { 0 };
        let weights = thousands(layer.n_inputs * layer.n_outputs);
        rows.push(
            [
                name,
                format!("{} × {} = {weights}", layer.n_inputs, layer.n_outputs),
                biases.to_string(),
                thousands(layer.parameters()),
            ]
            .map(cell)
            .to_vec(),
        );
    }
    let total = thousands(model.parameters());
    rows.push(["all".to_owned(), String::new(), String::new(), total].map(cell).to_vec());
    Block::Table(Table {
        caption: inline("Parameters, layer by layer."),
        header: vec![
            Column::left("Layer"),
            Column::right("Weights"),
            Column::right("Biases"),
            Column::right("Parameters"),
        ],
        rows,
    })
}

fn activation(activation: Activation) -> &'static str {
    match activation {
        Activation::Sigmoid => "sigmoid",
        Activation::ImprovedSigmoid => "improved sigmoid",
        Activation::Relu => "ReLU",
    }
}

fn weight_init(weight_init: WeightInit) -> &'static str {
    match weight_init {
        WeightInit::Uniform => "uniform on (-1, 1)",
        WeightInit::FanInNormal => "normal, 1/√fan-in",
        WeightInit::HeNormal => "normal, √(2/fan-in)",
    }
}
