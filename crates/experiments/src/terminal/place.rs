//! The program's place at its terminal: how wide that is, and whether the program may use it.

use std::ffi::OsStr;
use std::fs::File;

use rustix::process::{Pid, getpgid, getpgrp, getppid, getsid};
use rustix::termios::{tcgetpgrp, tcgetwinsize};

/// Width of a terminal that does not report one.
const USUAL_WIDTH: u16 = 80;
/// On a narrower terminal, lines are wrapped by the terminal itself.
const LEAST_WIDTH: u16 = 40;

/// Characters in a line of the terminal.
pub(crate) fn width() -> u16 {
    // Not by `crossterm`: without a terminal, that starts a process to ask for the width.
    let reported = tcgetwinsize(std::io::stdout()).or_else(|_| tcgetwinsize(std::io::stderr()));
    let reported = reported.ok().map(|size| size.ws_col);
    usable_width(reported, std::env::var_os("COLUMNS").as_deref())
}

/// The reported width, else that of the variable `COLUMNS`; consoles and containers report 0.
fn usable_width(reported: Option<u16>, columns: Option<&OsStr>) -> u16 {
    let declared = || columns?.to_str()?.parse().ok();
    let width = reported.filter(|&width| width > 0).or_else(declared).filter(|&width| width > 0);
    width.unwrap_or(USUAL_WIDTH).max(LEAST_WIDTH)
}

/// Whether the terminal cannot move its cursor, so that a line once written stays.
pub(super) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term == "dumb")
}

/// Whether the program may read and change its terminal: a job in the background would be stopped by the system.
pub(crate) fn is_in_foreground() -> bool {
    File::open("/dev/tty").map_or(true, |terminal| tcgetpgrp(terminal).map_or(true, |group| group == getpgrp()))
}

/// Whether a shell waits that can continue the program after a stop: an ancestor in another process group of the session.
pub(super) fn has_job_control() -> bool {
    let mut ancestor = getppid();
    while let Some(process) = ancestor {
        if getpgid(Some(process)).is_ok_and(|group| group != getpgrp()) {
            return getsid(Some(process)) == getsid(None);
        }
        ancestor = parent_of(process);
    }
    false
}

/// The parent of a process, where the system has it in a file.
fn parent_of(process: Pid) -> Option<Pid> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.as_raw_nonzero())).ok()?;
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    Pid::from_raw(parent.trim().parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_that_no_terminal_has_is_replaced() {
        let cases = [
            (Some(120), Some("60"), 120),
            (Some(0), Some("60"), 60),
            (None, Some("60"), 60),
            (Some(0), Some("0"), 80),
            (Some(0), Some("wide"), 80),
            (Some(0), None, 80),
            (None, None, 80),
            (Some(1), None, 40),
        ];
        for (reported, columns, width) in cases {
            assert_eq!(usable_width(reported, columns.map(OsStr::new)), width, "{reported:?} {columns:?}");
        }
    }
}
