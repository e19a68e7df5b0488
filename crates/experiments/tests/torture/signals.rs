//! Signals at random moments: the program saves a checkpoint, restores the terminal and exits, within a second.

use std::time::{Duration, Instant};

use rayon::prelude::*;
use rustix::process::{Pid, Signal, kill_process};
use test_support::{Scale, Tamper, hears, row};

use crate::common::{Scratch, Size, failures, moment};
use crate::files::Files;
use crate::place::{Place, is_without_terminal, start, time_of};
use crate::process::{PATIENCE, until};
use crate::reference::SMALL;
use crate::terminal::Terminal;

const SIGNALS: [Signal; 7] =
    [Signal::TERM, Signal::HUP, Signal::USR1, Signal::USR2, Signal::XCPU, Signal::INT, Signal::QUIT];
/// The promise is a second; a busy machine gets more time.
const SLACK: Duration = Duration::from_secs(4);
/// The exit code of an interrupted run.
const INTERRUPTED: i32 = 130;

/// A run that a signal ended, and its folder.
struct Disturbed {
    scratch: Scratch,
    /// The disturbance and its time.
    about: String,
    left: Left,
}

/// The result of a signal.
struct Left {
    code: i32,
    /// It was sent before the program could catch it.
    is_early: bool,
    had_dashboard: bool,
    after: Duration,
}

/// The signal of a trial.
fn signal_of(trial: usize) -> Signal {
    let heard: Vec<Signal> = SIGNALS.into_iter().filter(|signal| hears(signal.as_raw())).collect();
    heard[trial % heard.len()]
}

/// Whether a process has installed a handler for a signal.
fn listens(id: Pid, signal: Signal) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", id.as_raw_nonzero())).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    caught & 1 << (signal.as_raw() - 1) != 0
}

#[test]
fn torture_a_signal_at_any_moment_leaves_a_checkpoint_and_the_terminal_as_it_was() {
    let trials = Scale::chosen().of(6, 100, 1000);
    let times = [0, 3].map(time_of);
    let signalled = |trial: usize| -> Result<Disturbed, String> {
        let (scratch, signal) = (Scratch::new(), signal_of(trial));
        let lasts = times[usize::from(is_without_terminal(trial))];
        let moment = moment(&mut Tamper::new(trial as u64), lasts);
        let about = format!("{signal:?} at {moment:?}");
        let left = signal_at(start(&scratch, trial), signal, moment).and_then(|left| left.check(signal));
        let left = left.map_err(|what| format!("{about}: {what}"))?;
        Ok(Disturbed { scratch, about, left })
    };
    let outcomes = outcomes(trials, signalled);

    let failures = failures(&outcomes);
    let count = |code| outcomes.iter().flatten().filter(|left| left.code == code).count();
    let dashboards = outcomes.iter().flatten().filter(|left| left.had_dashboard).count();
    let mut waits: Vec<Duration> =
        outcomes.iter().flatten().filter(|left| left.code == INTERRUPTED).map(|left| left.after).collect();
    waits.sort();
    row(
        "a signal (seven kinds) at a random moment, with the dashboard or without, then the same command again",
        format!(
            "{} of {trials} left the terminal as it was and are byte-identical in the end; exit code 130: {}, \
             done before: {}, in the first moments: {}; the dashboard was up in {dashboards}; gone after {:.0?} (median), {:.0?} (longest)",
            trials - failures,
            count(INTERRUPTED),
            count(0),
            trials - failures - count(INTERRUPTED) - count(0),
            waits.get(waits.len() / 2).copied().unwrap_or_default(),
            waits.last().copied().unwrap_or_default()
        ),
    );
    assert_eq!(failures, 0);
    assert!(waits.iter().all(|wait| *wait < SLACK), "{waits:?}");
}

/// Sends a signal after some time, and waits for the end.
fn signal_at(mut place: Place, signal: Signal, moment: Duration) -> Result<Left, String> {
    let id = until(PATIENCE, || place.id().is_some()).and_then(|_| place.id()).ok_or("it does not start")?;
    std::thread::sleep(moment);
    let (is_late, is_early) = (place.has_ended(), !listens(id, signal));
    let sent = Instant::now();
    if !is_late {
        // The program may be ending at this moment.
        let _ = kill_process(id, signal);
    }
    until(PATIENCE, || place.has_ended()).ok_or("it does not end")?;
    let after = sent.elapsed();
    place.release();
    let had_dashboard = place.has_dashboard();
    Ok(Left { code: place.code()?, is_early: is_early && !is_late, had_dashboard, after })
}

impl Left {
    /// Checks the exit code: of an interrupted or a finished run; in its first moments, any signal ends a program.
    fn check(self, signal: Signal) -> Result<Self, String> {
        match self.code {
            0 | INTERRUPTED => Ok(self),
            code if self.is_early && code == 128 + signal.as_raw() => Ok(self),
            code => Err(format!("exit code {code}")),
        }
    }
}

