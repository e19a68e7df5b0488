//! One file per command.

mod check;
mod claims;
mod data;
mod demo;
mod figure;
mod gradcheck;
mod list;
mod plan;
mod predict;
mod report;
mod run;
mod show;
mod status;
mod submit;
mod sweep;
mod variance;

use crate::command_line::Command;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// Runs the command.
pub(crate) fn dispatch(workspace: &Workspace, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Run(arguments) if arguments.quick => run::run(&workspace.for_quick_runs(), arguments),
        Command::Run(arguments) => run::run(workspace, arguments),
        Command::List(arguments) => list::list(workspace, arguments),
        Command::Sweep(arguments) => sweep::sweep(workspace, arguments),
        Command::Show(arguments) => show::show(workspace, arguments),
        Command::Check(arguments) => check::check(workspace, arguments),
        Command::Data(arguments) => data::data(workspace, arguments),
        Command::Gradcheck(arguments) => gradcheck::gradcheck(workspace, arguments),
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
    }
}
