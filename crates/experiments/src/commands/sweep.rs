//! `experiments sweep`: searches for better settings, trains the best ones again, shows what came of it.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::HumanDuration;
use record::{RunRecord, StopReason};
use report::{SweepResult, TrialState};
use serde_json::json;
use spec::Sweep;

use super::figure;
use crate::command_line::{Output, Shard};
use crate::completion;
use crate::data;
use crate::failure::Failure;
use crate::output::{print, print_json, print_table};
use crate::plan::{self, PlannedRun};
use crate::runner::Runner;
use crate::stop::Stop;
use crate::sweep::{Attempt, Swept, diverged};
use crate::terminal::View;
use crate::workspace::Workspace;

/// Arguments of `sweep`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A declared sweep by name, or a TOML file by path
    #[arg(value_name = "SWEEP", add = completion::sweeps())]
    pub(crate) name: String,

    /// Trainings at the same time; does not change the results [default: the physical cores; 1 on a graphics processor]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    /// Stop after this time; the same command resumes
    #[arg(long, value_name = "MINUTES", value_parser = minutes)]
    max_minutes: Option<f64>,

    /// Stop at the first trial that fails; without this option the others still run and the failure is reported at the end
    #[arg(long)]
    fail_fast: bool,

    /// Do not train: show the sweep as far as its runs are finished
    #[arg(long, conflicts_with_all = ["fail_fast", "max_minutes", "jobs"])]
    no_train: bool,

    /// Train only one of several equal shares of the next round: `3/16` is the third of sixteen. When all shares are finished, the
    /// same command trains the round after it
    #[arg(long, value_name = "SHARE", conflicts_with_all = ["fail_fast", "no_train", "json", "markdown"])]
    shard: Option<Shard>,

    #[command(flatten)]
    output: Output,
}

/// A time in minutes.
fn minutes(text: &str) -> Result<f64, String> {
    let minutes = text.parse().ok().filter(|minutes| (0.0..=1e6).contains(minutes));
    minutes.ok_or_else(|| "must be a number of minutes such as 90 or 0.5".to_owned())
}

pub(super) fn sweep(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let stop = Stop::listen()?;
    if let Some(minutes) = arguments.max_minutes {
        stop.after(Duration::from_secs_f64(60.0 * minutes));
    }
    let sweep = workspace.catalog.sweep(&arguments.name)?;
    let records = workspace.measurable(workspace.known().all, [sweep.spec.objective.metric]);
    // If all runs are there, this opens neither the dataset nor the backend.
    let mut swept = Swept::among(&sweep, &workspace.catalog, workspace.shape, &records);
    if let Some(shard) = arguments.shard {
        return train_share(workspace, arguments, &swept, shard, &stop);
    }
    if !swept.pending.is_empty() && !arguments.no_train {
        swept = train(workspace, arguments, &sweep, &stop)?;
    }
    let result = swept.result();
    show(workspace, arguments, &result)?;
    draw(workspace, &result)?;
    end(workspace, &swept, &stop)
}

/// Trains a share of the first round that lacks runs: what a task of a cluster does, which knows of the others only their
/// records.
fn train_share(
    workspace: &Workspace,
    arguments: &Arguments,
    swept: &Swept,
    shard: Shard,
    stop: &Stop,
) -> Result<(), Failure> {
    let runs = plan::share_of(swept.pending.iter().collect(), Some(shard));
    workspace.terminal.note(&format!("{}: {}", arguments.name, swept.result().in_words()));
    if !runs.is_empty() {
        Runner::open(workspace, [], stop)?.attempts(&runs, arguments.jobs, View::Bars, |_, attempt| attempt)?;
    }
    if stop.is_requested() { Err(Failure::interrupted()) } else { Ok(()) }
}

/// Trains what is missing.
fn train<'a>(
    workspace: &Workspace,
    arguments: &Arguments,
    sweep: &'a Sweep,
    stop: &Stop,
) -> Result<Swept<'a>, Failure> {
    let runner = Runner::open(workspace, [], stop)?;
    let mut swept = Swept::new(sweep, &workspace.catalog, data::shape(runner.dataset.shape));
    let began = Instant::now();
    let judge = |run: &PlannedRun, attempt: Result<RunRecord, Failure>| match attempt {
        Err(failure) if arguments.fail_fast => Err(failure),
        Ok(record) if arguments.fail_fast && record.stop_reason == StopReason::Diverged => {
            Err(Failure::diverged(format!("{}: {}", run.label(), diverged(&record))))
        }
        attempt => Ok(attempt),
    };
    swept.run(|swept: &Swept, runs: &[PlannedRun]| -> Result<Vec<Attempt>, Failure> {
        let result = swept.result();
        let words = format!("{}: {}{}", sweep.spec.name, result.in_words(), time_left(began, &result));
        workspace.terminal.head(&format!(
            "{}, {} of {} trials",
            sweep.spec.name,
            result.trials.len(),
            result.most_trials
        ));
        workspace.terminal.note(&words);
        runner.attempts(&runs.iter().collect::<Vec<_>>(), arguments.jobs, View::Bars, judge)
    })?;
    Ok(swept)
}

