//! `experiments run`: trains the runs that are not finished, prints the results, draws the figures.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use record::{Detail, RunRecord, StopReason};

use super::claims::judged_and_compared;
use super::export::in_tensorboard;
use super::figure;
use crate::command_line::{Output, Selection, Shard, UntilDecided};
use crate::failure::Failure;
use crate::jobs::side_by_side;
use crate::output::{print, print_json, print_table};
use crate::plan::{self, Group, PlannedRun};
use crate::runner::{Runner, tell_finished};
use crate::sequential::until_decided;
use crate::stop::Stop;
use crate::terminal::View;
use crate::workspace::Workspace;
use crate::{backend, data, test_scores};

/// Arguments of `run`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) selection: Selection,

    #[command(flatten)]
    until_decided: UntilDecided,

    /// Train only a few steps of each run, to see whether everything works; the records go to `quick/` in the folder of the
    /// records
    #[arg(long, conflicts_with_all = ["until_decided", "max_seeds"])]
    pub(super) quick: bool,

    /// Only one of several equal shares of the runs: `3/16` is the third of sixteen. Shares are disjoint, and stay the same when
    /// runs finish
    #[arg(long, value_name = "SHARE", conflicts_with_all = ["until_decided", "max_seeds"])]
    shard: Option<Shard>,

    /// Trainings at the same time; does not change the results [default: the physical cores; 1 on a graphics processor or with
    /// Burn's dashboard]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    /// Show progress bars on stderr instead of Burn's dashboard
    #[arg(long)]
    no_tui: bool,

    /// Write the curves into this folder for TensorBoard, while the runs train
    #[arg(long, value_name = "DIR")]
    tensorboard: Option<PathBuf>,

    #[command(flatten)]
    output: Output,
}

pub(super) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let stop = Stop::listen()?;
    let mut groups = plan::groups(&workspace.catalog, &arguments.selection)?;
    if arguments.quick {
        plan::shorten(&mut groups);
        let folder = workspace.store.folder().display();
        workspace.terminal.note(&format!("quick runs of a few steps: their numbers mean nothing; records: {folder}"));
    }
    let runs = plan::share_of(plan::runs(&groups), arguments.shard);
    let mut records = match finished(workspace, &runs) {
        Some(mut records) => {
            test_scores::add_missing(workspace, &mut records)?;
            records
        }
        None => train(workspace, arguments, &runs, groups.len() == 1, &stop)?,
    };
    if arguments.until_decided.is_asked() && !stop.is_requested() {
        let mut all = add_seeds(workspace, arguments, &stop)?;
        all.append(&mut records);
        for group in &mut groups {
            group.add_seeds(&all);
        }
        let of_run =
            |run: &PlannedRun| all.iter().find(|record| run.is_that_of(record)).cloned().map(|one| run.named(one));
        records = plan::runs(&groups).into_iter().filter_map(of_run).collect();
    }
    show(workspace, arguments, &groups, &records)?;
    if let Some(folder) = &arguments.tensorboard {
        let ids: Vec<&str> = records.iter().map(|record| record.id.as_str()).collect();
        let stored = workspace.store.find_all(&ids)?.into_iter().filter_map(Result::transpose);
        in_tensorboard(workspace, folder, &stored.collect::<Result<Vec<_>, _>>()?)?;
    }
    end(&records, &stop)
}

/// The records of the runs, if all are finished. This opens neither the dataset nor the backend.
pub(super) fn finished(workspace: &Workspace, runs: &[&PlannedRun]) -> Option<Vec<RunRecord>> {
    let records = workspace.known();
    let found: Vec<&RunRecord> = runs.iter().map(|run| records.find(run)).collect::<Option<_>>()?;
    let found: Vec<RunRecord> =
        workspace.store.load_all(&found, Detail::Curves).into_iter().collect::<Result<_, _>>().ok()?;
    workspace.store.tidy(found.iter().map(|record| record.id.as_str()));
    let terminal = &workspace.terminal;
    runs.iter().zip(&found).for_each(|(run, record)| tell_finished(terminal, run, record));
    records.choice.iter().for_each(|choice| terminal.note(choice));
    if data::expected(&workspace.options).is_none() && found.first().is_some_and(|record| record.dataset.is_made_up()) {
        terminal
            .warning("MNIST was not found: these runs used made-up digits", Some("for MNIST run `experiments data`"));
    }
    Some(runs.iter().zip(found).map(|(run, record)| run.named(record)).collect())
}

