//! Stopping: signals ask the training under way to stop at its next step, or end the program when there is none.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use burn::train::Interrupter;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::{exit, terminal};

/// Whether somebody asked the program to stop, and the training to tell.
#[derive(Clone, Default)]
pub(crate) struct Stop {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    requested: AtomicBool,
    training: Mutex<Option<Interrupter>>,
}

/// A training that signals stop gently; from its end on they end the program again.
pub(crate) struct Attached {
    stop: Stop,
    interrupter: Interrupter,
}

impl Stop {
    /// Listens for SIGINT, SIGTERM, SIGHUP and SIGQUIT (the dashboard's `q`) from now on.
    ///
    /// # Errors
    /// When the system refuses the handlers.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let stop = Self::default();
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT])?;
        let listener = stop.clone();
        std::thread::Builder::new()
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
        let interrupter = Interrupter::new();
        *self.training() = Some(interrupter.clone());
        Attached { stop: self.clone(), interrupter }
    }

    fn request(&self) {
        let asked_before = self.shared.requested.swap(true, Ordering::SeqCst);
        match self.training().as_ref() {
            Some(training) if !asked_before => training.stop(Some("interrupted")),
            _ => {
                terminal::restore();
                std::process::exit(exit::INTERRUPTED.into());
            }
        }
    }

    fn training(&self) -> MutexGuard<'_, Option<Interrupter>> {
        self.shared.training.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attached {
    /// The handle that Burn's learner asks before every step.
    pub(crate) fn interrupter(&self) -> &Interrupter {
        &self.interrupter
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        *self.stop.training() = None;
    }
}
