//! `experiments submit`: gives the missing runs to a batch system, or to processes of this machine.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;
use spec::{ClusterSpec, cluster_word};

use crate::cluster::{self, BATCHES, Batch, Scheduler, Script};
use crate::command_line::{Options, Seeds, Selection};
use crate::failure::Failure;
use crate::output::print;
use crate::work::Work;
use crate::workspace::Workspace;
use crate::{backend, built_in, data};

/// Arguments of `submit`. Options about the cluster win over its file.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,

    /// Who runs the tasks
    #[arg(long, value_enum, default_value_t = Scheduler::Slurm)]
    scheduler: Scheduler,

    /// Print the scripts, and submit nothing
    #[arg(long)]
    dry_run: bool,

    /// Folder of the report, which is written after the last task
    #[arg(long, value_name = "DIR", default_value = "report")]
    out: PathBuf,

    /// TOML file that describes the cluster [default: cluster.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    cluster: Option<PathBuf>,

    #[command(flatten)]
    asked: Asked,
}

/// What a cluster is asked for, with the keys of its file.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
struct Asked {
    /// Partition
    #[arg(long, value_name = "NAME", value_parser = word)]
    partition: Option<String>,

    /// Account that pays
    #[arg(long, value_name = "NAME", value_parser = word)]
    account: Option<String>,

    /// Time limit of a task: 02:00:00
    #[arg(long, value_name = "TIME", value_parser = word)]
    time: Option<String>,

    /// Memory of a task: 2G
    #[arg(long, value_name = "SIZE", value_parser = word)]
    memory: Option<String>,

    /// Generic resources of a task: gpu:1
    #[arg(long, value_name = "LIST", value_parser = word)]
    gres: Option<String>,

    /// Processors of a task, and trainings that it does at the same time [default: 1]
    #[arg(long, value_name = "N")]
    cpus: Option<NonZeroUsize>,

    /// Tasks [default: 64, or the cores of this machine]
    #[arg(long, value_name = "N")]
    tasks: Option<NonZeroUsize>,

    /// Tasks at the same time [default: as many as the cluster allows]
    #[arg(long, value_name = "N")]
    throttle: Option<NonZeroUsize>,

    /// Seconds before the time limit at which a task saves and goes back into the queue [default: 60]
    #[arg(long, value_name = "SECONDS")]
    notice: Option<NonZeroUsize>,

    /// A module to load; may be given several times
    #[arg(long = "module", value_name = "NAME", value_parser = word)]
    modules: Vec<String>,
}

impl Asked {
    /// The same as the file has it.
    fn spec(&self) -> ClusterSpec {
        let number = |option: Option<NonZeroUsize>| option.map(NonZeroUsize::get);
        ClusterSpec {
            partition: self.partition.clone(),
            account: self.account.clone(),
            time: self.time.clone(),
            memory: self.memory.clone(),
            gres: self.gres.clone(),
            cpus: number(self.cpus),
            tasks: number(self.tasks),
            throttle: number(self.throttle),
            notice: number(self.notice),
            modules: self.modules.clone(),
        }
    }
}

fn word(text: &str) -> Result<String, String> {
    cluster_word(text).map_err(|rule| format!("must be {rule}"))
}

/// Where the batch system is described, in the current folder.
const CLUSTER_FILE: &str = "cluster.toml";
/// Tasks of a batch, unless others are asked for.
const USUAL_TASKS: usize = 64;

