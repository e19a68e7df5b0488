//! `RunStore`: where records lie on disk. One folder a run, written at once or not at all.

mod error;
mod folder;
mod owned;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::identity::sha256;
use crate::{RunRecord, name};
pub use error::StoreError;
use folder::{MOST_BYTES, read_file, replace_folder};
pub use owned::{Latest, OwnedRun, Unfinished};

/// The record, everything but the step losses: what `json.load` reads.
const RECORD: &str = "record.json";
/// `step,training_loss`, the first step being 1.
const STEPS: &str = "steps.csv";
/// All fields of every validation.
const VALIDATIONS: &str = "validations.csv";
/// All fields of every layer at every validation.
const PROBES: &str = "probes.csv";
/// The tables beside the record, none of which is a file of weights.
const TABLES: [&str; 3] = [STEPS, VALIDATIONS, PROBES];
/// Characters of a run's identity that end its folder's name.
const SHORT_ID: usize = 16;

/// The folder of all runs.
///
/// A run lies in `<experiment>-seed<seed>-<first 16 characters of its identity>`. Folders whose name begins with a dot
/// are unfinished writes, also those of a program that died, and no reader looks at them.
#[derive(Debug, Clone)]
pub struct RunStore {
    folder: PathBuf,
}

/// `record.json`: the record, and SHA-256 of the files beside it.
#[derive(Serialize, Deserialize)]
struct RecordFile {
    #[serde(flatten)]
    record: RunRecord,
    files: BTreeMap<String, String>,
}

/// What is read first, for a record of another format need not be readable further.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl RunStore {
    /// The store in a folder; nothing is read or made yet.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder of all runs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of one run, whether it is there or not.
    #[must_use]
    pub fn folder_of(&self, record: &RunRecord) -> PathBuf {
        let short_id = record.id.get(..SHORT_ID).unwrap_or(&record.id);
        self.folder.join(format!("{}-seed{}-{short_id}", record.spec.name, record.seed))
    }

    /// The record of a run by its identity, whatever experiment it was trained for; a finished one before an
    /// unfinished one.
    ///
    /// # Errors
    /// The only records of this run are damaged or cannot be read.
    pub fn find(&self, id: &str) -> Result<Option<RunRecord>, StoreError> {
        let Some(short_id) = id.get(..SHORT_ID) else { return Ok(None) };
        let ending = format!("-{short_id}");
        let mut found: Result<Option<RunRecord>, StoreError> = Ok(None);
        for folder in self.run_folders()?.iter().filter(|folder| folder.to_string_lossy().ends_with(&ending)) {
            match Self::load(folder) {
                Ok(record) if record.id != id => {}
                Ok(record) if record.stop_reason.is_finished() => return Ok(Some(record)),
                Ok(record) => found = Ok(Some(record)),
                Err(error) if matches!(found, Ok(None)) => found = Err(error),
                Err(_) => {}
            }
        }
        found
    }

    /// Every record, by the name of its folder; a damaged one does not hide the others.
    #[must_use]
    pub fn list(&self) -> Vec<Result<RunRecord, StoreError>> {
        match self.run_folders() {
            Ok(folders) => folders.iter().map(|folder| Self::load(folder)).collect(),
            Err(error) => vec![Err(error)],
        }
    }

    /// Reads the record in a run's folder and verifies its tables.
    ///
    /// # Errors
    /// A file is missing, damaged or of another format.
    pub fn load(folder: &Path) -> Result<RunRecord, StoreError> {
        loop {
            let before = folder::number_of(folder);
            match Self::load_once(folder) {
                // Its files were read while another record took the folder's name: some are of this, some of that.
                Err(_) if folder::number_of(folder).is_some_and(|now| before.is_some_and(|before| now != before)) => {}
                loaded => return loaded,
            }
        }
    }

    fn load_once(folder: &Path) -> Result<RunRecord, StoreError> {
        let RecordFile { mut record, files } = read_record(&folder.join(RECORD))?;
        read_verified(folder, VALIDATIONS, &files)?;
        let steps = read_verified(folder, STEPS, &files)?;
        record.step_losses =
            tables::read_steps(&steps).map_err(|what| StoreError::damaged(folder.join(STEPS), what))?;
        let probes = read_verified(folder, PROBES, &files)?;
        record.probes = tables::read_probes(&probes).map_err(|what| StoreError::damaged(folder.join(PROBES), what))?;
        Ok(record)
    }

    /// A file of weights that was saved with a record, verified.
    ///
    /// # Errors
    /// It was not saved with the record, is missing or damaged.
    pub fn weights(&self, record: &RunRecord, file: &str) -> Result<Vec<u8>, StoreError> {
        let folder = self.folder_of(record);
        let RecordFile { files, .. } = read_record(&folder.join(RECORD))?;
        read_verified(&folder, file, &files)
    }

    /// Writes a record with its weights, `(file name, bytes)`, and returns its folder.
    ///
    /// All of it appears at once; an earlier record of the same run and experiment is replaced.
    ///
    /// # Errors
    /// The folder cannot be written, or the record would not read back equal.
    pub fn save(&self, record: &RunRecord, weights: &[(&str, &[u8])]) -> Result<PathBuf, StoreError> {
        check_names(record, weights)?;
        let mut files: BTreeMap<&str, Vec<u8>> = weights.iter().map(|(file, bytes)| (*file, bytes.to_vec())).collect();
        files.insert(STEPS, tables::steps(&record.step_losses));
        files.insert(VALIDATIONS, tables::validations(&record.validations));
        files.insert(PROBES, tables::probes(&record.probes));
        let digests = files.iter().map(|(file, bytes)| ((*file).to_owned(), sha256(bytes))).collect();
        files.insert(RECORD, record_json(record, digests)?);
        let folder = self.folder_of(record);
        replace_folder(&folder, &files)?;
        Ok(folder)
    }

    /// The folders, sorted by name, whose names end in an identity; figures and whatever else lies there are none of ours.
    fn run_folders(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut folders = folder::list(&self.folder)?;
        folders.retain(|folder| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            name.rsplit_once('-').is_some_and(|(_, short_id)| is_identity(short_id) && short_id.len() == SHORT_ID)
        });
        Ok(folders)
    }
}

