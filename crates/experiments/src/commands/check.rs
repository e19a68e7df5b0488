//! `experiments check`: reads and resolves files, and shows their mistakes.

use clap::Args;
use spec::Declaration;

use crate::completion;
use crate::failure::Failure;
use crate::output::print;
use crate::plan::declarations;
use crate::workspace::Workspace;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Declared experiments by name, or TOML files by path [default: all]
    #[arg(add = completion::experiments())]
    experiments: Vec<String>,
}

pub(super) fn check(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
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
