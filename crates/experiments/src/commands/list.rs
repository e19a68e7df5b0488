//! `experiments list`: what is declared, and what has been run.

use comfy_table::ColumnConstraint;
use record::{Catalog, Declaration, ExperimentSpec, RunRecord, RunStore, StopReason, Unfinished, differing_keys};
use serde::Serialize;

use super::{number, print, print_json, table, words};
use crate::args::{Global, Json};
use crate::failure::Failure;
use crate::records::readable;

/// A declared experiment and the records of its runs.
#[derive(Serialize)]
struct Listed {
    spec: ExperimentSpec,
    parameters: usize,
    runs: Vec<ListedRun>,
}

/// What is told of a run.
#[derive(Serialize)]
struct ListedRun {
    seed: u64,
    dataset: String,
    backend: String,
    stop_reason: StopReason,
}

pub(super) fn list(global: &Global, args: &Json) -> Result<(), Failure> {
    let catalog = Catalog::new(&global.experiments_dir);
    let store = RunStore::new(&global.runs_dir);
    let (records, unfinished) = (readable(&store), store.unfinished());
    let (mut experiments, mut comparisons) = (Vec::new(), Vec::new());
    for name in catalog.all_names()? {
        match catalog.load(&name, &[])? {
            Declaration::Experiment(experiment) => experiments.push(listed(experiment.spec, &records)),
            Declaration::Comparison(comparison) => comparisons.push(comparison.spec),
        }
    }
    if args.json {
        let listed = serde_json::json!(
            { "experiments": experiments, "comparisons": comparisons, "unfinished": unfinished }
        );
        return print_json(&listed);
    }
    let mut rows = table(&["Name", "Title", "Hidden units", "Activation", "Weights", "Rate", "Momentum", "Runs"]);
    rows.add_rows(experiments.iter().map(row));
    // What has been run stays on one line, also where long names leave the titles little room.
    rows.column_iter_mut().skip(7).for_each(|runs| {
        runs.set_constraint(ColumnConstraint::ContentWidth);
    });
    let mut text = format!("{}\n", rows.trim_fmt());
    for comparison in comparisons {
        text += &format!("{}: {} ({})\n", comparison.name, comparison.title, comparison.runs.join(", "));
    }
    for Unfinished { experiment, seed, steps, is_trained } in unfinished {
        let how = if is_trained { "is being trained" } else { "stopped, the same command goes on" };
        text += &format!("{experiment}, seed {seed}: at step {steps}, {how}\n");
    }
    print(&text)
}

fn listed(spec: ExperimentSpec, records: &[RunRecord]) -> Listed {
    let runs = records.iter().filter(|record| differing_keys(&record.spec, &spec).is_empty()).map(|record| ListedRun {
        seed: record.seed,
        dataset: record.dataset.name.clone(),
        backend: record.backend.name.clone(),
        stop_reason: record.stop_reason,
    });
    Listed { parameters: spec.model.parameters(), runs: runs.collect(), spec }
}

fn row(Listed { spec, runs, .. }: &Listed) -> Vec<String> {
    vec![
        spec.name.clone(),
        spec.title.clone(),
        report::hidden_units(&spec.model.hidden_units),
        words(&spec.model.activation),
        words(&spec.model.weight_init),
        number(spec.optimizer.learning_rate),
        number(spec.optimizer.momentum),
        state(runs),
    ]
}

/// `mnist: 3 finished, 1 diverged, 1 interrupted` for every dataset.
fn state(runs: &[ListedRun]) -> String {
    let mut datasets: Vec<&str> = runs.iter().map(|run| run.dataset.as_str()).collect();
    datasets.sort_unstable();
    datasets.dedup();
    let of = |dataset: &str| {
        let count = |is_counted: fn(StopReason) -> bool| {
            runs.iter().filter(|run| run.dataset == dataset && is_counted(run.stop_reason)).count()
        };
        let counts = [
            (count(|reason| reason.is_finished() && reason != StopReason::Diverged), "finished"),
            (count(|reason| reason == StopReason::Diverged), "diverged"),
            (count(|reason| reason == StopReason::Interrupted), "interrupted"),
        ];
        let counts: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        format!("{dataset}: {}", counts.join(", "))
    };
    if datasets.is_empty() { "none".to_owned() } else { datasets.into_iter().map(of).collect::<Vec<_>>().join("\n") }
}
