//! `OwnedRun`: a run that only this process trains, and its checkpoints.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use same_file::Handle;
use serde::Serialize;

use super::folder::{self, MOST_BYTES, UNFINISHED};
use super::{RunStore, SHORT_ID, StoreError};
use crate::check::is_hexadecimal;
use crate::checkpoint::Metadata;
use crate::{Checkpoint, Defect, RunKey};

/// Folder of the checkpoints, in the folder of the runs.
const CHECKPOINTS: &str = ".checkpoints";
/// The process that holds the lock of this file trains the run.
const LOCK: &str = "lock";
/// Tries to lock a file whose folder other processes make and delete meanwhile.
const MOST_ATTEMPTS: usize = 1000;

/// A run that only this process trains until the value is dropped or the process dies.
///
/// Its folder, `.checkpoints/<first 16 characters of the identity>`, has the file `lock`, which is locked (`flock`; on NFS,
/// Linux turns it into a lock of the server), and the two newest checkpoints, `step-<steps taken>.checkpoint`. On a file
/// system without locks, two processes may train the same run, to the same bits.
#[derive(Debug)]
pub struct OwnedRun {
    folder: PathBuf,
    /// The newest checkpoint that is known to be whole; it is kept until a newer one is on the disk.
    newest: Option<PathBuf>,
    /// Keeps the lock.
    _lock: File,
}

/// A run that has started but not finished.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unfinished {
    /// Name of the experiment.
    pub experiment: String,
    /// Its seed.
    pub seed: u64,
    /// Equal for runs with the same settings and seeds, whatever dataset and backend.
    #[serde(skip)]
    pub settings: String,
    /// Steps taken at its newest checkpoint.
    pub steps: usize,
    /// Wall time of these steps, seconds.
    pub seconds: f64,
    /// Whether a process is training it now.
    pub is_trained: bool,
}

/// The checkpoints of a run.
#[derive(Debug)]
pub struct Latest {
    /// The newest one that is whole.
    pub checkpoint: Option<Checkpoint>,
    /// Newer ones that are damaged, newest first.
    pub damaged: Vec<StoreError>,
}

impl RunStore {
    /// Takes a run for this process; none if another process or thread has it.
    ///
    /// Deletes what a process that died while writing left of this run.
    ///
    /// # Errors
    /// The folder cannot be made or written, or the identity is not a hash.
    pub fn own(&self, id: &str) -> Result<Option<OwnedRun>, StoreError> {
        let folder = self.checkpoints_of(id)?;
        let path = folder.join(LOCK);
        let mut refusal = io::Error::from(io::ErrorKind::ResourceBusy);
        for _ in 0..MOST_ATTEMPTS {
            let lock = match open_lock(&folder, &path) {
                Ok(lock) => lock,
                // The last owner finished the run and deleted the folder in between, or the folder cannot be made.
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists) => {
                    refusal = error;
                    continue;
                }
                Err(error) => return Err(StoreError::io(&path, "write")(error)),
            };
            if matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) {
                return Ok(None);
            }
            // If the file was deleted before it was locked, the lock does not keep other processes out.
            if is_at(&lock, &path).unwrap_or(false) {
                self.sweep(id, &folder);
                return Ok(Some(OwnedRun { folder, newest: None, _lock: lock }));
            }
        }
        Err(StoreError::io(&path, "lock")(refusal))
    }

    /// Deletes what is left of these finished runs if a process died before it deleted their checkpoints.
    pub fn tidy<'a>(&self, ids: impl IntoIterator<Item = &'a str>) {
        // Listed once for all runs, and first, so that no folder is made for a run that left nothing.
        let left = self.left_behind();
        let is_left = |id: &&str| id.get(..SHORT_ID).is_some_and(|short_id| left.contains(short_id));
        for id in ids.into_iter().filter(is_left) {
            // If another process has the run, it deletes them itself. What cannot be deleted only costs space.
            if let Ok(Some(owned)) = self.own(id) {
                owned.finish();
            }
        }
    }

    /// The short identities of all runs that have checkpoints or half-written records.
    fn left_behind(&self) -> HashSet<String> {
        let short_id = |name: String| Some(name.strip_prefix(UNFINISHED)?.split_once('-')?.0.to_owned());
        let names = |folder: &Path| folder::list(folder).unwrap_or_default().into_iter().map(|(name, _)| name);
        names(&self.folder.join(CHECKPOINTS)).chain(names(&self.folder).filter_map(short_id)).collect()
    }

    /// The runs that have a checkpoint but no record yet, by experiment and seed, then those that are not being
    /// trained first, then by steps; damaged checkpoints are skipped.
    #[must_use]
    pub fn unfinished(&self) -> Vec<Unfinished> {
        let folders = folder::list(&self.folder.join(CHECKPOINTS)).unwrap_or_default();
        let mut found: Vec<Unfinished> = folders.iter().filter_map(|(_, folder)| unfinished_in(folder)).collect();
        let key = |one: &Unfinished| (one.seed, one.is_trained, one.steps);
        found.sort_by(|one, other| one.experiment.cmp(&other.experiment).then(key(one).cmp(&key(other))));
        found
    }

    fn checkpoints_of(&self, id: &str) -> Result<PathBuf, StoreError> {
        match id.get(..SHORT_ID) {
            Some(short_id) if is_hexadecimal(id) => Ok(self.folder.join(CHECKPOINTS).join(short_id)),
            _ => Err(Defect::rule(format!("`{}` is not a hash", id.escape_debug())).into()),
        }
    }

    /// Deletes half-written records and checkpoints of a run, which this process owns.
    fn sweep(&self, id: &str, folder: &Path) {
        let own = folder::unfinished_prefix(&id[..SHORT_ID]);
        for (folder, prefix) in [(&*self.folder, own.as_str()), (folder, UNFINISHED)] {
            let found = folder::list(folder).unwrap_or_default().into_iter();
            for (_, path) in found.filter(|(name, _)| name.starts_with(prefix)) {
                // What cannot be deleted does no harm.
                let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            }
        }
    }
}

