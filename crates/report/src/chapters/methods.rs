//! How the numbers came about: what every metric is, how verdicts are reached, what made the runs.

use record::{Metric, RunRecord};

use super::context::Context;
use super::parts::missing;
use super::prose::{inline, listed, paragraph};
use crate::document::{Block, Column, Inline, Section, Table};
use crate::evidence::{CONFIDENCE, SIGNIFICANCE};
use crate::format::{self, plain_text, thousands};

pub(super) fn metrics() -> Section {
    let row = |metric: Metric| [metric.title(), metric.definition()].map(|text| vec![Inline::text(text)]).to_vec();
    let table = Block::Table(Table {
        caption: inline("Every metric of this report."),
        header: vec![Column::left("Metric"), Column::left("What it is")],
        rows: Metric::ALL.into_iter().map(row).collect(),
    });
    let percent = 100.0 * CONFIDENCE;
    let text = format!(
        "Intervals are {percent:.0} % confidence intervals of the mean over the seeds, by Student's t; of steps and ratios, \
         which are skewed, by the bias-corrected and accelerated bootstrap. Two experiments are compared seed by seed: a \
         replicate and its partner share the order of the images, and the initial weights where the networks agree. A \
         statement that one is higher or lower is tested by one-sided paired t-tests, a statement that they are about the \
         same by two one-sided tests against the margin that its file declares; a difference that is certainly within the \
         margin counts as none. Where a run never reached what a metric waits for, only the order of a pair is known, and a \
         sign test decides. All p-values are corrected for the outcomes tested and, by Holm's method, for the number of \
         statements: the chance that any verdict here is wrong is below {:.0} %.",
        100.0 * SIGNIFICANCE
    );
    Section {
        id: "metrics".to_owned(),
        heading: "Metrics and tests".to_owned(),
        blocks: vec![paragraph(&text), table],
        sections: Vec::new(),
    }
}

pub(super) fn provenance(context: &Context) -> Section {
    let material = context.material;
    let records: Vec<&RunRecord> = material.experiments.iter().flat_map(|one| &one.records).collect();
    let seconds: f64 = records.iter().map(|record| record.wall_seconds).sum();
    let facts = [
        ("Dataset", format!("{}, SHA-256 {}", plain_text(&material.dataset.title), material.dataset.digest)),
        ("Runs", format!("{}, {seconds:.0} seconds of training in all", thousands(records.len()))),
        ("Trained", trained(&records)),
        ("Program", distinct(&records, |record| record.code.version.clone())),
        ("Commit", distinct(&records, |record| record.code.git_commit.clone().unwrap_or_else(|| "unknown".into()))),
        ("Burn", distinct(&records, |record| record.code.burn.clone())),
        ("Backend", distinct(&records, |record| format!("{}, {}", record.backend.name, record.backend.device))),
        (
            "Machine",
            distinct(&records, |record| {
                format!("{}, {} cores, {}", record.host.processor, record.host.cores, record.host.system)
            }),
        ),
    ];
    let row = |(name, value): (&str, String)| vec![vec![Inline::text(name)], vec![Inline::Text(value)]];
    let names: Vec<&str> = material.experiments.iter().map(|one| one.spec.name.as_str()).collect();
    let table = Block::Table(Table {
        caption: inline("What the runs of this report were made with."),
        header: vec![Column::left("What"), Column::left("Value")],
        rows: facts.into_iter().map(row).collect(),
    });
    let again = format!("make report ARGS=\"--seeds {}\"\n", material.seeds.len());
    let mut blocks = vec![
        paragraph(
            "The validation images are MNIST's test set, and they also decide when a run stops: no number of this report is a \
             clean test result.",
        ),
        table,
        paragraph(
            "In a checkout of the project this command makes the report again; finished runs are not trained twice:",
        ),
        Block::Code(again),
    ];
    blocks.extend(missing(context, &names));
    Section { id: "provenance".to_owned(), heading: "How it was made".to_owned(), blocks, sections: Vec::new() }
}

/// Every distinct value once.
fn distinct(records: &[&RunRecord], value: impl Fn(&RunRecord) -> String) -> String {
    let mut values = format::distinct(records, |record| plain_text(&value(record)));
    values.sort();
    if values.is_empty() { "no runs".to_owned() } else { listed(&values) }
}

/// From the first run's start to the last one's.
fn trained(records: &[&RunRecord]) -> String {
    let mut starts: Vec<String> = records.iter().map(|record| plain_text(&record.started_at)).collect();
    starts.sort();
    match starts.as_slice() {
        [] => "no runs".to_owned(),
        [only] => only.clone(),
        [first, .., last] => format!("{first} to {last}"),
    }
}
