//! The command line: its options, commands and help.

mod arguments;
mod parse;
pub(crate) mod seeds;
mod shard;

use std::path::PathBuf;

use clap::builder::{FalseyValueParser, PossibleValuesParser};
use clap::{ArgAction, Args, Parser, ValueHint};
use kernels::Instructions;
use mnist::DatasetName;

use crate::commands::Command;
use crate::{backend, built_in, completion, host};
pub(crate) use arguments::{Json, Output, Selection, UntilDecided, Weights};
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
