//! `.npz`: a zip archive with an `.npy` file for every array.

use std::io::{Cursor, Read as _, Write as _};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::{Arrays, ArraysError, MOST_BYTES, npy};

pub(crate) fn encode(arrays: &Arrays) -> Result<Vec<u8>, ArraysError> {
    // Its time is that of no file, so that the same arrays are the same bytes.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, array) in &arrays.0 {
        archive.start_file(format!("{name}.npy"), options).map_err(damaged)?;
        archive.write_all(&npy::encode(array))?;
    }
    Ok(archive.finish().map_err(damaged)?.into_inner())
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Arrays, ArraysError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut arrays = Arrays::default();
    let mut left = MOST_BYTES;
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(damaged)?;
        let name = file.name().map_err(damaged)?.into_owned();
        let name = name.strip_suffix(".npy").unwrap_or(&name).to_owned();
        let mut data = Vec::new();
        // A small archive may hold terabytes of zeros.
        file.take(left + 1).read_to_end(&mut data).map_err(|error| ArraysError::Damaged(error.to_string()))?;
        left = left.checked_sub(data.len() as u64).ok_or_else(|| {
            ArraysError::Damaged(format!("unpacked it has more than {} bytes, the limit", files::thousands(MOST_BYTES)))
        })?;
        arrays.0.insert(name.clone(), npy::decode(&name, &data)?);
    }
    Ok(arrays)
}

fn damaged(error: ZipError) -> ArraysError {
    match error {
        ZipError::Io(error) => ArraysError::Damaged(error.to_string()),
        ZipError::UnsupportedArchive(_) => {
            ArraysError::Damaged("it is packed in a way that NumPy does not use".to_owned())
        }
        _ => ArraysError::Damaged("it is not a zip archive".to_owned()),
    }
}