pub(super) fn submit(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let asked = asked(arguments)?;
    let work = Work::selected(workspace, &arguments.selection)?;
    let is_local = arguments.scheduler == Scheduler::Local;
    let usual = if is_local { backend::allotted_cores() } else { USUAL_TASKS };
    let shares = asked.tasks.unwrap_or(usual).min(work.most_at_once).max(1);
    let missing: Vec<usize> = work.shares(shares).iter().map(|share| work.missing(share)).collect();
    // Later rounds need all tasks.
    let is_needed = |number: &usize| work.rounds > 1 || missing[number - 1] > 0;
    let submitted: Vec<usize> = (1..=shares).filter(is_needed).collect();
    if submitted.is_empty() && !arguments.dry_run {
        let all = work.runs.len() + work.earlier;
        let sentence = format!("all {all} runs are finished; `experiments report --no-train` reports them");
        workspace.terminal.note(&sentence);
        return Ok(());
    }
    let common = shared_options(workspace)?;
    let jobs = ["--jobs".to_owned(), asked.cpus.unwrap_or(1).to_string()];
    let command = [&work.command, &jobs[..], &common].concat();
    let folder = absolute(workspace.store.folder())?;
    let folder = if arguments.dry_run { folder.join(BATCHES).join("N") } else { Batch::next_folder(&folder)? };
    let script = Script {
        name: &job_name(&arguments.selection),
        program: std::env::current_exe().map_err(Failure::outside)?,
        folder: std::env::current_dir().map_err(Failure::outside)?,
        command: &command,
        finally: last_commands(arguments, &work, &common),
        rounds: work.rounds,
        shares: (shares, &submitted),
        batch: &folder,
        cluster: &asked,
    };
    if arguments.dry_run {
        return print(&if is_local { script.local() } else { script.slurm() });
    }
    let job = cluster::submit(&script, arguments.scheduler)?;
    let tasks = submitted.len();
    let what = match (work.rounds, missing.iter().sum::<usize>() + work.later) {
        (1, missing) => format!("{missing} missing runs in {tasks} tasks"),
        (rounds, most) => format!("at most {most} missing runs in {rounds} rounds of {tasks} tasks"),
    };
    let of = arguments.selection.words().join(" ");
    Batch { work: of, command, shares, submitted, job }.save(&folder)?;
    let number = folder.file_name().unwrap_or_default().to_string_lossy();
    workspace.terminal.note(&format!("batch {number}: {what}; logs: {}", folder.display()));
    workspace.terminal.note("`experiments status` shows how it is going, `experiments cancel` ends it");
    Ok(())
}

/// What the options ask for, and the file where they do not.
fn asked(arguments: &Arguments) -> Result<ClusterSpec, Failure> {
    let file = match &arguments.cluster {
        Some(path) => ClusterSpec::read(path)?,
        None if Path::new(CLUSTER_FILE).exists() => ClusterSpec::read(Path::new(CLUSTER_FILE))?,
        None => ClusterSpec::default(),
    };
    Ok(arguments.asked.spec().or(file))
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
        ("--experiments-dir", Some(experiments_dir).filter(|folder| !built_in::stand_in_for(folder))),
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

/// What follows the last task: the result of a sweep or the verdicts, and the report of what is there.
fn last_commands(arguments: &Arguments, work: &Work, common: &[String]) -> Vec<Vec<String>> {
    let names = &arguments.selection.experiments[..];
    let result = match names {
        [what, name] if what == "sweep" => ["sweep", name, "--no-train"].map(str::to_owned).to_vec(),
        [what] if what == "report" => vec!["claims".to_owned()],
        names => [&["claims".to_owned()], names].concat(),
    };
    let mut report = ["report", "--no-train", "--out"].map(str::to_owned).to_vec();
    report.push(arguments.out.to_string_lossy().into_owned());
    if let Some(Seeds(seeds)) = &work.seeds {
        report.extend(["--seeds".to_owned(), seeds.len().to_string()]);
    }
    [result, report].map(|command| [command, common.to_vec()].concat()).to_vec()
}

/// A name for a job: `report`, a sweep or an experiment, or the name of its file.
fn job_name(selection: &Selection) -> String {
    let name = selection.experiments.last().map_or("all", String::as_str);
    let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    spec::cluster_word(&stem).unwrap_or_else(|_| "experiments".to_owned())
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::io(path, "find", &error))
}
