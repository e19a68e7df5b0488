//! Saves the checkpoints of a training while it runs.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use record::{Checkpoint, OwnedRun, StoreError, TrainingState};

use crate::stop::Running;

/// Runs a training and, on another thread, saves the states that it sends, so that it does not wait for the disk. On return,
/// all of them are on the disk.
///
/// # Errors
/// A checkpoint cannot be saved. This stops the training, because its further steps could be lost.
pub(crate) fn while_saving<R>(
    owned: &mut OwnedRun,
    to_checkpoint: impl Fn(TrainingState) -> Checkpoint + Send,
    running: &Running,
    train: impl FnOnce(&SyncSender<TrainingState>) -> R,
) -> Result<R, StoreError> {
    let (sender, receiver) = sync_channel::<TrainingState>(1);
    thread::scope(|scope| {
        let saver = scope.spawn(move || {
            let mut save = |state| {
                let checkpoint = to_checkpoint(state);
                owned.save(&checkpoint)?;
                running.has_saved(checkpoint.state.history.step_losses.len());
                Ok::<(), StoreError>(())
            };
            let saved = receiver.into_iter().try_for_each(&mut save);
            saved.inspect_err(|_| running.stop(Some("a checkpoint cannot be saved")))
        });
        let outcome = train(&sender);
        drop(sender);
        saver.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok(outcome)
    })
}
