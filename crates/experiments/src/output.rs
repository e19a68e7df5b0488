//! Results: text, tables and JSON on stdout, files.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use report::Table;
use serde::Serialize;
use serde_json::Value;

use crate::failure::Failure;
use crate::{printable, terminal};

/// Prints a result on stdout. A pipe that its reader closed, as `| head` does, is not a failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    write_out(&printable::lines(text))
}

fn write_out(text: &str) -> Result<(), Failure> {
    unless_closed(anstream::stdout().write_all(text.as_bytes()))
}

/// What came of writing to stdout, where a pipe that its reader closed is not a failure.
pub(crate) fn unless_closed(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::outside(format!("stdout: cannot write: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints a value as JSON on stdout.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(value).map_err(Failure::outside)?;
    write_out(&(printable::json(&json) + "\n"))
}

/// Prints a table as wide as the terminal; elsewhere nothing in it is wrapped.
pub(crate) fn print_table(table: &Table) -> Result<(), Failure> {
    let width = io::stdout().is_terminal().then(terminal::width);
    print(&report::to_terminal(table, width))
}

/// A value of the experiment files in plain English: `fan_in_normal` becomes `fan in normal`, a choice with its settings
/// `sgd: learning rate 0.02, momentum 0.9`.
pub(crate) fn in_words(value: &impl Serialize) -> String {
    serde_json::to_value(value).map_or_else(|_| String::new(), |value| words(&value))
}

fn words(value: &Value) -> String {
    let entry = |(key, value): (&String, &Value)| {
        let colon = if value.is_object() { ":" } else { "" };
        format!("{}{colon} {}", key.replace('_', " "), words(value))
    };
    match value {
        Value::String(word) => word.replace('_', " "),
        Value::Number(value) => value.as_f64().map(number).unwrap_or_default(),
        Value::Object(entries) => entries.iter().map(entry).collect::<Vec<_>>().join(", "),
        value => value.to_string().replace(',', ", "),
    }
}

/// A number in its usual notation: `0.02`, `1e-7`, `1e38`.
pub(crate) fn number(value: f64) -> String {
    if value == 0.0 || (1e-4..1e6).contains(&value) { value.to_string() } else { format!("{value:e}") }
}

/// Prefix of a file that is still being written.
const UNFINISHED: &str = ".writing-";

/// Writes a file whole or not at all, and creates its folder.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_file_with(path, |file| file.write_all(bytes))
}

/// The same for what a function writes.
pub(crate) fn write_file_with(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Failure> {
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = folder.and_then(|()| files::write_whole_with(path, UNFINISHED, write));
    written.map_err(|error| Failure::io(path, "write", &error))
}
