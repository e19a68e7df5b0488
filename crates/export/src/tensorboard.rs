//! TensorBoard: a folder per run with an event file.
//!
//! Every file of a run is complete: a resumed run gets a new one that begins with its past, and the older one is emptied. It
//! begins with `SessionLog::START`, so that a TensorBoard that has read an older one forgets those points.
//!
//! Sources: <https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core> (`lib/io/record_writer.cc`,
//! `util/event.proto`, `framework/summary.proto`) and <https://github.com/tensorflow/tensorboard/tree/master/tensorboard/plugins/hparams>.

mod messages;

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use mlp::{ImageShape, Layer};
use prost::Message as _;
use record::{History, RunRecord, StopReason};
use spec::ExperimentSpec;

use crate::about::{self, seconds};
use crate::points::{points, results};
use messages::{Event, SessionStatus, What, hyperparameters, session_end};

/// The run of an event file.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// Its name in TensorBoard: that of its folder.
    pub name: &'a str,
    /// The experiment.
    pub spec: &'a ExperimentSpec,
    /// The seed of the initial weights.
    pub seed: u64,
    /// The dataset's title.
    pub dataset: &'a str,
    /// The shape of its images.
    pub shape: ImageShape,
    /// When the run started, UTC, RFC 3339.
    pub started_at: &'a str,
}

/// An event file that grows with its run. Whatever ends the program, the file can be read: each call appends whole events with
/// one write, and readers ignore an incomplete last one.
#[derive(Debug)]
pub struct EventFile {
    file: File,
    layers: Vec<Layer>,
    steps: usize,
}

impl EventFile {
    /// Begins the event file of a run below this folder; an older one is emptied.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn begin(folder: &Path, run: &Run<'_>) -> io::Result<Self> {
        let folder = folder.join(run.name);
        fs::create_dir_all(&folder)?;
        let older = event_files(&folder)?;
        let path = folder.join(new_name());
        let begun = Self::on(File::create_new(&path)?, run);
        let begun = begun.inspect_err(|_| drop(fs::remove_file(&path)))?;
        older.iter().try_for_each(|older| retire(older))?;
        Ok(begun)
    }

    fn on(file: File, run: &Run<'_>) -> io::Result<Self> {
        let mut begun = Self { file, layers: run.spec.model.layers(run.shape), steps: 0 };
        let mut settings = about::settings(run.spec);
        settings.extend([("seed".to_owned(), run.seed.into()), ("dataset".to_owned(), run.dataset.into())]);
        let started = seconds(run.started_at);
        begun.append(&[
            Event { wall_time: started, step: 0, what: Some(What::FileVersion("brain.Event:2".to_owned())) },
            Event::start(started),
            Event::of(started, 0, hyperparameters(&settings, started)),
        ])?;
        Ok(begun)
    }

    /// Adds the next part of the run's history; `time` gives the seconds since 1970 of a step.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add(&mut self, part: &History, time: impl Fn(usize) -> f64) -> io::Result<()> {
        let points = points(part, &self.layers, self.steps);
        let events: Vec<Event> =
            points.map(|point| Event::scalar(time(point.step), point.step, &point.metric, point.value)).collect();
        self.steps += part.step_losses.len();
        self.append(&events)
    }

    /// Adds what is known at the end of a run: its metrics, a figure of its curves as PNG, and how it ended.
    fn end(&mut self, record: &RunRecord, figure: &[u8], time: f64) -> io::Result<()> {
        let status = match record.stop_reason {
            StopReason::EarlyStopping | StopReason::MaxEpochs => SessionStatus::Success,
            StopReason::Diverged => SessionStatus::Failure,
            StopReason::Interrupted => SessionStatus::Running,
        };
        let metric = |(name, value)| Event::scalar(time, record.steps, &format!("results/{name}"), value);
        let mut events: Vec<Event> = results(record).map(metric).collect();
        events.push(Event::of(time, record.steps, messages::image("figure", figure)));
        events.push(Event::of(time, record.steps, session_end(status, time)));
        self.append(&events)
    }

    fn append(&mut self, events: &[Event]) -> io::Result<()> {
        let bytes: Vec<u8> = events.iter().flat_map(|event| framed(&event.encode_to_vec())).collect();
        self.file.write_all(&bytes)
    }
}

