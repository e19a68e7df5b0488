//! Arrays of a NumPy archive (`.npz`, a ZIP file of `.npy` files), as the bytes of the IDX files with the same content.
//!
//! Keras keeps MNIST as such an archive. The path of an array is that of a file in a folder: `mnist.npz/x_train.npy`.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::Path;

use arrays::Header;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::FileProblem;

/// The arrays of a dataset: training images and labels, test images and labels.
pub(crate) const ARRAYS: [&str; 4] = ["x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"];

/// Whether a path is that of an archive, going by its name.
pub(crate) fn is_archive(path: &Path) -> bool {
    path.extension() == Some(OsStr::new("npz"))
}

/// The archive and the array's name, if a path leads into an archive.
pub(crate) fn split(path: &Path) -> Option<(&Path, &str)> {
    let archive = path.parent().filter(|parent| is_archive(parent) && !parent.is_dir())?;
    Some((archive, path.file_name()?.to_str()?))
}

/// The bytes of the IDX file with an array's content, at most one more than `expected`: an archive that unpacks to more stays
/// packed.
pub(crate) fn read(archive: &Path, array: &str, expected: usize) -> Result<Vec<u8>, FileProblem> {
    // Checked before opening, because opening a pipe would wait for its writer.
    if !fs::metadata(archive)?.is_file() {
        return Err(FileProblem::NotAFile);
    }
    let mut archive = ZipArchive::new(BufReader::new(File::open(archive)?)).map_err(broken)?;
    let mut array = archive.by_name(array).map_err(broken)?;
    let dimensions = read_header(&mut array)?;
    let mut bytes = idx_header(&dimensions)?;
    let rest = (expected + 1).saturating_sub(bytes.len());
    bytes.reserve_exact(rest);
    // At the end of the array, the reader compares the checksum.
    array.take(rest as u64).read_to_end(&mut bytes).map_err(|cause| broken(ZipError::Io(cause)))?;
    Ok(bytes)
}

fn broken(error: ZipError) -> FileProblem {
    let why = match error {
        ZipError::FileNotFound => "it lacks this array".to_owned(),
        // The reader ends so where the file does, and where its content is not what the archive says.
        ZipError::Io(cause) if cause.raw_os_error().is_some() => return FileProblem::Unreadable(cause),
        error => error.to_string(),
    };
    FileProblem::BadArchive { why }
}

/// The dimensions of an array of unsigned bytes in C order.
fn read_header(array: &mut impl Read) -> Result<Vec<u32>, FileProblem> {
    let bad = |why: String| FileProblem::BadArray { why };
    let Header { descr, shape, by_columns } = Header::read(array).map_err(|problem| bad(format!("it {problem}")))?;
    if !descr.ends_with("u1") {
        return Err(bad(format!("its numbers are of the type `{descr}`, expected `|u1` (unsigned bytes)")));
    }
    if by_columns {
        return Err(bad("it is in Fortran order, expected C order".to_owned()));
    }
    let dimensions = shape.iter().map(|&dimension| u32::try_from(dimension)).collect::<Result<_, _>>();
    dimensions.map_err(|_| bad(format!("its shape is {shape:?}, more than 2^32 on a side")))
}

/// The header of an IDX file of unsigned bytes.
fn idx_header(dimensions: &[u32]) -> Result<Vec<u8>, FileProblem> {
    let count = u8::try_from(dimensions.len());
    let count = count.map_err(|_| FileProblem::BadArray { why: format!("it has {} dimensions", dimensions.len()) })?;
    let mut header = vec![0, 0, 8, count];
    header.extend(dimensions.iter().flat_map(|dimension| dimension.to_be_bytes()));
    Ok(header)
}

#[cfg(test)]
pub(crate) mod tests;
