//! Fetching a dataset from its mirrors into the cache.
//!
//! A file is received under the name `<name>.gz.part`, checked, and only then renamed: a file under its final name was
//! complete and correct when it was renamed. A `.part` file survives an interruption, and the next attempt continues it from
//! any mirror; if its content turns out wrong, it is deleted and fetched once more.

mod transfer;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use self::transfer::{Failure, receive};
use crate::catalogue::{DatasetSpec, FileSpec};
use crate::error::Problem;
use crate::folder;
use crate::progress::{Listener, Progress};

/// Requests for a file to one mirror before the next mirror is tried.
const ATTEMPTS: u32 = 4;

/// Limit for resolving a name, and again for a connection: short, because a machine without a network waits that long.
const CONNECT: Duration = Duration::from_secs(3);
/// Limit for the start of an answer, and for each pause within it.
const SILENCE: Duration = Duration::from_secs(15);
/// Limit for a whole answer.
const TRANSFER: Duration = Duration::from_mins(10);
/// Pause before the second attempt; it doubles before each further one.
pub(crate) const BACKOFF: Duration = Duration::from_millis(500);

/// Why a dataset could not be downloaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DownloadError {
    #[error("{} cannot be written: {cause}", path.display())]
    Write { path: PathBuf, cause: io::Error },
    #[error("downloading {file} failed: {}", reasons.join(", "))]
    Mirrors { file: &'static str, reasons: Vec<String> },
    #[error("no cache folder is known to download it into")]
    NoCache,
    #[error("downloading is switched off")]
    Offline,
    #[error("no mirror is known to download it from")]
    NoMirror,
    #[error(transparent)]
    Data(#[from] Problem),
}

/// Fetches the files that are missing or broken in `folder`; returns the paths of all four.
pub(crate) fn fetch(
    spec: &DatasetSpec,
    folder: &Path,
    backoff: Duration,
    progress: &mut Listener<'_>,
) -> Result<Vec<PathBuf>, DownloadError> {
    let not_written = |cause| DownloadError::Write { path: folder.to_owned(), cause };
    fs::create_dir_all(folder).map_err(not_written)?;
    let _lock = lock(folder, progress).map_err(not_written)?;
    let mut fetcher = Fetcher { agent: agent(), mirrors: spec.mirrors.clone(), folder, backoff, progress };
    spec.files.iter().map(|file| fetcher.ensure(file)).collect()
}

/// Keeps other processes from writing the same files until it is dropped.
fn lock(folder: &Path, progress: &mut Listener<'_>) -> io::Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            progress(Progress::Waiting { folder });
            file.lock()?;
        }
        // Some network file systems have no locks; two downloads at once then only cost time, as every file is checked.
        Err(TryLockError::Error(_)) | Ok(()) => {}
    }
    Ok(file)
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_resolve(Some(CONNECT))
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(SILENCE))
        .timeout_per_read(Some(SILENCE))
        .timeout_recv_body(Some(TRANSFER))
        .http_status_as_error(false)
        .user_agent(concat!("mnist-experiments/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

struct Fetcher<'a, 'b> {
    agent: ureq::Agent,
    /// The mirrors, without those that could not be reached.
    mirrors: Vec<String>,
    folder: &'a Path,
    backoff: Duration,
    progress: &'a mut Listener<'b>,
}

impl Fetcher<'_, '_> {
    /// Makes sure that the folder has a good copy of the file; returns its path.
    fn ensure(&mut self, file: &FileSpec) -> Result<PathBuf, DownloadError> {
        while let Ok(Some(path)) = folder::find_file(self.folder, file) {
            if folder::read_file(&path, file, 0).is_ok() {
                return Ok(path);
            }
            fs::remove_file(&path).map_err(|cause| DownloadError::Write { path, cause })?;
        }
        let part = self.folder.join(format!("{}.gz.part", file.name));
        self.try_mirrors(file, &part)?;
        let path = self.folder.join(format!("{}.gz", file.name));
        self.publish(&part, &path).map_err(|cause| DownloadError::Write { path: path.clone(), cause })?;
        (self.progress)(Progress::Downloaded { file: file.name });
        Ok(path)
    }

    fn publish(&self, part: &Path, whole: &Path) -> io::Result<()> {
        OpenOptions::new().append(true).open(part)?.sync_all()?;
        fs::rename(part, whole)?;
        files::sync_folder(self.folder)
    }

    /// Tries one mirror after the other. One that cannot be reached is not tried for the other files either.
    fn try_mirrors(&mut self, file: &FileSpec, part: &Path) -> Result<(), DownloadError> {
        let mut reasons = Vec::new();
        for mirror in self.mirrors.clone() {
            let failure = match self.try_mirror(&mirror, file, part) {
                Ok(()) => return Ok(()),
                Err(Failure::Write(cause)) => return Err(DownloadError::Write { path: part.to_owned(), cause }),
                Err(failure) => failure,
            };
            if matches!(failure, Failure::Unreachable(_)) {
                self.mirrors.retain(|reachable| *reachable != mirror);
            }
            let reason = format!("{}: {failure}", host(&mirror));
            (self.progress)(Progress::Retrying { file: file.name, reason: &reason });
            reasons.push(reason);
        }
        Err(DownloadError::Mirrors { file: file.name, reasons })
    }

    fn try_mirror(&mut self, mirror: &str, file: &FileSpec, part: &Path) -> Result<(), Failure> {
        let url = format!("{mirror}{}.gz", file.name);
        let mut wrong = false;
        let mut attempt = 0;
        loop {
            let failure = match self.attempt(&url, file, part) {
                Err(failure @ Failure::Wrong(_)) if wrong => return Err(failure),
                Err(failure @ (Failure::Wrong(_) | Failure::Transient(_))) => failure,
                result => return result,
            };
            wrong |= matches!(failure, Failure::Wrong(_));
            attempt += 1;
            if attempt == ATTEMPTS {
                return Err(failure);
            }
            (self.progress)(Progress::Retrying { file: file.name, reason: &failure.to_string() });
            thread::sleep(self.backoff * 2_u32.pow(attempt - 1));
        }
    }

    /// One request, and the check of the received file; a wrong `.part` file is deleted.
    fn attempt(&mut self, url: &str, file: &FileSpec, part: &Path) -> Result<(), Failure> {
        // A packed file is at most a few bytes longer than its content: a longer one is another file.
        let limit = file.bytes() as u64 + (1 << 16);
        receive(&self.agent, url, part, limit, &mut |received, total| {
            (self.progress)(Progress::Downloading { file: file.name, received, total });
        })?;
        if let Err(problem) = folder::read_file(part, file, 0) {
            fs::remove_file(part)?;
            return Err(Failure::Wrong(format!("the received file is wrong: {problem}")));
        }
        Ok(())
    }
}

/// The host of an address, for messages.
fn host(address: &str) -> &str {
    address.split('/').nth(2).unwrap_or(address)
}

#[cfg(test)]
mod tests;
