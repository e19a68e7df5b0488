//! The commands, one file each: its arguments and what it does.

mod check;
mod claims;
mod compare;
mod data;
mod demo;
mod export;
mod figure;
mod gradcheck;
mod init;
mod list;
mod mistakes;
mod plan;
mod predict;
mod report;
mod run;
mod schema;
mod shell;
mod show;
mod status;
mod stored;
mod submit;
mod sweep;
mod trace;
mod variance;

use clap::Subcommand;

use crate::built_in;
use crate::command_line::{Json, Selection};
use crate::failure::Failure;
use crate::workspace::Workspace;

/// A command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train the experiments that are not finished, show their results, draw their figures
    Run(run::Arguments),
    /// Search for better settings as a file in `sweeps/` declares, and train the best ones again
    Sweep(sweep::Arguments),
    /// List the declared experiments with their settings and the state of their runs
    List(Json),
    /// Show an experiment in full: settings, layers, parameters
    Show(show::Arguments),
    /// Check experiment files
    Check(check::Arguments),
    /// Find or download the dataset, verify it, print its SHA-256, mean and standard deviation (task 2a)
    Data(data::Arguments),
    /// Compare Burn's gradients with central differences in double precision (tasks 2b and 4c)
    Gradcheck(gradcheck::Arguments),
    /// Write the first steps of a training, every array in double precision, as a file for NumPy
    Trace(trace::Arguments),
    /// Compare the curves of your own program with the seeds of an experiment, and name the mistakes that they look like; or, with
    /// `--trace`, find the first array in which it differs from a trace
    Compare(compare::Arguments),
    /// List the declared mistakes; of an experiment, train those whose curves are missing and show how well they are told apart
    Mistakes(mistakes::Arguments),
    /// Classify images with a trained network: PNG, JPEG and IDX files, or folders of them
    Predict(predict::Arguments),
    /// Draw figures again from the records, without training
    Figure(Selection),
    /// Write networks and curves in the formats of other tools
    Export(export::Arguments),
    /// Test the report's statements on the records of all seeds
    Claims(claims::Arguments),
    /// Cross seeds of the initial weights with seeds of the batch order, and show which of them makes the results vary
    Variance(variance::Arguments),
    /// Train what is missing and write the report: a page and, with `--pdf`, a PDF
    Report(report::Arguments),
    /// Write a page to draw digits on, with the networks of all finished experiments
    Demo(demo::Arguments),
    /// List the runs that a command lacks, or one share of them, for a batch system
    Plan(plan::Arguments),
    /// Train the missing runs as tasks of a Slurm cluster, or as processes of this machine, and write the report afterwards
    Submit(submit::Arguments),
    /// Show how the submitted runs are getting on
    Status(Json),
    /// Cancel what was submitted; the same `submit` continues later
    Cancel(status::Batches),
    /// Begin a project: the report's experiments, a Makefile and a folder for data
    Init(init::Arguments),
    /// Print the JSON Schema of the files that declare experiments, for editors
    Schema(schema::Arguments),
    /// Print the script with which a shell completes this program's arguments
    Completions(shell::Completions),
    /// Write the manual pages
    Man(shell::Man),
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

/// Runs the command.
pub(crate) fn dispatch(workspace: &Workspace, command: &Command) -> Result<(), Failure> {
    if command.reads_experiments() && built_in::stand_in_for(&workspace.options.experiments_dir) {
        workspace.terminal.note(
            "no experiments/ in this folder: the report's experiments are used, which are inside the program; `experiments init DIR` \
             writes them to files",
        );
    }
    match command {
        Command::Run(arguments) if arguments.quick => run::run(&workspace.for_quick_runs(), arguments),
        Command::Run(arguments) => run::run(workspace, arguments),
        Command::List(arguments) => list::list(workspace, arguments),
        Command::Sweep(arguments) => sweep::sweep(workspace, arguments),
        Command::Show(arguments) => show::show(workspace, arguments),
        Command::Check(arguments) => check::check(workspace, arguments),
        Command::Data(arguments) => data::data(workspace, arguments),
        Command::Gradcheck(arguments) => gradcheck::gradcheck(workspace, arguments),
        Command::Export(arguments) => export::export(workspace, arguments),
        Command::Trace(arguments) => trace::trace(workspace, arguments),
        Command::Compare(arguments) => compare::compare(workspace, arguments),
        Command::Mistakes(arguments) => mistakes::mistakes(workspace, arguments),
        Command::Predict(arguments) => predict::predict(workspace, arguments),
        Command::Figure(arguments) => figure::figure(workspace, arguments),
        Command::Claims(arguments) => claims::claims(workspace, arguments),
        Command::Variance(arguments) => variance::variance(workspace, arguments),
        Command::Report(arguments) => report::report(workspace, arguments),
        Command::Demo(arguments) => demo::demo(workspace, arguments),
        Command::Plan(arguments) => plan::plan(workspace, arguments),
        Command::Submit(arguments) => submit::submit(workspace, arguments),
        Command::Status(arguments) => status::status(workspace, arguments),
        Command::Cancel(arguments) => status::cancel(workspace, arguments),
        Command::Init(arguments) => init::init(workspace, arguments),
        Command::Schema(arguments) => schema::schema(arguments),
        Command::Completions(arguments) => shell::completions(arguments),
        Command::Man(arguments) => shell::man(workspace, arguments),
    }
}
