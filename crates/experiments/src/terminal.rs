//! The terminal under the dashboard: keys that stop a training, and the way back to a usable screen.

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
/// In raw mode Ctrl-C reaches nobody, and Burn's `q` opens a menu, one of whose answers kills the program without a
/// record. So the terminal itself raises SIGINT on Ctrl-C and SIGQUIT on `q`; both stop the training at its next step.
/// The dashboard restores the terminal as it found it, these settings included.
pub(crate) fn let_keys_raise_signals() {
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

/// The dashboard has the terminal, from before it opens until this value is dropped, after it is put away.
pub(crate) struct Taken(());

/// Announces the dashboard. It opens the screen first and then the raw mode: who puts the terminal back in between has to
/// know of it.
pub(crate) fn take() -> Taken {
    IS_TAKEN.store(true, Ordering::SeqCst);
    Taken(())
}

impl Drop for Taken {
    fn drop(&mut self) {
        IS_TAKEN.store(false, Ordering::SeqCst);
    }
}

/// Puts the terminal back, for the moment before the program ends without the dashboard's help.
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

/// Puts the terminal back for good: until the program ends no other thread writes to it any more. The dashboard's would
/// draw once more on what was put back.
pub(crate) fn restore_for_good() {
    // First what waits for nobody: the settings, which outlast the program.
    let _ = disable_raw_mode();
    let stdout = std::io::stdout();
    // What is no terminal may be written to this moment and for ever: a pipe that nobody reads.
    if stdout.is_terminal() {
        std::mem::forget(stdout.lock());
    }
    if IS_TAKEN.load(Ordering::SeqCst) && !is_raw_mode_enabled().unwrap_or(false) {
        // A dashboard that has just opened its screen is about to switch to raw mode, which needs no stdout.
        std::thread::sleep(OPENING);
    }
    restore();
}

/// Lets the program write into nothing instead of to a terminal that is gone, a window that was shut.
///
/// Burn's dashboard panics when the terminal cannot be put back, and the library that it draws with panics once more
/// while that is cleaned up, because stderr is gone as well: the program would be aborted instead of saving where it is.
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

/// From now on a panic puts the terminal back before it says what happened. Burn's dashboard does so too, but leaves the
/// cursor hidden.
pub(crate) fn restore_on_panic() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // The program ends with its main thread alone; what another thread held for good, the main thread would wait for.
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

/// The terminal that keys come from: stdin, or what stands behind a stdin that was redirected.
fn terminal() -> std::io::Result<OwnedFd> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return stdin.as_fd().try_clone_to_owned();
    }
    Ok(File::options().read(true).write(true).open("/dev/tty")?.into())
}
