//! The calls of the system that a run makes on its files, in their order, as strace sees them; and a run disturbed at one.

use std::collections::HashMap;
use std::process::Command;

use crate::common::Scratch;
use crate::process::Process;

/// All that could touch a file by name or hold data; those a processor's kernel does not have are passed over.
const CALLS: [&str; 24] = [
    "open",
    "openat",
    "write",
    "writev",
    "pwrite64",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "mkdir",
    "mkdirat",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "rmdir",
    "flock",
    "ftruncate",
    "fallocate",
    "chmod",
    "fchmod",
    "fchmodat",
    "close",
];

/// A call that touches the folder of the runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// `openat`.
    pub(crate) name: String,
    /// Which call of this name it is in its thread, from 1.
    pub(crate) number: usize,
    /// The line of strace, without the number of the process.
    pub(crate) line: String,
}

impl Call {
    /// Whether a failure of this call must end the program: data is lost, or does not last, or lies in the wrong place.
    ///
    /// Not so for a call that fails anyhow, nor for one that reads, tidies up, or makes a folder's entries last.
    pub(crate) fn must_succeed(&self) -> bool {
        let writes = ["write", "writev", "pwrite64", "fsync", "fdatasync", "rename", "renameat", "renameat2"];
        let makes = ["mkdir", "mkdirat", "link", "linkat", "ftruncate", "fallocate"];
        let opens_to_write = self.name.starts_with("open") && self.line.contains("O_CREAT");
        let matters = writes.contains(&self.name.as_str()) || makes.contains(&self.name.as_str()) || opens_to_write;
        matters && !self.syncs_a_folder() && !self.line.contains(") = -1 ")
    }

    fn syncs_a_folder(&self) -> bool {
        let path = self.line.split(['<', '>']).nth(1).unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        // Files have endings, hidden ones that become files are called so; folders are neither.
        let is_file = name.starts_with(".writing-") || name.get(1..).is_some_and(|name| name.contains('.'));
        self.name == "fsync" && !is_file
    }

    /// What was called on what, short.
    pub(crate) fn to_text(&self) -> String {
        format!("{} number {}: {}", self.name, self.number, self.line.chars().take(200).collect::<String>())
    }
}

/// The program under strace with these options, all its threads included.
pub(crate) fn traced(scratch: &Scratch, options: &[&str], arguments: &[String]) -> Command {
    let wrapper = ["strace", "-f", "-qq"];
    scratch.under(&[&wrapper[..], options].concat(), arguments)
}

/// The calls of a whole run in this folder that touch its runs; an error where it does not end well.
pub(crate) fn of_a_run(scratch: &Scratch, arguments: &[String]) -> Result<Vec<Call>, String> {
    let table = scratch.path("calls.txt");
    let trace = format!("trace={}", CALLS.map(|call| format!("?{call}")).join(","));
    let table_name = table.display().to_string();
    let ended = Process::start(traced(scratch, &["-y", "-o", &table_name, "-e", &trace], arguments)).ended()?;
    if ended.code != Some(0) {
        return Err(format!("under strace it ended with {:?}: {}", ended.code, ended.said));
    }
    let lines = std::fs::read_to_string(&table).map_err(|error| error.to_string())?;
    Ok(on_the_runs(&lines, &scratch.runs().display().to_string()))
}

/// The calls of a trace that name the folder of the runs and can be told by their number.
///
/// strace counts calls in each thread: one that another thread makes with the same number before cannot be singled out.
fn on_the_runs(lines: &str, runs: &str) -> Vec<Call> {
    let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
    let mut most: HashMap<&str, usize> = HashMap::new();
    let mut calls = Vec::new();
    for (thread, line) in lines.lines().filter_map(|line| line.split_once(char::is_whitespace)) {
        let line = line.trim_start();
        let Some((name, _)) = line.split_once('(').filter(|(name, _)| CALLS.contains(name)) else { continue };
        let number = counts.entry((thread, name)).or_default();
        *number += 1;
        let before = most.entry(name).or_default();
        if *number > *before {
            *before = *number;
            if line.contains(runs) {
                calls.push(Call { name: name.to_owned(), number: *number, line: line.to_owned() });
            }
        } else {
            assert!(!line.contains(runs), "{line} cannot be told from a call of another thread");
        }
    }
    calls
}
