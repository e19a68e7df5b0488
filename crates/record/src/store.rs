//! `RunStore`: the records on the disk. Each run has a folder, which is written whole or not at all.

mod error;
mod folder;
mod owned;
mod parallel;
mod record_file;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use files::sha256;
use mlp::Tensors;
use same_file::Handle;
use spec::name;

use crate::check::is_hexadecimal;
use crate::defect::ensure;
use crate::{Defect, Predictions, RunRecord, predictions, tables, weights_file};
pub use error::StoreError;
use folder::{MOST_BYTES, read_file, replace_folder};
pub use owned::{Latest, OwnedRun, Unfinished};
use record_file::Digests;

/// The record without its tables and predictions, as JSON.
const RECORD: &str = "record.json";
/// The files of a record that are not weights.
const OWN_FILES: [&str; 5] = [RECORD, tables::STEPS, tables::VALIDATIONS, tables::PROBES, predictions::FILE];
/// Size limit of `record.json`; 100,000 validations, the most that a spec allows, stay below it.
const MOST_RECORD_BYTES: u64 = 1 << 25;
/// Characters of a run's identity at the end of its folder's name.
const SHORT_ID: usize = 16;

/// What is read of a record besides `record.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The losses of all steps. All other files except weights are verified, but not kept in memory.
    Curves,
    /// The probes; nothing else is opened.
    Probes,
    /// Everything except weights.
    All,
}

/// The folder of all runs.
///
/// A run has the folder `<experiment>-seed<seed>-<first 16 characters of its identity>`. Folders whose name begins with a dot
/// are not complete, and are never read.
#[derive(Debug, Clone)]
pub struct RunStore {
    folder: PathBuf,
}

impl RunStore {
    /// The store in a folder, which need not exist yet.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder of all runs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The name of the folder of a run: experiment, seed, the first characters of its identity.
    #[must_use]
    pub fn folder_name(experiment: &str, seed: u64, id: &str) -> String {
        format!("{experiment}-seed{seed}-{}", id.get(..SHORT_ID).unwrap_or(id))
    }

    /// The folder of a run, whether it exists or not.
    #[must_use]
    pub fn folder_of(&self, record: &RunRecord) -> PathBuf {
        self.folder.join(record.folder_name())
    }

    /// The record of a run by its identity, whatever experiment it was trained for; a finished one if there is one.
    ///
    /// # Errors
    /// All records of this run are damaged or cannot be read.
    pub fn find(&self, id: &str) -> Result<Option<RunRecord>, StoreError> {
        self.find_all(&[id])?.pop().unwrap_or(Ok(None))
    }

    /// The same for many runs, in their order; the folder is listed once for all of them.
    ///
    /// # Errors
    /// The folder cannot be listed.
    pub fn find_all(&self, ids: &[&str]) -> Result<Vec<Result<Option<RunRecord>, StoreError>>, StoreError> {
        let mut folders: HashMap<String, Vec<PathBuf>> = HashMap::new();
        let wanted: HashSet<&str> = ids.iter().filter_map(|id| id.get(..SHORT_ID)).collect();
        for (short_id, folder) in self.run_folders(|short_id| wanted.contains(short_id))? {
            folders.entry(short_id).or_default().push(folder);
        }
        let of = |id: &str| folders.get(id.get(..SHORT_ID)?);
        Ok(parallel::each(ids, |id| Self::find_among(of(id).map_or(&[], Vec::as_slice), id)))
    }

    fn find_among(folders: &[PathBuf], id: &str) -> Result<Option<RunRecord>, StoreError> {
        let loaded = folders.iter().map(|folder| Self::load(folder));
        // An error only if nothing else is there.
        let rank = |loaded: &Result<RunRecord, StoreError>| match loaded {
            Ok(record) if record.stop_reason.is_finished() => 0,
            Ok(_) => 1,
            Err(_) => 2,
        };
        loaded.filter(|loaded| loaded.as_ref().map_or(true, |record| record.id == id)).min_by_key(rank).transpose()
    }

    /// Renames the folder of a damaged record, so that its run can be trained again, and returns the new name; nothing is
    /// deleted. Call it only while owning the run.
    ///
    /// # Errors
    /// The error is not about a damaged record, or the folder cannot be renamed.
    pub fn set_aside(&self, damage: StoreError) -> Result<PathBuf, StoreError> {
        let (StoreError::Damaged { path, .. } | StoreError::Io { path, .. }) = &damage else { return Err(damage) };
        let Some(folder) = path.parent().filter(|_| damage.is_damage()) else { return Err(damage) };
        let mut free = folder.with_added_extension("set-aside");
        let mut number = 1;
        while free.exists() {
            number += 1;
            free = folder.with_added_extension(format!("set-aside-{number}"));
        }
        fs::rename(folder, &free).map_err(StoreError::io(folder, "rename"))?;
        Ok(free)
    }

