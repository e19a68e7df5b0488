//! Signals at random moments: the program keeps a checkpoint, gives the terminal back and leaves, within a second.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use torture::{Scale, Tamper, row};

use crate::common::{Scratch, Size, failures};
use crate::process::{PATIENCE, Process, until};
use crate::reference::SMALL;
use crate::terminal::Terminal;

const SIGNALS: [Signal; 5] = [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT, Signal::USR1];
/// One trial in so many has no terminal.
const ONE_IN: usize = 4;
/// The promise is a second; a machine that has other work is given more.
const SLACK: Duration = Duration::from_secs(4);
/// The exit code of a run that was stopped.
const INTERRUPTED: i32 = 130;

/// A program at work, in a terminal or without one.
enum Place {
    Dashboard(Terminal),
    NoTerminal(Process),
}

/// What came of one signal.
struct Left {
    code: i32,
    had_dashboard: bool,
    after: Duration,
}

impl Place {
    fn id(&self) -> Option<Pid> {
        match self {
            Self::Dashboard(terminal) => terminal.id(),
            Self::NoTerminal(process) => Some(process.id()),
        }
    }

    fn has_ended(&mut self) -> bool {
        match self {
            Self::Dashboard(terminal) => terminal.id().is_some_and(|id| test_kill_process(id).is_err()),
            Self::NoTerminal(process) => process.has_ended(),
        }
    }

    /// Whether the dashboard has been on the screen.
    fn has_dashboard(&self) -> bool {
        matches!(self, Self::Dashboard(terminal) if terminal.shown().contains("\x1b[?1049h"))
    }

    /// The exit code, a signal's number and 128 where one ended it; an error where the terminal is not as it was.
    fn code(self) -> Result<i32, String> {
        match self {
            Self::Dashboard(terminal) => {
                until(PATIENCE, || terminal.code().is_some());
                terminal.what_changed().map_or(Ok(()), Err)?;
                terminal.code().ok_or_else(|| format!("no exit code; it showed {:?}", terminal.shown()))
            }
            Self::NoTerminal(process) => {
                let ended = process.ended()?;
                ended.code.or(ended.signal.map(|signal| 128 + signal)).ok_or_else(|| format!("{ended:?}"))
            }
        }
    }
}

fn start(scratch: &Scratch, trial: usize) -> Place {
    if trial % ONE_IN == ONE_IN - 1 {
        Place::NoTerminal(Process::start(scratch.program(&Size::SMALL.arguments())))
    } else {
        Place::Dashboard(Terminal::start(scratch, &Size::SMALL.watched_arguments()))
    }
}

/// Whether a process has put a handler for a signal in place.
fn listens(id: Pid, signal: Signal) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", id.as_raw_nonzero())).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    caught & 1 << (signal.as_raw() - 1) != 0
}

/// How long the run takes in a place.
fn time_of(trial: usize) -> Duration {
    let (scratch, began) = (Scratch::new(), Instant::now());
    let mut place = start(&scratch, trial);
    until(PATIENCE, || place.has_ended()).expect("it ends by itself");
    let lasted = began.elapsed();
    assert_eq!(place.code(), Ok(0), "nobody disturbed it");
    lasted
}

#[test]
fn torture_a_signal_at_any_moment_leaves_a_checkpoint_and_the_terminal_as_it_was() {
    let trials = Scale::chosen().of(6, 100, 1000);
    let times = [0, ONE_IN - 1].map(time_of);
    let signalled = |trial: usize| -> Result<Left, String> {
        let (scratch, signal) = (Scratch::new(), SIGNALS[trial % SIGNALS.len()]);
        let lasts = times[usize::from(trial % ONE_IN == ONE_IN - 1)];
        let micros = usize::try_from(lasts.as_micros()).expect("a run takes seconds");
        let moment = Duration::from_micros(Tamper::new(trial as u64).below(micros) as u64);
        let left = signal_at(start(&scratch, trial), signal, moment).map_err(|what| format!("{signal:?}: {what}"))?;
        SMALL.recover(&scratch).map_err(|what| format!("after {signal:?} at {moment:?}: {what}"))?;
        Ok(left)
    };
    let outcomes: Vec<Result<Left, String>> = (0..trials).map(signalled).collect();

    let failures = failures(&outcomes);
    let count = |code| outcomes.iter().flatten().filter(|left| left.code == code).count();
    let dashboards = outcomes.iter().flatten().filter(|left| left.had_dashboard).count();
    let mut waits: Vec<Duration> =
        outcomes.iter().flatten().filter(|left| left.code == INTERRUPTED).map(|left| left.after).collect();
    waits.sort();
    row(
        "a signal (five kinds) at a random moment, with the dashboard or without, then the same command again",
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

/// Sends a signal at a moment, and waits for the end.
fn signal_at(mut place: Place, signal: Signal, moment: Duration) -> Result<Left, String> {
    let id = until(PATIENCE, || place.id().is_some()).and_then(|_| place.id()).ok_or("it does not start")?;
    std::thread::sleep(moment);
    let (is_late, is_early) = (place.has_ended(), !listens(id, signal));
    let sent = Instant::now();
    if !is_late {
        // It may end this very moment.
        let _ = kill_process(id, signal);
    }
    until(PATIENCE, || place.has_ended()).ok_or("it does not end")?;
    let after = sent.elapsed();
    let had_dashboard = place.has_dashboard();
    let code = place.code()?;
    // In its first moments the program is not yet there to catch a signal.
    let is_right = code == INTERRUPTED || code == 0 || !is_late && is_early && code == 128 + signal.as_raw();
    if is_right {
        Ok(Left { code, had_dashboard, after })
    } else {
        Err(format!("exit code {code} after a signal at {moment:?}"))
    }
}

#[test]
fn torture_a_second_signal_leaves_at_once() {
    let trials = Scale::chosen().of(2, 20, 200);
    let mut longest = Duration::ZERO;
    for trial in 0..trials {
        let scratch = Scratch::new();
        let mut place = start(&scratch, trial);
        scratch.await_checkpoint(PATIENCE).expect("a checkpoint");
        let id = place.id().expect("it runs");
        let sent = Instant::now();
        for _ in 0..2 {
            let _ = kill_process(id, Signal::INT);
            std::thread::sleep(Duration::from_millis(trial as u64 % 4));
        }
        until(PATIENCE, || place.has_ended()).expect("it ends");
        longest = longest.max(sent.elapsed());
        let code = place.code().expect("the terminal is as it was");
        assert!(code == INTERRUPTED || code == 0, "exit code {code}");
        SMALL.recover(&scratch).expect("the same in the end");
    }
    row("two SIGINT in a row, at most 3 ms apart", format!("{trials} of {trials} gone, after {longest:.0?} (longest)"));
    assert!(longest < SLACK, "{longest:?}");
}
