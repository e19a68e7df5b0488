//! Submitting a batch, asking what became of its tasks, and cancelling it.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

use super::batch::{Batch, Job, log_of};
use super::script::Script;
use crate::command_line::arguments::Scheduler;
use crate::failure::Failure;
use crate::output::write_file;

/// What a task does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TaskState {
    Running,
    /// In the queue, for this reason.
    Waiting(String),
}

/// Writes the scripts into the batch's folder and submits them.
pub(crate) fn submit(script: &Script, scheduler: Scheduler) -> Result<Job, Failure> {
    let write = |name: &str, text: String| {
        let path = script.batch.join(name);
        write_file(&path, text.as_bytes()).map(|()| path)
    };
    match scheduler {
        Scheduler::Slurm => {
            let array = write("task.sh", script.slurm_task())?;
            let report = write("report.sh", script.slurm_report())?;
            let array = sbatch(&[], &array)?;
            let after = format!("--dependency=afterany:{array}");
            let report = sbatch(&[&after], &report)?;
            Ok(Job::Slurm { array, report })
        }
        Scheduler::Local => start(&write("all.sh", script.local())?, script.batch),
    }
}

/// Submits a script and returns the job's number.
fn sbatch(options: &[&str], script: &Path) -> Result<String, Failure> {
    let answer = ask(Command::new("sbatch").arg("--parsable").args(options).arg(script)).map_err(|failure| {
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
        Job::Slurm { array, .. } => {
            let mut squeue = Command::new("squeue");
            squeue.args(["--noheader", "--array", "--format=%K|%T|%r", "--jobs", array]);
            match ask(&mut squeue) {
                Ok(answer) => Ok(answer.lines().filter_map(task).collect()),
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

/// Share and state in a line of `squeue`: `3|PENDING|Resources`.
fn task(line: &str) -> Option<(usize, TaskState)> {
    let mut fields = line.split('|');
    let (share, state, reason) = (fields.next()?.trim().parse().ok()?, fields.next()?, fields.next()?);
    let is_waiting = matches!(state, "PENDING" | "REQUEUED" | "REQUEUE_HOLD" | "SUSPENDED" | "PREEMPTED");
    Some((share, if is_waiting { TaskState::Waiting(reason.to_owned()) } else { TaskState::Running }))
}

/// Cancels what is left of a batch; returns whether anything was.
pub(crate) fn cancel(batch: &Batch, folder: &Path) -> Result<bool, Failure> {
    match &batch.job {
        Job::Slurm { array, report } => {
            let is_left = !states(batch, folder)?.is_empty();
            if is_left {
                ask(Command::new("scancel").args([report, array]))?;
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
