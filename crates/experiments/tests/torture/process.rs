//! A process and its messages with their times; tests can kill it, wait for its end, and leave nothing running.

use std::io::{BufRead, BufReader};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// Time limit of a trial on any machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// A line of stderr, and when it came.
type Line = (Instant, String);

/// A process and its children, in their own process group.
pub(crate) struct Process {
    child: Child,
    began: Instant,
    lines: Arc<Mutex<Vec<Line>>>,
    listener: Option<JoinHandle<()>>,
}

/// How a process ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    /// All of stderr.
    pub(crate) said: String,
    pub(crate) lasted: Duration,
}

impl Process {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
        let began = Instant::now();
        let mut child = command.spawn().expect("the program starts");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (stderr, heard) = (child.stderr.take().expect("it is piped"), Arc::clone(&lines));
        let listener = std::thread::spawn(move || {
            let mut stderr = BufReader::new(stderr);
            let mut line = Vec::new();
            while stderr.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
                let text = String::from_utf8_lossy(&line).into_owned();
                heard.lock().expect("no panic while locked").push((Instant::now(), text));
                line.clear();
            }
        });
        Self { child, began, lines, listener: Some(listener) }
    }

    pub(crate) fn id(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// The time of its first message with these words.
    pub(crate) fn said(&self, words: &str) -> Option<Instant> {
        let lines = self.lines.lock().expect("no panic while locked");
        lines.iter().find(|(_, line)| line.contains(words)).map(|(moment, _)| *moment)
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("our own child").is_some()
    }

    /// Sends SIGKILL to it and its children.
    pub(crate) fn kill(&self) {
        let _ = kill_process_group(self.id(), Signal::KILL);
    }

    /// Waits for its end; if it does not end in time, kills it and returns an error.
    pub(crate) fn ended(mut self) -> Result<Ended, String> {
        let in_time = until(PATIENCE, || self.has_ended()).is_some();
        let lasted = self.began.elapsed();
        // Its children would keep its stderr open.
        self.kill();
        let status = self.child.wait().expect("our own child");
        self.listener.take().expect("it listens").join().expect("it does not panic");
        let said = self.lines.lock().expect("no panic while locked").iter().map(|(_, line)| line.as_str()).collect();
        let ended = Ended { code: status.code(), signal: status.signal(), said, lasted };
        if in_time { Ok(ended) } else { Err(format!("it did not end within {PATIENCE:?}: {ended:?}")) }
    }
}

impl Drop for Process {
    /// So a test that fails leaves nothing running.
    fn drop(&mut self) {
        if self.listener.is_some() {
            self.kill();
            let _ = self.child.wait();
        }
    }
}

/// Asks every millisecond until `is_true`; returns the time that it took, or none after `patience`.
pub(crate) fn until(patience: Duration, mut is_true: impl FnMut() -> bool) -> Option<Duration> {
    let began = Instant::now();
    loop {
        if is_true() {
            return Some(began.elapsed());
        }
        if began.elapsed() > patience {
            return None;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}
