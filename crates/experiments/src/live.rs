//! The curves of a training in TensorBoard while it runs.

use std::io;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use export::tensorboard::{EventFile, Run};
use record::History;

/// Begins the event file of a run below this folder with the run's past.
pub(crate) fn begin(folder: &Path, run: &Run<'_>, past: Option<&History>) -> io::Result<EventFile> {
    let mut file = EventFile::begin(folder, run)?;
    past.map_or(Ok(()), |past| file.add(past, |_| now()))?;
    Ok(file)
}

/// Runs a training and, on another thread, writes what it sends into an event file, so that it does not wait for the disk. The
/// second value is the error that ended the writing, if any: the training continues without it.
pub(crate) fn while_writing<R>(
    file: Option<EventFile>,
    train: impl FnOnce(Option<&Sender<History>>) -> R,
) -> (R, Option<io::Error>) {
    let Some(mut file) = file else { return (train(None), None) };
    let (sender, receiver) = channel::<History>();
    thread::scope(|scope| {
        let writer = scope.spawn(move || receiver.into_iter().try_for_each(|part| file.add(&part, |_| now())));
        let outcome = train(Some(&sender));
        drop(sender);
        let written = writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (outcome, written.err())
    })
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
