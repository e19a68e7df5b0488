//! `experiments variance`: crosses seeds of the initial weights with seeds of the batch order, and shows where variation comes from.

use std::num::NonZeroUsize;

use clap::Args;
use evidence::{Crossed, Share};
use record::RunRecord;
use spec::{Declaration, Experiment, Metric, thousands};

use super::figure::{origin, save_figure, short_hash};
use super::run::{end, finished};
use crate::command_line::{Output, Seeds, seeds};
use crate::completion;
use crate::failure::Failure;
use crate::output::{print, print_json, print_table};
use crate::plan::{PlannedRun, parse_overrides};
use crate::runner::Runner;
use crate::stop::Stop;
use crate::terminal::View;
use crate::workspace::Workspace;

/// Arguments of `variance`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Declared experiments by name, or TOML files by path
    #[arg(required = true, value_name = "EXPERIMENT", add = completion::experiments())]
    experiments: Vec<String>,

    /// Cross the seeds from 1 to this number of the initial weights with the same ones of the batch order
    #[arg(long, value_name = "N", default_value = "8", value_parser = seeds::first)]
    seeds: Seeds,

    /// Seeds of the initial weights, instead of `--seeds`: a number, a list `1,4` or a range `1..5`
    #[arg(long, value_name = "SEEDS")]
    init: Option<Seeds>,

    /// Seeds of the batch order, instead of `--seeds`
    #[arg(long, value_name = "SEEDS")]
    order: Option<Seeds>,

    /// Change a setting: `--set model.hidden_units=16`
    #[arg(long = "set", value_name = "KEY=VALUE", add = completion::settings())]
    overrides: Vec<String>,

    /// Trainings at the same time [default: the physical cores; 1 on a graphics processor]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    output: Output,
}

/// Runs of an experiment at most, so that a typing error does not fill the disk.
const MOST_RUNS: usize = 10_000;

pub(super) fn variance(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let stop = Stop::listen()?;
    let experiments = experiments(workspace, arguments)?;
    let [init, order] = [&arguments.init, &arguments.order].map(|given| given.as_ref().unwrap_or(&arguments.seeds));
    let count = init.0.len() * order.0.len();
    if !(2..=MOST_RUNS).contains(&count) {
        let runs = if count == 1 { "run" } else { "runs" };
        let message = format!("{} x {} seeds make {} {runs}", init.0.len(), order.0.len(), thousands(count));
        let hint = format!("an experiment takes from 2 to {} runs", thousands(MOST_RUNS));
        return Err(Failure::bad_input(message).with_hint(&hint));
    }
    let runs: Vec<PlannedRun> = experiments.iter().flat_map(|one| crossed(one, init, order)).collect();
    let runs: Vec<&PlannedRun> = runs.iter().collect();
    let records = match finished(workspace, &runs) {
        Some(records) => records,
        None => Runner::open(workspace, runs.iter().map(|run| &run.spec), &stop)?.records(
            &runs,
            arguments.jobs,
            View::Bars,
        )?,
    };
    if !stop.is_requested() {
        show(workspace, arguments, &experiments, &workspace.whole(&records))?;
    }
    end(&records, &stop)
}

/// The experiments with these names, those of comparisons included.
fn experiments(workspace: &Workspace, arguments: &Arguments) -> Result<Vec<Experiment>, Failure> {
    let overrides = parse_overrides(&arguments.overrides)?;
    let mut experiments = Vec::new();
    for name in &arguments.experiments {
        match workspace.catalog.load(name, &overrides)? {
            Declaration::Experiment(experiment) => experiments.push(*experiment),
            Declaration::Comparison(comparison) => experiments.extend(comparison.runs),
        }
    }
    Ok(experiments)
}

/// A run for every pair of a seed of the initial weights and one of the batch order.
fn crossed(Experiment { spec, overrides, .. }: &Experiment, init: &Seeds, order: &Seeds) -> Vec<PlannedRun> {
    let run = |order: u64| {
        PlannedRun::of(spec, overrides, init)
            .into_iter()
            .map(move |run| PlannedRun { order_seed: (order != run.seed).then_some(order), ..run })
    };
    order.0.iter().flat_map(|&order| run(order)).collect()
}

fn show(
    workspace: &Workspace,
    arguments: &Arguments,
    experiments: &[Experiment],
    records: &[RunRecord],
) -> Result<(), Failure> {
    let crossed = experiments.iter().filter_map(|one| Crossed::among(&one.spec, records));
    let crossed: Vec<Crossed> = crossed.collect();
    if arguments.output.json {
        print_json(&crossed.iter().map(as_json).collect::<Vec<_>>())?;
    }
    for one in &crossed {
        if arguments.output.markdown {
            print(&report::to_markdown(&report::variance_table(one)))?;
        } else if !arguments.output.json {
            print_table(&report::variance_table(one))?;
        }
        // With one seed of a kind nothing can be divided.
        if let Ok(svg) = report::variance_figure(one) {
            save_figure(workspace, &figure_name(one), &svg)?;
        }
    }
    Ok(())
}

/// The experiment and the number of seeds, `task3c-8x8`, then overrides, dataset and backend if they are not the default.
fn figure_name(crossed: &Crossed) -> String {
    let first = &crossed.records[0];
    let overrides = match first.overrides.as_slice() {
        [] => String::new(),
        overrides => format!("-{}", short_hash(&format!("{overrides:?}"))),
    };
    let (name, [init, order]) = (&crossed.spec.name, [&crossed.init, &crossed.order].map(Vec::len));
    format!("variance-{name}-{init}x{order}{overrides}{}", origin(first))
}

fn as_json(crossed: &Crossed) -> serde_json::Value {
    let share = |(name, Share { share, interval }): (&str, Share)| {
        (name.replace(' ', "_"), serde_json::json!({ "share": share, "interval": [interval.low, interval.high] }))
    };
    let of_metric = |metric: Metric| {
        let sources = crossed.sources(metric)?;
        let shares = sources
            .shares
            .map(|shares| Crossed::SOURCES.into_iter().zip(shares).map(share).collect::<serde_json::Map<_, _>>());
        Some(serde_json::json!({
            "metric": metric.title(),
            "mean": sources.mean,
            "standard_deviation": sources.standard_deviation,
            "shares": shares,
        }))
    };
    serde_json::json!({
        "experiment": crossed.spec.name,
        "init": crossed.init,
        "order": crossed.order,
        "metrics": Metric::ALL.into_iter().filter_map(of_metric).collect::<Vec<_>>(),
    })
}
