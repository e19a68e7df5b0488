//! A disk that fails, is full or read-only: the program exits with a code and a message, and the checkpoint is still good.

use std::process::Stdio;

use rayon::prelude::*;
use test_support::{Scale, row};

use crate::calls::{Call, can_trace, of_two_runs};
use crate::common::{Scratch, failures, is_root, own_mounts, works};
use crate::files::Files;
use crate::process::{Ended, PATIENCE, Process};
use crate::reference::{SHORT, SMALL};

/// Errors of the system: their message, and their name in strace.
const ERRORS: [(&str, &str); 2] = [("ENOSPC", "No space left on device"), ("EIO", "Input/output error")];

/// Checks that a run ended as it must if the disk fails: exit code 1, and a message with a file and the reason.
fn check_refusal(scratch: &Scratch, ended: &Ended, reason: &str) -> Result<(), String> {
    let runs = scratch.runs().display().to_string();
    let is_clear = ended.said.lines().any(|line| line.contains("error: ") && line.contains(&runs));
    if ended.code == Some(1) && is_clear && ended.said.contains(reason) {
        Ok(())
    } else {
        Err(format!("not refused with `error: {runs}…: … {reason}`: {ended:?}"))
    }
}

#[test]
fn torture_a_disk_that_fails_at_any_call_is_reported_and_costs_no_checkpoint() {
    const WHAT: &str = "ENOSPC and EIO at every call that writes, then the same command again";
    if !can_trace(WHAT) {
        return;
    }
    let calls = of_two_runs(Scale::chosen().of(1, 1, 20));
    let trials: Vec<(&Call, (&str, &str))> =
        calls.iter().filter(|call| call.name != "close").flat_map(|call| ERRORS.map(|error| (call, error))).collect();
    // An odd number, so that both errors are used at each kind of call.
    let every = Scale::chosen().of(trials.len().div_ceil(8) | 1, 1, 1);
    let chosen: Vec<_> = trials.iter().step_by(every).collect();
    let fail = |call: &Call, error| fail_at(call, error).map_err(|what| format!("{}: {what}", call.to_text()));
    let outcomes: Vec<_> = chosen.par_iter().map(|(call, error)| fail(call, *error)).collect();

    let failures = failures(&outcomes);
    let refused = outcomes.iter().filter(|outcome| matches!(outcome, Ok(true))).count();
    let tried = chosen.len();
    row(WHAT, format!("{} of {tried} byte-identical in the end; {refused} refused with exit code 1", tried - failures));
    assert_eq!(failures, 0);
}

/// Lets one call fail, repeats the command, and returns whether the failure ended the program.
fn fail_at(call: &Call, (error, reason): (&str, &str)) -> Result<bool, String> {
    let scratch = Scratch::new();
    let ended = Process::start(call.injected(&scratch, &format!("error={error}"))).ended()?;
    let is_refused = call.must_succeed() || ended.code != Some(0);
    if is_refused {
        check_refusal(&scratch, &ended, reason).map_err(|what| format!("{error}: {what}"))?;
    } else if let Some(difference) = call.run.files.difference(&Files::of(&scratch.runs())) {
        return Err(format!("{error}: {difference}"));
    }
    call.run.recover(&scratch).map_err(|what| format!("after {error}: {what}"))?;
    Ok(is_refused)
}