/// What the newest whole checkpoint in a folder says about its run.
fn unfinished_in(folder: &Path) -> Option<Unfinished> {
    let newest = |(_, path): (usize, PathBuf)| Checkpoint::info(&folder::read_file(&path, MOST_BYTES).ok()?).ok();
    let Metadata { checkpoint, steps, .. } = generations(folder).ok()?.into_iter().find_map(newest)?;
    // A process that tries to take the run meanwhile will try again.
    let lock = check_lock(&folder.join(LOCK)).and_then(File::open).ok()?;
    let is_trained = matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock));
    let seconds = checkpoint.state.wall.as_secs_f64();
    let Checkpoint { experiment, seed, settings, .. } = checkpoint;
    Some(Unfinished { experiment, seed, settings, steps, seconds, is_trained })
}

/// Whether an open file is the one at this path.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    Ok(Handle::from_file(file.try_clone()?)? == Handle::from_path(path)?)
}

fn open_lock(folder: &Path, path: &Path) -> io::Result<File> {
    if !folder.is_dir() {
        fs::create_dir_all(folder)?;
        // If a power cut undid the folder, its checkpoints would be lost.
        folder.ancestors().skip(1).take(2).try_for_each(files::sync_folder)?;
    }
    check_lock(path)?;
    // A lock on NFS needs a file that is open for writing.
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

/// The path of a lock, unless it is not a regular file: opening a pipe would wait for its other end.
fn check_lock(path: &Path) -> io::Result<&Path> {
    // Asked once, because its last owner may delete it at any moment.
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    Ok(path)
}

/// The checkpoints in a folder and their steps, newest first.
fn generations(folder: &Path) -> Result<Vec<(usize, PathBuf)>, StoreError> {
    let steps = |name: &str| name.strip_prefix("step-")?.strip_suffix(".checkpoint")?.parse().ok();
    let files = folder::list(folder)?.into_iter();
    let mut found: Vec<_> = files.filter_map(|(name, path)| Some((steps(&name)?, path))).collect();
    found.sort_by(|a, b| b.cmp(a));
    Ok(found)
}

impl OwnedRun {
    /// The checkpoints of the run, up to the newest one that is whole.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn latest(&mut self, run: RunKey) -> Result<Latest, StoreError> {
        let mut damaged = Vec::new();
        for (steps, path) in generations(&self.folder)? {
            match load(&path, steps, run) {
                Ok(checkpoint) => {
                    self.newest = Some(path);
                    return Ok(Latest { checkpoint: Some(checkpoint), damaged });
                }
                Err(error) => damaged.push(error),
            }
        }
        Ok(Latest { checkpoint: None, damaged })
    }

    /// Saves a checkpoint: whole and on the disk, or not at all. Keeps the previous one and deletes older and damaged ones.
    ///
    /// # Errors
    /// It cannot be written; the earlier ones are still there.
    pub fn save(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let path = self.folder.join(format!("step-{:08}.checkpoint", checkpoint.state.history.step_losses.len()));
        files::write_whole(&path, UNFINISHED, &checkpoint.to_bytes()).map_err(StoreError::io(&path, "write"))?;
        let previous = self.newest.replace(path);
        for (_, path) in generations(&self.folder)? {
            if ![&self.newest, &previous].contains(&&Some(path.clone())) {
                // The next save tries again.
                let _ = fs::remove_file(path);
            }
        }
        Ok(())
    }

    /// Deletes the checkpoints of a run that is to begin again.
    ///
    /// # Errors
    /// One of them cannot be deleted, so that it would be found again.
    pub fn begin_again(&mut self) -> Result<(), StoreError> {
        self.newest = None;
        for (_, path) in generations(&self.folder)? {
            fs::remove_file(&path).map_err(StoreError::io(&path, "delete"))?;
        }
        Ok(())
    }

    /// Deletes the checkpoints of a run whose record is on the disk.
    pub fn finish(self) {
        // What cannot be deleted only costs space: nothing looks for a finished run here.
        let _ = fs::remove_dir_all(&self.folder);
        // Fails while another run has checkpoints here.
        let _ = self.folder.parent().map(fs::remove_dir);
    }
}

/// The checkpoint in a file, which must belong to the run and have the steps of its name.
fn load(path: &Path, steps: usize, run: RunKey) -> Result<Checkpoint, StoreError> {
    let bytes = folder::read_file(path, Checkpoint::most_bytes(run))?;
    let checkpoint = Checkpoint::from_bytes(&bytes, run).map_err(StoreError::damaged(path))?;
    let found = checkpoint.state.history.step_losses.len();
    if found == steps {
        return Ok(checkpoint);
    }
    Err(StoreError::damaged(path)(Defect::rule(format!("`steps` is {found}, but the name of the file says {steps}"))))
}
