//! The screen under Burn's dashboard: keys that stop a training, and the way back to a usable terminal.

use std::fs::File;
use std::io::IsTerminal;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossterm::event::DisableMouseCapture;
use crossterm::terminal::{LeaveAlternateScreen, disable_raw_mode, is_raw_mode_enabled};
use crossterm::{cursor, execute};
use rustix::io::Errno;
use rustix::stdio::{dup2_stderr, dup2_stdout};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// How long the dashboard may take to switch the terminal to raw mode.
const RAW_MODE_PATIENCE: Duration = Duration::from_secs(2);
/// How long it takes between its screen and its raw mode.
const OPENING: Duration = Duration::from_millis(10);
/// A control character of this value is switched off.
const DISABLED: u8 = 0;

/// Lets Ctrl-C and `q` raise signals although the dashboard holds the terminal in raw mode.
///
/// In raw mode Ctrl-C raises no signal, and Burn's `q` opens a menu, one of whose answers kills the program without a
/// record. So the terminal itself raises SIGINT on Ctrl-C and SIGQUIT on `q`; both stop the training at its next step.
/// The dashboard restores the terminal's earlier settings, these included.
pub(super) fn let_keys_raise_signals() {
    let began = Instant::now();
    // The dashboard switches modes in a thread of its own.
    while !is_raw_mode_enabled().unwrap_or(false) && began.elapsed() < RAW_MODE_PATIENCE {
        std::thread::sleep(Duration::from_millis(1));
    }
    // Without the keys, the dashboard's own menu still stops a training.
    let _ = with_terminal(|mode| {
        mode.local_modes.insert(LocalModes::ISIG);
        mode.special_codes[SpecialCodeIndex::VQUIT] = b'q';
        // A suspended program would leave the shell in the dashboard's screen.
        mode.special_codes[SpecialCodeIndex::VSUSP] = DISABLED;
    });
}

/// Whether the dashboard is on the screen, or about to be.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// While it lives, the dashboard has the terminal.
///
/// The dashboard opens its screen first and switches to raw mode later: code that restores the terminal in between has to
/// know of it.
pub(super) struct DashboardGuard(());

impl DashboardGuard {
    /// Announces the dashboard, before it opens.
    pub(super) fn new() -> Self {
        IS_TAKEN.store(true, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for DashboardGuard {
    fn drop(&mut self) {
        IS_TAKEN.store(false, Ordering::SeqCst);
    }
}

/// Restores the terminal, just before the program ends without the dashboard's help.
fn restore() {
    let mut stdout = std::io::stdout();
    if is_raw_mode_enabled().unwrap_or(false) {
        let _ = disable_raw_mode();
    }
    if IS_TAKEN.load(Ordering::SeqCst) {
        let _ = execute!(stdout, DisableMouseCapture, LeaveAlternateScreen);
    }
    if stdout.is_terminal() {
        let _ = execute!(stdout, cursor::Show);
    }
}

/// Restores the terminal for good: until the program ends, no other thread writes to it. The dashboard's thread would draw
/// once more on the restored screen.
pub(crate) fn restore_for_good() {
    // First what cannot block: the settings, which outlast the program.
    let _ = disable_raw_mode();
    let stdout = std::io::stdout();
    // Another thread may hold a stdout that is not a terminal for ever: it writes to a pipe that is full.
    if stdout.is_terminal() {
        std::mem::forget(stdout.lock());
    }
    if IS_TAKEN.load(Ordering::SeqCst) && !is_raw_mode_enabled().unwrap_or(false) {
        // A dashboard that has just opened its screen is about to switch to raw mode, which needs no stdout.
        std::thread::sleep(OPENING);
    }
    restore();
}

/// Redirects to `/dev/null` the streams whose terminal is gone, because its window was closed.
///
/// Burn's dashboard panics if it cannot restore the terminal, and the library that it draws with panics again during that
/// panic, because stderr is gone as well: the program would be aborted instead of saving a checkpoint.
pub(crate) fn forget_if_gone() {
    let is_gone = |terminal: BorrowedFd<'_>| tcgetattr(terminal).is_err_and(|error| error == Errno::IO);
    let Ok(nothing) = File::options().write(true).open("/dev/null") else { return };
    if is_gone(std::io::stdout().as_fd()) {
        let _ = dup2_stdout(&nothing);
    }
    if is_gone(std::io::stderr().as_fd()) {
        let _ = dup2_stderr(&nothing);
    }
}

/// From now on a panic restores the terminal before it prints its message. Burn's dashboard does so too, but leaves the
/// cursor hidden.
pub(crate) fn restore_on_panic() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // Only a panic of the main thread ends the program; a lock that another thread holds for good would block it.
        if std::thread::current().name() == Some("main") {
            restore_for_good();
        } else {
            restore();
        }
        forget_if_gone();
        usual(panic);
    }));
}

fn with_terminal(change: impl FnOnce(&mut Termios)) -> std::io::Result<()> {
    let terminal = terminal()?;
    let mut mode = tcgetattr(&terminal)?;
    change(&mut mode);
    Ok(tcsetattr(&terminal, OptionalActions::Now, &mode)?)
}

/// The terminal that keys come from: stdin or, if that is redirected, the controlling terminal.
fn terminal() -> std::io::Result<OwnedFd> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return stdin.as_fd().try_clone_to_owned();
    }
    Ok(File::options().read(true).write(true).open("/dev/tty")?.into())
}
