//! IDX files, the format of MNIST: a header of big-endian numbers, then one byte per pixel or label.
//!
//! A header is never trusted: number and size of the items are known before the file is opened, memory is reserved only for
//! those, and any other header is refused.

use std::cmp::Ordering;
use std::path::Path;

use crate::ImageShape;
use crate::error::FileProblem;
use crate::{gzip, npz};

/// The first number of a file of images: three dimensions of unsigned bytes.
pub(crate) const IMAGES: u32 = 0x0803;
/// The same of labels: one dimension.
const LABELS: u32 = 0x0801;
/// The same of QMNIST's labels: two dimensions of 32-bit numbers.
const WIDE_LABELS: u32 = 0x0c02;
/// Numbers of a row of QMNIST's labels, of which the first is the class.
const WIDTH: u32 = 8;

/// What a file must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Items {
    /// Three dimensions: images, rows, columns.
    Images(ImageShape),
    /// One dimension: the classes of images of that shape.
    Labels(ImageShape),
    /// QMNIST's labels: two dimensions, the class and seven numbers about the origin of every image.
    WideLabels(ImageShape),
}

impl Items {
    /// The numbers of the header. The first has the bytes 0, 0, type (8: unsigned bytes, 12: 32-bit numbers), number of
    /// dimensions; then come the dimensions, the first of which is the number of items.
    fn header(self, count: usize) -> Vec<u32> {
        let number = |dimension| u32::try_from(dimension).expect("sets are smaller than 2^32 along every dimension");
        match self {
            Self::Images(shape) => vec![IMAGES, number(count), number(shape.height), number(shape.width)],
            Self::Labels(_) => vec![LABELS, number(count)],
            Self::WideLabels(_) => vec![WIDE_LABELS, number(count), WIDTH],
        }
    }

    fn header_bytes(self) -> usize {
        size_of::<u32>() * self.header(0).len()
    }

    fn item_bytes(self) -> usize {
        match self {
            Self::Images(shape) => shape.pixels(),
            Self::Labels(_) => 1,
            Self::WideLabels(_) => WIDTH as usize * size_of::<u32>(),
        }
    }

    /// Bytes of a whole file of `count` items.
    pub(crate) fn file_bytes(self, count: usize) -> usize {
        self.header_bytes() + count * self.item_bytes()
    }

    /// The content of a complete and correct file, of which the first `keep` items are kept.
    pub(crate) fn content(self, file: &[u8], keep: usize) -> Content {
        let items = &file[self.header_bytes()..];
        let kept = &items[..items.len().min(keep.saturating_mul(self.item_bytes()))];
        let bytes = match self {
            // A class is below 256, so it is the last byte of the first number.
            Self::WideLabels(_) => kept.chunks_exact(self.item_bytes()).map(|row| row[3]).collect(),
            Self::Images(_) | Self::Labels(_) => kept.to_vec(),
        };
        Content { bytes, sha256: files::sha256(file) }
    }
}

/// The checked content of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Content {
    /// The items that are kept.
    pub(crate) bytes: Vec<u8>,
    /// SHA-256 of the whole file, unpacked.
    pub(crate) sha256: String,
}

/// Reads a file of exactly `count` items, checks all of it, and keeps the first `keep` items.
pub(crate) fn read(path: &Path, items: Items, count: usize, keep: usize) -> Result<Content, FileProblem> {
    let expected = items.file_bytes(count);
    let file = bytes_of(path, expected)?;
    if let Some((header, _)) = file.split_at_checked(items.header_bytes()) {
        check_header(header, items, count)?;
    }
    match file.len().cmp(&expected) {
        Ordering::Less => return Err(FileProblem::TooShort { actual: file.len(), expected }),
        Ordering::Greater => return Err(FileProblem::TooLong { expected }),
        Ordering::Equal => {}
    }
    let content = &file[items.header_bytes()..];
    match items {
        Items::Labels(shape) => check_labels(content.iter().map(|label| u32::from(*label)), shape.classes)?,
        Items::WideLabels(shape) => {
            let rows = content.chunks_exact(items.item_bytes());
            check_labels(rows.map(|row| u32::from_be_bytes([row[0], row[1], row[2], row[3]])), shape.classes)?;
        }
        Items::Images(_) => {}
    }
    Ok(items.content(&file, keep))
}

/// The unpacked bytes of a file or of an archive's array, at most one more than `expected`.
fn bytes_of(path: &Path, expected: usize) -> Result<Vec<u8>, FileProblem> {
    match npz::split(path) {
        Some((archive, array)) => npz::read(archive, array, expected),
        None => gzip::read_unpacked(path, expected),
    }
}

/// The header of a file of images: four numbers.
pub(crate) fn read_header(path: &Path) -> Result<[u32; 4], FileProblem> {
    const BYTES: usize = 4 * size_of::<u32>();
    let start = bytes_of(path, BYTES - 1)?;
    let numbers: Vec<u32> = start.as_chunks().0.iter().map(|bytes| u32::from_be_bytes(*bytes)).collect();
    numbers.try_into().map_err(|_| FileProblem::TooShort { actual: start.len(), expected: BYTES })
}

/// All labels of a file of `count` labels, whatever the number of classes.
pub(crate) fn read_labels(path: &Path, count: usize) -> Result<Vec<u8>, FileProblem> {
    let any = ImageShape { classes: 1 << u8::BITS, ..ImageShape::default() };
    Ok(read(path, Items::Labels(any), count, count)?.bytes)
}

/// The unpacked bytes of a file with these items.
pub(crate) fn write(items: Items, content: &[u8]) -> Vec<u8> {
    let header = items.header(content.len() / items.item_bytes());
    header.into_iter().flat_map(u32::to_be_bytes).chain(content.iter().copied()).collect()
}

fn check_header(header: &[u8], items: Items, count: usize) -> Result<(), FileProblem> {
    let expected = items.header(count);
    let actual: Vec<u32> = header.as_chunks().0.iter().map(|bytes| u32::from_be_bytes(*bytes)).collect();
    if actual[0] != expected[0] {
        return Err(FileProblem::WrongMagic { actual: actual[0], expected: expected[0] });
    }
    let plural = match items {
        Items::Images(shape) if actual[2..] != expected[2..] => {
            return Err(FileProblem::WrongSize { rows: actual[2], columns: actual[3], expected: shape });
        }
        Items::Images(_) => "images",
        Items::Labels(_) | Items::WideLabels(_) => "labels",
    };
    if actual[1] != expected[1] {
        return Err(FileProblem::WrongCount { items: plural, actual: actual[1], expected: count });
    }
    Ok(())
}

fn check_labels(labels: impl Iterator<Item = u32>, classes: usize) -> Result<(), FileProblem> {
    match labels.enumerate().find(|(_, label)| *label as usize >= classes) {
        Some((index, label)) => Err(FileProblem::BadLabel { index, label, classes }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
