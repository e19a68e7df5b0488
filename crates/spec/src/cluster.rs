//! `ClusterSpec`: what a batch system is asked for, as `cluster.toml` declares it.

use std::path::Path;

use mlp::values::{Checked, Count, List, Optional, Rule};
use schemars::{JsonSchema, Schema, json_schema};
use serde::{Deserialize, Deserializer};

use crate::declared::file::DeclaredFile;
use crate::door::Keyed;
use crate::{DeclaredError, text};

/// What a batch system is asked for. Its values become lines of a script, so each is a single word.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterSpec {
    /// Partition, or queue.
    #[serde(with = "Checked::<Optional<Word>>")]
    pub partition: Option<String>,
    /// Account that pays.
    #[serde(with = "Checked::<Optional<Word>>")]
    pub account: Option<String>,
    /// Time limit of a task: `02:00:00`.
    #[serde(with = "Checked::<Optional<Word>>")]
    pub time: Option<String>,
    /// Memory of a task: `2G`.
    #[serde(with = "Checked::<Optional<Word>>")]
    pub memory: Option<String>,
    /// Generic resources of a task: `gpu:1`.
    #[serde(with = "Checked::<Optional<Word>>")]
    pub gres: Option<String>,
    /// Processors of a task, and trainings that it does at the same time.
    #[serde(with = "Checked::<Optional<Count<1, 10_000>>>")]
    pub cpus: Option<usize>,
    /// Shares that the runs are divided into, one a task.
    #[serde(with = "Checked::<Optional<Count<1, 10_000>>>")]
    pub tasks: Option<usize>,
    /// Tasks at the same time.
    #[serde(with = "Checked::<Optional<Count<1, 10_000>>>")]
    pub throttle: Option<usize>,
    /// Seconds before the time limit at which a task is told to save.
    #[serde(with = "Checked::<Optional<Count<1, 10_000>>>")]
    pub notice: Option<usize>,
    /// Modules to load.
    #[serde(with = "Checked::<List<Word>>")]
    pub modules: Vec<String>,
}

impl ClusterSpec {
    /// What a file declares.
    ///
    /// # Errors
    /// It cannot be read, is not TOML, or breaks a rule.
    pub fn read(path: &Path) -> Result<Self, DeclaredError> {
        DeclaredFile::read(path, &[])?.read_as(|value| Self::deserialize(Keyed::root(value)))
    }

    /// These values, and the others' where there are none.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            partition: self.partition.or(other.partition),
            account: self.account.or(other.account),
            time: self.time.or(other.time),
            memory: self.memory.or(other.memory),
            gres: self.gres.or(other.gres),
            cpus: self.cpus.or(other.cpus),
            tasks: self.tasks.or(other.tasks),
            throttle: self.throttle.or(other.throttle),
            notice: self.notice.or(other.notice),
            modules: if self.modules.is_empty() { other.modules } else { self.modules },
        }
    }
}

/// A word that a batch script can contain.
///
/// # Errors
/// The text is not one; the error follows "must be".
pub fn cluster_word(word: &str) -> Result<String, String> {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "._:+=,/@%-".contains(c);
    let is_word = (1..=200).contains(&word.len()) && word.chars().all(is_safe) && !word.starts_with('-');
    let rule = "a word of letters, digits and `._:+=,/@%-`";
    if is_word { Ok(word.to_owned()) } else { Err(rule.to_owned()) }
}

/// The rule of a word that a batch script can contain.
#[derive(Debug)]
struct Word;

impl Rule for Word {
    type Value = String;

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
        text::checked(source, cluster_word)
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9._:+=,/@%][A-Za-z0-9._:+=,/@%-]{0,199}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ClusterSpec, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cluster.toml");
        std::fs::write(&path, text).expect("written");
        let error = |error: DeclaredError| error.to_string().replace(&path.display().to_string(), "cluster.toml");
        ClusterSpec::read(&path).map_err(error)
    }

    #[test]
    fn a_file_may_have_any_of_the_keys() {
        assert_eq!(read(""), Ok(ClusterSpec::default()));
        let spec =
            read("partition = \"short\"\ntime = \"02:00:00\"\nthrottle = 8\nmodules = [\"gcc/12.2\"]").expect("valid");
        assert_eq!((spec.partition.as_deref(), spec.throttle), (Some("short"), Some(8)));
        let options = ClusterSpec { partition: Some("long".into()), ..ClusterSpec::default() };
        let merged = options.or(spec);
        assert_eq!((merged.partition.as_deref(), merged.modules), (Some("long"), vec!["gcc/12.2".to_owned()]));
    }

    #[test]
    fn an_error_names_the_line_the_value_and_what_would_do() {
        for (text, error) in [
            ("time = \"1:00\"\npartitoin = \"x\"", "cluster.toml:2: `partitoin` is not a key"),
            ("throttle = 0", "cluster.toml:1: `throttle` is 0, but must be a whole number from 1 to 10,000"),
            (
                "account = \"a; rm -rf /\"",
                "cluster.toml:1: `account` is \"a; rm -rf /\", but must be a word of letters, digits and `._:+=,/@%-`",
            ),
            ("memory = 2", "cluster.toml:1: `memory` is 2, but must be text"),
        ] {
            assert_eq!(read(text), Err(error.to_owned()));
        }
    }
}
