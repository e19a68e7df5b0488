//! Folders that appear at once: written under a hidden name next to their place, then renamed.

use std::collections::BTreeMap;
use std::fs::{self, DirEntry, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use files::{read_bounded, sync_folder, unfinished};
use tempfile::TempDir;

use super::{SHORT_ID, StoreError};

/// Size limit of a file of a record. The longest run that a spec allows, ten million steps, stays below it.
pub(super) const MOST_BYTES: u64 = 1 << 30;
/// Prefix of files and folders that are still being written.
pub(super) const UNFINISHED: &str = ".saving-";

/// Prefix of a run's unfinished folders; a later owner of the run deletes them.
pub(super) fn unfinished_prefix(short_id: &str) -> String {
    format!("{UNFINISHED}{short_id}-")
}

/// Writes the files into this folder and removes what was there before; after an error the old folder is still there.
pub(super) fn replace_folder(folder: &Path, files: &BTreeMap<&str, Vec<u8>>) -> Result<(), StoreError> {
    let parent = folder.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(StoreError::io(parent, "make the folder"))?;
    let fresh = hidden_folder(parent, folder)?;
    for (name, bytes) in files {
        let path = fresh.path().join(name);
        write_durably(&path, bytes).map_err(StoreError::io(folder.join(name), "write"))?;
    }
    sync_folder(fresh.path()).map_err(StoreError::io(folder, "write"))?;
    put_in_place(fresh, folder, parent)?;
    sync_folder(parent).map_err(StoreError::io(parent, "write"))
}

/// Name and path of everything in a folder, sorted; nothing if it does not exist.
pub(super) fn list(folder: &Path) -> Result<Vec<(String, PathBuf)>, StoreError> {
    let entries: io::Result<Vec<DirEntry>> = match folder.read_dir() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.and_then(Iterator::collect),
    };
    let name_and_path = |entry: DirEntry| (entry.file_name().to_string_lossy().into_owned(), entry.path());
    let mut found: Vec<_> = entries.map_err(StoreError::io(folder, "read"))?.into_iter().map(name_and_path).collect();
    found.sort();
    Ok(found)
}

/// The bytes of a file, which must not have more than `most_bytes`.
pub(super) fn read_file(path: &Path, most_bytes: u64) -> Result<Vec<u8>, StoreError> {
    read_bounded(path, most_bytes).map_err(StoreError::io(path, "read"))
}

/// Replaces the old folder by the fresh one.
///
/// If the system can exchange two names, one of the folders is there at every moment. Elsewhere a process that dies between
/// two renames leaves no record, and the run resumes from its last checkpoint.
fn put_in_place(fresh: TempDir, folder: &Path, parent: &Path) -> Result<(), StoreError> {
    const MOST_ATTEMPTS: usize = 100;
    let mut attempt = 0;
    loop {
        attempt += 1;
        if exchange(fresh.path(), folder).is_ok() {
            // The old record has the hidden name now and is deleted with it.
            return Ok(());
        }
        let aside = hidden_folder(parent, folder)?;
        let old = aside.path().join("old");
        let is_replaced = fs::rename(folder, &old).is_ok();
        match fs::rename(fresh.path(), folder) {
            Ok(()) => {
                // Renamed, so there is nothing left to delete under the hidden name.
                let _ = fresh.keep();
                return Ok(());
            }
            // Another process put its record of the same run there between the two renames.
            Err(_) if attempt < MOST_ATTEMPTS && folder.exists() => {}
            Err(error) => {
                if is_replaced {
                    fs::rename(&old, folder).map_err(StoreError::io(folder, "put back"))?;
                }
                return Err(StoreError::io(folder, "write")(error));
            }
        }
    }
}

/// Exchanges two folders, both of which must exist.
#[cfg(target_os = "linux")]
fn exchange(fresh: &Path, folder: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, fresh, CWD, folder, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A hidden folder that a later owner of the same run may delete.
fn hidden_folder(parent: &Path, folder: &Path) -> Result<TempDir, StoreError> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let short_id = name.get(name.len().saturating_sub(SHORT_ID)..).unwrap_or_default();
    let folder = unfinished(&unfinished_prefix(short_id), 0o777).tempdir_in(parent);
    folder.map_err(StoreError::io(parent, "write into the folder"))
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
