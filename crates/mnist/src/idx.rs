//! IDX files, the format of MNIST: a header of big-endian numbers, then one byte a pixel or a label.
//!
//! A header is never believed: how many items a file has to hold is known before it is opened, memory is taken for
//! those alone, and everything that differs is refused.

use std::path::Path;

use crate::digest::Hasher;
use crate::error::FileProblem;
use crate::gzip::Unpacked;
use crate::{IMAGE_PIXELS, IMAGE_SIDE, N_CLASSES};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Items {
    /// Three dimensions: images, rows, columns.
    Images,
    /// One dimension.
    Labels,
}

impl Items {
    /// Two zeros, the type (8: unsigned bytes), the number of dimensions.
    fn magic(self) -> u32 {
        match self {
            Self::Images => 0x0803,
            Self::Labels => 0x0801,
        }
    }

    fn header_bytes(self) -> usize {
        match self {
            Self::Images => 16,
            Self::Labels => 8,
        }
    }

    fn item_bytes(self) -> usize {
        match self {
            Self::Images => IMAGE_PIXELS,
            Self::Labels => 1,
        }
    }

    fn plural(self) -> &'static str {
        match self {
            Self::Images => "images",
            Self::Labels => "labels",
        }
    }

    /// Bytes of a whole file of `count` items.
    pub(crate) fn file_bytes(self, count: usize) -> usize {
        self.header_bytes() + count * self.item_bytes()
    }
}

/// The checked content of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Content {
    /// The first items, as many as were to be kept.
    pub(crate) bytes: Vec<u8>,
    /// SHA-256 of the whole file, unpacked.
    pub(crate) sha256: String,
}

/// Reads a file of exactly `count` items to its end, checks all of it, and keeps the first `keep` items.
///
/// This is the one place that decides how a file comes into memory: in 64 KiB pieces, hashed as they pass.
pub(crate) fn read(path: &Path, items: Items, count: usize, keep: usize) -> Result<Content, FileProblem> {
    let mut file = Unpacked::open(path, items.file_bytes(count))?;
    let mut hasher = Hasher::default();
    let mut header = [0; 16];
    let header = &mut header[..items.header_bytes()];
    file.read_exactly(header)?;
    check_header(header, items, count)?;
    hasher.update(header);

    let keep_bytes = keep.min(count) * items.item_bytes();
    let mut bytes = Vec::with_capacity(keep_bytes);
    let mut buffer = vec![0; 1 << 16];
    let mut position = 0;
    while position < count * items.item_bytes() {
        let size = buffer.len().min(count * items.item_bytes() - position);
        let piece = &mut buffer[..size];
        file.read_exactly(piece)?;
        if items == Items::Labels {
            check_labels(piece, position)?;
        }
        hasher.update(piece);
        bytes.extend_from_slice(&piece[..size.min(keep_bytes - bytes.len())]);
        position += size;
    }
    file.finish()?;
    Ok(Content { bytes, sha256: hasher.hex() })
}

/// The file that holds these items, unpacked.
pub(crate) fn write(items: Items, content: &[u8]) -> Vec<u8> {
    let count = content.len() / items.item_bytes();
    let side = u32::try_from(IMAGE_SIDE).expect("28");
    let mut header = vec![items.magic(), u32::try_from(count).expect("fewer than 2^32 images are ever drawn")];
    if items == Items::Images {
        header.extend([side, side]);
    }
    header.into_iter().flat_map(u32::to_be_bytes).chain(content.iter().copied()).collect()
}

fn check_header(header: &[u8], items: Items, count: usize) -> Result<(), FileProblem> {
    let number = |index: usize| {
        let bytes = header[4 * index..][..4].try_into().expect("four bytes");
        u32::from_be_bytes(bytes)
    };
    if number(0) != items.magic() {
        return Err(FileProblem::WrongMagic { actual: number(0), expected: items.magic() });
    }
    if items == Items::Images && [number(2), number(3)].map(|side| side as usize) != [IMAGE_SIDE; 2] {
        return Err(FileProblem::WrongSide { rows: number(2), columns: number(3) });
    }
    if number(1) as usize != count {
        return Err(FileProblem::WrongCount { items: items.plural(), actual: number(1), expected: count });
    }
    Ok(())
}

fn check_labels(labels: &[u8], position: usize) -> Result<(), FileProblem> {
    match labels.iter().position(|&label| label >= N_CLASSES) {
        Some(offset) => Err(FileProblem::BadLabel { index: position + offset, label: labels[offset] }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
