//! The system calls that a run makes on its files, in order, as strace sees them; and a run that is disturbed at one of them.

use std::collections::{BTreeMap, HashMap};
use std::process::Command;

use test_support::row;

use crate::common::{Scratch, works};
use crate::process::Process;
use crate::reference::{Reference, SHORT, TINY};

/// All system calls that could touch a file by name or write data; those that a kernel lacks are skipped.
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

/// Further calls that a thread may make after another thread's call failed: it prints the error.
const MARGIN: usize = 3;

/// A call that touches the folder of the runs.
#[derive(Clone)]
pub(crate) struct Call {
    /// The run that makes it.
    pub(crate) run: &'static Reference,
    /// `openat`.
    pub(crate) name: String,
    /// The count of calls with this name in its thread, from 1.
    pub(crate) number: usize,
    /// The line of strace: the call with its arguments and result.
    line: String,
}

impl Call {
    /// Whether a failure of this call must end the program, because data is lost, not durable or in the wrong place.
    ///
    /// Calls that fail anyway, read or clean up do not count.
    pub(crate) fn must_succeed(&self) -> bool {
        let writes = ["write", "writev", "pwrite64", "fsync", "fdatasync", "rename", "renameat", "renameat2"];
        let makes = ["mkdir", "mkdirat", "link", "linkat", "ftruncate", "fallocate"];
        let opens_to_write = self.name.starts_with("open") && self.line.contains("O_CREAT");
        let matters = writes.contains(&self.name.as_str()) || makes.contains(&self.name.as_str()) || opens_to_write;
        matters && !self.line.contains(") = -1 ")
    }

    /// Its name and paths without the parts that change: the same call of another save has the same kind.
    fn kind(&self) -> String {
        let call = self.line.split(") = ").next().unwrap_or_default();
        // The data changes too.
        let call = if self.name.contains("write") { call.split(", ").next().unwrap_or_default() } else { call };
        let (mut kind, mut is_random) = (String::new(), false);
        for word in call.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric()) {
            let letters = word.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
            let is_hash = [8, 16].contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_hexdigit());
            let is_number = letters.parse::<u64>().is_ok();
            if !is_random && !is_hash && !is_number {
                kind.push_str(letters);
            }
            kind.push_str(&word[letters.len()..]);
            is_random = (is_random || ["saving", "writing"].contains(&letters)) && word.ends_with('-');
        }
        kind
    }

    /// A short description of the call.
    pub(crate) fn to_text(&self) -> String {
        format!("{} number {}: {}", self.name, self.number, self.line.chars().take(200).collect::<String>())
    }
}

/// Words before a program that trace all its threads.
pub(crate) const STRACE: [&str; 3] = ["strace", "-f", "-qq"];

/// Whether strace works here; if not, the row with this title says so.
pub(crate) fn can_trace(title: &str) -> bool {
    let works = works(&[&STRACE[..], &["-o", "/dev/null", "-e", "trace=openat", "true"]].concat());
    if !works {
        row(title, "not run: needs strace");
    }
    works
}

impl Call {
    /// The run that makes this call, in another folder, with a fault at the call: `signal=SIGKILL`.
    pub(crate) fn injected(&self, scratch: &Scratch, what: &str) -> Command {
        let Self { run, name, number, .. } = self;
        let (trace, inject) = (format!("trace={name}"), format!("inject={name}:{what}:when={number}"));
        let options = ["-o", "/dev/null", "-e", &trace, "-e", &inject];
        scratch.under(&[&STRACE[..], &options].concat(), &quiet(run))
    }
}

/// The run without messages, which are calls of the main thread: their number depends on where the data was looked for.
fn quiet(run: &Reference) -> Vec<String> {
    run.arguments.iter().map(|argument| argument.replace("--verbose", "--quiet")).collect()
}

/// The calls of two runs on their files, a few of every kind.
///
/// strace counts calls per thread, so a call cannot be singled out if another thread makes an earlier one with the same
/// number; such calls are left out. In a run with many checkpoints these are the calls that save the record; a run without
/// checkpoints makes only these. Together, the two runs have calls of every kind.
pub(crate) fn of_two_runs(of_a_kind: usize) -> Vec<Call> {
    let mut kinds: BTreeMap<String, Vec<Call>> = BTreeMap::new();
    for run in [&*TINY, &*SHORT] {
        let (scratch, trace) = (Scratch::new(), format!("trace={}", CALLS.map(|call| format!("?{call}")).join(",")));
        let table = scratch.path("calls.txt").display().to_string();
        let words = [&STRACE[..], &["-y", "-o", &table, "-e", &trace]].concat();
        let ended = Process::start(scratch.under(&words, &quiet(run))).ended().expect("it ends");
        assert_eq!(ended.code, Some(0), "under strace: {}", ended.said);
        let lines = std::fs::read_to_string(table).expect("strace writes its table");
        let lines = lines.replace(scratch.folder(), "");
        sort_into(&mut kinds, &lines, run);
    }
    let hidden = kinds.iter().find(|(_, calls)| calls.is_empty());
    assert!(
        hidden.is_none(),
        "cannot be told from calls of other threads: {hidden:?}",
        hidden = hidden.map(|kind| kind.0)
    );
    kinds.into_values().flat_map(|calls| spread(calls, of_a_kind)).collect()
}

/// Adds the calls of a trace on the folder of the runs to those of their kind, if they can be singled out.
fn sort_into(kinds: &mut BTreeMap<String, Vec<Call>>, lines: &str, run: &'static Reference) {
    let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
    let main_thread = lines.split_whitespace().next();
    for (thread, line) in lines.lines().filter_map(|line| line.split_once(char::is_whitespace)) {
        let line = line.trim_start();
        let Some((name, _)) = line.split_once('(').filter(|(name, _)| CALLS.contains(name)) else { continue };
        let number = counts.entry((thread, name)).or_default();
        *number += 1;
        let call = Call { run, name: name.to_owned(), number: *number, line: line.to_owned() };
        if line.contains("/runs") && !line.starts_with("write(1<") && !line.starts_with("write(2<") {
            let of_others = counts.iter().filter(|((other, called), _)| *other != thread && *called == name);
            // The main thread prints the error, also if it has made no such call so far.
            let of_messages = if Some(thread) == main_thread { 0 } else { MARGIN };
            let most = of_others.map(|(_, count)| count + MARGIN).max().unwrap_or(of_messages);
            kinds.entry(call.kind()).or_default().extend((call.number > most).then_some(call));
        }
    }
}

/// Some of the calls, including the first and the last.
fn spread(calls: Vec<Call>, most: usize) -> Vec<Call> {
    let (count, last) = (calls.len().min(most), calls.len() - 1);
    let indices: Vec<usize> = (0..count).map(|index| index * last / (count - 1).max(1)).collect();
    calls.into_iter().enumerate().filter(|(index, _)| indices.contains(index)).map(|(_, call)| call).collect()
}
