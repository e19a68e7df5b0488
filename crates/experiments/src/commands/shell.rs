//! `experiments completions` and `experiments man`: what a shell and a reader of manuals install.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, CommandFactory, ValueHint};

use crate::command_line::CommandLine;
use crate::completion;
use crate::failure::Failure;
use crate::output::{print, write_file};
use crate::workspace::Workspace;

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = PossibleValuesParser::new(completion::SHELLS.map(|shell| shell.name())))]
    shell: String,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Folder of the pages
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: PathBuf,
}

pub(super) fn completions(arguments: &Completions) -> Result<(), Failure> {
    let shell = completion::SHELLS.into_iter().find(|shell| shell.is(&arguments.shell));
    let shell = shell.ok_or_else(|| Failure::bad_input(format!("`{}` is not a known shell", arguments.shell)))?;
    let script = completion::script(shell, CommandLine::command().get_name()).map_err(Failure::outside)?;
    print(&script)
}

/// Writes a page for the program and one for every command.
pub(super) fn man(workspace: &Workspace, arguments: &Man) -> Result<(), Failure> {
    // The version of `--version` has several lines.
    let mut program = CommandLine::command().version(env!("CARGO_PKG_VERSION")).disable_help_subcommand(true);
    program.build();
    let commands = program.get_subcommands().cloned();
    let mut count = 0;
    for command in [program.clone()].into_iter().chain(commands) {
        let page = clap_mangen::Man::new(command);
        let mut text = Vec::new();
        page.render(&mut text).map_err(Failure::outside)?;
        write_file(&arguments.dir.join(page.get_filename()), &text)?;
        count += 1;
    }
    workspace.terminal.note(&format!("{count} manual pages: {}", arguments.dir.display()));
    Ok(())
}
