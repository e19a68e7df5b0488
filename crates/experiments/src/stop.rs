//! Stopping: signals ask the training under way to stop at its next step, or end the program when there is none.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use burn::train::Interrupter;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1};
use signal_hook::iterator::Signals;

use crate::{exit, terminal};

/// How long trainings have to come to their next step and save where they stand: whoever sends a signal waits a second.
/// Those that need longer leave their last checkpoint.
const PATIENCE: Duration = Duration::from_millis(850);

/// How long a terminal has to take what puts it back: one behind a connection that hangs never does.
const TERMINAL_PATIENCE: Duration = Duration::from_millis(80);

/// Whether somebody asked the program to stop, and the trainings to tell.
#[derive(Clone, Default)]
pub(crate) struct Stop {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    requested: AtomicBool,
    /// Those under way, each with a number of its own.
    trainings: Mutex<Vec<(u64, Interrupter)>>,
    attached: AtomicU64,
}

/// A training that signals stop gently; from its end on they end the program again.
pub(crate) struct Attached {
    stop: Stop,
    number: u64,
    interrupter: Interrupter,
}

impl Stop {
    /// Listens for SIGINT, SIGTERM, SIGHUP, SIGQUIT (the dashboard's `q`) and SIGUSR1 (a cluster's warning) from now on.
    ///
    /// # Errors
    /// When the system refuses the handlers.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let stop = Self::default();
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1])?;
        let listener = stop.clone();
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || signals.forever().for_each(|_| listener.request()))?;
        Ok(stop)
    }

    /// Whether somebody asked.
    pub(crate) fn is_requested(&self) -> bool {
        self.shared.requested.load(Ordering::SeqCst)
    }

    /// Announces a training: until the answer is dropped, the first signal stops it instead of the program.
    pub(crate) fn attach(&self) -> Attached {
        let (number, interrupter) = (self.shared.attached.fetch_add(1, Ordering::SeqCst), Interrupter::new());
        let mut trainings = self.trainings();
        trainings.push((number, interrupter.clone()));
        // Asked for while another training was under way: this one ends before its first step.
        if self.is_requested() {
            interrupter.stop(Some("interrupted"));
        }
        drop(trainings);
        Attached { stop: self.clone(), number, interrupter }
    }

    fn request(&self) {
        terminal::forget_if_gone();
        let trainings = self.trainings();
        let asked_before = self.shared.requested.swap(true, Ordering::SeqCst);
        if asked_before || trainings.is_empty() {
            leave();
        }
        trainings.iter().for_each(|(_, training)| training.stop(Some("interrupted")));
        thread::spawn(|| {
            thread::sleep(PATIENCE);
            leave();
        });
    }

    fn trainings(&self) -> MutexGuard<'_, Vec<(u64, Interrupter)>> {
        self.shared.trainings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the program here and now.
fn leave() -> ! {
    let (done, restored) = mpsc::channel();
    thread::spawn(move || {
        terminal::restore_for_good();
        let _ = done.send(());
    });
    let _ = restored.recv_timeout(TERMINAL_PATIENCE);
    std::process::exit(exit::INTERRUPTED.into());
}

impl Attached {
    /// The handle that Burn's learner asks before every step.
    pub(crate) fn interrupter(&self) -> &Interrupter {
        &self.interrupter
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.stop.trainings().retain(|(number, _)| *number != self.number);
    }
}
