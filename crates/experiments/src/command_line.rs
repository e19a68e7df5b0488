//! The command line: its options, commands and help.

pub(crate) mod arguments;
mod parse;
mod seeds;
mod shard;

use std::path::PathBuf;

use clap::builder::{FalseyValueParser, PossibleValuesParser};
use clap::{ArgAction, Args, Parser, Subcommand, ValueHint};
use kernels::Instructions;
use mnist::DatasetName;

use crate::{backend, built_in, completion, host};
use arguments::{
    Batches, Check, Claims, Compare, Completions, Data, Demo, Export, Gradcheck, Init, Json, Man, Mistakes, Plan,
    Predict, Report, Run, Schema, Selection, Show, Submit, Sweep, Trace, Variance,
};
pub(crate) use parse::parse;
pub(crate) use seeds::Seeds;
pub(crate) use shard::Shard;

/// Reproduces the experiments of a university report on softmax regression with backpropagation on MNIST.
#[derive(Debug, Parser)]
#[command(version = host::version(), bin_name = "experiments", after_help = EXAMPLES, max_term_width = 120)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  experiments list                                   experiments and the state of their runs
  experiments run task4e                             train ten hidden layers and draw the curves
  experiments run task3 --no-tui                     task 3, with progress bars
  experiments run task4a --set model.hidden_units=16 --seed 1..3
  experiments run --all --quick                      a few steps of each: does everything work?
  experiments run --all --jobs 2                     all experiments, two trainings at a time
  experiments run path/to/mine.toml                  your own experiment
  experiments run task4 --seeds 10                   ten replicates each
  experiments sweep learning_rate_momentum           search for better settings
  experiments figure task4e                          draw again, without training
  experiments export task4e --to onnx                the network for ONNX Runtime; also for PyTorch, NumPy
  experiments export --to tensorboard curves         the curves of all runs; also for MLflow, as CSV
  experiments predict task3c seven.png               classify an image of your own
  experiments claims                                 test the report's statements
  experiments report                                 train what is missing, write the report
  experiments demo                                   a page to draw digits on, with all trained networks
  experiments gradcheck --all-weights                tasks 2b and 4c
  experiments init my-lab                            a project of your own, with these experiments
  experiments trace task3c --to trace.npz            every array of the first 20 steps
  experiments compare task3c mine.csv                what is wrong with your own program's curve
  experiments compare --trace mine.npz trace.npz     where your own program begins to differ
  experiments submit task4 --seeds 100               on a Slurm cluster; `experiments status` shows how it is going

Exit codes: 0 success, 1 failure of a disk, device or check, 2 bad input, 3 a run diverged, 130 interrupted.";

/// Options that every command takes.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Options {
    /// Folder of the declared experiments; the report's, which are inside the program, stand in for a missing `experiments`
    #[arg(long, global = true, value_name = "DIR", default_value = built_in::FOLDER, value_hint = ValueHint::DirPath)]
    pub(crate) experiments_dir: PathBuf,

    /// Folder of the records; figures go into its `figures/`
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "EXPERIMENTS_RUNS_DIR",
        hide_env_values = true,
        default_value = "runs",
        value_hint = ValueHint::DirPath
    )]
    pub(crate) runs_dir: PathBuf,

    /// Folder with the four IDX files of the dataset, gzipped or not, torchvision's folder, or a NumPy archive such as Keras'
    /// mnist.npz [default: `MNIST_DIR` for MNIST, data/mnist, the cache, `~/.keras/datasets`, a download]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub(crate) data_dir: Option<PathBuf>,

    /// Dataset to train on and to read records of: mnist, fashion-mnist, kmnist, emnist-digits, qmnist, made-up, or own for
    /// one of your own in the folder `--data-dir` [default: for training mnist, else made-up; for records the one that has the
    /// most]
    #[arg(long, global = true, value_name = "NAME", add = completion::datasets())]
    pub(crate) dataset: Option<DatasetName>,

    /// Never download anything
    #[arg(long, global = true, env = "EXPERIMENTS_OFFLINE", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub(crate) offline: bool,

    /// Backend to train on and to read records of: flex, ndarray, wgpu or cuda [default: for training the first that is
    /// compiled in; for records the one that has the most]
    #[arg(long, global = true, value_name = "NAME", env = "EXPERIMENTS_BACKEND", hide_env_values = true, hide_possible_values = true, value_parser = PossibleValuesParser::new(backend::NAMES))]
    pub(crate) backend: Option<String>,

    /// Vector instructions to train with, avx512, avx2, neon or scalar: results of different ones differ in rounding [default:
    /// the widest of the processor]
    #[arg(long, global = true, value_name = "NAME", env = "EXPERIMENTS_INSTRUCTIONS", hide_env_values = true)]
    pub(crate) instructions: Option<Instructions>,

    /// Resume also where a checkpoint was computed with other vector instructions, and mark the record as mixed
    #[arg(long, global = true)]
    pub(crate) mix_instructions: bool,

    /// Print only warnings and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Also print where data and records come from
    #[arg(short, long, global = true, action = ArgAction::SetTrue)]
    pub(crate) verbose: bool,
}

