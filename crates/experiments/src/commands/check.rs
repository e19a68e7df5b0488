//! `experiments check`: reads and resolves files, and shows their mistakes.

use spec::Declaration;

use crate::command_line::arguments;
use crate::failure::Failure;
use crate::output::print;
use crate::workspace::Workspace;

pub(super) fn check(workspace: &Workspace, arguments: &arguments::Check) -> Result<(), Failure> {
    let catalog = &workspace.catalog;
    let given = &arguments.experiments;
    let names = if given.is_empty() { catalog.all_names()? } else { given.clone() };
    let mut wrong = 0;
    for name in &names {
        match catalog.load(name, &[]) {
            Ok(Declaration::Experiment(_)) => print(&format!("{name}: a valid experiment\n"))?,
            Ok(Declaration::Comparison(_)) => print(&format!("{name}: a valid comparison\n"))?,
            Err(error) => {
                wrong += 1;
                Failure::from(error).show();
            }
        }
    }
    match wrong {
        0 => Ok(()),
        _ => Err(Failure::bad_input(format!("{wrong} of {} files are wrong", names.len()))),
    }
}
