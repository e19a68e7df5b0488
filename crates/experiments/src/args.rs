//! The command line, and what it teaches.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};
use mnist::DatasetName;

use crate::seeds::{self, Seeds};

/// Reproduces the experiments of a university report on softmax regression with backpropagation on MNIST.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES, max_term_width = 120)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  experiments list                                   what is declared and has been run
  experiments run task4e                             train and draw ten hidden layers
  experiments run task3 --no-tui                     task 3, with a progress bar
  experiments run task4a --set model.hidden_units=[16] --seed 1..3
  experiments run --all --jobs 2                     everything, two trainings at a time
  experiments run path/to/mine.toml                  an experiment of yours
  experiments run task4 --seeds 10                   ten replicates each
  experiments figure task4e                          draw again, without training
  experiments claims                                 the report's statements, judged
  experiments report                                 the finished report
  experiments gradcheck --all-weights                tasks 2b and 4c

Exit codes: 0 done, 1 a failure of disk, device or check, 2 bad input, 3 a run diverged, 130 interrupted.";

/// Options that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Folder of the declared experiments
    #[arg(long, global = true, value_name = "DIR", default_value = "experiments")]
    pub(crate) experiments_dir: PathBuf,

    /// Folder of the runs' records, with the figures in `figures/`
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "EXPERIMENTS_RUNS_DIR",
        hide_env_values = true,
        default_value = "runs"
    )]
    pub(crate) runs_dir: PathBuf,

    /// Folder with the four IDX files of the dataset, gzipped or not [default: `MNIST_DIR` for MNIST, data/mnist, the
    /// cache, a download]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Dataset to use, and no other: mnist, fashion-mnist, kmnist or made-up [default: mnist, else made-up]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) dataset: Option<DatasetName>,

    /// Never download anything
    #[arg(long, global = true, env = "EXPERIMENTS_OFFLINE", hide_env_values = true, value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) offline: bool,

    /// Backend that computes: flex, ndarray, wgpu or cuda [default: the first that is compiled in]
    #[arg(long, global = true, value_name = "NAME", env = "EXPERIMENTS_BACKEND", hide_env_values = true)]
    pub(crate) backend: Option<String>,

    /// Say less: warnings and errors alone
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Say more: where data and records come from
    #[arg(short, long, global = true, action = ArgAction::SetTrue)]
    pub(crate) verbose: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train experiments that have no finished record yet, show their results, draw their figures
    Run(Run),
    /// List the declared experiments with their settings and state
    List(Json),
    /// Show one experiment, resolved: settings, layers, parameters
    Show(Show),
    /// Check experiment files: all of the folder, or those named
    Check(Check),
    /// Find or fetch the dataset, verify it, print its digests, mean and standard deviation (task 2a)
    Data(Data),
    /// Hold Burn's gradients against central differences in double precision (tasks 2b and 4c)
    Gradcheck(Gradcheck),
    /// Draw figures again from the records, without training
    Figure(Figure),
    /// Hold the report's statements against the records of all seeds there are
    Claims(Claims),
    /// Train what is missing and write the finished report, a page and on demand a PDF
    Report(Report),
}

/// Which experiments, changed how, with which seeds.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// Declared experiments by name (task4e), or TOML files by path
    #[arg(required_unless_present = "all", value_name = "EXPERIMENT")]
    pub(crate) experiments: Vec<String>,

    /// Everything that the report asks for
    #[arg(long, conflicts_with = "experiments")]
    pub(crate) all: bool,

    /// The experiments beside the report's as well, those in `extras/`
    #[arg(long, requires = "all")]
    pub(crate) extras: bool,

    /// Change a setting: `--set model.hidden_units=[16]`; the result is a run of its own
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) overrides: Vec<String>,

    /// Seeds of weights and batch order: a number, a list `1,4` or a range `1..5` (1, 2, 3, 4 and 5) [default: what the
    /// file says, else 1]
    #[arg(long, value_name = "SEEDS")]
    pub(crate) seed: Option<Seeds>,

    /// Replicates: the seeds from 1 to this number
    #[arg(long, value_name = "N", conflicts_with = "seed", value_parser = seeds::first)]
    pub(crate) seeds: Option<Seeds>,
}

impl Selection {
    /// The seeds that were asked for; those of the file where nobody said anything.
    pub(crate) fn seeds_or(&self, declared: usize) -> Seeds {
        self.seed.clone().or_else(|| self.seeds.clone()).unwrap_or_else(|| Seeds::up_to(declared as u64))
    }
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) selection: Selection,

    /// Trainings side by side; the results do not depend on it [default: the physical cores; 1 on a graphics processor, and
    /// where Burn's dashboard shows a single experiment]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// Show progress bars on stderr instead of Burn's dashboard
    #[arg(long)]
    pub(crate) no_tui: bool,

    #[command(flatten)]
    pub(crate) json: Json,

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

    /// Change a setting: `--set model.hidden_units=[16]`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) overrides: Vec<String>,

    #[command(flatten)]
    pub(crate) json: Json,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Files to check [default: all of the experiments folder]
    pub(crate) experiments: Vec<String>,
}

/// Arguments of `data`.
#[derive(Debug, Args)]
pub(crate) struct Data {
    /// Write a contact sheet of the images as PNG: a row for every class
    #[arg(long, value_name = "FILE")]
    pub(crate) preview: Option<PathBuf>,
}

/// Arguments of `gradcheck`.
#[derive(Debug, Args)]
pub(crate) struct Gradcheck {
    /// Check every weight instead of some hundred of every layer
    #[arg(long)]
    pub(crate) all_weights: bool,

    /// Seed of the weights
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// Arguments of `figure`.
#[derive(Debug, Args)]
pub(crate) struct Figure {
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// Arguments of `claims`.
#[derive(Debug, Args)]
pub(crate) struct Claims {
    /// Declared experiments by name, or TOML files by path [default: all, the extra ones included]
    #[arg(value_name = "EXPERIMENT")]
    pub(crate) experiments: Vec<String>,

    /// End with exit code 1 unless every claim holds
    #[arg(long)]
    pub(crate) strict: bool,

    #[command(flatten)]
    pub(crate) json: Json,

    /// Print the table as Markdown
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// Replicates of every experiment: the seeds from 1 to this number
    #[arg(long, value_name = "N", default_value = "5", value_parser = seeds::first)]
    pub(crate) seeds: Seeds,

    /// Folder that the report is written into
    #[arg(long, value_name = "DIR", default_value = "report")]
    pub(crate) out: PathBuf,

    /// Write report.pdf as well (needs the program built with the feature `pdf`)
    #[arg(long)]
    pub(crate) pdf: bool,

    /// Train nothing: report what has been run, and name what is missing
    #[arg(long)]
    pub(crate) no_train: bool,

    /// Trainings side by side [default: the physical cores; 1 on a graphics processor]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
}
