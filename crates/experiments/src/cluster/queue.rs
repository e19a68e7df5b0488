//! Submitting a batch, asking what became of its tasks, and cancelling it.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::ValueEnum;
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

use super::batch::{Batch, Job, log_of};
use super::script::Script;
use crate::failure::Failure;
use crate::output::write_file;

/// Who runs the tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scheduler {
    /// Slurm, as a job array
    Slurm,
    /// Processes of this machine
    Local,
}

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TaskState {
    Waiting,
    Running,
}

/// Writes the scripts into the batch's folder and submits them.
pub(crate) fn submit(script: &Script, scheduler: Scheduler) -> Result<Job, Failure> {
    let write = |name: &str, text: String| {
        let path = script.batch.join(name);
        write_file(&path, text.as_bytes()).map(|()| path)
    };
    match scheduler {
        Scheduler::Slurm => {
            let task = write("task.sh", script.slurm_task())?;
            let report = write("report.sh", script.slurm_report())?;
            let mut jobs = Vec::new();
            for script in std::iter::repeat_n(&task, script.rounds).chain([&report]) {
                match sbatch(jobs.last(), script) {
                    Ok(job) => jobs.push(job),
                    Err(failure) => {
                        // `status` and `cancel` would not know them.
                        let _ = ask(Command::new("scancel").args(&jobs));
                        return Err(failure);
                    }
                }
            }
            let report = jobs.pop().unwrap_or_default();
            Ok(Job::Slurm { arrays: jobs, report })
        }
        Scheduler::Local => start(&write("all.sh", script.local())?, script.batch),
    }
}

/// Submits a script that starts when another job has ended, and returns the job's number.
fn sbatch(after: Option<&String>, script: &Path) -> Result<String, Failure> {
    let after = after.map(|job| format!("--dependency=afterany:{job}"));
    let answer = ask(Command::new("sbatch").arg("--parsable").args(after).arg(script)).map_err(|failure| {
        failure.with_hint("`--dry-run` prints the script; `--scheduler local` runs the shares on this machine")
    })?;
    // With several clusters, the number is followed by the cluster's name.
    Ok(answer.trim().split(';').next().unwrap_or_default().to_owned())
}

/// Starts a script in a group of processes of its own, which outlives this program and its terminal.
fn start(script: &Path, batch: &Path) -> Result<Job, Failure> {
    let log = batch.join("report.log");
    let output = File::create(&log).map_err(|error| Failure::io(&log, "write", &error))?;
    let errors = output.try_clone().map_err(|error| Failure::io(&log, "write", &error))?;
    let mut command = Command::new("nohup");
    command.arg("bash").arg(script).process_group(0).stdin(Stdio::null()).stdout(output).stderr(errors);
    let child = command.spawn().map_err(|error| Failure::outside(format!("nohup: cannot start: {error}")))?;
    Ok(Job::Local { process: child.id() })
}

/// The state of every task that is in the queue or at work, by its share.
pub(crate) fn states(batch: &Batch, folder: &Path) -> Result<BTreeMap<usize, TaskState>, Failure> {
    match &batch.job {
        Job::Slurm { arrays, .. } => {
            let mut squeue = Command::new("squeue");
            squeue.args(["--noheader", "--array", "--format=%K|%T", "--jobs", &arrays.join(",")]);
            match ask(&mut squeue) {
                Ok(answer) => Ok(busiest(answer.lines().filter_map(task))),
                // Slurm forgets jobs some minutes after their end.
                Err(failure) if failure.to_string().contains("Invalid job id") => Ok(BTreeMap::new()),
                Err(failure) => Err(failure),
            }
        }
        Job::Local { process } if is_alive(*process, folder) => {
            let is_at_work = |share: &&usize| !log_of(folder, **share).with_extension("ended").exists();
            Ok(batch.submitted.iter().filter(is_at_work).map(|&share| (share, TaskState::Running)).collect())
        }
        Job::Local { .. } => Ok(BTreeMap::new()),
    }
}

/// The state of every share: at work, if its task of some round is.
fn busiest(tasks: impl Iterator<Item = (usize, TaskState)>) -> BTreeMap<usize, TaskState> {
    let mut states = BTreeMap::new();
    for (share, state) in tasks {
        let known = states.entry(share).or_insert(state);
        *known = state.max(*known);
    }
    states
}

/// Share and state in a line of `squeue`: `3|PENDING`.
fn task(line: &str) -> Option<(usize, TaskState)> {
    let (share, state) = line.split_once('|')?;
    let is_waiting = matches!(state.trim(), "PENDING" | "REQUEUED" | "REQUEUE_HOLD" | "SUSPENDED" | "PREEMPTED");
    Some((share.trim().parse().ok()?, if is_waiting { TaskState::Waiting } else { TaskState::Running }))
}

/// Cancels what is left of a batch; returns whether anything was.
pub(crate) fn cancel(batch: &Batch, folder: &Path) -> Result<bool, Failure> {
    match &batch.job {
        Job::Slurm { arrays, report } => {
            let is_left = !states(batch, folder)?.is_empty();
            if is_left {
                ask(Command::new("scancel").arg(report).args(arrays))?;
            }
            Ok(is_left)
        }
        Job::Local { process } if is_alive(*process, folder) => {
            let refused = |error| Failure::outside(format!("process {process}: cannot stop it: {error}"));
            let group = pid(*process).ok_or_else(|| Failure::outside("the batch lacks its process"))?;
            kill_process_group(group, Signal::TERM).map_err(refused)?;
            Ok(true)
        }
        Job::Local { .. } => Ok(false),
    }
}

/// Whether the group of processes that does a batch is still there. Its first process may have ended, and its number may be in
/// use again.
fn is_alive(process: u32, folder: &Path) -> bool {
    let command = std::fs::read(format!("/proc/{process}/cmdline"));
    // As it was when the batch was submitted.
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let is_another =
        command.is_ok_and(|command| !String::from_utf8_lossy(&command).contains(&*folder.to_string_lossy()));
    !is_another && pid(process).is_some_and(|group| test_kill_process_group(group).is_ok())
}

fn pid(process: u32) -> Option<Pid> {
    Pid::from_raw(process.try_into().ok()?)
}

/// What a command prints.
fn ask(command: &mut Command) -> Result<String, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| Failure::outside(format!("{name}: cannot start: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Failure::outside(format!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim())))
}
