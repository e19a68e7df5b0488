//! `experiments status` and `experiments cancel`: what became of the batches.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use clap::{Args, Parser as _};
use indicatif::HumanDuration;
use record::Unfinished;
use report::Columns;
use serde::Serialize;
use spec::thousands;

use crate::cluster::{self, Batch, TaskState};
use crate::command_line::{CommandLine, Json, Options};
use crate::failure::Failure;
use crate::output::{print, print_json, print_table};
use crate::plan::PlannedRun;
use crate::work::Work;
use crate::workspace::Workspace;

/// Arguments of `cancel`.
#[derive(Debug, Args)]
pub(crate) struct Batches {
    /// Numbers of batches, as `status` shows them [default: all]
    #[arg(value_name = "BATCH")]
    batches: Vec<usize>,
}

/// Bytes at the end of a log in which the reason of a failure is looked for.
const LOG_BYTES: u64 = 1 << 16;

/// A batch, and how its runs stand.
#[derive(Serialize)]
struct Standing {
    batch: usize,
    /// What was submitted, in the user's words.
    work: String,
    /// All its runs; for a sweep, at most.
    runs: usize,
    finished: usize,
    running: Vec<Running>,
    waiting: usize,
    failed: Vec<Failed>,
}

/// A run that a task is training.
#[derive(Serialize)]
struct Running {
    /// Experiment or trial, and seed.
    run: String,
    step: usize,
    /// At the end of the last epoch, or where a trial is compared; early stopping may end it sooner.
    most_steps: usize,
    /// Seconds left at most, at its speed so far.
    seconds_left: Option<f64>,
}

/// A task that ended before its runs were finished.
#[derive(Serialize)]
struct Failed {
    share: usize,
    missing_runs: usize,
    reason: String,
    log: String,
}

pub(super) fn status(workspace: &Workspace, arguments: &Json) -> Result<(), Failure> {
    let batches = Batch::all(workspace.store.folder());
    let standings = batches.iter().map(|(number, batch)| standing(workspace, *number, batch));
    let standings: Vec<Standing> = standings.collect::<Result<_, _>>()?;
    if arguments.json {
        return print_json(&standings);
    }
    if standings.is_empty() {
        workspace.terminal.note("nothing was submitted; `experiments submit` does");
    }
    let columns = Columns::of(&standings)
        .numbers("Batch", |one| one.batch.to_string())
        .words("Work", |one| one.work.clone())
        .numbers("Runs", |one| thousands(one.runs))
        .numbers("Finished", |one| thousands(one.finished))
        .numbers("Running", |one| thousands(one.running.len()))
        .numbers("Waiting", |one| thousands(one.waiting))
        .numbers("Stopped", |one| thousands(one.failed.iter().map(|task| task.missing_runs).sum::<usize>()));
    print_table(&columns.table(&details(&standings)))
}

/// A line for every run under way and every task that ended too early.
fn details(standings: &[Standing]) -> String {
    let mut text = String::new();
    for Standing { batch, running, failed, .. } in standings {
        for Running { run, step, most_steps, seconds_left } in running {
            let left = seconds_left.map(|seconds| HumanDuration(Duration::from_secs_f64(seconds)));
            let left = left.map_or_else(String::new, |left| format!(", at most {left:#} left"));
            let (step, most) = (thousands(*step), thousands(*most_steps));
            text += &format!("{run}: at step {step} of at most {most}{left}\n");
        }
        for Failed { share, missing_runs, reason, log } in failed {
            let runs = if *missing_runs == 1 { "a run".to_owned() } else { format!("{missing_runs} runs") };
            text += &format!("batch {batch}, task {share}: stopped with {runs} missing: {reason} ({log})\n");
        }
    }
    if !text.is_empty() && standings.iter().any(|one| !one.failed.is_empty()) {
        text += "`experiments submit` with the same arguments continues what stopped\n";
    }
    text
}