/// `; about 3m left`, from the time that the trials so far took.
fn time_left(began: Instant, result: &SweepResult) -> String {
    let (done, all, took) = (result.trials.len(), result.most_trials, began.elapsed());
    if done == 0 || done == all || took < Duration::from_secs(1) {
        return String::new();
    }
    format!("; about {:#} left", HumanDuration(took.mul_f64((all - done) as f64 / done as f64)))
}

/// Prints the results on stdout.
fn show(workspace: &Workspace, arguments: &Arguments, result: &SweepResult) -> Result<(), Failure> {
    if arguments.output.json {
        return print_json(&as_json(result));
    }
    let mut tables = vec![report::trial_table(result)];
    if !result.retrained.is_empty() {
        tables.push(report::winner_table(result));
    }
    for table in &tables {
        if arguments.output.markdown {
            print(&(report::to_markdown(table) + "\n"))?;
        } else {
            print_table(table)?;
        }
    }
    workspace.terminal.note(&format!("{}: {}", result.spec.name, result.in_words()));
    Ok(())
}

/// Draws the pictures.
fn draw(workspace: &Workspace, result: &SweepResult) -> Result<(), Failure> {
    let origin = result.sample.first().map_or_else(String::new, figure::origin);
    for picture in result.pictures().map_err(Failure::outside)? {
        figure::save_figure(workspace, &format!("sweep-{}-{}{origin}", result.spec.name, picture.name), &picture.svg)?;
    }
    Ok(())
}

fn as_json(result: &SweepResult) -> serde_json::Value {
    let trials = result.trials.iter().enumerate().map(|(index, trial)| {
        let (state, validations, reason) = match &trial.state {
            TrialState::Complete => ("complete", None, None),
            TrialState::Stopped(validations) => ("stopped", Some(validations), None),
            TrialState::Failed(reason) => ("failed", None, Some(reason)),
        };
        json!({
            "number": index + 1, "settings": trial.settings, "score": trial.score, "state": state,
            "validations": validations, "reason": reason, "steps": trial.steps,
        })
    });
    let metric = result.spec.objective.metric;
    let retrained = result.retrained.iter().map(|row| {
        let summary = row.fresh.summary(metric);
        let scores = |metric| {
            let records = row.fresh.records.iter();
            records.map(|record| record.measure(metric)?.exactly()).collect::<Vec<Option<f64>>>()
        };
        json!({
            "settings": row.settings, "search_score": row.search_score,
            "seeds": row.fresh.records.iter().map(|record| record.seed).collect::<Vec<_>>(),
            "scores": scores(metric),
            "test_scores": metric.on_test_images().map(scores),
            "interval": summary.and_then(|summary| summary.interval).map(|interval| [interval.low, interval.high]),
        })
    });
    json!({
        "sweep": result.spec.name,
        "title": result.spec.title,
        "metric": metric.name(),
        "trials": trials.collect::<Vec<_>>(),
        "best": result.best.iter().map(|trial| trial + 1).collect::<Vec<_>>(),
        "retrained": retrained.collect::<Vec<_>>(),
    })
}

/// Reports the trials that failed, and returns the failure to end with: interrupted, trials without a score, or none.
fn end(workspace: &Workspace, swept: &Swept, stop: &Stop) -> Result<(), Failure> {
    let failures = &swept.failures;
    for (trial, failure) in failures {
        workspace.terminal.warning(&format!("trial {trial} failed: {failure}"), None);
    }
    if stop.is_requested() {
        return Err(Failure::interrupted());
    }
    let all = swept.result().trials.len();
    let message = format!("{} of {all} trials failed", failures.len());
    match &failures[..] {
        [] => Ok(()),
        failures if failures.iter().all(|(_, failure)| failure.is_divergence()) => Err(Failure::diverged(message)),
        _ => Err(Failure::outside(message)),
    }
}