/// Writes the event file of a whole run with its probes. An older one is emptied; after an error it is unchanged.
///
/// # Errors
/// The folder cannot be written.
pub fn write(folder: &Path, record: &RunRecord, figure: &[u8]) -> io::Result<()> {
    let name = record.folder_name();
    let run = Run {
        name: &name,
        spec: &record.spec,
        seed: record.seed,
        dataset: &record.dataset.title,
        shape: record.dataset.shape,
        started_at: &record.started_at,
    };
    let (began, per_step) = (seconds(&record.started_at), record.wall_seconds / record.steps.max(1) as f64);
    let time = |step: usize| began + per_step * step as f64;
    let folder = folder.join(&name);
    fs::create_dir_all(&folder)?;
    let unfinished = files::unfinished(UNFINISHED, 0o666).tempfile_in(&folder)?;
    let mut written = EventFile::on(unfinished.reopen()?, &run)?;
    written.add(&record.history, time)?;
    written.end(record, figure, time(record.steps))?;
    written.file.sync_all()?;
    let older = event_files(&folder)?;
    unfinished.persist_noclobber(folder.join(new_name())).map_err(|error| error.error)?;
    older.iter().try_for_each(|older| retire(older))
}

/// Empties an older event file. It is not deleted, because a TensorBoard that has read it would never open the next one.
fn retire(older: &Path) -> io::Result<()> {
    File::options().write(true).truncate(true).open(older).map(drop)
}

/// The name of a new event file: TensorBoard reads those of a folder in the order of their names.
fn new_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{FILE}{:010}.{:09}", now.as_secs(), now.subsec_nanos())
}

/// The beginning of the name of an event file, by which TensorBoard finds it.
const FILE: &str = "events.out.tfevents.";
/// Prefix of a file that is still being written.
const UNFINISHED: &str = ".writing-";

fn event_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let is_event_file = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(FILE));
    Ok(paths.into_iter().filter(is_event_file).collect())
}

/// A record of the file: length, checksum of the length, bytes, checksum of the bytes.
fn framed(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u64).to_le_bytes();
    [&length, &masked_checksum(&length).to_le_bytes()[..], bytes, &masked_checksum(bytes).to_le_bytes()].concat()
}

fn masked_checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    use test_support::record;

    use super::*;

    #[test]
    fn the_checksum_is_that_of_tensorflow() {
        // The first record of every event file: TensorFlow writes the same bytes for it.
        assert_eq!(masked_checksum(&24_u64.to_le_bytes()).to_le_bytes(), [0xa3, 0x7f, 0x4b, 0x22]);
    }

    #[test]
    fn only_the_newest_file_of_a_run_has_events() {
        let folder = tempfile::tempdir().unwrap();
        for count in 1..=3 {
            write(folder.path(), &record(), b"png").unwrap();
            let mut files = event_files(&folder.path().join(record().folder_name())).unwrap();
            assert_eq!(files.len(), count);
            files.sort();
            let sizes: Vec<u64> = files.iter().map(|path| path.metadata().unwrap().len()).collect();
            assert!(sizes[..count - 1].iter().all(|&size| size == 0) && sizes[count - 1] > 0, "{sizes:?}");
        }
        assert_eq!(folder.path().read_dir().unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn other_files_of_the_folder_stay() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(record().folder_name())).unwrap();
        fs::write(folder.path().join(record().folder_name()).join("notes"), "mine").unwrap();
        write(folder.path(), &record(), b"png").unwrap();
        assert_eq!(fs::read(folder.path().join(record().folder_name()).join("notes")).unwrap(), b"mine");
    }
}
