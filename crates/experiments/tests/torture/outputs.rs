//! Exports, the page to draw on and predictions: killed, on a disk that fails, from damaged records, with damaged images. Each file
//! is whole or does not exist, and the same command then writes all of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rayon::prelude::*;
use test_support::pictures::{grey_jpeg, grey_png, idx};
use test_support::{Scale, Tamper, row};

use crate::calls::{STRACE, can_trace};
use crate::common::{Scratch, failures, moment, names_in};
use crate::process::{Ended, Process};

/// Commands that write files besides records.
const COMMANDS: [&str; 9] = [
    "export task3c --force --to onnx out",
    "export task3c --force --to pytorch out",
    "export task3c --force --to safetensors out",
    "export task3c --force --to numpy out",
    "export task3c --force --to tensorboard out",
    "export task3c --force --to csv out/all.csv",
    "export task3c --force --to crate",
    "demo --out out",
    "predict task3c a.png --show out/seen.png --explain out/why.png",
];

/// The calls with which files come into being.
const CALLS: [&str; 7] = ["write", "fsync", "rename", "renameat2", "linkat", "mkdir", "unlink"];
/// What happens to them: in the words of strace, and the message of the system.
const FAULTS: [(&str, &str); 3] =
    [("signal=SIGKILL", ""), ("error=ENOSPC", "No space left on device"), ("error=EIO", "Input/output error")];

/// A folder with a finished run, and an image.
fn trained() -> Scratch {
    let scratch = Scratch::new();
    let declared = fs::read_to_string(scratch.path("experiments/task3c.toml")).expect("task3c is there");
    let small = declared.replace("20_000", "640").replace("10_000", "200").replace("max_epochs = 50", "max_epochs = 1");
    fs::write(scratch.path("experiments/task3c.toml"), small).expect("written");
    fs::write(scratch.path("a.png"), grey_png(28, 28, &[7; 784])).expect("written");
    let ended = run(&scratch, "run task3c --no-tui");
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    scratch
}

/// The same folder again, with its records and without what was written.
fn copy_of(trained: &Scratch) -> Scratch {
    let scratch = Scratch::new();
    for path in ["a.png", "experiments/task3c.toml"] {
        fs::copy(trained.path(path), scratch.path(path)).expect("copied");
    }
    for run in names_in(&trained.runs()).iter().filter(|name| name.starts_with("task3c")) {
        fs::create_dir_all(scratch.runs().join(run)).expect("a folder");
        for file in names_in(&trained.runs().join(run)) {
            let [from, to] = [trained, &scratch].map(|scratch| scratch.runs().join(run).join(&file));
            fs::copy(from, to).expect("copied");
        }
    }
    scratch
}

fn words(command: &str) -> Vec<String> {
    command.split(' ').map(str::to_owned).collect()
}

fn run(scratch: &Scratch, command: &str) -> Ended {
    Process::start(scratch.program(&words(command))).ended().expect("it ends")
}

/// The visible files that a command wrote. Event files are named after the time, and empty when a newer one replaces them.
type Written = BTreeSet<(String, Vec<u8>)>;

fn written(scratch: &Scratch) -> Written {
    let mut written = Written::new();
    collect(&scratch.path("out"), &mut written);
    for name in ["model-card.md", "ro-crate-metadata.json"] {
        written.extend(fs::read(scratch.runs().join(name)).map(|bytes| (name.to_owned(), bytes)));
    }
    written
}

fn collect(folder: &Path, written: &mut Written) {
    for name in names_in(folder).into_iter().filter(|name| !name.starts_with('.')) {
        let path = folder.join(&name);
        if path.is_dir() {
            collect(&path, written);
        } else {
            let bytes = fs::read(&path).expect("it can be read");
            let is_of_events = name.starts_with("events.");
            let name = if is_of_events { "events".to_owned() } else { name };
            written.extend((!(is_of_events && bytes.is_empty())).then_some((name, bytes)));
        }
    }
}

/// What each command writes undisturbed, and how long it takes.
fn references(trained: &Scratch) -> Vec<(&'static str, Written, Ended)> {
    let reference = |command| {
        let scratch = copy_of(trained);
        let ended = run(&scratch, command);
        assert_eq!(ended.code, Some(0), "{command}: {}", ended.said);
        let written = written(&scratch);
        assert!(!written.is_empty(), "{command}");
        (command, written, ended)
    };
    COMMANDS.into_iter().map(reference).collect()
}

/// Checks that only whole files are there, and that the same command then writes all of them.
fn check(scratch: &Scratch, command: &str, expected: &Written) -> Result<(), String> {
    let found = written(scratch);
    if let Some((name, bytes)) = found.difference(expected).next() {
        return Err(format!("{command}: {name} has {} bytes and is not whole", bytes.len()));
    }
    let again = run(scratch, command);
    match again.code {
        Some(0) if written(scratch) == *expected => Ok(()),
        _ => Err(format!("{command}, again: other files, or {again:?}")),
    }
}

#[test]
fn torture_exports_pages_and_pictures_are_whole_after_a_kill_at_any_moment() {
    let trained = trained();
    let references = references(&trained);
    let trials = Scale::chosen().of(COMMANDS.len(), 300, 3_000);
    let kill = |trial: usize| {
        let (command, expected, undisturbed) = &references[trial % COMMANDS.len()];
        let (scratch, mut tamper) = (copy_of(&trained), Tamper::new(trial as u64));
        let process = Process::start(scratch.program(&words(command)));
        std::thread::sleep(moment(&mut tamper, undisturbed.lasted));
        process.kill();
        let ended = process.ended()?;
        check(&scratch, command, expected).map(|()| ended.signal.is_some())
    };
    let outcomes: Vec<Result<bool, String>> = (0..trials).into_par_iter().map(kill).collect();
    let failures = failures(&outcomes);
    let killed = outcomes.iter().flatten().filter(|is_killed| **is_killed).count();
    row(
        "SIGKILL of exports in seven formats, `demo` and `predict` at a random moment, then the same command again",
        format!("{} of {trials} without a half-written file and whole in the end; {killed} killed", trials - failures),
    );
    assert_eq!(failures, 0);
}

