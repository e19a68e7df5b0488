//! The place of a program that receives signals: in a terminal with the dashboard, or without a terminal.

use std::time::{Duration, Instant};

use rustix::process::{Pid, test_kill_process};

use crate::common::{Scratch, Size};
use crate::process::{PATIENCE, Process, until};
use crate::terminal::Terminal;

/// One trial in this number runs without a terminal.
const ONE_IN: usize = 4;

/// A running program, in a terminal or without one.
pub(crate) enum Place {
    Dashboard(Terminal),
    NoTerminal(Process),
}

impl Place {
    pub(crate) fn id(&self) -> Option<Pid> {
        match self {
            Self::Dashboard(terminal) => terminal.id(),
            Self::NoTerminal(process) => Some(process.id()),
        }
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        match self {
            Self::Dashboard(terminal) => terminal.id().is_some_and(|id| test_kill_process(id).is_err()),
            Self::NoTerminal(process) => process.has_ended(),
        }
    }

    /// Whether the dashboard has been on the screen.
    pub(crate) fn has_dashboard(&self) -> bool {
        matches!(self, Self::Dashboard(terminal) if terminal.shown().contains("\x1b[?1049h"))
    }

    /// Lets a stuck terminal accept output again.
    pub(crate) fn release(&self) {
        if let Self::Dashboard(terminal) = self {
            terminal.release();
        }
    }

    /// The exit code, or 128 plus the signal that ended it; an error if the terminal is not as it was.
    pub(crate) fn code(self) -> Result<i32, String> {
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

/// Whether this trial runs without a terminal; the first one does not.
pub(crate) fn is_without_terminal(trial: usize) -> bool {
    trial % ONE_IN == ONE_IN - 1
}

/// Starts the small run of a trial.
pub(crate) fn start(scratch: &Scratch, trial: usize) -> Place {
    if is_without_terminal(trial) {
        Place::NoTerminal(Process::start(scratch.program(&Size::SMALL.arguments())))
    } else {
        Place::Dashboard(Terminal::start(scratch, &Size::SMALL.watched_arguments()))
    }
}

/// Duration of the run in a place.
pub(crate) fn time_of(trial: usize) -> Duration {
    let (scratch, began) = (Scratch::new(), Instant::now());
    let mut place = start(&scratch, trial);
    until(PATIENCE, || place.has_ended()).expect("it ends on its own");
    let lasted = began.elapsed();
    assert_eq!(place.code(), Ok(0), "it was not disturbed");
    lasted
}
