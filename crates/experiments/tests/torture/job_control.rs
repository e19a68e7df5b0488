//! Job control: Ctrl-Z, `fg`, `bg` and `&` of a shell that runs the program.

use rustix::process::{Pid, Signal, kill_process};

use crate::common::{Scratch, Size};
use crate::process::{PATIENCE, until};
use crate::reference::SMALL;
use crate::terminal::Terminal;

/// Starts the program in the foreground. Whenever it has stopped, tells so and waits for the name of a command, `fg` or `bg`.
const IN_FOREGROUND: &str = r#"set -m; trap : HUP
    sh -c 'echo $$ > id.new; mv id.new id; exec "$@"' sh "$@"
    code=$?
    while [ $code = 147 ]; do
        touch stopped
        while [ ! -e fg ] && [ ! -e bg ]; do sleep 0.02; done
        rm stopped
        if [ -e bg ]; then bg %1; while [ ! -e fg ]; do sleep 0.02; done; fi
        rm -f fg bg
        fg %1
        code=$?
    done
    echo the program has ended
    echo $code > code.new; mv code.new code
    read _"#;
/// Starts the program in the background, and brings it to the foreground when there is a file `fg`.
const IN_BACKGROUND: &str = r#"set -m; trap : HUP
    "$@" &
    echo $! > id.new; mv id.new id
    while [ ! -e fg ]; do sleep 0.02; done
    fg %1
    code=$?
    echo the program has ended
    echo $code > code.new; mv code.new code
    read _"#;
const OPENS: &str = "\x1b[?1049h";
const INTERRUPTED: i32 = 130;

/// A program in a shell with job control.
struct Job {
    scratch: Scratch,
    terminal: Terminal,
}

impl Job {
    /// Starts a run with the dashboard, and waits until it has begun.
    fn start(shell: &str) -> Self {
        let scratch = Scratch::new();
        let terminal = Terminal::start_in(shell, &scratch, &[], &Size::ENDLESS.watched_arguments());
        let job = Self { scratch, terminal };
        job.wait("it begins", || job.terminal.id().is_some());
        job.scratch.await_checkpoint(PATIENCE).expect("it trains");
        job
    }

    fn wait(&self, what: &str, is_true: impl FnMut() -> bool) {
        until(PATIENCE, is_true).unwrap_or_else(|| panic!("{what}: {:?}", self.terminal.shown()));
    }

    fn id(&self) -> Pid {
        self.terminal.id().expect("it has begun")
    }

    /// Stops it with a signal; if the program knows of it, the terminal must be as it was.
    fn stop(&self, signal: Signal) {
        kill_process(self.id(), signal).expect("it runs");
        self.wait("it stops", || self.scratch.path("stopped").exists());
        if signal == Signal::TSTP {
            self.wait("the terminal is as it was", || self.terminal.what_changed().is_none());
        }
    }

    /// Lets the shell continue it with this command.
    fn continue_with(&self, command: &str) {
        std::fs::write(self.scratch.path(command), "").expect("written");
    }

    /// Waits for the dashboard after `fg`. A training that finds itself in the foreground opens it, and the signal of `fg` closes
    /// and opens it, so it may open once or twice.
    fn await_dashboard(&self) {
        self.wait("the dashboard opens again", || self.times_opened() >= 2);
    }

    fn times_opened(&self) -> usize {
        self.terminal.shown().matches(OPENS).count()
    }

    /// Interrupts it: it must save its state and leave the terminal as it was.
    fn interrupt(self) {
        kill_process(self.id(), Signal::TERM).expect("it runs");
        self.wait("it ends", || self.terminal.code().is_some());
        assert_eq!((self.terminal.code(), self.terminal.what_changed()), (Some(INTERRUPTED), None));
    }
}

#[test]
fn ctrl_z_restores_the_terminal_and_fg_the_dashboard() {
    let job = Job::start(IN_FOREGROUND);
    job.stop(Signal::TSTP);
    assert_eq!(job.times_opened(), 1);
    job.continue_with("fg");
    job.await_dashboard();
    job.interrupt();
}

#[test]
fn a_dashboard_that_was_stopped_unawares_opens_again() {
    let job = Job::start(IN_FOREGROUND);
    job.stop(Signal::STOP);
    job.continue_with("fg");
    job.await_dashboard();
    job.interrupt();
}

#[test]
fn a_stopped_run_continues_in_the_background_without_its_dashboard() {
    let job = Job::start(IN_FOREGROUND);
    job.stop(Signal::TSTP);
    let steps = job.scratch.newest_step();
    job.continue_with("bg");
    job.wait("it trains", || job.scratch.newest_step() > steps);
    assert_eq!((job.times_opened(), job.terminal.what_changed()), (1, None));
    job.continue_with("fg");
    job.await_dashboard();
    job.interrupt();
}

/// The dashboard was open when it stopped, so the system stops it again at its next access to the terminal.
#[test]
fn a_run_that_was_stopped_unawares_waits_in_the_background_for_fg() {
    let job = Job::start(IN_FOREGROUND);
    job.stop(Signal::STOP);
    job.continue_with("bg");
    job.wait("the shell continues it", || !job.scratch.path("stopped").exists());
    job.continue_with("fg");
    job.await_dashboard();
    job.interrupt();
}

#[test]
fn a_run_that_begins_in_the_background_leaves_the_terminal_alone() {
    let job = Job::start(IN_BACKGROUND);
    assert_eq!((job.times_opened(), job.terminal.what_changed()), (0, None));
    assert!(!job.terminal.shown().contains("left"), "no bars: {:?}", job.terminal.shown());
    job.continue_with("fg");
    job.wait("the bar appears", || job.terminal.shown().contains("left"));
    job.interrupt();
}

#[test]
fn a_suspended_run_ends_with_the_same_bytes() {
    let scratch = Scratch::new();
    let terminal = Terminal::start_in(IN_FOREGROUND, &scratch, &[], &Size::SMALL.watched_arguments());
    let job = Job { scratch, terminal };
    job.wait("it begins", || job.times_opened() == 1);
    job.stop(Signal::TSTP);
    job.continue_with("fg");
    job.wait("it ends", || job.terminal.code().is_some());
    SMALL.recover(&job.scratch).expect("the same bytes");
}
