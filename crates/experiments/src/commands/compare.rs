//! `experiments compare`: compares what another program computed with what this one does.

mod arrays;
mod curves;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::command_line::{Json, Seeds, seeds};
use crate::completion;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// Curves that are judged together at most.
const MOST_CURVES: usize = 5;

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A declared experiment by name, or a TOML file by path
    #[arg(required_unless_present = "trace", add = completion::experiments())]
    experiment: Option<String>,

    /// CSV files with the columns `step`, `train_loss`, `validation_loss` and `validation_accuracy`, or some of them in any order:
    /// one file per training of the same program, at most five
    #[arg(required_unless_present = "trace", num_args = 1..=MOST_CURVES, value_name = "FILE")]
    curves: Vec<PathBuf>,

    /// Find the first array in which your program, whose arrays are in the first file, differs from the trace in the second one
    #[arg(long, num_args = 2, value_names = ["MINE", "TRACE"], conflicts_with_all = ["experiment", "curves"])]
    trace: Vec<PathBuf>,

    /// What `train_loss` is a mean over
    #[arg(long, value_enum, default_value_t = TrainLossOf::Batches)]
    train_loss: TrainLossOf,

    /// Seeds of the band: those from 1 to this number; the missing ones are trained
    #[arg(long, value_name = "N", default_value = "10", value_parser = seeds::first)]
    seeds: Seeds,

    /// Make the band of the seeds that are finished, and train none
    #[arg(long)]
    no_train: bool,

    /// Change a setting: `--set training.batch_size=64`
    #[arg(long = "set", value_name = "KEY=VALUE", add = completion::settings())]
    overrides: Vec<String>,

    /// Trainings at the same time [default: the physical cores; 1 on a graphics processor]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    output: Json,
}

/// What a training loss is a mean over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TrainLossOf {
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

pub(super) fn compare(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    match (&arguments.experiment, arguments.trace.as_slice()) {
        (_, [mine, ours]) => arrays::compare(mine, ours, arguments.output.json),
        (Some(experiment), _) => curves::compare(workspace, arguments, experiment),
        (None, _) => {
            Err(Failure::bad_input("an experiment is missing").with_hint("for example `compare task3c mine.csv`"))
        }
    }
}
