//! Signals: they stop the trainings at their next step, or end the program if there are none; they suspend and continue it.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak, mpsc};
use std::thread;
use std::time::Duration;

use burn::train::Interrupter;
use parking_lot::Mutex;
use signal_hook::consts::{
    SIGABRT, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ,
};
use signal_hook::iterator::Signals;
use spec::thousands;

use crate::failure::Failure;
use crate::{exit, terminal};

/// Signals that stop the trainings: of the user and the terminal, and the warnings of batch systems before they kill.
const STOPPING: [i32; 7] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGXCPU];

/// Time for trainings to finish their step and save a checkpoint, so that the program ends within a second of the signal. A
/// training that needs longer keeps its previous checkpoint.
const PATIENCE: Duration = Duration::from_millis(850);

/// Time for restoring the terminal, which never ends over a connection that hangs.
const TERMINAL_PATIENCE: Duration = Duration::from_millis(80);

/// Whether the program was asked to stop, and the trainings that stop then.
#[derive(Clone, Default)]
pub(crate) struct Stop {
    is_requested: Arc<AtomicBool>,
    /// An entry is dead when its training has ended.
    trainings: Arc<Mutex<Vec<Weak<Running>>>>,
}

/// A training that a signal stops, as the handle that Burn's learner asks before every step.
pub(crate) struct Running {
    interrupter: Interrupter,
    /// The experiment and the seed.
    label: String,
    /// Steps taken at the last checkpoint; 0 without one.
    saved_steps: AtomicUsize,
}

impl Running {
    /// A checkpoint with this number of steps is on the disk.
    pub(crate) fn has_saved(&self, steps: usize) {
        self.saved_steps.store(steps, Ordering::SeqCst);
    }

    /// What is left of it if it ends now: `task4e, seed 1 resumes from step 1,250`.
    fn rest(&self) -> String {
        match self.saved_steps.load(Ordering::SeqCst) {
            0 => format!("{} has no checkpoint yet and starts again", self.label),
            steps => format!("{} resumes from step {}", self.label, thousands(steps)),
        }
    }
}

impl Deref for Running {
    type Target = Interrupter;

    fn deref(&self) -> &Interrupter {
        &self.interrupter
    }
}

/// Turns limits of the system into failures of the program: a write beyond the limit of a file's size (`ulimit -f`) fails like
/// one on a full disk, and without memory the program ends with the exit code of a failure.
pub(crate) fn fail_at_limits() {
    // Without these handlers the system ends the program.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
    let _ = signal_hook::flag::register_conditional_shutdown(SIGABRT, exit::FAILURE.into(), Arc::new(true.into()));
}

impl Stop {
    /// Listens from now on for the signals that stop the trainings, suspend the program or continue it. A signal that the
    /// program's parent ignores, as `nohup` and background jobs of scripts do, stays ignored.
    ///
    /// # Errors
    /// The system refuses the handlers, or a thread.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let refused = |error| Failure::outside(format!("cannot listen for signals: {error}"));
        let stop = Self::default();
        let ignored = ignored();
        let heard = STOPPING.into_iter().chain([SIGTSTP, SIGCONT]).filter(|signal| ignored & 1 << (signal - 1) == 0);
        let mut signals = Signals::new(heard).map_err(refused)?;
        let listener = stop.clone();
        let act = move |signal| match signal {
            SIGTSTP => terminal::suspend(),
            SIGCONT => terminal::has_continued(),
            _ => listener.request(),
        };
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || signals.forever().for_each(act))
            .map_err(refused)?;
        Ok(stop)
    }

    /// Whether the program was asked to stop.
    pub(crate) fn is_requested(&self) -> bool {
        self.is_requested.load(Ordering::SeqCst)
    }

    /// A training with this name. While the caller keeps it, the first signal stops the training instead of the program.
    pub(crate) fn running(&self, label: String) -> Arc<Running> {
        let running = Running { interrupter: Interrupter::new(), label, saved_steps: AtomicUsize::new(0) };
        let running = Arc::new(running);
        let mut trainings = self.trainings.lock();
        trainings.retain(|training| training.strong_count() > 0);
        trainings.push(Arc::downgrade(&running));
        // If the signal came during another training, this one ends before its first step.
        if self.is_requested() {
            running.stop(Some("interrupted"));
        }
        drop(trainings);
        running
    }

    /// Stops the trainings at their next step when this time has passed.
    pub(crate) fn after(&self, time: Duration) {
        let stop = self.clone();
        // Without this thread the program does not stop by itself.
        let _ = thread::Builder::new().spawn(move || {
            thread::sleep(time);
            let trainings = stop.trainings.lock();
            stop.is_requested.store(true, Ordering::SeqCst);
            for training in trainings.iter().filter_map(Weak::upgrade) {
                training.stop(Some("the time is up"));
            }
        });
    }

    fn request(&self) {
        terminal::detach_closed_terminal();
        // Locked to the end, so that a training that starts meanwhile sees the request.
        let trainings = self.trainings.lock();
        let running: Vec<Arc<Running>> = trainings.iter().filter_map(Weak::upgrade).collect();
        let was_requested = self.is_requested.swap(true, Ordering::SeqCst);
        if was_requested || running.is_empty() {
            leave(&running);
        }
        for training in &running {
            training.stop(Some("interrupted"));
        }
        let late = running.iter().map(Arc::downgrade).collect::<Vec<_>>();
        // Without this thread the program waits for the end of the step.
        let _ = thread::Builder::new().spawn(move || {
            thread::sleep(PATIENCE);
            leave(&late.iter().filter_map(Weak::upgrade).collect::<Vec<_>>());
        });
    }
}

/// The signals that the process ignores, one bit each, where the system has them in a file; elsewhere none.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// Ends the program here and now, and says what is kept of the trainings that still run.
fn leave(running: &[Arc<Running>]) -> ! {
    let rests: Vec<String> = running.iter().map(|training| training.rest()).collect();
    let (done, restored) = mpsc::channel();
    let _ = thread::Builder::new().spawn(move || {
        terminal::restore_for_good();
        terminal::begin_line();
        Failure::interrupted_in_a_step(&rests).show();
        let _ = done.send(());
    });
    let _ = restored.recv_timeout(TERMINAL_PATIENCE);
    std::process::exit(exit::INTERRUPTED.into());
}
