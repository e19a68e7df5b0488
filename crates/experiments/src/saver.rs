//! Saving the checkpoints of a training while it runs.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use burn::train::Interrupter;
use record::{Checkpoint, OwnedRun, StoreError, TrainingState};

/// Does some work, a training, and saves the states that it sends meanwhile on another thread: the training does not wait
/// for the disk. All that were sent are on the disk when it returns.
///
/// # Errors
/// A checkpoint cannot be saved. The training is stopped then, because its further steps could be lost.
pub(crate) fn while_saving<R>(
    owned: &mut OwnedRun,
    to_checkpoint: impl Fn(TrainingState) -> Checkpoint + Send,
    interrupter: &Interrupter,
    work: impl FnOnce(&SyncSender<TrainingState>) -> R,
) -> Result<R, StoreError> {
    let (sender, receiver) = sync_channel::<TrainingState>(1);
    thread::scope(|scope| {
        let saver = scope.spawn(move || {
            let saved = receiver.into_iter().try_for_each(|state| owned.save(&to_checkpoint(state)));
            saved.inspect_err(|_| interrupter.stop(Some("a checkpoint cannot be saved")))
        });
        let answer = work(&sender);
        drop(sender);
        saver.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok(answer)
    })
}