#[test]
fn torture_a_full_disk_is_reported_and_costs_no_checkpoint() {
    const WHAT: &str = "a disk of 0.1 to 3 MB that fills up, then the same command on a larger one";
    const SCRIPT: &str = r#"mount -t tmpfs -o size="$0k" none runs || exit 99
        "$@"; code=$?
        mkdir kept && cp -a runs/. kept && umount runs && cp -a kept/. runs || exit 98
        exit $code"#;
    if !works(&[&own_mounts()[..], &["mount", "-t", "tmpfs", "none", "/mnt"]].concat()) {
        row(WHAT, "not run: needs `mount` in a separate namespace");
        return;
    }
    let fill = |kilobytes: usize| {
        let (scratch, size) = (Scratch::new(), kilobytes.to_string());
        std::fs::create_dir(scratch.runs()).expect("a folder");
        let command = scratch.under(&[&own_mounts()[..], &["sh", "-c", SCRIPT, &size]].concat(), &SHORT.arguments);
        let ended = Process::start(command).ended()?;
        let is_full = ended.code != Some(0);
        if is_full {
            check_refusal(&scratch, &ended, ERRORS[0].1).map_err(|what| format!("{kilobytes} kB: {what}"))?;
        }
        let recovered = SHORT.recover(&scratch).map_err(|what| format!("after {kilobytes} kB: {what}"))?;
        Ok::<_, String>((is_full, recovered.resumed > 0))
    };
    let step = Scale::chosen().of(900, 50, 10);
    let sizes: Vec<usize> = (100..3000).step_by(step).collect();
    let outcomes: Vec<_> = sizes.par_iter().map(|kilobytes| fill(*kilobytes)).collect();

    let failures = failures(&outcomes);
    let filled = outcomes.iter().flatten().filter(|(is_full, _)| *is_full).count();
    let resumed = outcomes.iter().flatten().filter(|(_, is_resumed)| *is_resumed).count();
    let (sizes, identical) = (sizes.len(), sizes.len() - failures);
    row(WHAT, format!("{identical} of {sizes} byte-identical in the end; {filled} were full, {resumed} resumed"));
    assert_eq!(failures, 0);
    assert!(filled > 0, "no disk was small enough");
}

#[test]
fn torture_a_folder_that_cannot_be_written_is_reported_and_costs_no_checkpoint() {
    const WHAT: &str = "the folder of the runs is read-only, or another user's";
    const READ_ONLY: &str = "mount --bind runs runs && mount -o remount,bind,ro runs || exit 99\nexec \"$@\"";
    let is_somebody_elses = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let mut ways: Vec<(Vec<&str>, &str)> = Vec::new();
    if works(&[&own_mounts()[..], &["mount", "-t", "tmpfs", "none", "/mnt"]].concat()) {
        ways.push(([&own_mounts()[..], &["sh", "-c", READ_ONLY, "sh"]].concat(), "Read-only file system"));
    }
    // Root may write everywhere, so another user runs the program, if possible.
    let program = env!("CARGO_BIN_EXE_experiments");
    if is_root() && works(&[&is_somebody_elses[..], &[program, "--version"]].concat()) {
        ways.push((is_somebody_elses.to_vec(), "Permission denied"));
    }
    if ways.is_empty() {
        row(WHAT, "not run: needs `mount` in a separate namespace, or root and setpriv");
        return;
    }
    for (wrapper, reason) in &ways {
        let scratch = Scratch::new();
        let process = Process::start(scratch.program(&SMALL.arguments));
        scratch.await_checkpoint(PATIENCE).expect("a checkpoint");
        drop(process);
        scratch.let_others_read();
        let ended = Process::start(scratch.under(wrapper, &SMALL.arguments)).ended().expect("it ends");
        check_refusal(&scratch, &ended, reason).expect("refused");
        let recovered = SMALL.recover(&scratch).expect("the checkpoint is still good");
        assert_eq!(recovered.resumed, 1, "{reason}");
    }
    row(WHAT, format!("{0} of {0} refused with exit code 1, then byte-identical from the checkpoint", ways.len()));
}

#[test]
fn torture_a_training_continues_if_stderr_cannot_be_written() {
    const WHAT: &str = "stderr on a full disk, and into a closed pipe";
    let full = || std::fs::File::options().write(true).open("/dev/full").map(Stdio::from);
    let closed = || std::io::pipe().map(|(_, writer)| Stdio::from(writer));
    for stderr in [full(), closed()] {
        let Ok(stderr) = stderr else {
            row(WHAT, "not run: needs /dev/full");
            return;
        };
        let scratch = Scratch::new();
        let mut command = scratch.program(&SHORT.arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
        let status = command.status().expect("it starts");
        assert_eq!(status.code(), Some(0), "{status}");
        assert_eq!(SHORT.files.difference(&Files::of(&scratch.runs())), None);
    }
    row(WHAT, "trained to the end, byte-identical");
}
