//! Arrays with names, and their files: NumPy's `.npz` and safetensors.

mod npy;
mod npz;
mod tensors;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use thiserror::Error;

pub use npy::Header;

/// Size limit of a file, and of what is unpacked from it.
pub(crate) const MOST_BYTES: u64 = 1 << 31;

/// The numbers of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// Whole numbers.
    Whole,
    /// Single precision.
    Single,
    /// Double precision.
    Double,
}

/// An array: its values row by row, in double precision.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Its dimensions; empty for a single number.
    pub shape: Vec<usize>,
    /// Its values, row-major.
    pub values: Vec<f64>,
    /// How they are written in a file.
    pub numbers: Numbers,
}

/// Arrays with names such as `step_0003/layer_1/gradient_weight`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Arrays(pub BTreeMap<String, Array>);

/// What is wrong with a file of arrays.
#[derive(Debug, Error)]
pub enum ArraysError {
    /// The system refuses to read it, or it is too large.
    #[error("cannot read: {0}")]
    Io(#[from] io::Error),
    /// Its name ends in something else.
    #[error("is neither an .npz nor a .safetensors file")]
    Ending,
    /// It is not such a file, or it is damaged.
    #[error("is not a file of arrays that can be read: {0}")]
    Damaged(String),
    /// An array has numbers of another kind.
    #[error("the array `{name}` {problem}")]
    Array {
        /// Name of the array.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl ArraysError {
    pub(crate) fn array(name: &str, problem: impl Into<String>) -> Self {
        Self::Array { name: name.escape_debug().to_string(), problem: problem.into() }
    }
}

impl Array {
    /// An array in double precision.
    #[must_use]
    pub fn new(shape: &[usize], values: &[f64]) -> Self {
        Self { shape: shape.to_vec(), values: values.to_vec(), numbers: Numbers::Double }
    }

    /// A list of whole numbers.
    #[must_use]
    pub fn whole(values: impl IntoIterator<Item = usize>) -> Self {
        let values: Vec<f64> = values.into_iter().map(|value| value as f64).collect();
        Self { shape: vec![values.len()], values, numbers: Numbers::Whole }
    }

    /// An array in single precision.
    #[must_use]
    pub fn single(shape: &[usize], values: &[f32]) -> Self {
        let values = values.iter().copied().map(f64::from).collect();
        Self { shape: shape.to_vec(), values, numbers: Numbers::Single }
    }

    /// Its values as bytes, little-endian: whole numbers in 64 bits, others in their precision.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        #[expect(clippy::cast_possible_truncation, reason = "whole numbers far below 2^53")]
        let whole = |value: &f64| (*value as i64).to_le_bytes();
        #[expect(clippy::cast_possible_truncation, reason = "numbers that were read or made in single precision")]
        let single = |value: &f64| (*value as f32).to_le_bytes();
        match self.numbers {
            Numbers::Whole => self.values.iter().flat_map(whole).collect(),
            Numbers::Single => self.values.iter().flat_map(single).collect(),
            Numbers::Double => self.values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        }
    }
}

/// The format of a file, by the ending of its name.
enum Format {
    Npz,
    Safetensors,
}

fn format_of(path: &Path) -> Result<Format, ArraysError> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("npz") => Ok(Format::Npz),
        Some("safetensors") => Ok(Format::Safetensors),
        _ => Err(ArraysError::Ending),
    }
}

impl Arrays {
    /// Whether a file of this name can hold arrays.
    ///
    /// # Errors
    /// Its name ends neither in `.npz` nor in `.safetensors`.
    pub fn check_name(path: &Path) -> Result<(), ArraysError> {
        format_of(path).map(drop)
    }

    /// The bytes of a file of this name.
    ///
    /// # Errors
    /// Its name ends neither in `.npz` nor in `.safetensors`.
    pub fn encode(&self, path: &Path) -> Result<Vec<u8>, ArraysError> {
        match format_of(path)? {
            Format::Npz => self.to_npz(),
            Format::Safetensors => tensors::encode(self),
        }
    }

    /// The bytes of an `.npz` file.
    ///
    /// # Errors
    /// An array is larger than a zip archive can hold.
    pub fn to_npz(&self) -> Result<Vec<u8>, ArraysError> {
        npz::encode(self)
    }

    /// The arrays of a file that this program or another one, such as NumPy, has written.
    ///
    /// # Errors
    /// The file cannot be read, is damaged, or has an array of something else than numbers.
    pub fn read(path: &Path) -> Result<Self, ArraysError> {
        let format = format_of(path)?;
        let bytes = files::read_bounded(path, MOST_BYTES)?;
        match format {
            Format::Npz => npz::decode(&bytes),
            Format::Safetensors => tensors::decode(&bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrays() -> Arrays {
        let weight = Array::new(&[2, 3], &[0.1, -1e300, 1e-300, f64::NAN, f64::INFINITY, -0.0]);
        let named = [
            ("step_0001/indices", Array::whole([7, 0, 19_999])),
            ("step_0001/layer_1/weight", weight),
            ("step_0001/loss", Array::new(&[], &[2.3])),
            ("layers.0.weight", Array::single(&[3], &[0.1, -3e38, f32::NAN])),
            ("empty", Array::new(&[0, 4], &[])),
        ];
        Arrays(named.into_iter().map(|(name, array)| (name.to_owned(), array)).collect())
    }

    #[test]
    fn both_formats_keep_every_bit() {
        for name in ["a.npz", "a.safetensors", "B.NPZ"] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(name);
            std::fs::write(&path, arrays().encode(&path).unwrap()).unwrap();
            // NaN is not equal to itself.
            assert_eq!(format!("{:?}", Arrays::read(&path).unwrap()), format!("{:?}", arrays()), "{name}");
        }
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_an_error_or_other_arrays_but_no_panic() {
        type Decode = fn(&[u8]) -> Result<Arrays, ArraysError>;
        for (name, decode) in [("a.npz", npz::decode as Decode), ("a.safetensors", tensors::decode)] {
            let bytes = arrays().encode(Path::new(name)).unwrap();
            for at in 0..bytes.len() {
                assert!(decode(&bytes[..at]).is_err(), "{name} cut at {at}");
                for changed in [0, 0xff, b'9'] {
                    let mut wrong = bytes.clone();
                    wrong[at] = changed;
                    let _ = decode(&wrong);
                }
            }
        }
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text, message) in [
            ("mine.csv", "step\n", "is neither an .npz nor a .safetensors file"),
            ("mine.npz", "step\n", "is not a file of arrays that can be read: it is not a zip archive"),
            ("mine.safetensors", "step\n", "is not a file of arrays that can be read: it is not in that format"),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            assert_eq!(Arrays::read(&path).unwrap_err().to_string(), message);
        }
    }
}
