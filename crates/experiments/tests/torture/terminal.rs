//! A pseudo-terminal with the program in it: the program's output, and the state in which it leaves the terminal.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process_group};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcgetattr, tcsetwinsize, ttyname};

use crate::common::Scratch;
use crate::process::{PATIENCE, until};

/// Appears in the terminal after a program has ended.
const LAST: &str = "the program has ended";
/// Milliseconds without progress after which a terminal counts as full.
const FULL_FOR: usize = 10;
/// Leads the session, so that the terminal outlives the program; prints the program's number and exit code, and waits.
const SHELL: &str = r#"trap : HUP
    sh -c 'echo $$ > id.new; mv id.new id; exec "$@"' sh "$@"
    code=$?
    echo the program has ended
    echo $code > code.new; mv code.new code
    read _"#;
/// The modes of a terminal that a dashboard changes, and whether they are on by default.
const MODES: [(&str, bool); 7] = [
    ("1049", false),
    ("25", true),
    ("1000", false),
    ("1002", false),
    ("1003", false),
    ("1006", false),
    ("1015", false),
];

/// The user's end of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Window {
    /// It accepts output.
    Open,
    /// It accepts nothing until it is opened again.
    Stuck,
    /// It accepts everything again. Output that restores the terminal may have been lost meanwhile.
    OpenAgain,
    /// It is closed for good.
    Shut,
}

/// A terminal, the shell in it, and the program in that.
pub(crate) struct Terminal {
    shell: Child,
    inside: OwnedFd,
    settings: String,
    shown: Arc<Mutex<Vec<u8>>>,
    window: Arc<Mutex<Window>>,
    folder: std::path::PathBuf,
}

impl Terminal {
    /// Starts the program in a terminal of 160 columns.
    pub(crate) fn start(scratch: &Scratch, arguments: &[String]) -> Self {
        Self::start_under(scratch, &[], arguments)
    }

    /// The same, with the program started by another one.
    pub(crate) fn start_under(scratch: &Scratch, wrapper: &[&str], arguments: &[String]) -> Self {
        Self::start_in(SHELL, scratch, wrapper, arguments)
    }

    /// The same, in a shell with this script, which starts the program and leaves the files `id` and `code`.
    pub(crate) fn start_in(shell: &str, scratch: &Scratch, wrapper: &[&str], arguments: &[String]) -> Self {
        for name in ["id", "code"] {
            let _ = std::fs::remove_file(scratch.path(name));
        }
        let outside = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("a terminal");
        grantpt(&outside).and_then(|()| unlockpt(&outside)).expect("it is ours");
        let name = ptsname(&outside, Vec::new()).expect("it has a name");
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let inside = rustix::fs::open(name, flags, Mode::empty()).expect("it opens");
        let size = Winsize { ws_row: 50, ws_col: 160, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&outside, size).expect("it has a size");
        let settings = settings_of(&inside);

        let words = [&["setsid", "--ctty", "sh", "-c", shell, "sh"], wrapper].concat();
        let mut command: Command = scratch.under(&words, arguments);
        let end = || Stdio::from(inside.try_clone().expect("it can be shared"));
        let shell = command.stdin(end()).stdout(end()).stderr(end()).env("TERM", "xterm").spawn().expect("it starts");
        let shown = Arc::new(Mutex::new(Vec::new()));
        let (screen, window) = (Arc::clone(&shown), Arc::new(Mutex::new(Window::Open)));
        let seen = Arc::clone(&window);
        std::thread::spawn(move || {
            let (mut outside, mut buffer) = (File::from(outside), [0; 4096]);
            // Ends with an error when no process has the inside open any more.
            while let Ok(bytes @ 1..) = outside.read(&mut buffer) {
                screen.lock().expect("no panic while locked").extend_from_slice(&buffer[..bytes]);
                while state_of(&seen) == Window::Stuck {
                    std::thread::sleep(Duration::from_millis(1));
                }
                if state_of(&seen) == Window::Shut {
                    break;
                }
            }
        });
        Self { shell, inside, settings, shown, window, folder: scratch.path("") }
    }