#[test]
fn torture_a_second_signal_ends_the_program_at_once() {
    let interrupted = |trial: usize| {
        let scratch = Scratch::new();
        let mut place = start(&scratch, trial);
        scratch.await_checkpoint(PATIENCE)?;
        let id = place.id().ok_or("it does not run")?;
        // The dashboard closes within milliseconds of the first signal; the second one comes before, meanwhile or after.
        let apart = moment(&mut Tamper::new(trial as u64), Duration::from_millis(20));
        let sent = Instant::now();
        let _ = kill_process(id, Signal::TERM);
        std::thread::sleep(apart);
        let _ = kill_process(id, Signal::TERM);
        until(PATIENCE, || place.has_ended()).ok_or("it does not end")?;
        let (after, had_dashboard) = (sent.elapsed(), place.has_dashboard());
        let left = Left { code: place.code()?, is_early: false, had_dashboard, after }.check(Signal::TERM)?;
        Ok(Disturbed { scratch, about: format!("two SIGTERM {apart:?} apart"), left })
    };
    tell("two SIGTERM in a row, at most 20 ms apart", Scale::chosen().of(2, 20, 200), interrupted);
}

#[test]
fn torture_a_terminal_that_goes_away_costs_no_checkpoint() {
    let lasts = time_of(0);
    let hung_up = |trial: usize| {
        let (scratch, moment) = (Scratch::new(), moment(&mut Tamper::new(trial as u64), lasts));
        let terminal = Terminal::start(&scratch, &Size::SMALL.watched_arguments());
        std::thread::sleep(moment);
        terminal.hang_up();
        // Meanwhile the program draws to a terminal that is gone; then it gets the signal that a shell sends to its children.
        std::thread::sleep(Duration::from_millis(60));
        let signal = if hears(Signal::HUP.as_raw()) { Signal::HUP } else { Signal::TERM };
        let left = signal_at(Place::Dashboard(terminal), signal, Duration::ZERO)?;
        // A run that had finished cannot show its table: an error without a reader.
        let is_done = left.code == 1 && Files::of(&scratch.runs()).runs() == 1;
        let left = if is_done { left } else { left.check(signal)? };
        Ok(Disturbed { scratch, about: format!("a terminal shut at {moment:?}"), left })
    };
    tell(
        "a terminal that is shut at a random moment, then SIGHUP, then the same command again",
        Scale::chosen().of(2, 20, 200),
        hung_up,
    );
}

#[test]
fn torture_a_stuck_terminal_does_not_keep_the_program() {
    let lasts = time_of(0);
    let stuck = |trial: usize| {
        let (scratch, signal, mut tamper) = (Scratch::new(), signal_of(trial), Tamper::new(trial as u64));
        // The first is held before the dashboard opens, and longer than the program waits for that.
        let (held_at, moment) = match trial {
            0 => (Duration::ZERO, Duration::from_millis(2_200)),
            _ => (moment(&mut tamper, lasts), moment(&mut tamper, lasts)),
        };
        let about = format!("a terminal held at {held_at:?}, {signal:?} {moment:?} later");
        let terminal = Terminal::start(&scratch, &Size::SMALL.watched_arguments());
        std::thread::sleep(held_at);
        terminal.hold();
        let left = signal_at(Place::Dashboard(terminal), signal, moment).and_then(|left| left.check(signal));
        let left = left.map_err(|what| format!("{about}: {what}"))?;
        Ok(Disturbed { scratch, about, left })
    };
    tell(
        "a terminal that takes nothing more from a random moment on, then a signal, then the same command again",
        // Each trial takes a second.
        Scale::chosen().of(2, 10, 100),
        stuck,
    );
}

/// Disturbs this number of runs, and reports whether they end with the same bytes and the longest time until the end.
fn tell(what: &str, trials: usize, disturb: impl Fn(usize) -> Result<Disturbed, String>) {
    let outcomes = outcomes(trials, disturb);
    let failures = failures(&outcomes);
    let longest = outcomes.iter().flatten().map(|left| left.after).max().unwrap_or_default();
    row(what, format!("{} of {trials} byte-identical; gone after {longest:.0?} (longest)", trials - failures));
    assert_eq!(failures, 0);
    assert!(longest < SLACK, "{longest:?}");
}

/// Disturbs runs one after another, because it measures time, and repeats the commands side by side.
fn outcomes(trials: usize, disturb: impl Fn(usize) -> Result<Disturbed, String>) -> Vec<Result<Left, String>> {
    let disturbed: Vec<Result<Disturbed, String>> = (0..trials).map(disturb).collect();
    let recovered = |disturbed: Result<Disturbed, String>| {
        let Disturbed { scratch, about, left } = disturbed?;
        SMALL.recover(&scratch).map_err(|what| format!("after {about}: {what}"))?;
        Ok(left)
    };
    disturbed.into_par_iter().map(recovered).collect()
}
