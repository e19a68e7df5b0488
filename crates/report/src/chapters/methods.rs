//! How the numbers came about: what every metric is, how verdicts are reached, what made the runs.

use evidence::{CONFIDENCE, SIGNIFICANCE};
use record::RunRecord;
use spec::{Metric, thousands};

use super::context::Context;
use super::parts::{cells, leaf, missing, table};
use super::prose::{listed, paragraph, text, written};
use crate::document::{Block, Section, columns};
use crate::format::{self, plain_text};

pub(super) fn metrics() -> Section {
    let row = |metric: Metric| cells([metric.title(), metric.definition()].map(str::to_owned));
    let header = columns(&["Metric", "What it is"], &[]);
    let metrics = table("Every metric of this report.", header, Metric::ALL.into_iter().map(row));
    let [confidence, significance] = [CONFIDENCE, SIGNIFICANCE].map(|share| format!("{:.0}", 100.0 * share));
    let tests = written("tests", &[("confidence", &confidence), ("significance", &significance)]);
    leaf("metrics", "Metrics and tests", vec![paragraph(&tests), metrics])
}

pub(super) fn provenance(context: &Context) -> Section {
    let material = context.material;
    let names: Vec<&str> = material.experiments.iter().map(|one| one.spec.name.as_str()).collect();
    let facts = facts(context).into_iter().map(|(name, value)| cells([name.to_owned(), value]));
    let again = format!("make report ARGS=\"--seeds {}\"\n", material.seeds.len());
    let mut blocks = vec![
        text("clean test"),
        table("What the runs of this report were made with.", columns(&["What", "Value"], &[]), facts),
        text("again"),
        Block::Code(again),
    ];
    blocks.extend(missing(context, &names));
    leaf("provenance", "How it was made", blocks)
}

/// What the runs were made with.
fn facts(context: &Context) -> [(&'static str, String); 8] {
    let material = context.material;
    let records: Vec<&RunRecord> = material.experiments.iter().flat_map(|one| &one.records).collect();
    let seconds: f64 = records.iter().map(|record| record.wall_seconds).sum();
    let distinct = |value: fn(&RunRecord) -> String| distinct(&records, value);
    let machine =
        |record: &RunRecord| format!("{}, {} cores, {}", record.host.processor, record.host.cores, record.host.system);
    [
        ("Dataset", format!("{}, SHA-256 {}", plain_text(&material.dataset.title), material.dataset.digest)),
        ("Runs", format!("{}, {seconds:.0} seconds of training in all", thousands(records.len()))),
        ("Trained", trained(&records)),
        ("Program", distinct(|record| record.code.version.clone())),
        ("Commit", distinct(|record| record.code.git_commit.clone().unwrap_or_else(|| "unknown".into()))),
        ("Burn", distinct(|record| record.code.burn.clone())),
        ("Backend", distinct(|record| format!("{}, {}", record.backend.name, record.backend.device))),
        ("Machine", distinct(machine)),
    ]
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
