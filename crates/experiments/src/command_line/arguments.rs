//! The arguments of every command.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum, ValueHint, value_parser};
use record::weights_file;
use spec::{ClusterSpec, FileKind, cluster_word};

use super::Shard;
use super::seeds::{self, Seeds};
use crate::completion;

/// Curves that are judged together at most.
const MOST_CURVES: usize = 5;
/// Steps of a trace at most: of the report's networks about 150 MB.
const MOST_TRACED_STEPS: usize = 100;

/// Experiments, their overrides and seeds.
#[derive(Debug, Clone, Args)]
pub(crate) struct Selection {
    /// Declared experiments by name (task4e), or TOML files by path; for `submit` and `plan` also `report` or `sweep NAME`
    #[arg(required_unless_present = "all", value_name = "EXPERIMENT", add = completion::experiments())]
    pub(crate) experiments: Vec<String>,

    /// All experiments of the report
    #[arg(long, conflicts_with = "experiments")]
    pub(crate) all: bool,

    /// Also the experiments in `extras/`
    #[arg(long, requires = "all")]
    pub(crate) extras: bool,

    /// Change a setting: `--set model.hidden_units=16`; this makes a separate run. Settings of data and training also apply to
    /// the baseline
    #[arg(long = "set", value_name = "KEY=VALUE", add = completion::settings())]
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

    /// Seeds of an experiment at most, with `--until-decided` [default: 120]
    #[arg(long, value_name = "N", value_parser = seeds::last)]
    pub(crate) max_seeds: Option<u64>,
}

impl UntilDecided {
    /// Seeds of an experiment at most.
    pub(crate) fn most(&self) -> u64 {
        const USUAL: u64 = 120;
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

    /// Write the curves into this folder for TensorBoard, while the runs train
    #[arg(long, value_name = "DIR")]
    pub(crate) tensorboard: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) output: Output,
}

/// A format of another tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Onnx,
    Pytorch,
    Safetensors,
    Numpy,
    Tensorboard,
    Mlflow,
    Csv,
    Crate,
}

/// Weights of a run.
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

/// Arguments of `export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Declared experiments by name, or TOML files by path [default for curves: all runs on record]
    #[arg(value_name = "EXPERIMENT", add = completion::experiments())]
    pub(crate) experiments: Vec<String>,

    /// The format and where to write. Networks, of named experiments: onnx, pytorch, safetensors or numpy, into a folder
    /// [default: `export/` in the folder of the records]. Curves: tensorboard DIR, mlflow URI, csv FILE [default: stdout], or
    /// crate, which describes the folder of the records
    #[arg(long, required = true, num_args = 1..=2, value_names = ["FORMAT", "PLACE"])]
    pub(crate) to: Vec<String>,

    /// Which weights of a network
    #[arg(long, value_enum, default_value_t = Weights::Best)]
    pub(crate) weights: Weights,

    /// Replace files that exist with other content
    #[arg(long)]
    pub(crate) force: bool,

    /// Change a setting: `--set model.hidden_units=16`
    #[arg(long = "set", value_name = "KEY=VALUE", add = completion::settings())]
    pub(crate) overrides: Vec<String>,

    /// Seeds: a number, a list `1,4` or a range `1..5` [default: as in the file, else 1; without an experiment all]
    #[arg(long, value_name = "SEEDS")]
    pub(crate) seed: Option<Seeds>,
}

/// Arguments of `sweep`.
#[derive(Debug, Args)]
pub(crate) struct Sweep {
    /// A declared sweep by name, or a TOML file by path
    #[arg(value_name = "SWEEP", add = completion::sweeps())]
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
    #[arg(add = completion::experiments())]
    pub(crate) experiment: String,

    /// Change a setting: `--set model.hidden_units=16`
    #[arg(long = "set", value_name = "KEY=VALUE", add = completion::settings())]
    pub(crate) overrides: Vec<String>,

    #[command(flatten)]
    pub(crate) json: Json,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Declared experiments by name, or TOML files by path [default: all]
    #[arg(add = completion::experiments())]
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

/// Arguments of `trace`.
#[derive(Debug, Args)]
pub(crate) struct Trace {
    /// A declared experiment by name, or a TOML file by path
    #[arg(add = completion::experiments())]
    pub(crate) experiment: String,

