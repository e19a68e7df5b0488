//! NumPy's `.npz`: a ZIP archive of arrays.
//!
//! Source: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>, version 1.0.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::Trained;

/// The weights in this program's layout, and the scalars `pixel_mean` and `pixel_std` if the pixels are standardised.
#[must_use]
pub fn file(trained: &Trained<'_>) -> Vec<u8> {
    let weights = trained.weights.0.iter();
    let mut arrays: Vec<_> =
        weights.map(|tensor| (tensor.name.as_str(), npy("<f4", &tensor.shape, &f32_bytes(&tensor.values)))).collect();
    if let Some([mean, std]) = trained.standardisation() {
        arrays.extend(
            [("pixel_mean", mean), ("pixel_std", std)]
                .map(|(name, value)| (name, npy("<f8", &[], &value.to_le_bytes()))),
        );
    }
    archive(&arrays)
}

fn f32_bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// An archive of arrays, `(name, .npy file)`; the same arrays always give the same bytes.
#[must_use]
pub fn archive(arrays: &[(&str, Vec<u8>)]) -> Vec<u8> {
    const IN_MEMORY: &str = "an archive in memory can be written";
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, array) in arrays {
        archive.start_file(format!("{name}.npy"), options).expect(IN_MEMORY);
        archive.write_all(array).expect(IN_MEMORY);
    }
    archive.finish().expect(IN_MEMORY).into_inner()
}

/// An array as a `.npy` file: its type in NumPy's notation (`<f4`), its shape, its values row by row.
#[must_use]
pub fn npy(dtype: &str, shape: &[usize], bytes: &[u8]) -> Vec<u8> {
    const BEFORE_HEADER: usize = 10;
    let sizes: String = shape.iter().map(|size| format!("{size},")).collect();
    let header = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({sizes}), }}");
    // The values begin at a multiple of 64.
    let length = (BEFORE_HEADER + header.len() + 1).next_multiple_of(64) - BEFORE_HEADER;
    let header = format!("{header:<width$}\n", width = length - 1);
    let length = u16::try_from(length).expect("a tensor has a few dimensions").to_le_bytes();
    [b"\x93NUMPY\x01\x00".as_slice(), &length, header.as_bytes(), bytes].concat()
}
