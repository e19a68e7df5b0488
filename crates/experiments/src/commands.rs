//! One file per command.

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

use crate::built_in;
use crate::command_line::Command;
use crate::failure::Failure;
use crate::workspace::Workspace;

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
