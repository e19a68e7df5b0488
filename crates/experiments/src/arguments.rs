//! From the arguments of the process to the command line, or what is wrong with them in words that steer no terminal.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::args::Cli;
use crate::failure::Failure;
use crate::words;

/// Variables that take the place of an argument that has to be text.
const VARIABLES: [&str; 2] = ["EXPERIMENTS_OFFLINE", "EXPERIMENTS_BACKEND"];

/// The command line; where there is none, what there is to say has been said.
pub(crate) fn parse() -> Result<Cli, ExitCode> {
    let given: Vec<OsString> = std::env::args_os().collect();
    Cli::try_parse_from(&given).map_err(|error| {
        if matches!(error.kind(), ErrorKind::InvalidUtf8) {
            return shown(&Failure::bad_input(not_text(&given)));
        }
        // What clap says quotes the arguments between colours of its own: it is made to say it of arguments in which
        // everything is seen, and which are no longer than people read.
        let seen = given.iter().map(|argument| words::message(&argument.to_string_lossy()));
        match Cli::try_parse_from(seen) {
            Err(said) if said.kind() == error.kind() => said.exit(),
            _ => shown(&Failure::bad_input(error.kind().to_string())),
        }
    })
}

fn shown(failure: &Failure) -> ExitCode {
    failure.show();
    failure.code.into()
}

/// Which argument or variable is no text.
fn not_text(given: &[OsString]) -> String {
    let variables = VARIABLES.iter().filter_map(|name| Some((format!("the variable {name}"), std::env::var_os(name)?)));
    let arguments = given.iter().skip(1).map(|argument| ("the argument".to_owned(), argument.clone()));
    match arguments.chain(variables).find(|(_, value)| value.to_str().is_none()) {
        Some((what, value)) => format!("{what} `{}` is not UTF-8 text", value.display()),
        None => "an argument is not UTF-8 text".to_owned(),
    }
}
