//! The terminal under Burn's dashboard: keys that stop or suspend a training, and how it becomes usable again.

use std::fs::File;
use std::io::IsTerminal;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossterm::event::DisableMouseCapture;
use crossterm::terminal::{LeaveAlternateScreen, disable_raw_mode, is_raw_mode_enabled};
use crossterm::{cursor, execute};
use parking_lot::Mutex;
use rustix::io::Errno;
use rustix::stdio::{dup2_stderr, dup2_stdout};
use rustix::termios::{InputModes, LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

use crate::exit;
use crate::failure::Failure;

/// Time for the dashboard to switch the terminal to raw mode.
const RAW_MODE_PATIENCE: Duration = Duration::from_secs(2);
/// Time between its opening the screen and switching to raw mode.
const OPENING: Duration = Duration::from_millis(10);
/// Switches a control character off.
const DISABLED: u8 = 0;
/// Ctrl-Q, which Burn's dashboard takes for `q`.
const CTRL_Q: u8 = 0x11;

/// Lets Ctrl-C, Ctrl-Z and `q` raise signals although the dashboard keeps the terminal in raw mode.
///
/// In raw mode no key raises a signal, and Burn's `q` opens a menu that can kill the program before it writes a record. So the
/// terminal raises SIGINT on Ctrl-C and SIGQUIT on `q`; both stop the training at its next step. It takes Ctrl-Q for itself.
/// The dashboard restores the terminal's earlier settings, these included.
pub(super) fn let_keys_raise_signals() {
    let began = Instant::now();
    // The dashboard switches modes in its own thread.
    while !is_raw_mode_enabled().unwrap_or(false) && began.elapsed() < RAW_MODE_PATIENCE {
        std::thread::sleep(Duration::from_millis(1));
    }
    let _settings = SETTINGS.lock();
    // The dashboard of a terminal that takes no output may not have opened, and would never restore these settings.
    if is_raw_mode_enabled().unwrap_or(false) {
        // If this fails, the dashboard's menu still stops a training.
        let _ = raise_signals();
    }
}

/// One thread changes the settings at a time: a change while another thread restores them would outlast the program.
static SETTINGS: Mutex<()> = Mutex::new(());

/// The settings as they were before the dashboard. This never blocks.
fn restore_settings() {
    let _settings = SETTINGS.lock();
    let _ = disable_raw_mode();
}

fn raise_signals() -> std::io::Result<()> {
    // Only the controlling terminal raises signals.
    let terminal = File::options().read(true).write(true).open("/dev/tty")?;
    let mut mode = tcgetattr(&terminal)?;
    mode.local_modes.insert(LocalModes::ISIG);
    mode.special_codes[SpecialCodeIndex::VQUIT] = b'q';
    // Ctrl-Q continues output, and without a key that halts it, it does nothing.
    mode.input_modes.insert(InputModes::IXON);
    mode.special_codes[SpecialCodeIndex::VSTART] = CTRL_Q;
    mode.special_codes[SpecialCodeIndex::VSTOP] = DISABLED;
    Ok(tcsetattr(&terminal, OptionalActions::Now, &mode)?)
}

/// The system's refusal of a thread in the message of a panic.
const REFUSED_THREAD: &str = "kind: WouldBlock";

/// Whether the dashboard is on the screen, or about to be.
static HAS_DASHBOARD: AtomicBool = AtomicBool::new(false);

/// Tells code that restores the terminal that the dashboard is about to open.
///
/// It opens its screen first and switches to raw mode later. After a panic the flag stays: the main thread's panic ends the
/// program.
pub(super) fn dashboard_opens() {
    HAS_DASHBOARD.store(true, Ordering::SeqCst);
}

/// The dashboard has restored the terminal.
pub(super) fn dashboard_has_closed() {
    HAS_DASHBOARD.store(false, Ordering::SeqCst);
}

/// Restores the terminal without the dashboard's help, just before the program ends.
fn restore() {
    let mut stdout = std::io::stdout();
    restore_settings();
    if HAS_DASHBOARD.load(Ordering::SeqCst) {
        let _ = execute!(stdout, DisableMouseCapture, LeaveAlternateScreen, cursor::Show);
    }
}

/// Restores the terminal and keeps other threads from writing to it until the program ends: the dashboard's thread would draw
/// on the restored screen.
pub(crate) fn restore_for_good() {
    // First, because the settings outlast the program.
    restore_settings();
    let stdout = std::io::stdout();
    // If stdout is a full pipe, another thread may keep it locked for ever.
    if stdout.is_terminal() {
        std::mem::forget(stdout.lock());
    }
    if HAS_DASHBOARD.load(Ordering::SeqCst) && !is_raw_mode_enabled().unwrap_or(false) {
        // A dashboard that has just opened its screen is about to switch to raw mode, which does not need stdout.
        std::thread::sleep(OPENING);
    }
    restore();
}

/// Redirects to `/dev/null` the streams whose terminal is gone, because its window was closed.
///
/// Burn's dashboard panics if it cannot restore the terminal, and its drawing library panics again during that panic, because
/// stderr is gone too: the program would abort before it saves a checkpoint.
pub(crate) fn detach_closed_terminal() {
    let is_gone = |terminal: BorrowedFd<'_>| tcgetattr(terminal).is_err_and(|error| error == Errno::IO);
    let Ok(nothing) = File::options().write(true).open("/dev/null") else { return };
    if is_gone(std::io::stdout().as_fd()) {
        let _ = dup2_stdout(&nothing);
    }
    if is_gone(std::io::stderr().as_fd()) {
        let _ = dup2_stderr(&nothing);
    }
}

/// Makes every later panic restore the terminal before it prints its message. Burn's dashboard does this too, but leaves the
/// cursor hidden. A thread that the system refuses is not a bug: the libraries panic over it, and the program ends with an error.
pub(crate) fn restore_on_panic() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_refused_thread = panic.payload_as_str().is_some_and(|text| text.contains(REFUSED_THREAD));
        // Only these end the program here and now, so only then may stdout be locked for good.
        if is_refused_thread || std::thread::current().name() == Some("main") {
            restore_for_good();
        } else {
            restore();
        }
        detach_closed_terminal();
        if is_refused_thread {
            Failure::refused_thread().show();
            std::process::exit(exit::FAILURE.into());
        }
        usual(panic);
    }));
}