    /// The program's process number, once it has one.
    pub(crate) fn id(&self) -> Option<Pid> {
        Pid::from_raw(self.number("id")?)
    }

    /// The program's exit code, once it has ended; 128 and more if a signal ended it.
    pub(crate) fn code(&self) -> Option<i32> {
        self.number("code")
    }

    fn number(&self, file: &str) -> Option<i32> {
        std::fs::read_to_string(self.folder.join(file)).ok()?.trim().parse().ok()
    }

    /// The output so far; all of it if the program has ended.
    pub(crate) fn shown(&self) -> String {
        let so_far = || String::from_utf8_lossy(&self.shown.lock().expect("no panic while locked")).into_owned();
        if self.code().is_some() && state_of(&self.window) != Window::Shut {
            until(PATIENCE, || so_far().contains(LAST));
        }
        so_far()
    }

    /// Closes the user's end after the program's next output, like a window that is closed.
    pub(crate) fn hang_up(&self) {
        *self.window.lock().expect("no panic while locked") = Window::Shut;
    }

    /// Accepts no more output, and fills the system's buffer, so that the program's writes wait.
    pub(crate) fn hold(&self) {
        *self.window.lock().expect("no panic while locked") = Window::Stuck;
        let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let name = ttyname(&self.inside, Vec::new()).expect("it has a name");
        let mut filler = File::from(rustix::fs::open(name, flags, Mode::empty()).expect("it opens"));
        // The window may accept one more piece, so the buffer is full when it has been full for a while.
        for _ in 0..FULL_FOR {
            while filler.write(&[b' '; 512]).is_ok() {}
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Accepts everything again after [`Terminal::hold`].
    pub(crate) fn release(&self) {
        let mut window = self.window.lock().expect("no panic while locked");
        if *window == Window::Stuck {
            *window = Window::OpenAgain;
        }
    }

    /// A short description of what the program changed in the terminal; none if it is as before.
    pub(crate) fn what_changed(&self) -> Option<String> {
        if state_of(&self.window) == Window::Shut {
            return None;
        }
        let settings = settings_of(&self.inside);
        if settings != self.settings {
            return Some(format!("the settings {} became {settings}", self.settings));
        }
        if state_of(&self.window) != Window::Open {
            return None;
        }
        let shown = self.shown();
        let modes = modes_of(&shown);
        let changed = MODES.iter().find(|(mode, usual)| modes.get(*mode).is_some_and(|is_on| is_on != usual));
        changed.map(|(mode, _)| {
            let last = shown.chars().rev().take(300).collect::<Vec<_>>().into_iter().rev().collect::<String>();
            format!("mode {mode} of the terminal is not as it was; it was last sent {last:?}")
        })
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = kill_process_group(Pid::from_child(&self.shell), Signal::KILL);
        let _ = self.shell.wait();
    }
}

fn state_of(window: &Mutex<Window>) -> Window {
    *window.lock().expect("no panic while locked")
}

fn settings_of(terminal: &OwnedFd) -> String {
    format!("{:?}", tcgetattr(terminal).expect("a terminal has settings"))
}

/// The final state of the modes that `CSI ? … h` switches on and `CSI ? … l` off.
fn modes_of(shown: &str) -> BTreeMap<&str, bool> {
    let mut modes = BTreeMap::new();
    for sequence in shown.split("\x1b[?").skip(1) {
        let Some(end) = sequence.find(|letter: char| !letter.is_ascii_digit() && letter != ';') else { continue };
        if let Some(is_on) = match &sequence[end..=end] {
            "h" => Some(true),
            "l" => Some(false),
            _ => None,
        } {
            modes.extend(sequence[..end].split(';').map(|mode| (mode, is_on)));
        }
    }
    modes
}

#[test]
fn the_last_change_of_a_mode_counts() {
    let modes = modes_of("\x1b[?1049h\x1b[?25l\x1b[?1000;1006hx\x1b[?1000l\x1b[1mlh\x1b[?25h");
    let expected = [("1000", false), ("1006", true), ("1049", true), ("25", true)];
    assert_eq!(modes, expected.into_iter().collect());
}
