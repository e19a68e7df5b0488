//! Reading a file that may be packed with gzip, with a bound on what it may unpack to.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

use flate2::bufread::GzDecoder;

use crate::error::FileProblem;

/// Every gzip stream begins with these bytes (RFC 1952); an IDX file never does.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The unpacked bytes of a file that should have `expected` of them; reads at most one more, so a gzip bomb stays packed.
///
/// The content of the file decides whether it is packed, not its name: browsers may unpack `.gz` files silently.
pub(crate) fn read_unpacked(path: &Path, expected: usize) -> Result<Vec<u8>, FileProblem> {
    // Checked before opening, because opening a pipe would wait for its writer.
    if !fs::metadata(path)?.is_file() {
        return Err(FileProblem::NotAFile);
    }
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let start = file.fill_buf()?;
    if start.is_empty() {
        return Err(FileProblem::Empty { expected });
    }
    let limit = expected as u64 + 1;
    let mut bytes = Vec::with_capacity(expected + 1);
    if !start.starts_with(&GZIP_MAGIC) {
        file.take(limit).read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    let mut decoder = GzDecoder::new(file);
    // Only at the end of the stream does the decoder compare the checksum.
    decoder.by_ref().take(limit).read_to_end(&mut bytes).map_err(|cause| match cause.kind() {
        ErrorKind::UnexpectedEof => FileProblem::TruncatedGzip { unpacked: bytes.len(), expected },
        ErrorKind::InvalidInput | ErrorKind::InvalidData => FileProblem::CorruptGzip { unpacked: bytes.len(), cause },
        _ => FileProblem::Unreadable(cause),
    })?;
    if bytes.len() == expected && !decoder.into_inner().fill_buf()?.is_empty() {
        return Err(FileProblem::TrailingBytes);
    }
    Ok(bytes)
}
