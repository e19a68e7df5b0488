//! SIGKILL at random moments: the same command resumes, and ends with the same bytes.

use std::time::Duration;

use rayon::prelude::*;
use record::RunStore;
use test_support::{Scale, Tamper, row};

use crate::common::{Scratch, failures, moment};
use crate::process::{PATIENCE, Process, until};
use crate::reference::{LONG, OTHERS, Recovered, Reference, SMALL, TWO_SEEDS};

/// One trial in this number trains two runs side by side.
const ONE_IN: usize = 5;
/// Kills in a row before a run may finish.
const LINKS: usize = 10;

/// Starts the run, kills it a while after it is under way, and returns whether it had already ended.
fn kill_after(
    scratch: &Scratch,
    reference: &Reference,
    is_under_way: impl Fn(&Process) -> bool,
    delay: Duration,
) -> Result<bool, String> {
    let mut process = Process::start(scratch.program(&reference.arguments));
    until(PATIENCE, || is_under_way(&process) || process.has_ended());
    std::thread::sleep(delay);
    let too_late = process.has_ended();
    process.kill();
    let ended = process.ended()?;
    match (too_late, ended.signal, ended.code) {
        (false, Some(9), _) | (_, _, Some(0)) => Ok(ended.code.is_some()),
        _ => Err(format!("it ended on its own: {ended:?}")),
    }
}

#[test]
fn torture_a_run_killed_at_a_random_moment_ends_with_the_same_bytes() {
    let reference = |trial: usize| if trial % ONE_IN == ONE_IN - 1 { &*TWO_SEEDS } else { &*SMALL };
    kill_each("SIGKILL at a random moment, then the same command again", Scale::chosen().of(4, 200, 2000), reference);
}

#[test]
fn torture_adam_lenet_and_a_share_killed_at_a_random_moment_end_with_the_same_bytes() {
    let what = "the same with Adam, with LeNet, and with a share of four runs";
    kill_each(what, Scale::chosen().of(3, 60, 600), |trial| &*OTHERS[trial % OTHERS.len()]);
}

/// Kills a run in every trial, runs it again, and compares it with its reference.
fn kill_each(what: &str, trials: usize, reference: impl Fn(usize) -> &'static Reference + Sync) {
    let killed = |trial: usize| {
        let (scratch, mut tamper, reference) = (Scratch::new(), Tamper::new(trial as u64), reference(trial));
        let too_late = kill_after(&scratch, reference, |_| true, moment(&mut tamper, reference.lasted))?;
        reference.recover(&scratch).map(|Recovered { resumed }| (resumed > 0, too_late))
    };
    let outcomes: Vec<Result<_, String>> = (0..trials).into_par_iter().map(killed).collect();

    let failures = failures(&outcomes);
    let count = |is_so: fn(&(bool, bool)) -> bool| outcomes.iter().flatten().filter(|outcome| is_so(outcome)).count();
    let (resumed, too_late) = (count(|(resumed, _)| *resumed), count(|(_, too_late)| *too_late));
    let identical = trials - failures;
    row(
        what,
        format!("{identical} of {trials} byte-identical; {resumed} from a checkpoint, {too_late} had ended before"),
    );
    assert_eq!(failures, 0);
}

#[test]
fn torture_a_run_killed_ten_times_in_a_row_advances_and_ends_with_the_same_bytes() {
    let chains = Scale::chosen().of(1, 10, 100);
    let outcomes: Vec<Result<_, String>> = (0..chains).into_par_iter().map(|chain| link(&LONG, chain)).collect();

    let failures = failures(&outcomes);
    let steps: Vec<usize> = outcomes.iter().flatten().copied().collect();
    let (least, most) = (steps.iter().min(), steps.iter().max());
    row(
        "chains of ten SIGKILLs, then the run to its end",
        format!(
            "{} of {chains} byte-identical; {} to {} of 7,500 steps taken before the last start",
            chains - failures,
            least.copied().unwrap_or(0),
            most.copied().unwrap_or(0)
        ),
    );
    assert_eq!(failures, 0);
}

/// Kills a run ten times, every second time after another checkpoint; returns the steps taken by then.
fn link(reference: &Reference, chain: usize) -> Result<usize, String> {
    let (scratch, mut tamper) = (Scratch::new(), Tamper::new(chain as u64));
    let mut steps = Vec::new();
    for number in 0..LINKS {
        let before = scratch.newest_step();
        // Counted from its start, the time would always be too short once the machine has become slower.
        let is_under_way = |process: &Process| match number % 2 {
            0 => scratch.newest_step() > before,
            _ => process.said("resumes from step").is_some(),
        };
        // Together, on average 40 % of a training.
        kill_after(&scratch, reference, is_under_way, moment(&mut tamper, reference.lasted.mul_f64(0.08)))?;
        // The other tests slow a run down by different amounts, so that it may end before the last kill.
        if RunStore::new(scratch.runs()).list().iter().flatten().any(|record| record.stop_reason.is_finished()) {
            break;
        }
        steps.push(scratch.newest_step());
        if number % 2 == 0 && scratch.newest_step() <= before {
            return Err(format!("no checkpoint appears: {steps:?}"));
        }
    }
    if !steps.is_sorted() {
        return Err(format!("it lost steps: {steps:?}"));
    }
    if steps.last() <= steps.first() {
        return Err(format!("it did not advance in ten starts: {steps:?}"));
    }
    reference.recover(&scratch)?;
    Ok(steps.last().copied().unwrap_or(0))
}
