//! IDX files, the format of MNIST: a header of big-endian numbers, then one byte per pixel or label.
//!
//! A header is never trusted: number and size of the items are known before the file is opened, memory is reserved only for
//! those, and any other header is refused.

use std::cmp::Ordering;
use std::path::Path;

use crate::ImageShape;
use crate::error::FileProblem;
use crate::gzip;

/// What a file must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Items {
    /// Three dimensions: images, rows, columns.
    Images(ImageShape),
    /// One dimension: the classes of images of that shape.
    Labels(ImageShape),
}

impl Items {
    /// The numbers of the header. The first has the bytes 0, 0, type (8: unsigned bytes), number of dimensions; then come the
    /// dimensions, the first of which is the number of items.
    fn header(self, count: usize) -> Vec<u32> {
        let number = |dimension| u32::try_from(dimension).expect("sets are smaller than 2^32 along every dimension");
        match self {
            Self::Images(shape) => vec![0x0803, number(count), number(shape.height), number(shape.width)],
            Self::Labels(_) => vec![0x0801, number(count)],
        }
    }

    fn header_bytes(self) -> usize {
        size_of::<u32>() * self.header(0).len()
    }

    fn item_bytes(self) -> usize {
        match self {
            Self::Images(shape) => shape.pixels(),
            Self::Labels(_) => 1,
        }
    }

    /// Bytes of a whole file of `count` items.
    pub(crate) fn file_bytes(self, count: usize) -> usize {
        self.header_bytes() + count * self.item_bytes()
    }

    /// The content of a complete and correct file, of which the first `keep` items are kept.
    pub(crate) fn content(self, file: &[u8], keep: usize) -> Content {
        let items = &file[self.header_bytes()..];
        let kept = items.len().min(keep.saturating_mul(self.item_bytes()));
        Content { bytes: items[..kept].to_vec(), sha256: files::sha256(file) }
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
    let file = gzip::read_unpacked(path, expected)?;
    if let Some((header, _)) = file.split_at_checked(items.header_bytes()) {
        check_header(header, items, count)?;
    }
    match file.len().cmp(&expected) {
        Ordering::Less => return Err(FileProblem::TooShort { actual: file.len(), expected }),
        Ordering::Greater => return Err(FileProblem::TooLong { expected }),
        Ordering::Equal => {}
    }
    if let Items::Labels(ImageShape { classes, .. }) = items {
        check_labels(&file[items.header_bytes()..], classes)?;
    }
    Ok(items.content(&file, keep))
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
        Items::Labels(_) => "labels",
    };
    if actual[1] != expected[1] {
        return Err(FileProblem::WrongCount { items: plural, actual: actual[1], expected: count });
    }
    Ok(())
}

fn check_labels(labels: &[u8], classes: usize) -> Result<(), FileProblem> {
    match labels.iter().position(|&label| usize::from(label) >= classes) {
        Some(index) => Err(FileProblem::BadLabel { index, label: labels[index], classes }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
