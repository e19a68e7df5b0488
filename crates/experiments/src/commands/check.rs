//! `experiments check`: reads and resolves files, and shows their mistakes.

use spec::Declaration;

use crate::command_line::arguments;
use crate::failure::Failure;
use crate::output::print;
use crate::plan::declarations;
use crate::workspace::Workspace;

pub(super) fn check(workspace: &Workspace, arguments: &arguments::Check) -> Result<(), Failure> {
    let catalog = &workspace.catalog;
    let given = &arguments.experiments;
    let names = if given.is_empty() { catalog.all_names()? } else { given.clone() };
    let sweeps = if given.is_empty() { catalog.sweeps()? } else { Vec::new() };
    let (declared, end) = declarations(catalog, &names);
    for (name, declaration) in declared {
        let what = match declaration {
            Declaration::Experiment(_) => "experiment",
            Declaration::Comparison(_) => "comparison",
        };
        print(&format!("{name}: a valid {what}\n"))?;
    }
    for name in sweeps {
        catalog.sweep(&name)?;
        print(&format!("{name}: a valid sweep\n"))?;
    }
    end
}