/// Trains the runs that are not finished.
fn train(
    workspace: &Workspace,
    arguments: &Arguments,
    runs: &[&PlannedRun],
    is_one_group: bool,
    stop: &Stop,
) -> Result<Vec<RunRecord>, Failure> {
    let view = View::choose(!arguments.no_tui && !arguments.output.json);
    let has_one_seed = runs.iter().all(|run| run.seed == runs[0].seed);
    // The dashboard shows one training at a time, so it is for a single experiment.
    let is_watched = view == View::Dashboard && is_one_group && has_one_seed;
    let jobs = arguments.jobs.or(is_watched.then_some(NonZeroUsize::MIN));
    let mut runner = Runner::open(workspace, runs.iter().map(|run| &run.spec), stop)?;
    runner.tensorboard.clone_from(&arguments.tensorboard);
    runner.records(runs, jobs, view)
}

/// Adds seeds until the claims of the experiments are decided; returns all records of these and of those that they are compared
/// with.
fn add_seeds(workspace: &Workspace, arguments: &Arguments, stop: &Stop) -> Result<Vec<RunRecord>, Failure> {
    let names = plan::names(&workspace.catalog, &arguments.selection)?;
    let (specs, end) = judged_and_compared(&workspace.catalog, &names)?;
    end?;
    until_decided(workspace, &specs, &arguments.until_decided, arguments.jobs, stop)
}

/// Prints the results on stdout, and draws the figure of every group whose runs are all finished.
fn show(workspace: &Workspace, arguments: &Arguments, groups: &[Group], all: &[RunRecord]) -> Result<(), Failure> {
    let records = match groups {
        // In the order of the legend.
        [group] => of_group(group, all),
        _ => all.iter().collect(),
    };
    if arguments.output.json {
        print_json(&records)?;
    } else if arguments.output.markdown {
        print(&report::to_markdown(&report::runs_in_rows(&records)))?;
    } else {
        print_table(&report::run_table(&records))?;
        if let Some(means) = report::replicates_table(&records) {
            print("\n")?;
            print_table(&means)?;
        }
    }
    let mut drawn: Vec<_> = groups.iter().map(|group| (group, of_group(group, all))).collect();
    drawn.retain(|(group, records)| {
        records.len() == group.runs.len() && records.iter().all(|record| record.stop_reason.is_finished())
    });
    let draw = |(group, records): &(&Group, Vec<&RunRecord>), _| figure::draw(workspace, group, records).map(Some);
    side_by_side(&drawn, backend::allotted_cores(), || true, draw).map(drop)
}

fn of_group<'a>(group: &Group, records: &'a [RunRecord]) -> Vec<&'a RunRecord> {
    let mut by_seed: HashMap<u64, Vec<&RunRecord>> = HashMap::new();
    for record in records {
        by_seed.entry(record.seed).or_default().push(record);
    }
    let of_run = |run: &PlannedRun| by_seed.get(&run.seed)?.iter().find(|record| run.has(record)).copied();
    group.runs.iter().filter_map(of_run).collect()
}

/// The exit code: interrupted, diverged or success.
pub(super) fn end(records: &[RunRecord], stop: &Stop) -> Result<(), Failure> {
    let first = |reason: StopReason| records.iter().find(|record| record.stop_reason == reason);
    if first(StopReason::Interrupted).is_some() || stop.is_requested() {
        return Err(Failure::interrupted());
    }
    match first(StopReason::Diverged) {
        Some(RunRecord { spec, seed, steps, .. }) => {
            let name = &spec.name;
            Err(Failure::diverged(format!("{name}, seed {seed}: the loss became NaN or infinite at step {steps}"))
                .with_hint("try a smaller `optimizer.learning_rate`"))
        }
        None => Ok(()),
    }
}
