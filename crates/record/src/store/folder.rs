//! Folders that appear at once: written next to their place under a hidden name, then renamed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use files::{Unread, open_to_all, read_bounded, sync_folder};
use tempfile::TempDir;

use super::{SHORT_ID, StoreError};
use crate::Defect;

/// Largest file of a record that is read. The longest run that a spec allows, ten million steps, stays below it.
pub(super) const MOST_BYTES: u64 = 1 << 30;
/// How names of what is being written begin.
pub(super) const UNFINISHED: &str = ".saving-";

/// How the names of unfinished folders of a run begin: a later owner of the run deletes them.
pub(super) fn unfinished_prefix(short_id: &str) -> String {
    format!("{UNFINISHED}{short_id}-")
}

/// Writes the files into a folder of that name; what was there before is gone, and after an error it is still there.
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

/// Folders in a folder, sorted; hidden ones, unfinished writes and checkpoints, are left out.
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

/// The bytes of a file, or an error when there are more than such a file ever has.
pub(super) fn read_file(path: &Path, most_bytes: u64) -> Result<Vec<u8>, StoreError> {
    let damaged = |sentence| StoreError::damaged(path)(Defect::Rule(sentence));
    read_bounded(path, most_bytes).map_err(|unread| match unread {
        Unread::Io(error) => StoreError::io(path, "read")(error),
        Unread::NotAFile => damaged("is not a regular file".to_owned()),
        Unread::TooLarge => damaged(format!("is larger than {most_bytes} bytes, which it never is")),
    })
}

/// Whether an open file is the one that lies at a path.
pub(super) fn is_same_file(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(there)) => file_number(&open) == file_number(&there),
        _ => false,
    }
}

/// What tells the file or folder at a path from one that takes its name later.
pub(super) fn number_of(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().and_then(|metadata| file_number(&metadata))
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
fn file_number(metadata: &fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn file_number(_: &fs::Metadata) -> Option<(u64, u64)> {
    None
}

/// Puts the fresh folder where the old one is, which changes places with it and is deleted.
///
/// At every moment one of them is there, where the system can exchange names; elsewhere a run that dies between two
/// renames has no record and resumes from its last checkpoint.
fn put_in_place(fresh: TempDir, folder: &Path, parent: &Path) -> Result<(), StoreError> {
    const MOST_ATTEMPTS: usize = 100;
    let mut attempt = 0;
    loop {
        attempt += 1;
        if exchange(fresh.path(), folder).is_ok() {
            // The old record lies under the hidden name now and goes with it.
            return Ok(());
        }
        let aside = hidden_folder(parent, folder)?;
        let old = aside.path().join("old");
        let is_replaced = fs::rename(folder, &old).is_ok();
        match fs::rename(fresh.path(), folder) {
            Ok(()) => {
                // The folder has another name now: there is nothing left to delete under this one.
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

/// Lets two folders change places, both of which have to be there.
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
    let mut builder = tempfile::Builder::new();
    let prefix = unfinished_prefix(short_id);
    builder.prefix(&prefix);
    open_to_all(&mut builder, 0o777);
    builder.tempdir_in(parent).map_err(StoreError::io(parent, "write into the folder"))
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
