//! Completion of the command line by shells: they run the program again for every key, so it knows the experiments of the folder.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap::builder::StyledStr;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter};
use clap_complete::env::{Bash, EnvCompleter, Fish, Powershell, Shells, Zsh};
use clap_complete::{CompleteEnv, engine};
use mnist::{DatasetName, Request};
use spec::{Catalog, Declaration};

use crate::{built_in, data};

/// The variable with which a shell's script asks for completions.
const VARIABLE: &str = "EXPERIMENTS_COMPLETE";
/// The shells.
pub(crate) const SHELLS: [&dyn EnvCompleter; 4] = [&BashWithSettings, &Zsh, &Fish, &Powershell];

/// Answers a shell that asks for completions, and ends the program then.
pub(crate) fn answer(command: fn() -> Command) {
    CompleteEnv::with_factory(command).var(VARIABLE).shells(Shells(&SHELLS)).complete();
}

/// The script with which a shell learns to ask this program.
pub(crate) fn script(shell: &dyn EnvCompleter, name: &str) -> io::Result<String> {
    // The script for zsh would put a space after `key=`, where the value follows.
    const OFFER: &str = "_describe -V 'values' other\n";
    const OFFER_KEYS: &str = "if [[ ${other[1]%%:*} == *= ]]; then _describe -V 'values' other -S ''; \
                              else _describe -V 'values' other; fi\n";

    let mut script = Vec::new();
    shell.write_registration(VARIABLE, name, name, name, &mut script)?;
    Ok(String::from_utf8_lossy(&script).replace(OFFER, OFFER_KEYS))
}

/// Completes names of experiments and comparisons, and paths of files.
pub(crate) fn experiments() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        named(current, &catalog(), |catalog| catalog.all_names().unwrap_or_default())
    })
}

/// Completes names of sweeps, and paths of files.
pub(crate) fn sweeps() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| named(current, &catalog(), |catalog| catalog.sweeps().unwrap_or_default()))
}

/// Completes names of datasets.
pub(crate) fn datasets() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let all = DatasetName::ALL.map(|name| CompletionCandidate::new(name.as_str()).help(Some(help(name.title()))));
        beginning_with(current, all)
    })
}

/// Completes keys that `--set` takes and, after the `=`, the words that a key takes.
pub(crate) fn settings() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let typed = current.to_string_lossy();
        let all = spec::settings().into_iter().flat_map(|setting| match typed.split_once('=') {
            Some((key, _)) if key == setting.key => {
                setting.words.iter().map(|word| CompletionCandidate::new(format!("{key}={word}"))).collect()
            }
            Some(_) => Vec::new(),
            None => vec![CompletionCandidate::new(format!("{}=", setting.key)).help(Some(help(&setting.description)))],
        });
        beginning_with(current, all)
    })
}

fn named(current: &OsStr, catalog: &Catalog, names: fn(&Catalog) -> Vec<String>) -> Vec<CompletionCandidate> {
    let title = |name: &str| match catalog.load(name, &[]) {
        Ok(Declaration::Experiment(experiment)) => Some(experiment.spec.title),
        Ok(Declaration::Comparison(comparison)) => Some(comparison.spec.title),
        Err(_) => catalog.sweep(name).ok().map(|sweep| sweep.spec.title),
    };
    let all = names(catalog).into_iter().map(|name| {
        let title = title(&name);
        CompletionCandidate::new(name).help(title.map(|title| help(&title)))
    });
    let mut candidates = beginning_with(current, all);
    if !current.is_empty() {
        let is_toml = |path: &Path| path.extension().is_some_and(|extension| extension == "toml");
        candidates.extend(PathCompleter::any().filter(is_toml).complete(current));
    }
    candidates
}

/// The experiments of the folder that the command line names, or of the usual one.
fn catalog() -> Catalog {
    let given = std::env::args_os().skip_while(|argument| argument != "--experiments-dir").nth(1);
    let folder = given.unwrap_or_else(|| built_in::FOLDER.into());
    built_in::catalog(Path::new(&folder), data::shape(mnist::shape(&Request::default(), DatasetName::Mnist)))
}

fn beginning_with(current: &OsStr, all: impl IntoIterator<Item = CompletionCandidate>) -> Vec<CompletionCandidate> {
    let begins = |candidate: &CompletionCandidate| {
        candidate.get_value().as_encoded_bytes().starts_with(current.as_encoded_bytes())
    };
    all.into_iter().filter(begins).collect()
}

fn help(text: &str) -> StyledStr {
    StyledStr::from(text.replace('\n', " "))
}

/// Bash, which takes `key=value` for three words: they are joined before, and what Bash has already is removed afterwards.
struct BashWithSettings;

impl EnvCompleter for BashWithSettings {
    fn name(&self) -> &'static str {
        Bash.name()
    }

    fn is(&self, name: &str) -> bool {
        Bash.is(name)
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        program: &str,
        completer: &str,
        script: &mut dyn Write,
    ) -> io::Result<()> {
        Bash.write_registration(variable, name, program, completer, script)
    }

    fn write_complete(
        &self,
        command: &mut Command,
        words: Vec<OsString>,
        folder: Option<&Path>,
        answer: &mut dyn Write,
    ) -> io::Result<()> {
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        let (words, current) = join_settings(words, variable("_CLAP_COMPLETE_INDEX").parse().unwrap_or_default());
        let before = words.get(current).map(|word| word.to_string_lossy().into_owned()).unwrap_or_default();
        let before = before.rfind('=').map_or(0, |equals| equals + 1);
        let candidates = engine::complete(command, words, current, folder)?;
        let values = candidates.iter().map(|candidate| candidate.get_value().to_string_lossy().into_owned());
        let values: Vec<String> = values.filter_map(|value| value.get(before..).map(str::to_owned)).collect();
        write!(answer, "{}", values.join(&variable("_CLAP_IFS")))
    }
}

/// The words with `key`, `=`, `value` as one, and the place of the current word among them.
fn join_settings(words: Vec<OsString>, current: usize) -> (Vec<OsString>, usize) {
    let (mut joined, mut place, mut continues): (Vec<OsString>, _, _) = (Vec::new(), 0, false);
    for (index, word) in words.into_iter().enumerate() {
        let is_equals = word == "=";
        match joined.last_mut() {
            Some(last) if is_equals || continues => last.push(word),
            _ => joined.push(word),
        }
        continues = is_equals;
        if index == current {
            place = joined.len() - 1;
        }
    }
    (joined, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_bash_splits_at_equals_are_joined() {
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        for (given, current, expected, place) in [
            (&["x", "--set", "a", "=", "b", "c"][..], 4, &["x", "--set", "a=b", "c"][..], 2),
            (&["x", "--set", "a", "="], 3, &["x", "--set", "a="], 2),
            (&["x", "--set", "a", "=", ""], 4, &["x", "--set", "a="], 2),
            (&["x", "run", "t"], 2, &["x", "run", "t"], 2),
        ] {
            assert_eq!(join_settings(words(given), current), (words(expected), place));
        }
    }
}