fn standing(workspace: &Workspace, number: usize, batch: &Batch) -> Result<Standing, Failure> {
    let folder = Batch::folder(workspace.store.folder(), number);
    // Asked first, so that a task whose records are there has not ended without them.
    let states = cluster::states(batch, &folder)?;
    let unfinished = workspace.store.unfinished();
    let words = std::iter::once("experiments").chain(batch.command.iter().map(String::as_str));
    let work = CommandLine::try_parse_from(words).ok().and_then(|CommandLine { options, command }| {
        // The runs as they were submitted, with the messages of this command.
        Work::of_command(&Workspace::new(Options { quiet: true, ..options }), &command)
    });
    let work = work.unwrap_or_else(|| {
        Err(Failure::outside(format!("{}: was written by another version of this program", folder.display())))
    })?;
    let mut standing = Standing {
        batch: number,
        work: batch.work.clone(),
        runs: work.earlier + work.runs.len() + work.later,
        finished: work.earlier,
        running: Vec::new(),
        waiting: if states.is_empty() { 0 } else { work.later },
        failed: Vec::new(),
    };
    for (share, of_share) in (1..).zip(work.shares(batch.shares)) {
        let missing: Vec<&PlannedRun> = of_share.iter().copied().filter(|run| !work.is_finished(run)).collect();
        standing.finished += of_share.len() - missing.len();
        standing.add(share, &missing, states.get(&share), &unfinished, &folder);
    }
    Ok(standing)
}

impl Standing {
    /// Adds a task with these runs missing.
    fn add(
        &mut self,
        share: usize,
        missing: &[&PlannedRun],
        state: Option<&TaskState>,
        unfinished: &[Unfinished],
        folder: &Path,
    ) {
        let Some(first) = missing.first() else { return };
        match state {
            Some(TaskState::Waiting) => self.waiting += missing.len(),
            Some(TaskState::Running) => {
                let begun = missing.iter().filter_map(|run| running(run, unfinished)).collect::<Vec<_>>();
                // A run that has no checkpoint yet is at its beginning.
                let begun = if begun.is_empty() { vec![at_beginning(first)] } else { begun };
                self.waiting += missing.len() - begun.len();
                self.running.extend(begun);
            }
            None => {
                let log = cluster::log_of(folder, share);
                let reason = reason(&log).unwrap_or_else(|| "it ended without an error".to_owned());
                let log = log.display().to_string();
                self.failed.push(Failed { share, missing_runs: missing.len(), reason, log });
            }
        }
    }
}

fn running(run: &PlannedRun, unfinished: &[Unfinished]) -> Option<Running> {
    let settings = run.settings_hash();
    let Unfinished { steps, seconds, .. } = unfinished.iter().find(|one| one.settings == settings)?;
    let left = run.most_steps().saturating_sub(*steps);
    let seconds_left = (*steps > 0 && left > 0).then(|| seconds * left as f64 / *steps as f64);
    Some(Running { step: *steps, seconds_left, ..at_beginning(run) })
}

fn at_beginning(run: &PlannedRun) -> Running {
    Running { run: run.label(), step: 0, most_steps: run.most_steps(), seconds_left: None }
}

/// The last error in a log: of the program, the shell or the batch system.
fn reason(log: &Path) -> Option<String> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let mut file = std::fs::File::open(log).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LOG_BYTES))).ok()?;
    let mut bytes = Vec::new();
    file.take(LOG_BYTES).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let line = text.lines().rev().find(|line| line.contains("error:"))?;
    Some(line.split_once("error:").map_or(line, |(_, reason)| reason).trim_matches(['*', ' ']).to_owned())
}

pub(super) fn cancel(workspace: &Workspace, arguments: &Batches) -> Result<(), Failure> {
    let batches: BTreeMap<usize, Batch> = Batch::all(workspace.store.folder()).into_iter().collect();
    if let Some(unknown) = arguments.batches.iter().find(|number| !batches.contains_key(number)) {
        let known: Vec<String> = batches.keys().map(ToString::to_string).collect();
        let failure = Failure::bad_input(format!("batch {unknown} was not found"));
        return Err(failure.with_hint(&format!("there are {}", known.join(", "))));
    }
    let is_meant = |number: &usize| arguments.batches.is_empty() || arguments.batches.contains(number);
    for (number, batch) in batches.iter().filter(|(number, _)| is_meant(number)) {
        let folder = Batch::folder(workspace.store.folder(), *number);
        if cluster::cancel(batch, &folder)? {
            print(&format!("batch {number}: cancelled; `experiments submit` with the same arguments continues\n"))?;
        } else if !arguments.batches.is_empty() {
            print(&format!("batch {number}: had ended\n"))?;
        }
    }
    Ok(())
}
