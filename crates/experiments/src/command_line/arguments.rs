//! The arguments of every command.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum, value_parser};
use record::weights_file;
use spec::{ClusterSpec, cluster_word};

use super::Shard;
use super::seeds::{self, Seeds};

/// Experiments, their overrides and seeds.
#[derive(Debug, Clone, Args)]
pub(crate) struct Selection {
    /// Declared experiments by name (task4e), or TOML files by path; for `submit` and `plan` also `report` or `sweep NAME`
    #[arg(required_unless_present = "all", value_name = "EXPERIMENT")]
    pub(crate) experiments: Vec<String>,

    /// All experiments of the report
    #[arg(long, conflicts_with = "experiments")]
    pub(crate) all: bool,

    /// Also the experiments in `extras/`
    #[arg(long, requires = "all")]
    pub(crate) extras: bool,

    /// Change a setting: `--set model.hidden_units=16`; this makes a separate run. Settings of data and training also apply to
    /// the baseline
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) overrides: Vec<String>,

    /// Only the experiments themselves, not the baselines that they are compared with
    #[arg(long)]
    pub(crate) no_baseline: bool,

    /// Seeds of the weights and the batch order: a number, a list `1,4` or a range `1..5` (1, 2, 3, 4 and 5) [default: as in
    /// the file, else 1]
    #[arg(long, value_name = "SEEDS")]
    pub(crate) seed: Option<Seeds>,

    /// Replicates: the seeds from 1 to this number
    #[arg(long, value_name = "N", conflicts_with = "seed", value_parser = seeds::first)]
    pub(crate) seeds: Option<Seeds>,
}

impl Selection {
    /// The seeds of the command line, else those of the file.
    pub(crate) fn seeds_or(&self, declared: usize) -> Seeds {
        let given = self.seed.as_ref().or(self.seeds.as_ref());
        given.cloned().unwrap_or_else(|| Seeds((1..=declared as u64).collect()))
    }

    /// The selection as it would be typed.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = self.experiments.clone();
        let flags = [(self.all, "--all"), (self.extras, "--extras"), (self.no_baseline, "--no-baseline")];
        words.extend(flags.iter().filter(|(is_given, _)| *is_given).map(|(_, flag)| (*flag).to_owned()));
        for given in &self.overrides {
            words.extend(["--set".to_owned(), given.clone()]);
        }
        if let Some(Seeds(seeds)) = &self.seeds {
            words.extend(["--seeds".to_owned(), seeds.len().to_string()]);
        }
        if let Some(Seeds(seeds)) = &self.seed {
            words.extend(["--seed".to_owned(), seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(",")]);
        }
        words
    }
}

/// Seeds that are added until every claim is decided.
#[derive(Debug, Args)]
pub(crate) struct UntilDecided {
    /// Add seeds where claims are undecided, the cheapest claim first, until all are decided; the verdicts stay valid
    #[arg(long)]
    pub(crate) until_decided: bool,

    /// Seeds of an experiment at most, with `--until-decided` [default: 50]
    #[arg(long, value_name = "N", value_parser = seeds::last)]
    pub(crate) max_seeds: Option<u64>,
}

impl UntilDecided {
    /// Seeds of an experiment at most.
    pub(crate) fn most(&self) -> u64 {
        const USUAL: u64 = 50;
        self.max_seeds.unwrap_or(USUAL)
    }

    /// Whether seeds are added; `--max-seeds` asks for it too.
    pub(crate) fn is_asked(&self) -> bool {
        self.until_decided || self.max_seeds.is_some()
    }
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) selection: Selection,

    #[command(flatten)]
    pub(crate) until_decided: UntilDecided,

    /// Train only a few steps of each run, to see whether everything works; the records go to `quick/` in the folder of the
    /// records
    #[arg(long, conflicts_with_all = ["until_decided", "max_seeds"])]
    pub(crate) quick: bool,

    /// Only one of several equal shares of the runs: `3/16` is the third of sixteen. Shares are disjoint, and stay the same when
    /// runs finish
    #[arg(long, value_name = "SHARE", conflicts_with_all = ["until_decided", "max_seeds"])]
    pub(crate) shard: Option<Shard>,

    /// Trainings at the same time; does not change the results [default: the physical cores; 1 on a graphics processor or with
    /// Burn's dashboard]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// Show progress bars on stderr instead of Burn's dashboard
    #[arg(long)]
    pub(crate) no_tui: bool,

    #[command(flatten)]
    pub(crate) output: Output,
}

