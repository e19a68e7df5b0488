//! Stopping: signals ask the training under way to stop at its next step, or end the program when there is none.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use burn::train::Interrupter;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1};
use signal_hook::iterator::Signals;

use crate::failure::Failure;
use crate::{exit, terminal};

/// How long trainings have to finish their step and save a checkpoint, so that the program ends within a second of the
/// signal. A training that needs longer leaves its last checkpoint.
const PATIENCE: Duration = Duration::from_millis(850);

/// How long restoring the terminal may take: over a connection that hangs it would never end.
const TERMINAL_PATIENCE: Duration = Duration::from_millis(80);

/// Whether the program was asked to stop, and the trainings that have to stop then.
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

/// A training under way: until it is dropped, the first signal stops it instead of the program.
pub(crate) struct Attached {
    stop: Stop,
    number: u64,
    interrupter: Interrupter,
}

impl Stop {
    /// Listens for SIGINT, SIGTERM, SIGHUP, SIGQUIT (the dashboard's `q`) and SIGUSR1 (a cluster's warning) from now on.
    ///
    /// # Errors
    /// The system refuses the handlers, or a thread.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let refused = |error| Failure::outside(format!("cannot listen for signals: {error}"));
        let stop = Self::default();
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1]).map_err(refused)?;
        let listener = stop.clone();
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || signals.forever().for_each(|_| listener.request()))
            .map_err(refused)?;
        Ok(stop)
    }

    /// Whether the program was asked to stop.
    pub(crate) fn is_requested(&self) -> bool {
        self.shared.requested.load(Ordering::SeqCst)
    }

    /// Announces a training.
    pub(crate) fn attach(&self) -> Attached {
        let (number, interrupter) = (self.shared.attached.fetch_add(1, Ordering::SeqCst), Interrupter::new());
        let mut trainings = self.trainings();
        trainings.push((number, interrupter.clone()));
        // The signal came during another training: this one ends before its first step.
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
