//! Stopping: a signal asks the trainings to stop at their next step, or ends the program if there are none.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak, mpsc};
use std::thread;
use std::time::Duration;

use burn::train::Interrupter;
use parking_lot::Mutex;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1};
use signal_hook::iterator::Signals;

use crate::failure::Failure;
use crate::{exit, terminal};

/// Time for trainings to finish their step and save a checkpoint, so that the program ends within a second of the signal. A
/// training that needs longer keeps its previous checkpoint.
const PATIENCE: Duration = Duration::from_millis(850);

/// Time for restoring the terminal, which never ends over a connection that hangs.
const TERMINAL_PATIENCE: Duration = Duration::from_millis(80);

/// Whether the program was asked to stop, and the trainings that stop then.
#[derive(Clone, Default)]
pub(crate) struct Stop {
    is_requested: Arc<AtomicBool>,
    /// The trainings; an entry is dead when its training has ended.
    trainings: Arc<Mutex<Vec<Weak<Interrupter>>>>,
}

impl Stop {
    /// Listens from now on for SIGINT, SIGTERM, SIGHUP, SIGQUIT (the dashboard's `q`) and SIGUSR1 (a cluster's warning).
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
        self.is_requested.load(Ordering::SeqCst)
    }

    /// The handle that Burn's learner asks before every step. While the training keeps it, the first signal stops the training
    /// instead of the program.
    pub(crate) fn interrupter(&self) -> Arc<Interrupter> {
        let interrupter = Arc::new(Interrupter::new());
        let mut trainings = self.trainings.lock();
        trainings.retain(|training| training.strong_count() > 0);
        trainings.push(Arc::downgrade(&interrupter));
        // If the signal came during another training, this one ends before its first step.
        if self.is_requested() {
            interrupter.stop(Some("interrupted"));
        }
        drop(trainings);
        interrupter
    }

    fn request(&self) {
        terminal::detach_closed_terminal();
        // Locked to the end, so that a training that starts meanwhile sees the request.
        let trainings = self.trainings.lock();
        let running: Vec<Arc<Interrupter>> = trainings.iter().filter_map(Weak::upgrade).collect();
        let was_requested = self.is_requested.swap(true, Ordering::SeqCst);
        if was_requested || running.is_empty() {
            leave();
        }
        for training in running {
            training.stop(Some("interrupted"));
        }
        thread::spawn(|| {
            thread::sleep(PATIENCE);
            leave();
        });
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