/// Arguments of `sweep`.
#[derive(Debug, Args)]
pub(crate) struct Sweep {
    /// A declared sweep by name, or a TOML file by path
    #[arg(value_name = "SWEEP")]
    pub(crate) name: String,

    /// Trainings at the same time; does not change the results [default: the physical cores; 1 on a graphics processor]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// Stop after this time; the same command resumes
    #[arg(long, value_name = "MINUTES", value_parser = minutes)]
    pub(crate) max_minutes: Option<f64>,

    /// Stop at the first trial that fails; without this option the others still run and the failure is reported at the end
    #[arg(long)]
    pub(crate) fail_fast: bool,

    /// Do not train: show the sweep as far as its runs are finished
    #[arg(long, conflicts_with_all = ["fail_fast", "max_minutes", "jobs"])]
    pub(crate) no_train: bool,

    /// Train only one of several equal shares of the next round: `3/16` is the third of sixteen. When all shares are finished, the
    /// same command trains the round after it
    #[arg(long, value_name = "SHARE", conflicts_with_all = ["fail_fast", "no_train", "json", "markdown"])]
    pub(crate) shard: Option<Shard>,

    #[command(flatten)]
    pub(crate) output: Output,
}

/// A time in minutes.
fn minutes(text: &str) -> Result<f64, String> {
    let minutes = text.parse().ok().filter(|minutes| (0.0..=1e6).contains(minutes));
    minutes.ok_or_else(|| "must be a number of minutes such as 90 or 0.5".to_owned())
}

/// Output for scripts or documents.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Print JSON on stdout, and nothing else there
    #[arg(long)]
    pub(crate) json: bool,

    /// Print the table as Markdown
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
}

/// Output for scripts.
#[derive(Debug, Args)]
pub(crate) struct Json {
    /// Print JSON on stdout, and nothing else there
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `show`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// A declared experiment by name, or a TOML file by path
    pub(crate) experiment: String,

    /// Change a setting: `--set model.hidden_units=16`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) overrides: Vec<String>,

    #[command(flatten)]
    pub(crate) json: Json,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Declared experiments by name, or TOML files by path [default: all]
    pub(crate) experiments: Vec<String>,
}

/// Arguments of `data`.
#[derive(Debug, Args)]
pub(crate) struct Data {
    /// Write a contact sheet of the images as PNG, one row per class
    #[arg(long, value_name = "FILE")]
    pub(crate) preview: Option<PathBuf>,
}

/// Arguments of `gradcheck`.
#[derive(Debug, Args)]
pub(crate) struct Gradcheck {
    /// Check every weight instead of 300 per layer
    #[arg(long)]
    pub(crate) all_weights: bool,

    /// Seed of the weights
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// Which weights of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Weights {
    /// Those at the lowest validation loss
    Best,
    /// Those at the end
    Last,
}

impl Weights {
    /// The name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Last => "last",
        }
    }

    /// The file of a run.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Best => weights_file::BEST,
            Self::Last => weights_file::LAST,
        }
    }
}

/// Arguments of `predict`.
#[derive(Debug, Args)]
pub(crate) struct Predict {
    /// A declared experiment by name, or a TOML file by path
    pub(crate) experiment: String,

    /// PNG, JPEG or IDX files, or folders of them. In a folder, those in subfolders named 0 to 9 have these labels
    #[arg(required = true, value_name = "IMAGE")]
    pub(crate) images: Vec<PathBuf>,

    /// The labels of all images, in their order: an IDX file
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: Option<PathBuf>,

    /// Show this number of classes, the most probable first
    #[arg(long, value_name = "K", default_value_t = 2, value_parser = value_parser!(u8).range(1..))]
    pub(crate) top: u8,

    /// Write a PNG of the images as the network sees them, 28 x 28
    #[arg(long, value_name = "FILE")]
    pub(crate) show: Option<PathBuf>,

    /// Write a PNG of which pixels speak for the class, red, and against it, blue
    #[arg(long, value_name = "FILE")]
    pub(crate) explain: Option<PathBuf>,

    /// The weights to use
    #[arg(long, value_enum, default_value_t = Weights::Best)]
    pub(crate) weights: Weights,

