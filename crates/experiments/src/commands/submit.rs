//! `experiments submit`: gives the missing runs to a batch system, or to processes of this machine.

use std::path::{Path, PathBuf};

use spec::ClusterSpec;

use super::report::FIRST_SEEDS;
use crate::cluster::{self, BATCHES, Batch, Script};
use crate::command_line::arguments::{Scheduler, Selection, Submit};
use crate::command_line::{Options, Seeds};
use crate::failure::Failure;
use crate::output::print;
use crate::plan::{self, PlannedRun};
use crate::workspace::Workspace;
use crate::{backend, data};

/// Where the batch system is described, in the current folder.
const CLUSTER_FILE: &str = "cluster.toml";
/// Tasks of a batch, unless others are asked for.
const USUAL_TASKS: usize = 64;

pub(super) fn submit(workspace: &Workspace, arguments: &Submit) -> Result<(), Failure> {
    let asked = asked(arguments)?;
    let selection = with_report(arguments.selection.clone());
    let groups = plan::groups(&workspace.catalog, &selection)?;
    let runs = plan::runs(&groups);
    let records = workspace.known();
    let is_local = arguments.scheduler == Scheduler::Local;
    let usual = if is_local { backend::allotted_cores() } else { USUAL_TASKS };
    let shares = plan::shares(&runs, asked.tasks.unwrap_or(usual).min(runs.len()).max(1));
    let missing = |share: &Vec<&PlannedRun>| share.iter().filter(|run| records.find(run).is_none()).count();
    let missing: Vec<usize> = shares.iter().map(missing).collect();
    let submitted: Vec<usize> = (1..=shares.len()).filter(|number| missing[number - 1] > 0).collect();
    if submitted.is_empty() && !arguments.dry_run {
        workspace
            .terminal
            .note(&format!("all {} runs are finished; `experiments report --no-train` reports them", runs.len()));
        return Ok(());
    }
    let jobs = asked.cpus.unwrap_or(1).to_string();
    let common = shared_options(workspace)?;
    let command = [vec!["run".to_owned()], selection.words(), vec!["--no-tui".into(), "--jobs".into(), jobs]];
    let command = [command.concat(), common.clone()].concat();
    let folder = absolute(workspace.store.folder())?;
    let folder = if arguments.dry_run { folder.join(BATCHES).join("N") } else { Batch::next_folder(&folder)? };
    let script = Script {
        name: &arguments.selection.experiments.first().map_or_else(|| "all".to_owned(), |name| job_name(name)),
        program: std::env::current_exe().map_err(Failure::outside)?,
        folder: std::env::current_dir().map_err(Failure::outside)?,
        command: &command,
        finally: last_commands(arguments, &selection, &common),
        shares: (shares.len(), &submitted),
        batch: &folder,
        cluster: &asked,
    };
    if arguments.dry_run {
        let text =
            if is_local { script.local() } else { format!("{}\n{}", script.slurm_task(), script.slurm_report()) };
        return print(&text);
    }
    let job = cluster::submit(&script, arguments.scheduler)?;
    let n_submitted = submitted.len();
    Batch { command, shares: shares.len(), submitted, job }.save(&folder)?;
    let number = folder.file_name().unwrap_or_default().to_string_lossy();
    let missing: usize = missing.iter().sum();
    let sentence = format!("batch {number}: {missing} missing runs in {n_submitted} tasks; logs: {}", folder.display());
    workspace.terminal.note(&sentence);
    workspace.terminal.note("`experiments status` shows how it is going, `experiments cancel` ends it");
    Ok(())
}

/// What the options ask for, and the file where they do not.
fn asked(arguments: &Submit) -> Result<ClusterSpec, Failure> {
    let file = match &arguments.cluster {
        Some(path) => ClusterSpec::read(path)?,
        None if Path::new(CLUSTER_FILE).exists() => ClusterSpec::read(Path::new(CLUSTER_FILE))?,
        None => ClusterSpec::default(),
    };
    Ok(arguments.asked.spec().or(file))
}

/// The selection; `report` selects what the report shows.
fn with_report(selection: Selection) -> Selection {
    if selection.experiments != ["report"] {
        return selection;
    }
    let seeds = selection.seeds.clone().or_else(|| Some(Seeds((1..=FIRST_SEEDS).collect())));
    Selection { experiments: Vec::new(), all: true, extras: true, seeds, ..selection }
}

/// The options of every task: those that were given, with the folders, and the dataset by its name, so that no task takes
/// another one.
fn shared_options(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let Options { experiments_dir, runs_dir, data_dir, backend, instructions, .. } = &workspace.options;
    let dataset = data::expected(&workspace.options).ok_or_else(|| {
        Failure::bad_input("MNIST was not found, and tasks of a cluster do not download it")
            .with_hint("run `experiments data` first, or name a dataset with `--dataset`")
    })?;
    let texts = [
        ("--dataset", Some(dataset.to_string())),
        ("--backend", backend.clone()),
        ("--instructions", instructions.map(|instructions| instructions.to_string())),
    ];
    let paths = [
        ("--experiments-dir", Some(experiments_dir)),
        ("--runs-dir", Some(runs_dir)),
        ("--data-dir", data_dir.as_ref()),
    ];
    let mut words = vec!["--offline".to_owned()];
    for (option, value) in texts {
        words.extend(value.into_iter().flat_map(|value| [option.to_owned(), value]));
    }
    for (option, path) in paths {
        if let Some(path) = path {
            words.extend([option.to_owned(), absolute(path)?.to_string_lossy().into_owned()]);
        }
    }
    Ok(words)
}

/// What follows the last task: the verdicts and the report of what is there.
fn last_commands(arguments: &Submit, selection: &Selection, common: &[String]) -> Vec<Vec<String>> {
    let mut claims = vec!["claims".to_owned()];
    claims.extend(selection.experiments.clone());
    let mut report = ["report", "--no-train", "--out"].map(str::to_owned).to_vec();
    report.push(arguments.out.to_string_lossy().into_owned());
    if let Some(Seeds(seeds)) = &selection.seeds {
        report.extend(["--seeds".to_owned(), seeds.len().to_string()]);
    }
    [claims, report].map(|command| [command, common.to_vec()].concat()).to_vec()
}

/// A name for a job: an experiment, or the name of its file.
fn job_name(experiment: &str) -> String {
    let stem = Path::new(experiment).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    spec::cluster_word(&stem).unwrap_or_else(|_| "experiments".to_owned())
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::io(path, "find", &error))
}