    /// Every record without tables and predictions, in the order of the folders' names; a damaged one is an error in the list.
    #[must_use]
    pub fn list(&self) -> Vec<Result<RunRecord, StoreError>> {
        match self.run_folders(|_| true) {
            Ok(folders) => parallel::each(&folders, |(_, folder)| whole(folder, || Ok(*read_record(folder)?.0))),
            Err(error) => vec![Err(error)],
        }
    }

    /// These records with what is in their other files, which is verified.
    #[must_use]
    pub fn load_all(&self, listed: &[&RunRecord], detail: Detail) -> Vec<Result<RunRecord, StoreError>> {
        let load = |folder: &Path, record: &RunRecord| {
            let files = record_file::digests(&read_file(&folder.join(RECORD), MOST_RECORD_BYTES).ok()?)?;
            complete(folder, record.clone(), &files, detail).ok()
        };
        // Read again as a whole where a file is damaged, or another record took the folder's name meanwhile.
        let again = |folder: &Path| whole(folder, || load_once(folder, detail));
        parallel::each(listed, |record| {
            let folder = self.folder_of(record);
            load(&folder, record).map_or_else(|| again(&folder), Ok)
        })
    }

    /// Reads the record in a run's folder and verifies its tables and predictions.
    ///
    /// # Errors
    /// A file is missing, damaged or of an unsupported format.
    pub fn load(folder: &Path) -> Result<RunRecord, StoreError> {
        whole(folder, || load_once(folder, Detail::All))
    }

    /// A file of weights that was saved with a record, after a check of its SHA-256.
    ///
    /// # Errors
    /// It was not saved with the record, is missing or damaged.
    pub fn weights(&self, record: &RunRecord, file: &str) -> Result<Vec<u8>, StoreError> {
        let folder = self.folder_of(record);
        read_verified(&folder, file, &read_record(&folder)?.1)
    }

    /// The weights of a file that was saved with a record.
    ///
    /// # Errors
    /// As [`RunStore::weights`], or they are not those of the record's network.
    pub fn tensors(&self, record: &RunRecord, file: &str) -> Result<Tensors, StoreError> {
        let shapes = record.spec.model.shapes(record.dataset.shape);
        let damaged = StoreError::damaged(self.folder_of(record).join(file));
        weights_file::decode(&self.weights(record, file)?, &shapes).map_err(damaged)
    }

    /// Every file of a record, `(name, bytes)`, after a check of its SHA-256.
    ///
    /// # Errors
    /// A file is missing or damaged.
    pub fn files(&self, record: &RunRecord) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let folder = self.folder_of(record);
        whole(&folder, || {
            let digests = read_record(&folder)?.1;
            let own = read_file(&folder.join(RECORD), MOST_RECORD_BYTES)?;
            let read = |file: &String| Ok((file.clone(), read_verified(&folder, file, &digests)?));
            [Ok((RECORD.to_owned(), own))].into_iter().chain(digests.keys().map(read)).collect()
        })
    }

    /// Writes a record with its weights, `(file name, bytes)`, and returns its folder.
    ///
    /// The folder appears at once and replaces an earlier record of the same run and experiment.
    ///
    /// # Errors
    /// The folder cannot be written, or the record would not read back equal.
    pub fn save<'a>(
        &self,
        record: &RunRecord,
        weights: impl IntoIterator<Item = (&'a str, Vec<u8>)>,
    ) -> Result<PathBuf, StoreError> {
        let files = files_of(record, weights)?;
        let folder = self.folder_of(record);
        replace_folder(&folder, &files)?;
        Ok(folder)
    }

    /// The folders whose names end in the first characters of a wanted identity, with these, sorted by name; figures, and folders
    /// that are being written, are left out.
    fn run_folders(&self, is_wanted: impl Fn(&str) -> bool) -> Result<Vec<(String, PathBuf)>, StoreError> {
        let of_run = |(name, path): (String, PathBuf)| {
            let short_id = name.rsplit_once('-').map_or("", |(_, short_id)| short_id);
            let is_run = !name.starts_with('.') && is_hexadecimal(short_id) && short_id.len() == SHORT_ID;
            (is_run && is_wanted(short_id) && path.is_dir()).then(|| (short_id.to_owned(), path))
        };
        Ok(folder::list(&self.folder)?.into_iter().filter_map(of_run).collect())
    }
}