/// A command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train the experiments that are not finished, show their results, draw their figures
    Run(Run),
    /// Search for better settings as a file in `sweeps/` declares, and train the best ones again
    Sweep(Sweep),
    /// List the declared experiments with their settings and the state of their runs
    List(Json),
    /// Show an experiment in full: settings, layers, parameters
    Show(Show),
    /// Check experiment files
    Check(Check),
    /// Find or download the dataset, verify it, print its SHA-256, mean and standard deviation (task 2a)
    Data(Data),
    /// Compare Burn's gradients with central differences in double precision (tasks 2b and 4c)
    Gradcheck(Gradcheck),
    /// Write the first steps of a training, every array in double precision, as a file for NumPy
    Trace(Trace),
    /// Hold the curves of your own program against the seeds of an experiment, and name the mistakes that they look like; or, with
    /// `--trace`, find the first array in which it differs from a trace
    Compare(Compare),
    /// List the declared mistakes; of an experiment, train those whose curves are missing and show how well they are told apart
    Mistakes(Mistakes),
    /// Classify images with a trained network: PNG, JPEG and IDX files, or folders of them
    Predict(Predict),
    /// Draw figures again from the records, without training
    Figure(Selection),
    /// Write networks and curves in the formats of other tools
    Export(Export),
    /// Test the report's statements on the records of all seeds
    Claims(Claims),
    /// Cross seeds of the initial weights with seeds of the batch order, and show which of them makes the results vary
    Variance(Variance),
    /// Train what is missing and write the report: a page and, with `--pdf`, a PDF
    Report(Report),
    /// Write a page to draw digits on, with the networks of all finished experiments
    Demo(Demo),
    /// List the runs that a command lacks, or one share of them, for a batch system
    Plan(Plan),
    /// Train the missing runs as tasks of a Slurm cluster, or as processes of this machine, and write the report afterwards
    Submit(Submit),
    /// Show how the submitted runs are getting on
    Status(Json),
    /// Cancel what was submitted; the same `submit` continues later
    Cancel(Batches),
    /// Begin a project: the report's experiments, a Makefile and a folder for data
    Init(Init),
    /// Print the JSON Schema of the files that declare experiments, for editors
    Schema(Schema),
    /// Print the script with which a shell completes this program's arguments
    Completions(Completions),
    /// Write the manual pages
    Man(Man),
}

impl Command {
    /// Whether it reads the declared experiments.
    pub(crate) fn reads_experiments(&self) -> bool {
        !matches!(
            self,
            Self::Data(_)
                | Self::Status(_)
                | Self::Cancel(_)
                | Self::Init(_)
                | Self::Schema(_)
                | Self::Completions(_)
                | Self::Man(_)
        )
    }
}
