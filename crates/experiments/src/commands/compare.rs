//! `experiments compare`: holds what another program computed against ours.

mod arrays;
mod curves;

use crate::command_line::arguments;
use crate::failure::Failure;
use crate::workspace::Workspace;

pub(super) fn compare(workspace: &Workspace, arguments: &arguments::Compare) -> Result<(), Failure> {
    match (&arguments.experiment, arguments.trace.as_slice()) {
        (_, [mine, ours]) => arrays::compare(mine, ours, arguments.output.json),
        (Some(experiment), _) => curves::compare(workspace, arguments, experiment),
        (None, _) => {
            Err(Failure::bad_input("an experiment is missing").with_hint("for example `compare task3c mine.csv`"))
        }
    }
}
