//! Folders that appear at once: written beside their place under a hidden name, then renamed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::StoreError;

/// Largest file that is read. The longest run that a spec allows, ten million steps, stays below it.
const MOST_BYTES: u64 = 1 << 30;

/// Writes the files into a folder of that name; what was there before is gone, and after an error it is still there.
pub(super) fn replace_folder(folder: &Path, files: &BTreeMap<&str, Vec<u8>>) -> Result<(), StoreError> {
    let parent = folder.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(StoreError::io(parent, "make the folder"))?;
    let fresh = hidden_folder(parent)?;
    for (name, bytes) in files {
        let path = fresh.path().join(name);
        write_durably(&path, bytes).map_err(StoreError::io(folder.join(name), "write"))?;
    }
    sync_folder(fresh.path());
    put_in_place(fresh.path(), folder, parent)?;
    // The folder has another name now: there is nothing left to delete under this one.
    let _ = fresh.keep();
    sync_folder(parent);
    Ok(())
}

/// Folders in a folder, sorted; hidden ones are unfinished writes.
pub(super) fn list(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let entries = match folder.read_dir() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(StoreError::io(folder, "read"))?,
    };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = entry.map_err(StoreError::io(folder, "read"))?;
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !is_hidden && entry.path().is_dir() {
            folders.push(entry.path());
        }
    }
    folders.sort();
    Ok(folders)
}

/// The bytes of a file, or an error when there are too many of them to be one of ours.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(StoreError::io(path, "read"))?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(StoreError::io(path, "read"))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(StoreError::damaged(path, "is larger than 1 GiB, which no file of a run is"));
    }
    Ok(bytes)
}

/// Renames aside, renames in, deletes.
///
/// Between the renames there is no record: a run that dies there is trained again.
fn put_in_place(fresh: &Path, folder: &Path, parent: &Path) -> Result<(), StoreError> {
    const MOST_ATTEMPTS: usize = 100;
    let aside = hidden_folder(parent)?;
    let mut attempt = 0;
    loop {
        attempt += 1;
        let old = aside.path().join(attempt.to_string());
        let is_replaced = fs::rename(folder, &old).is_ok();
        match fs::rename(fresh, folder) {
            Ok(()) => return Ok(()),
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

fn hidden_folder(parent: &Path) -> Result<TempDir, StoreError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".saving-");
    // Temporary folders are private; this one is to be as readable as any other, the process's mask applied.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    builder.tempdir_in(parent).map_err(StoreError::io(parent, "write into the folder"))
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes renames last through a power cut, where a folder can be opened to say so; elsewhere the system decides.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
