//! Files read with a limit on their size: a file from elsewhere may be anything.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use crate::thousands;

/// The bytes of a regular file that has at most `most_bytes`.
///
/// # Errors
/// The system refuses; or, as [`io::ErrorKind::InvalidData`], it is not a regular file, or a larger one.
pub fn read_bounded(path: &Path, most_bytes: u64) -> io::Result<Vec<u8>> {
    // Checked before opening, because opening a pipe would wait for its writer.
    if !fs::metadata(path)?.is_file() {
        return Err(not_regular());
    }
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    // Its length is checked first, to read nothing in vain, and afterwards, because it may grow meanwhile.
    if file.metadata()?.len() <= most_bytes {
        file.take(most_bytes + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 <= most_bytes {
            return Ok(bytes);
        }
    }
    Err(refused(format!("it is larger than {} bytes, the limit for such a file", thousands(most_bytes))))
}

/// The error of a path that is a folder, a pipe or a device.
pub(crate) fn not_regular() -> io::Error {
    refused("it is not a regular file".to_owned())
}

fn refused(sentence: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, sentence)
}
