//! From the arguments of the process to the command line. Arguments quoted in a message cannot control the terminal.

use std::ffi::{OsStr, OsString};

use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::{Arg, Command, CommandFactory, FromArgMatches, Id};

use super::CommandLine;
use crate::failure::Failure;
use crate::printable;

/// Environment variables for arguments that must be text.
const VARIABLES: [&str; 2] = ["EXPERIMENTS_OFFLINE", "EXPERIMENTS_BACKEND"];

/// The command line.
///
/// # Errors
/// The arguments are wrong, and clap's message would quote what cannot be printed. Other messages and the help are printed
/// here, and the program ends.
pub(crate) fn parse() -> Result<CommandLine, Failure> {
    let given: Vec<OsString> = std::env::args_os().collect();
    let mut quoted = given.iter().cloned().chain(VARIABLES.into_iter().filter_map(std::env::var_os));
    let parsed = command().try_get_matches_from(&given).and_then(|found| CommandLine::from_arg_matches(&found));
    parsed.map_err(|error| match error.kind() {
        ErrorKind::UnknownArgument if let Some(setting) = setting_among(&given) => {
            Failure::bad_input(format!("unexpected argument `{setting}`"))
                .with_hint(&format!("a setting is changed with `--set {setting}`"))
        }
        ErrorKind::InvalidUtf8 => Failure::bad_input(not_text(&given)),
        // clap would print the arguments as they are.
        kind if error.use_stderr() && !quoted.all(|argument| is_quotable(&argument)) => {
            let arguments: Vec<_> = given.iter().skip(1).map(|argument| argument.to_string_lossy()).collect();
            Failure::bad_input(format!("{kind}: {}", arguments.join(" ")))
        }
        _ => error.exit(),
    })
}

/// The command line as declared, without the variables that are set but empty: in a compose file an empty value means none.
fn command() -> Command {
    let is_empty = |argument: &Arg| {
        let value = argument.get_env().and_then(std::env::var_os);
        value.is_some_and(|value| value.is_empty())
    };
    let declared = CommandLine::command();
    let unset: Vec<Id> =
        declared.get_arguments().filter(|argument| is_empty(argument)).map(Arg::get_id).cloned().collect();
    unset.into_iter().fold(declared, |command, id| command.mut_arg(id, |argument| argument.env(Resettable::Reset)))
}

/// The first argument that looks like a setting, `model.bias=none`, and does not follow `--set`.
fn setting_among(given: &[OsString]) -> Option<&str> {
    let pairs = given.windows(2).filter_map(|pair| Some((pair[0].to_str()?, pair[1].to_str()?)));
    let is_setting = |argument: &str| argument.contains('=') && !argument.starts_with('-');
    pairs
        .into_iter()
        .find(|(option, argument)| *option != "--set" && is_setting(argument))
        .map(|(_, argument)| argument)
}

fn is_quotable(argument: &OsStr) -> bool {
    argument.to_str().is_some_and(|text| printable::message(text) == text)
}

/// Names the argument or variable that is not text.
fn not_text(given: &[OsString]) -> String {
    let variables = VARIABLES.iter().filter_map(|name| Some((format!("the variable {name}"), std::env::var_os(name)?)));
    let arguments = given.iter().skip(1).map(|argument| ("the argument".to_owned(), argument.clone()));
    let not_text = arguments.chain(variables).find(|(_, value)| value.to_str().is_none());
    let named = not_text.map(|(what, value)| format!("{what} `{}`", value.display()));
    format!("{} is not UTF-8 text", named.as_deref().unwrap_or("an argument"))
}
