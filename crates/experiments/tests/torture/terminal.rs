//! A terminal of our own with the program in it: what it is sent, and what state it leaves the terminal in.

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

/// The last that a terminal is sent of a program.
const LAST: &str = "the program has ended";
/// Milliseconds for which a terminal takes nothing more until it counts as full.
const FULL_FOR: usize = 10;
/// Leads the session, so that the terminal outlives the program: tells its number and its exit code, and waits.
const SHELL: &str = r#"trap : HUP
    sh -c 'echo $$ > id.new; mv id.new id; exec "$@"' sh "$@"
    code=$?
    echo the program has ended
    echo $code > code.new; mv code.new code
    read _"#;
/// The modes of a terminal that a dashboard changes, and whether they are on where nobody changed them.
const MODES: [(&str, bool); 7] = [
    ("1049", false),
    ("25", true),
    ("1000", false),
    ("1002", false),
    ("1003", false),
    ("1006", false),
    ("1015", false),
];

/// The other end of a terminal, where a person would sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Window {
    /// It takes what the terminal is sent.
    Open,
    /// It takes nothing, until it is opened again.
    Stuck,
    /// It takes everything again. What the program sent to restore the terminal meanwhile may be lost.
    OpenAgain,
    /// It is closed, for good.
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

    /// The same, the program started by another one.
    pub(crate) fn start_under(scratch: &Scratch, wrapper: &[&str], arguments: &[String]) -> Self {
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

        let words = [&["setsid", "--ctty", "sh", "-c", SHELL, "sh"], wrapper].concat();
        let mut command: Command = scratch.under(&words, arguments);
        let end = || Stdio::from(inside.try_clone().expect("it can be shared"));
        let shell = command.stdin(end()).stdout(end()).stderr(end()).env("TERM", "xterm").spawn().expect("it starts");
        let shown = Arc::new(Mutex::new(Vec::new()));
        let (screen, window) = (Arc::clone(&shown), Arc::new(Mutex::new(Window::Open)));
        let seen = Arc::clone(&window);
        std::thread::spawn(move || {
            let (mut outside, mut buffer) = (File::from(outside), [0; 4096]);
            // Ends with an error when nobody has the inside open any more.
            while let Ok(bytes @ 1..) = outside.read(&mut buffer) {
                screen.lock().expect("nobody panics in here").extend_from_slice(&buffer[..bytes]);
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

    /// The program's number, as soon as it has one.
    pub(crate) fn id(&self) -> Option<Pid> {
        Pid::from_raw(self.number("id")?)
    }

    /// The program's exit code, as soon as it has ended; 128 and more where a signal ended it.
    pub(crate) fn code(&self) -> Option<i32> {
        self.number("code")
    }

    fn number(&self, file: &str) -> Option<i32> {
        std::fs::read_to_string(self.folder.join(file)).ok()?.trim().parse().ok()
    }

    /// What the terminal has been sent; all of it, where the program has ended.
    pub(crate) fn shown(&self) -> String {
        let so_far = || String::from_utf8_lossy(&self.shown.lock().expect("nobody panics in here")).into_owned();
        if self.code().is_some() && state_of(&self.window) != Window::Shut {
            until(PATIENCE, || so_far().contains(LAST));
        }
        so_far()
    }

    /// Closes the terminal's other end as soon as the program has shown something more: a window that is shut.
    pub(crate) fn hang_up(&self) {
        *self.window.lock().expect("nobody panics in here") = Window::Shut;
    }

    /// Takes no more of what the program shows, and fills what the system keeps for it, so that its writes wait.
    pub(crate) fn hold(&self) {
        *self.window.lock().expect("nobody panics in here") = Window::Stuck;
        let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let name = ttyname(&self.inside, Vec::new()).expect("it has a name");
        let mut filler = File::from(rustix::fs::open(name, flags, Mode::empty()).expect("it opens"));
        // The window may take one piece more before it is stuck, so it is full when it was full for a while.
        for _ in 0..FULL_FOR {
            while filler.write(&[b' '; 512]).is_ok() {}
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Takes everything again after [`Terminal::hold`].
    pub(crate) fn release(&self) {
        let mut window = self.window.lock().expect("nobody panics in here");
        if *window == Window::Stuck {
            *window = Window::OpenAgain;
        }
    }

    /// What is not as it was before the program, in a few words.
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
    *window.lock().expect("nobody panics in here")
}

fn settings_of(terminal: &OwnedFd) -> String {
    format!("{:?}", tcgetattr(terminal).expect("a terminal has settings"))
}

/// The modes that `CSI ? … h` switched on and `CSI ? … l` off, each as it was left.
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
fn modes_are_as_they_were_left() {
    let modes = modes_of("\x1b[?1049h\x1b[?25l\x1b[?1000;1006hx\x1b[?1000l\x1b[1mlh\x1b[?25h");
    let expected = [("1000", false), ("1006", true), ("1049", true), ("25", true)];
    assert_eq!(modes, expected.into_iter().collect());
}
