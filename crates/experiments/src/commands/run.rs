//! `experiments run`: train what has no record, show the table, draw the figure.

use std::num::NonZeroUsize;

use record::{RunRecord, StopReason};

use super::{figure, print, print_json};
use crate::args::{Global, Run};
use crate::backend::Backend;
use crate::console::Console;
use crate::data;
use crate::failure::Failure;
use crate::plan::{Group, Plan, PlannedRun};
use crate::runner::Runner;
use crate::stop::Stop;
use crate::view::View;

pub(super) fn run(global: &Global, args: &Run, console: Console) -> Result<(), Failure> {
    let stop = Stop::listen().map_err(|error| Failure::outside(format!("cannot listen for signals: {error}")))?;
    let plan = Plan::new(global, &args.selection)?;
    let backend = Backend::open(global.backend.as_deref()).map_err(Failure::bad_input)?;
    let dataset = data::find(global, plan.train_images(), console)?;
    let view = View::choose(!args.no_tui && !args.json.json, console);
    let jobs = args.jobs.map_or_else(|| default_jobs(&backend, &plan, &view), NonZeroUsize::get);
    let runner = Runner::new(global, &backend, &dataset, &stop, console);
    let runs = plan.runs();
    let records = runner.records(&runs, jobs, &view)?;
    let results: Vec<(&PlannedRun, RunRecord)> =
        runs.into_iter().zip(records).filter_map(|(run, record)| Some((run, record?))).collect();
    show(global, args, &plan, &results, console)?;
    end(&results, &stop)
}

/// As many trainings as there are cores; one where each would have the same graphics processor, or where somebody watches
/// the dashboard of a single experiment.
fn default_jobs(backend: &Backend, plan: &Plan, view: &View) -> usize {
    let first = plan.groups.iter().flat_map(|group| &group.runs).map(|run| run.seed).next();
    let has_one_seed = plan.groups.iter().flat_map(|group| &group.runs).all(|run| Some(run.seed) == first);
    let is_watched = matches!(view, View::Dashboard) && plan.groups.len() == 1 && has_one_seed;
    if is_watched { 1 } else { backend.usual_jobs() }
}

/// The results on stdout, and the figure of every group whose runs are all finished.
fn show(
    global: &Global,
    args: &Run,
    plan: &Plan,
    results: &[(&PlannedRun, RunRecord)],
    console: Console,
) -> Result<(), Failure> {
    let records = match plan.groups.as_slice() {
        // In the order of the legend.
        [group] => of_group(group, results),
        _ => results.iter().map(|(_, record)| record).collect(),
    };
    if args.json.json {
        print_json(&records)?;
    } else if args.markdown {
        print(&report::markdown_table(&records))?;
    } else {
        print(&report::run_table(&records, Some(super::width())))?;
        print(&report::replicates_table(&records, Some(super::width())))?;
    }
    for group in &plan.groups {
        let records = of_group(group, results);
        if records.len() == group.runs.len() && records.iter().all(|record| record.stop_reason.is_finished()) {
            figure::draw(global, group, &records, console)?;
        }
    }
    Ok(())
}

fn of_group<'a>(group: &Group, results: &'a [(&PlannedRun, RunRecord)]) -> Vec<&'a RunRecord> {
    let record = |run| results.iter().find(|(planned, _)| *planned == run).map(|(_, record)| record);
    group.runs.iter().filter_map(record).collect()
}

/// What the exit code says: stopped, diverged, or all well.
fn end(results: &[(&PlannedRun, RunRecord)], stop: &Stop) -> Result<(), Failure> {
    let interrupted = results.iter().any(|(_, record)| record.stop_reason == StopReason::Interrupted);
    if interrupted || stop.is_requested() {
        return Err(Failure::interrupted());
    }
    match results.iter().find(|(_, record)| record.stop_reason == StopReason::Diverged) {
        Some((run, record)) => {
            let (name, seed, steps) = (&run.spec.name, run.seed, record.steps);
            Err(Failure::diverged(format!("{name}, seed {seed}: the loss was no finite number at step {steps}"))
                .with_hint("a smaller `optimizer.learning_rate` would do"))
        }
        None => Ok(()),
    }
}
