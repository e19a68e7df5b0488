//! Reading files with a bound on their size: files of other people may be anything.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// Why the bytes of a file were not read.
#[derive(Debug)]
pub enum Unread {
    /// The system refuses to read it.
    Io(io::Error),
    /// It is a folder, a pipe or a device.
    NotAFile,
    /// It is larger than the bound.
    TooLarge,
}

/// The bytes of a regular file of at most `most_bytes`.
///
/// # Errors
/// If the file is larger, is not a regular file, or cannot be read.
pub fn read_bounded(path: &Path, most_bytes: u64) -> Result<Vec<u8>, Unread> {
    // Checked before opening, because opening a pipe would wait for its writer.
    let metadata = fs::metadata(path).map_err(Unread::Io)?;
    if !metadata.is_file() {
        return Err(Unread::NotAFile);
    }
    if metadata.len() > most_bytes {
        return Err(Unread::TooLarge);
    }
    let mut bytes = Vec::new();
    // It may grow while it is read.
    let mut file = File::open(path).map_err(Unread::Io)?.take(most_bytes + 1);
    file.read_to_end(&mut bytes).map_err(Unread::Io)?;
    if bytes.len() as u64 > most_bytes { Err(Unread::TooLarge) } else { Ok(bytes) }
}