    /// Steps from the beginning
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = traced_steps)]
    pub(crate) steps: usize,

    /// The file to write, which ends in .npz or .safetensors
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,

    /// Seed of the weights and the batch order
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,

    /// Change a setting: `--set training.batch_size=8`
    #[arg(long = "set", value_name = "KEY=VALUE", add = completion::settings())]
    pub(crate) overrides: Vec<String>,
}

/// Steps of a trace.
fn traced_steps(text: &str) -> Result<usize, String> {
    let steps = text.parse().ok().filter(|steps| (1..=MOST_TRACED_STEPS).contains(steps));
    steps.ok_or_else(|| format!("must be a number of steps from 1 to {MOST_TRACED_STEPS}"))
}

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// A declared experiment by name, or a TOML file by path
    #[arg(required_unless_present = "trace", add = completion::experiments())]
    pub(crate) experiment: Option<String>,

    /// CSV files with the columns `step`, `train_loss`, `validation_loss` and `validation_accuracy`, or some of them in any order:
    /// one file per training of the same program, at most five
    #[arg(required_unless_present = "trace", num_args = 1..=MOST_CURVES, value_name = "FILE")]
    pub(crate) curves: Vec<PathBuf>,

    /// Find the first array in which your program, whose arrays are in the first file, differs from the trace in the second one
    #[arg(long, num_args = 2, value_names = ["MINE", "TRACE"], conflicts_with_all = ["experiment", "curves"])]
    pub(crate) trace: Vec<PathBuf>,

    /// What `train_loss` is a mean over
    #[arg(long, value_enum, default_value_t = TrainLossOf::Batches)]
    pub(crate) train_loss: TrainLossOf,

    /// Seeds of the band: those from 1 to this number; the missing ones are trained
    #[arg(long, value_name = "N", default_value = "10", value_parser = seeds::first)]
    pub(crate) seeds: Seeds,

    /// Make the band of the seeds that are finished, and train none
    #[arg(long)]
    pub(crate) no_train: bool,

    /// Change a setting: `--set training.batch_size=64`
    #[arg(long = "set", value_name = "KEY=VALUE", add = completion::settings())]
    pub(crate) overrides: Vec<String>,

    /// Trainings at the same time [default: the physical cores; 1 on a graphics processor]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(crate) output: Json,
}

/// What a training loss is a mean over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrainLossOf {
    /// The images of the batches, of single steps or since the line before
    Batches,
    /// All training images
    Images,
}

impl From<TrainLossOf> for mistakes::TrainLoss {
    fn from(of: TrainLossOf) -> Self {
        match of {
            TrainLossOf::Batches => Self::Batches,
            TrainLossOf::Images => Self::AllImages,
        }
    }
}

/// Arguments of `mistakes`.
#[derive(Debug, Args)]
pub(crate) struct Mistakes {
    /// A declared experiment by name, or a TOML file by path [default: only list the mistakes]
    #[arg(add = completion::experiments())]
    pub(crate) experiment: Option<String>,

    /// Seeds of every mistake; without a mistake there are four times as many
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(5..=100))]
    pub(crate) seeds: u64,

    /// Trainings at the same time [default: the physical cores; 1 on a graphics processor]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(crate) output: Output,
}

/// Arguments of `predict`.
#[derive(Debug, Args)]
pub(crate) struct Predict {
    /// A declared experiment by name, or a TOML file by path
    #[arg(add = completion::experiments())]
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
    #[arg(value_name = "EXPERIMENT", add = completion::experiments())]
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
    #[arg(required = true, value_name = "EXPERIMENT", add = completion::experiments())]
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
    #[arg(long = "set", value_name = "KEY=VALUE", add = completion::settings())]
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

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Folder of the project; it is created if it does not exist
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) dir: PathBuf,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// What a file declares: experiment, comparison, sweep or cluster
    #[arg(value_name = "KIND", hide_possible_values = true, value_parser = PossibleValuesParser::new(FileKind::ALL.map(FileKind::as_str)))]
    kind: String,
}

impl Schema {
    /// The kind of file.
    pub(crate) fn kind(&self) -> Option<FileKind> {
        FileKind::ALL.into_iter().find(|kind| kind.as_str() == self.kind)
    }
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = PossibleValuesParser::new(completion::SHELLS.map(|shell| shell.name())))]
    pub(crate) shell: String,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Folder of the pages
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) dir: PathBuf,
}
