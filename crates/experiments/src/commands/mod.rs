//! One file a command.

mod check;
mod claims;
mod data;
mod figure;
mod gradcheck;
mod list;
mod run;
mod show;
mod write_report;

use std::io::{IsTerminal, Write};
use std::path::Path;

use comfy_table::Table;
use crossterm::terminal;
use serde::Serialize;

use crate::args::{Cli, Command};
use crate::console::Console;
use crate::failure::Failure;

/// Does what the command line asks for.
pub(crate) fn dispatch(cli: &Cli) -> Result<(), Failure> {
    let console = Console::new(&cli.global);
    match &cli.command {
        Command::Run(args) => run::run(&cli.global, args, console),
        Command::List(args) => list::list(&cli.global, args),
        Command::Show(args) => show::show(&cli.global, args),
        Command::Check(args) => check::check(&cli.global, args),
        Command::Data(args) => data::data(&cli.global, args, console),
        Command::Gradcheck(args) => gradcheck::gradcheck(&cli.global, args, console),
        Command::Figure(args) => figure::figure(&cli.global, args, console),
        Command::Claims(args) => claims::claims(&cli.global, args, console),
        Command::Report(args) => write_report::report(&cli.global, args, console),
    }
}

/// Prints a result on stdout; a reader that went away, `| head`, is no failure.
fn print(text: &str) -> Result<(), Failure> {
    write_out(&crate::words::lines(text))
}

fn write_out(text: &str) -> Result<(), Failure> {
    match anstream::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::outside(format!("stdout: cannot write: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints a value as JSON on stdout.
fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(value).map_err(|error| Failure::outside(error.to_string()))?;
    write_out(&(crate::words::json(&json) + "\n"))
}

/// A table of the terminal's width with this header.
fn table(header: &[&str]) -> Table {
    report::table(header, Some(width()))
}

/// Characters across a table in a file or a pipe.
const USUAL_WIDTH: u16 = 120;

/// Characters across the terminal that stdout is, or what suits a file.
fn width() -> u16 {
    let columns = std::io::stdout().is_terminal().then(|| terminal::size().ok()).flatten().map(|(columns, _)| columns);
    columns.unwrap_or(USUAL_WIDTH)
}

/// A word of the experiment files for people: `fan_in_normal` becomes `fan in normal`.
fn words(value: &impl Serialize) -> String {
    let word = serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned));
    word.unwrap_or_default().replace('_', " ")
}

/// A setting as people write it: `0.02`, `1e-7`, `1e38`.
fn number(value: f64) -> String {
    if value == 0.0 || (1e-4..1e6).contains(&value) { value.to_string() } else { format!("{value:e}") }
}

/// How names of figures and reports begin while they are written.
const UNFINISHED: &str = ".writing-";

/// Writes a file whole or not at all, into a folder that is made where it is missing.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = folder.and_then(|()| files::write_whole(path, UNFINISHED, bytes));
    written.map_err(|error| Failure::io(path, "write", &error))
}
