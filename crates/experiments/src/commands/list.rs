//! `experiments list`: the declared experiments and the state of their runs.

use std::collections::BTreeSet;

use record::{RunRecord, StopReason, Unfinished};
use report::{Columns, Table};
use serde::Serialize;
use spec::{ExperimentSpec, ImageShape, Spec};

use crate::command_line::Json;
use crate::failure::Failure;
use crate::output::{in_words, number, print_json, print_table};
use crate::plan::declarations;
use crate::workspace::Workspace;

/// A declared experiment and the records of its runs.
#[derive(Serialize)]
struct Listed {
    spec: ExperimentSpec,
    parameters: usize,
    runs: Vec<ListedRun>,
}

/// The state of a run.
#[derive(Serialize)]
struct ListedRun {
    seed: u64,
    dataset: String,
    backend: String,
    stop_reason: StopReason,
}

pub(super) fn list(workspace: &Workspace, arguments: &Json) -> Result<(), Failure> {
    let filter = workspace.filter();
    let mut records = workspace.readable();
    records.retain(|record| filter.selects(record));
    let unfinished = workspace.store.unfinished();
    let sweeps = workspace.catalog.sweeps()?;
    let (mut experiments, mut comparisons) = (Vec::new(), Vec::new());
    let names = workspace.catalog.all_names()?;
    let (_, end) = declarations(&workspace.catalog, &names);
    // Those whose baseline is wrong, too.
    for spec in names.iter().filter_map(|name| workspace.catalog.spec(name).ok()) {
        match spec {
            Spec::Experiment(spec) => experiments.push(listed(*spec, workspace.shape, &records)),
            Spec::Comparison(spec) => comparisons.push(spec),
        }
    }
    if arguments.json {
        let listed = serde_json::json!(
            { "experiments": experiments, "comparisons": comparisons, "sweeps": sweeps, "unfinished": unfinished }
        );
        print_json(&listed)?;
        return end;
    }
    let mut text = String::new();
    for comparison in comparisons {
        text += &format!("{}: {} ({})\n", comparison.name, comparison.title, comparison.runs.join(", "));
    }
    for sweep in sweeps {
        text += &format!("{sweep}: a search for better settings (`experiments sweep {sweep}`)\n");
    }
    for alike in unfinished.chunk_by(|one, other| of(one) == of(other)) {
        let (experiment, seed, is_trained) = of(&alike[0]);
        let how = if is_trained { "in training" } else { "stopped; run the same command again to resume" };
        let (least, most) = (alike[0].steps, alike[alike.len() - 1].steps);
        text += &match alike.len() {
            1 => format!("{experiment}, seed {seed}: at step {most}, {how}\n"),
            // A sweep leaves many that differ in their settings.
            count => format!("{experiment}, seed {seed}: {count} runs at steps {least} to {most}, {how}\n"),
        };
    }
    print_table(&table(&experiments, &text))?;
    end
}

fn of(unfinished: &Unfinished) -> (&str, u64, bool) {
    (&unfinished.experiment, unfinished.seed, unfinished.is_trained)
}

fn listed(spec: ExperimentSpec, shape: ImageShape, records: &[RunRecord]) -> Listed {
    let runs = records.iter().filter(|record| record.spec.has_settings_of(&spec)).map(|record| ListedRun {
        seed: record.seed,
        dataset: record.dataset.name.clone(),
        backend: record.backend.name.clone(),
        stop_reason: record.stop_reason,
    });
    Listed { parameters: spec.model.parameters(shape), runs: runs.collect(), spec }
}

/// The experiments, with a text below them.
fn table(experiments: &[Listed], below: &str) -> Table {
    let columns = Columns::of(experiments)
        .words("Name", |listed| listed.spec.name.clone())
        .words("Title", |listed| listed.spec.title.clone())
        .words("Hidden layers", |listed| listed.spec.model.hidden_layers())
        .words("Activation", |listed| listed.spec.model.activation().title().to_owned())
        .words("Weights", |listed| in_words(&listed.spec.model.weight_init()))
        .words("Optimizer", |listed| listed.spec.optimizer.title())
        .numbers("Rate", |listed| number(listed.spec.optimizer.learning_rate()))
        .numbers("Runs", |listed| state(&listed.runs));
    columns.table(below)
}

/// `mnist: 3 finished, 1 diverged, 1 interrupted` for every dataset.
fn state(runs: &[ListedRun]) -> String {
    type IsState = fn(StopReason) -> bool;
    const STATES: [(&str, IsState); 3] = [
        ("finished", StopReason::is_complete),
        ("diverged", |reason| reason == StopReason::Diverged),
        ("interrupted", |reason| reason == StopReason::Interrupted),
    ];
    let of = |dataset: &str| {
        let reasons = || runs.iter().filter(|run| run.dataset == dataset).map(|run| run.stop_reason);
        let counts = STATES.map(|(word, is_in)| (word, reasons().filter(|&reason| is_in(reason)).count()));
        let counts = counts.iter().filter(|(_, count)| *count > 0);
        let counts: Vec<String> = counts.map(|(word, count)| format!("{count} {word}")).collect();
        format!("{dataset}: {}", counts.join(", "))
    };
    let datasets: BTreeSet<&str> = runs.iter().map(|run| run.dataset.as_str()).collect();
    if datasets.is_empty() { "none".to_owned() } else { datasets.into_iter().map(of).collect::<Vec<_>>().join("\n") }
}