    /// Seed of the run [default: the lowest that is finished]
    #[arg(long, value_name = "SEED")]
    pub(crate) seed: Option<u64>,

    #[command(flatten)]
    pub(crate) json: Json,
}

/// Arguments of `claims`.
#[derive(Debug, Args)]
pub(crate) struct Claims {
    /// Declared experiments by name, or TOML files by path [default: all, including `extras/`]
    #[arg(value_name = "EXPERIMENT")]
    pub(crate) experiments: Vec<String>,

    /// Exit with code 1 unless every claim holds
    #[arg(long)]
    pub(crate) strict: bool,

    #[command(flatten)]
    pub(crate) until_decided: UntilDecided,

    /// Trainings at the same time, with `--until-decided` [default: the physical cores; 1 on a graphics processor]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(crate) output: Output,
}

/// Arguments of `variance`.
#[derive(Debug, Args)]
pub(crate) struct Variance {
    /// Declared experiments by name, or TOML files by path
    #[arg(required = true, value_name = "EXPERIMENT")]
    pub(crate) experiments: Vec<String>,

    /// Cross the seeds from 1 to this number of the initial weights with the same ones of the batch order
    #[arg(long, value_name = "N", default_value = "8", value_parser = seeds::first)]
    pub(crate) seeds: Seeds,

    /// Seeds of the initial weights, instead of `--seeds`: a number, a list `1,4` or a range `1..5`
    #[arg(long, value_name = "SEEDS")]
    pub(crate) init: Option<Seeds>,

    /// Seeds of the batch order, instead of `--seeds`
    #[arg(long, value_name = "SEEDS")]
    pub(crate) order: Option<Seeds>,

    /// Change a setting: `--set model.hidden_units=16`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) overrides: Vec<String>,

    /// Trainings at the same time [default: the physical cores; 1 on a graphics processor]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(crate) output: Output,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// Replicates of every experiment: the seeds from 1 to this number, and no more unless `--until-decided` is given
    /// [default: 3, and more until every claim is decided]
    #[arg(long, value_name = "N", value_parser = seeds::first)]
    pub(crate) seeds: Option<Seeds>,

    #[command(flatten)]
    pub(crate) until_decided: UntilDecided,

    /// Folder of the report
    #[arg(long, value_name = "DIR", default_value = "report")]
    pub(crate) out: PathBuf,

    /// Write report.pdf as well (needs the program report-pdf, which `make report-pdf` builds)
    #[arg(long)]
    pub(crate) pdf: bool,

    /// Do not train: report the finished runs, and name what is missing
    #[arg(long)]
    pub(crate) no_train: bool,

    /// Trainings at the same time [default: the physical cores; 1 on a graphics processor]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Folder of the page
    #[arg(long, alias = "output", value_name = "DIR", default_value = "demo")]
    pub(crate) out: PathBuf,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) selection: Selection,

    /// One of several equal shares, as `run --shard` takes it
    #[arg(long, value_name = "SHARE")]
    pub(crate) shard: Option<Shard>,

    #[command(flatten)]
    pub(crate) json: Json,
}

/// Who runs the tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scheduler {
    /// Slurm, as a job array
    Slurm,
    /// Processes of this machine
    Local,
}

/// Arguments of `submit`. Options about the cluster win over its file.
#[derive(Debug, Args)]
pub(crate) struct Submit {
    #[command(flatten)]
    pub(crate) selection: Selection,

    /// Who runs the tasks
    #[arg(long, value_enum, default_value_t = Scheduler::Slurm)]
    pub(crate) scheduler: Scheduler,

    /// Print the scripts, and submit nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Folder of the report, which is written after the last task
    #[arg(long, value_name = "DIR", default_value = "report")]
    pub(crate) out: PathBuf,

    /// TOML file that describes the cluster [default: cluster.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) cluster: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) asked: Asked,
}

/// What a cluster is asked for, with the keys of its file.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
pub(crate) struct Asked {
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
    pub(crate) fn spec(&self) -> ClusterSpec {
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

/// Arguments of `cancel`.
#[derive(Debug, Args)]
pub(crate) struct Batches {
    /// Numbers of batches, as `status` shows them [default: all]
    #[arg(value_name = "BATCH")]
    pub(crate) batches: Vec<usize>,
}
