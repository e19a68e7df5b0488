//! Saving the checkpoints of a training while it goes on.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use burn::train::Interrupter;
use record::{Checkpoint, OwnedRun, StoreError, TrainingState};

/// Whose checkpoints they are.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    pub(crate) id: String,
    pub(crate) experiment: String,
    pub(crate) seed: u64,
    pub(crate) started_at: String,
}

impl Owner {
    /// A state as a checkpoint.
    pub(crate) fn checkpoint(&self, state: TrainingState) -> Checkpoint {
        let Self { id, experiment, seed, started_at } = self.clone();
        Checkpoint { id, experiment, seed, started_at, state }
    }
}

/// Does some work, a training, and saves the states that it sends meanwhile, on a thread beside it: waiting for the disk
/// costs the training nothing. All that were sent are on the disk when it returns.
///
/// # Errors
/// A checkpoint that cannot be saved. The training is told to stop then: what it does from there on could be lost.
pub(crate) fn beside<R>(
    owned: &mut OwnedRun,
    owner: &Owner,
    interrupter: &Interrupter,
    work: impl FnOnce(&SyncSender<TrainingState>) -> R,
) -> Result<R, StoreError> {
    let (sender, receiver) = sync_channel::<TrainingState>(1);
    thread::scope(|scope| {
        let saver = scope.spawn(move || {
            let saved = receiver.into_iter().try_for_each(|state| owned.save(&owner.checkpoint(state)));
            saved.inspect_err(|_| interrupter.stop(Some("a checkpoint cannot be saved")))
        });
        let answer = work(&sender);
        drop(sender);
        saver.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok(answer)
    })
}