/// What `read` reads in a folder, all from one record: again if another record takes the folder's name meanwhile.
fn whole<T>(folder: &Path, read: impl Fn() -> Result<T, StoreError>) -> Result<T, StoreError> {
    // Asked only after an error, because it costs as much as opening a file.
    let mut before = None;
    loop {
        let error = match read() {
            Err(error) => error,
            read => return read,
        };
        let now = Handle::from_path(folder).ok();
        if now.is_none() || now == before {
            return Err(error);
        }
        before = now;
    }
}

fn load_once(folder: &Path, detail: Detail) -> Result<RunRecord, StoreError> {
    let (record, files) = read_record(folder)?;
    complete(folder, *record, &files, detail)
}

/// A record with what is in the files next to it.
fn complete(folder: &Path, mut record: RunRecord, files: &Digests, detail: Detail) -> Result<RunRecord, StoreError> {
    let read = |file| read_verified(folder, file, files);
    let damaged = |file| StoreError::damaged(folder.join(file));
    let probes = read(tables::PROBES)?;
    if detail != Detail::Curves {
        let layers = record.layers();
        record.history.probes = tables::read_probes(&probes, &layers).map_err(damaged(tables::PROBES))?;
        record.check_probes().map_err(damaged(RECORD))?;
    }
    if detail == Detail::Probes {
        return Ok(record);
    }
    read(tables::VALIDATIONS)?;
    record.history.step_losses = tables::read_steps(&read(tables::STEPS)?).map_err(damaged(tables::STEPS))?;
    record.check_steps().map_err(damaged(RECORD))?;
    let predictions = files.contains_key(predictions::FILE).then(|| read(predictions::FILE)).transpose()?;
    if let Some(bytes) = predictions.filter(|_| detail == Detail::All) {
        let parsed: Predictions = serde_json::from_slice(&bytes)
            .map_err(Defect::json("is not a file of predictions"))
            .map_err(damaged(predictions::FILE))?;
        parsed.check(&record).map_err(damaged(RECORD))?;
        record.predictions = Some(parsed);
    }
    Ok(record)
}

/// The files of a record by name, if they read back equal.
fn files_of<'a>(
    record: &RunRecord,
    weights: impl IntoIterator<Item = (&'a str, Vec<u8>)>,
) -> Result<BTreeMap<&'a str, Vec<u8>>, Defect> {
    let mut files: BTreeMap<&str, Vec<u8>> = weights.into_iter().collect();
    for file in files.keys() {
        let is_free = name::check(file).is_ok() && !OWN_FILES.contains(file);
        ensure!(is_free, "`{}` cannot be the name of a file of weights", file.escape_debug());
    }
    files.insert(tables::STEPS, tables::steps(&record.history.step_losses));
    files.insert(tables::VALIDATIONS, tables::validations(&record.history.validations));
    files.insert(tables::PROBES, tables::probes(&record.history.probes, &record.layers()));
    if let Some(predictions) = &record.predictions {
        files.insert(
            predictions::FILE,
            serde_json::to_vec(predictions).map_err(Defect::json("cannot write the predictions"))?,
        );
    }
    let digests = files.iter().map(|(file, bytes)| ((*file).to_owned(), sha256(bytes))).collect();
    // Written and read back first: the checks below compute with a specification that passed the door.
    files.insert(RECORD, record_file::to_bytes(record, digests)?);
    record.check()?;
    Ok(files)
}

/// The record in a folder, without its tables, and the SHA-256 of the files next to it.
fn read_record(folder: &Path) -> Result<(Box<RunRecord>, Digests), StoreError> {
    let path = folder.join(RECORD);
    let (record, files) =
        record_file::parse(&read_file(&path, MOST_RECORD_BYTES)?).map_err(StoreError::damaged(&path))?;
    let name = record.folder_name();
    if folder.file_name().is_some_and(|folder| *folder == *name) {
        return Ok((record, files));
    }
    let elsewhere = format!("is the record of {name}, but lies in another folder");
    Err(StoreError::damaged(path)(Defect::Rule(elsewhere)))
}

fn read_verified(folder: &Path, file: &str, digests: &Digests) -> Result<Vec<u8>, StoreError> {
    let path = folder.join(file);
    let unlisted = || StoreError::damaged(&path)(Defect::rule("is not listed in record.json"));
    let expected = digests.get(file).ok_or_else(unlisted)?;
    let bytes = read_file(&path, MOST_BYTES)?;
    let found = sha256(&bytes);
    if found == *expected {
        return Ok(bytes);
    }
    let other = format!("its SHA-256 is {found}, but record.json has {expected}");
    Err(StoreError::damaged(path)(Defect::Rule(other)))
}
