//! From the arguments of the process to the command line. Arguments quoted in a message cannot control the terminal.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use super::CommandLine;
use crate::failure::Failure;
use crate::printable;

/// Environment variables for arguments that must be text.
const VARIABLES: [&str; 2] = ["EXPERIMENTS_OFFLINE", "EXPERIMENTS_BACKEND"];

/// The command line.
///
/// # Errors
/// The exit code, after the help or a message was printed.
pub(crate) fn parse() -> Result<CommandLine, ExitCode> {
    let given: Vec<OsString> = std::env::args_os().collect();
    let mut quoted = given.iter().cloned().chain(VARIABLES.into_iter().filter_map(std::env::var_os));
    CommandLine::try_parse_from(&given).map_err(|error| match error.kind() {
        ErrorKind::InvalidUtf8 => refuse(not_text(&given)),
        // clap would print the arguments as they are.
        kind if error.use_stderr() && !quoted.all(|argument| is_quotable(&argument)) => {
            let arguments: Vec<_> = given.iter().skip(1).map(|argument| argument.to_string_lossy()).collect();
            refuse(format!("{kind}: {}", arguments.join(" ")))
        }
        _ => error.exit(),
    })
}

fn refuse(message: String) -> ExitCode {
    Failure::bad_input(message).show()
}

fn is_quotable(argument: &OsStr) -> bool {
    argument.to_str().is_some_and(|text| printable::message(text) == text)
}

/// Names the argument or variable that is not text.
fn not_text(given: &[OsString]) -> String {
    let variables = VARIABLES.iter().filter_map(|name| Some((format!("the variable {name}"), std::env::var_os(name)?)));
    let arguments = given.iter().skip(1).map(|argument| ("the argument".to_owned(), argument.clone()));
    match arguments.chain(variables).find(|(_, value)| value.to_str().is_none()) {
        Some((what, value)) => format!("{what} `{}` is not UTF-8 text", value.display()),
        None => "an argument is not UTF-8 text".to_owned(),
    }
}
