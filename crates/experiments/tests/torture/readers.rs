//! Readers of records that are being replaced: they see all of a record or none of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use record::{RunRecord, RunStore};
use test_support::{Scale, row};

use crate::common::{Scratch, Size};
use crate::process::{PATIENCE, Process, until};

/// Threads that read a folder of runs repeatedly.
const READERS: usize = 2;
/// The error of a reader that saw half a record.
pub(crate) const PARTIAL: &str = "a partial read";
/// Files of weights of a run.
const WEIGHTS: [&str; 2] = ["best.safetensors", "last.safetensors"];

/// Running readers; they end when the test stops them or when one reads half a record.
pub(crate) struct Readers {
    is_over: Arc<AtomicBool>,
    reads: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<Result<(), String>>>,
}

impl Readers {
    pub(crate) fn start(runs: &Path) -> Self {
        let (is_over, reads) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let reader = |_| {
            let (store, is_over, reads) = (RunStore::new(runs), Arc::clone(&is_over), Arc::clone(&reads));
            std::thread::spawn(move || {
                while !is_over.load(Ordering::SeqCst) {
                    reads.fetch_add(read(&store)?, Ordering::SeqCst);
                    // Leaves the processors to the runs.
                    std::thread::sleep(Duration::from_millis(1));
                }
                Ok(())
            })
        };
        let threads = (0..READERS).map(reader).collect();
        Self { is_over, reads, threads }
    }

    /// Number of reads so far.
    pub(crate) fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    /// Stops them after this number of reads; returns the number, or the error of a partial read.
    pub(crate) fn stop_after(self, reads: usize) -> Result<usize, String> {
        until(PATIENCE, || self.reads() >= reads || self.threads.iter().any(JoinHandle::is_finished));
        self.is_over.store(true, Ordering::SeqCst);
        let read = self.threads.into_iter().map(|thread| thread.join().expect("a reader does not panic"));
        read.collect::<Result<Vec<()>, String>>()?;
        Ok(self.reads.load(Ordering::SeqCst))
    }
}

/// Lists the records, without their tables, and finds each by its identity, with them; returns the number of reads.
fn read(store: &RunStore) -> Result<usize, String> {
    let listed = store.list().into_iter().collect::<Result<Vec<RunRecord>, _>>();
    let records = listed.map_err(|error| format!("{PARTIAL} in the list: {error}"))?;
    for record in &records {
        if !record.stop_reason.is_finished() {
            return Err(format!("{PARTIAL} in the list: {:?}", record.stop_reason));
        }
        let found = store.find(&record.id).map_err(|error| format!("{PARTIAL} by identity: {error}"))?;
        check(&found.ok_or_else(|| format!("{PARTIAL}: a record has disappeared"))?)?;
    }
    Ok(1 + records.len())
}

fn check(record: &RunRecord) -> Result<(), String> {
    let (steps, step_losses) = (&record.steps, &record.history.step_losses);
    if *steps == step_losses.len() && record.stop_reason.is_finished() {
        Ok(())
    } else {
        Err(format!("{PARTIAL}: {} losses of {steps} steps, {:?}", step_losses.len(), record.stop_reason))
    }
}

#[test]
fn torture_readers_see_all_of_a_record_that_is_replaced_or_none_of_it() {
    let asked_for = Scale::chosen().of(200, 10_000, 1_000_000);
    let scratch = Scratch::new();
    let ended = Process::start(scratch.program(&Size::TINY.arguments())).ended().expect("it ends");
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let store = RunStore::new(scratch.runs());
    let listed = store.list().remove(0).expect("a record");
    let mut record = RunStore::load(&store.folder_of(&listed)).expect("a record");
    let weights = WEIGHTS.map(|name| (name, std::fs::read(weights_of(&store, &record, name)).expect("weights")));

    let readers = Readers::start(&scratch.runs());
    let mut saves = 0_u32;
    while readers.reads() < asked_for && !readers.threads.iter().any(JoinHandle::is_finished) {
        saves += 1;
        record.wall_seconds = f64::from(saves);
        store.save(&record, weights.clone()).expect("saved");
    }
    let outcome = readers.stop_after(asked_for);
    let figure = outcome.as_ref().map_or_else(Clone::clone, |reads| format!("{reads} reads, 0 of them partial"));
    row(&format!("a record replaced {saves} times while it is read"), figure);
    outcome.expect("no read is partial");
}

fn weights_of(store: &RunStore, record: &RunRecord, name: &str) -> PathBuf {
    store.folder_of(record).join(name)
}