#[test]
fn torture_exports_pages_and_pictures_are_whole_if_any_call_fails_or_is_the_last() {
    const WHAT: &str = "SIGKILL, ENOSPC and EIO at every call with which they write, then the same command again";
    if !can_trace(WHAT) {
        return;
    }
    let trained = trained();
    let references = references(&trained);
    let mut trials = Vec::new();
    for reference in &references {
        for fault in FAULTS {
            trials.extend(CALLS.map(|call| (reference, fault, call)));
        }
    }
    let chosen: Vec<_> = trials.iter().step_by(Scale::chosen().of(23, 1, 1)).collect();
    let outcomes: Vec<Result<usize, String>> = chosen
        .par_iter()
        .map(|((command, expected, _), fault, call)| disturb(&trained, command, expected, *fault, call))
        .collect();
    let failures = failures(&outcomes);
    let disturbed: usize = outcomes.iter().flatten().sum();
    row(WHAT, format!("{disturbed} calls, {failures} half-written files or commands that did not end whole"));
    assert_eq!(failures, 0);
    assert!(disturbed > 0, "no call was disturbed");
}

/// Disturbs each call of this name that a command makes; returns how many there were.
fn disturb(
    trained: &Scratch,
    command: &str,
    expected: &Written,
    (fault, reason): (&str, &str),
    call: &str,
) -> Result<usize, String> {
    for number in 1.. {
        let scratch = copy_of(trained);
        let (trace, inject) = (format!("trace={call}"), format!("inject={call}:{fault}:when={number}"));
        let strace = [&STRACE[..], &["-o", "calls.txt", "-e", &trace, "-e", &inject]].concat();
        let ended = Process::start(scratch.under(&strace, &words(command))).ended()?;
        let calls = fs::read_to_string(scratch.path("calls.txt")).unwrap_or_default();
        if ended.signal.is_none() && !calls.contains("(INJECTED)") {
            return Ok(number - 1);
        }
        let is_clear = match (ended.code, ended.signal) {
            // A message that cannot be printed costs nothing, nor does an unfinished file that cannot be deleted.
            (Some(0), _) => written(&scratch) == *expected,
            (Some(1), _) => ended.said.contains(reason) || ended.said.is_empty(),
            (_, signal) => signal == Some(9) && reason.is_empty(),
        };
        let about = |what: String| format!("{command}: {fault} at {call} number {number}: {what}");
        if !is_clear {
            return Err(about(format!("{ended:?}")));
        }
        check(&scratch, command, expected).map_err(about)?;
    }
    unreachable!("the loop over numbers is endless")
}

#[test]
fn torture_damaged_records_are_refused_or_not_read() {
    let trained = trained();
    let references = references(&trained);
    let trials = Scale::chosen().of(2 * COMMANDS.len(), 900, 9_000);
    let damage = |trial: usize| {
        let (command, expected, _) = &references[trial % COMMANDS.len()];
        let (scratch, mut tamper) = (copy_of(&trained), Tamper::new(trial as u64));
        let folder = scratch.runs().join(&names_in(&scratch.runs())[0]);
        let files = names_in(&folder);
        let file = &files[tamper.below(files.len())];
        let bytes = fs::read(folder.join(file)).expect("a file of the record");
        let changed = tamper.changed(&[bytes]);
        fs::write(folder.join(file), changed).expect("written");
        let ended = run(&scratch, command);
        let found = written(&scratch);
        // Its other files have their SHA-256 in `record.json`; a change of that file can be another record.
        let is_right = match ended.code {
            Some(0) => found == *expected || file == "record.json",
            Some(1 | 2) => found.is_empty() && (ended.said.contains(file) || file == "record.json"),
            _ => false,
        };
        if is_right { Ok(ended.code == Some(0)) } else { Err(format!("{command} with {file} damaged: {ended:?}")) }
    };
    let outcomes: Vec<Result<bool, String>> = (0..trials).into_par_iter().map(damage).collect();
    let failures = failures(&outcomes);
    let refused = outcomes.iter().flatten().filter(|is_done| !**is_done).count();
    row(
        "the same commands with a changed file in the record",
        format!(
            "{} of {trials} right: {refused} refused, the others do not read the file or it is another record",
            trials - failures
        ),
    );
    assert_eq!(failures, 0);
}

#[test]
fn torture_images_are_refused_or_read() {
    let inputs = Scale::chosen().of(1_000, 100_000, 1_000_000);
    let image: Vec<u8> = (0..784_usize).map(|pixel| u8::try_from(pixel % 251).expect("a byte")).collect();
    let samples = [grey_png(28, 28, &image), grey_jpeg(28, 28, &image, 90), idx(&[2, 14, 28], &image)];
    let folder = tempfile::tempdir().expect("a folder");
    let (path, mut tamper, mut read) = (folder.path().join("image"), Tamper::new(18), 0);
    for _ in 0..inputs {
        fs::write(&path, tamper.changed(&samples)).expect("written");
        read += usize::from(mnist::read_pictures(&path).is_ok());
    }
    let memory = test_support::check_memory();
    row("inputs to the parsers of images", format!("{inputs} inputs, {read} read, 0 panics, {memory} MiB"));
}