fn is_identity(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn check_names(record: &RunRecord, weights: &[(&str, &[u8])]) -> Result<(), StoreError> {
    let refuse = |what: String| Err(StoreError::NotStorable { what });
    if record.format != RunRecord::FORMAT {
        return refuse(format!("its format is {}, not {}", record.format, RunRecord::FORMAT));
    }
    if record.id.len() < SHORT_ID || !is_identity(&record.id) {
        return refuse(format!("its identity `{}` is no hash", record.id));
    }
    if let Some(why) = name::what_is_wrong(&record.spec.name) {
        return refuse(format!("its experiment is called `{}`: {why}", record.spec.name));
    }
    let is_bad = |file: &str| name::what_is_wrong(file).is_some() || file == RECORD || TABLES.contains(&file);
    match weights.iter().find(|(file, _)| is_bad(file)) {
        Some((file, _)) => refuse(format!("`{file}` is no name for a file of weights")),
        None => Ok(()),
    }
}

/// `record.json` as bytes; JSON has no NaN, so what would not read back equal is refused before anything is written.
fn record_json(record: &RunRecord, files: BTreeMap<String, String>) -> Result<Vec<u8>, StoreError> {
    let record = RunRecord { step_losses: Vec::new(), probes: Vec::new(), ..record.clone() };
    let file = RecordFile { record, files };
    let not_storable = |what: String| StoreError::NotStorable { what };
    let mut json = serde_json::to_vec_pretty(&file).map_err(|error| not_storable(error.to_string()))?;
    json.push(b'\n');
    match serde_json::from_slice::<RecordFile>(&json) {
        Ok(read) if read.record == file.record => Ok(json),
        _ => Err(not_storable("a number other than a step's loss is not finite".into())),
    }
}

fn read_record(path: &Path) -> Result<RecordFile, StoreError> {
    let bytes = read_file(path, MOST_BYTES)?;
    let damaged = |error: serde_json::Error| StoreError::damaged(path, format!("is not a record: {error}"));
    let Format { format } = serde_json::from_slice(&bytes).map_err(damaged)?;
    if format != RunRecord::FORMAT {
        return Err(StoreError::Format { path: path.to_owned(), found: format });
    }
    serde_json::from_slice(&bytes).map_err(damaged)
}

fn read_verified(folder: &Path, file: &str, digests: &BTreeMap<String, String>) -> Result<Vec<u8>, StoreError> {
    let path = folder.join(file);
    let Some(expected) = digests.get(file) else {
        return Err(StoreError::damaged(path, format!("is not among the files of {RECORD}")));
    };
    let bytes = read_file(&path, MOST_BYTES)?;
    let found = sha256(&bytes);
    if found == *expected {
        Ok(bytes)
    } else {
        Err(StoreError::damaged(path, format!("its SHA-256 is {found}, but {RECORD} has {expected}")))
    }
}
