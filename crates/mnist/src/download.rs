//! Fetching a dataset from its mirrors into the cache.
//!
//! A file is received under the name `<name>.gz.part`, checked, and only then renamed: what carries the final name was
//! whole and right when it got it. A `.part` survives an interruption and is continued, whatever mirror it began at; if
//! it turns out wrong, it is deleted and fetched anew once.

mod transfer;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use self::transfer::{Failure, receive};
use crate::catalogue::{DatasetSpec, FileSpec};
use crate::error::FileProblem;
use crate::folder;
use crate::progress::{Listener, Progress};

/// How often one mirror is asked for a file before the next one is.
const ATTEMPTS: u32 = 4;

/// How long to wait, and for what.
#[derive(Debug, Clone)]
pub(crate) struct Waits {
    /// For a name to be resolved, and again for a connection: short, because a machine without network waits so long.
    pub(crate) connect: Duration,
    /// For the answer to begin, and for more of it to come.
    pub(crate) silence: Duration,
    /// For a whole answer.
    pub(crate) transfer: Duration,
    /// Before the second attempt; twice as long before each further one.
    pub(crate) backoff: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            silence: Duration::from_secs(15),
            transfer: Duration::from_mins(10),
            backoff: Duration::from_millis(500),
        }
    }
}

/// Why a dataset could not be downloaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DownloadError {
    #[error("{} cannot be written: {cause}", path.display())]
    Write { path: PathBuf, cause: io::Error },
    #[error("downloading {file} failed: {}", reasons.join(", "))]
    Mirrors { file: &'static str, reasons: Vec<String> },
}

/// Fetches the files that are missing or broken in `folder`.
pub(crate) fn fetch(
    spec: &DatasetSpec,
    mirrors: &[String],
    folder: &Path,
    waits: &Waits,
    progress: &mut Listener<'_>,
) -> Result<(), DownloadError> {
    fs::create_dir_all(folder).map_err(|cause| DownloadError::Write { path: folder.to_owned(), cause })?;
    let _lock = lock(folder, progress).map_err(|cause| DownloadError::Write { path: folder.to_owned(), cause })?;
    let mut fetcher = Fetcher { agent: agent(waits), mirrors: mirrors.to_vec(), folder, waits, progress };
    spec.files.iter().try_for_each(|file| fetcher.ensure(file, spec))
}

/// Keeps other processes from writing the same files, until it is dropped.
fn lock(folder: &Path, progress: &mut Listener<'_>) -> io::Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            progress(Progress::Waiting { folder });
            file.lock()?;
        }
        // Some network file systems know no locks; two downloads at once then cost time, as every file is checked.
        Err(TryLockError::Error(_)) | Ok(()) => {}
    }
    Ok(file)
}

fn agent(waits: &Waits) -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_resolve(Some(waits.connect))
        .timeout_connect(Some(waits.connect))
        .timeout_recv_response(Some(waits.silence))
        .timeout_per_read(Some(waits.silence))
        .timeout_recv_body(Some(waits.transfer))
        .http_status_as_error(false)
        .user_agent(concat!("mnist-experiments/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

struct Fetcher<'a, 'b> {
    agent: ureq::Agent,
    /// The mirrors that have been reached, or not tried yet.
    mirrors: Vec<String>,
    folder: &'a Path,
    waits: &'a Waits,
    progress: &'a mut Listener<'b>,
}

impl Fetcher<'_, '_> {
    /// Makes sure that a good copy of the file is in the folder.
    fn ensure(&mut self, file: &FileSpec, spec: &DatasetSpec) -> Result<(), DownloadError> {
        let check = |path: &Path| folder::read_file(path, file, spec.name, 0).map(drop);
        while let Ok(Some(path)) = folder::find_file(self.folder, file) {
            if check(&path).is_ok() {
                return Ok(());
            }
            fs::remove_file(&path).map_err(|cause| DownloadError::Write { path, cause })?;
        }
        let part = self.folder.join(format!("{}.gz.part", file.name));
        self.try_mirrors(file, &part, &check)?;
        let whole = self.folder.join(format!("{}.gz", file.name));
        let renamed = OpenOptions::new()
            .append(true)
            .open(&part)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&part, &whole))
            .and_then(|()| files::sync_folder(self.folder));
        renamed.map_err(|cause| DownloadError::Write { path: whole, cause })?;
        (self.progress)(Progress::Downloaded { file: file.name });
        Ok(())
    }

    /// Asks one mirror after the other. One that cannot be reached is not asked for the other files either.
    fn try_mirrors(&mut self, file: &FileSpec, part: &Path, check: &Check<'_>) -> Result<(), DownloadError> {
        let mut reasons = Vec::new();
        for mirror in self.mirrors.clone() {
            let failure = match self.try_mirror(&mirror, file, part, check) {
                Ok(()) => return Ok(()),
                Err(failure) => failure,
            };
            if let Failure::Write(cause) = failure {
                return Err(DownloadError::Write { path: part.to_owned(), cause });
            }
            if matches!(failure, Failure::Unreachable(_)) {
                self.mirrors.retain(|reachable| *reachable != mirror);
            }
            let reason = format!("{}: {failure}", host(&mirror));
            (self.progress)(Progress::Retrying { file: file.name, reason: &reason });
            reasons.push(reason);
        }
        Err(DownloadError::Mirrors { file: file.name, reasons })
    }

    fn try_mirror(&mut self, mirror: &str, file: &FileSpec, part: &Path, check: &Check<'_>) -> Result<(), Failure> {
        let url = format!("{mirror}{}.gz", file.name);
        let mut wrong = false;
        let mut attempt = 0;
        loop {
            let failure = match self.attempt(&url, file, part, check) {
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
            thread::sleep(self.waits.backoff * 2_u32.pow(attempt - 1));
        }
    }

    /// One request, and the check of what came; a wrong `.part` is deleted.
    fn attempt(&mut self, url: &str, file: &FileSpec, part: &Path, check: &Check<'_>) -> Result<(), Failure> {
        // No packed file is longer than its content by more than a few bytes: what is longer is not the file.
        let limit = file.bytes() as u64 + (1 << 16);
        receive(&self.agent, url, part, limit, &mut |received, total| {
            (self.progress)(Progress::Downloading { file: file.name, received, total });
        })?;
        check(part).map_err(|problem| match fs::remove_file(part) {
            Ok(()) => Failure::Wrong(format!("what came is wrong: {problem}")),
            Err(cause) => Failure::Write(cause),
        })
    }
}

type Check<'a> = dyn Fn(&Path) -> Result<(), FileProblem> + 'a;

/// The host of an address, for messages.
fn host(address: &str) -> &str {
    address.split('/').nth(2).unwrap_or(address)
}

#[cfg(test)]
mod tests;
