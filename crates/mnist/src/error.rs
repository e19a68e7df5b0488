//! What can be wrong with the data, in words: the place, the bad value and what would do.

use std::io;
use std::path::PathBuf;

use crate::DatasetName;
use crate::text::grouped;

/// Why there is no dataset.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file is there, but is not what it should be.
    #[error("{}: {problem}", path.display())]
    BadFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: FileProblem,
        /// Who put it there, which decides what can be done about it.
        place: Place,
        /// The dataset that it was read as.
        dataset: DatasetName,
    },
    /// A folder holds some of the four files, or was named and holds none.
    #[error("{}: `{file}` is missing, plain or with `.gz` (needed for {})", folder.display(), dataset.title())]
    MissingFile {
        /// The folder.
        folder: PathBuf,
        /// The first missing file, without `.gz`.
        file: &'static str,
        /// Who made the folder.
        place: Place,
        /// The dataset that was looked for.
        dataset: DatasetName,
    },
    /// A folder was named that cannot be read, or is none.
    #[error("{}: {problem}", folder.display())]
    BadFolder {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        problem: FolderProblem,
    },
    /// No source has the dataset that was asked for.
    #[error("{} is not at hand: {}", dataset.title(), reasons.join("; "))]
    Unavailable {
        /// The dataset.
        dataset: DatasetName,
        /// Why not, a reason for every source that was tried.
        reasons: Vec<String>,
    },
    /// A name that is no dataset's.
    #[error("`{name}` is not a dataset, expected one of {}", DatasetName::ALL.map(DatasetName::as_str).join(", "))]
    UnknownDataset {
        /// The name.
        name: String,
    },
    /// More images are asked for than there are, or none.
    #[error("{} {set} images are asked for, expected 1 to {}", grouped(*wanted), grouped(*available))]
    ImageCount {
        /// `training` or `validation`.
        set: &'static str,
        /// How many are asked for.
        wanted: usize,
        /// How many there are.
        available: usize,
    },
    /// All pixels of the training images are equal, so that they cannot be standardised.
    #[error("every pixel of the training images is {pixel}, expected images that differ from a blank sheet")]
    NoContrast {
        /// The value of every pixel.
        pixel: u8,
    },
}

/// Who put a file where it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The user, in a folder that was named explicitly.
    Given,
    /// The user, in the project's data folder.
    Project,
    /// This program, in the user's cache.
    Cache,
}

/// Why a folder cannot be searched.
#[derive(Debug, thiserror::Error)]
pub enum FolderProblem {
    /// It is not there.
    #[error("no such folder")]
    Missing,
    /// It is something else.
    #[error("is not a folder")]
    NotAFolder,
    /// The system refuses.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
}

/// What is wrong with an IDX file.
#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    /// The system refuses to read it, or it vanished.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// A folder, a pipe or a device.
    #[error("is not a regular file")]
    NotAFile,
    /// No byte in it.
    #[error("is empty, expected {} bytes unpacked", grouped(*expected))]
    Empty {
        /// Bytes of the right file, unpacked.
        expected: usize,
    },
    /// The gzip stream stops in the middle.
    #[error("the gzip stream ends early, after {} of {} bytes unpacked", grouped(*unpacked), grouped(*expected))]
    TruncatedGzip {
        /// Bytes unpacked until then.
        unpacked: usize,
        /// Bytes of the right file, unpacked.
        expected: usize,
    },
    /// The gzip stream breaks its own rules or its checksum.
    #[error("the gzip stream is corrupt after {} bytes unpacked: {cause}", grouped(*unpacked))]
    CorruptGzip {
        /// Bytes unpacked until then.
        unpacked: usize,
        /// The unpacker's words.
        cause: io::Error,
    },
    /// Bytes follow the gzip stream.
    #[error("bytes follow the end of the gzip stream, expected none")]
    TrailingBytes,
    /// Fewer bytes than the right file has.
    #[error("unpacked to {} bytes, expected {}", grouped(*actual), grouped(*expected))]
    TooShort {
        /// Its bytes, unpacked.
        actual: usize,
        /// Bytes of the right file, unpacked.
        expected: usize,
    },
    /// More bytes than the right file has; how many more was not looked at.
    #[error("unpacks to more than {} bytes, expected exactly as many", grouped(*expected))]
    TooLong {
        /// Bytes of the right file, unpacked.
        expected: usize,
    },
    /// The first four bytes are not those of such a file.
    #[error("begins with {actual:#010x}, expected {expected:#010x} (IDX, unsigned bytes)")]
    WrongMagic {
        /// Its first four bytes, big-endian.
        actual: u32,
        /// The right ones.
        expected: u32,
    },
    /// Images of another size.
    #[error("holds images of {rows} x {columns} pixels, expected 28 x 28")]
    WrongSide {
        /// Rows, as the header says.
        rows: u32,
        /// Columns, as the header says.
        columns: u32,
    },
    /// Another number of images or labels.
    #[error("holds {} {items}, expected {}", grouped(*actual as usize), grouped(*expected))]
    WrongCount {
        /// `images` or `labels`.
        items: &'static str,
        /// How many the header announces.
        actual: u32,
        /// How many the dataset has; images and labels have the same.
        expected: usize,
    },
    /// A label that is no class.
    #[error("label {index} (from 0) is {label}, expected 0 to 9")]
    BadLabel {
        /// Which label.
        index: usize,
        /// Its value.
        label: u8,
    },
    /// The right form, but not the published bytes.
    #[error("the SHA-256 of its unpacked bytes is {actual}, expected {expected}")]
    WrongDigest {
        /// Of the file, in hexadecimal.
        actual: String,
        /// Of the published file, in hexadecimal.
        expected: String,
    },
    /// The published bytes of another dataset.
    #[error("is a file of {}, going by its SHA-256, expected one of {}", actual.title(), expected.title())]
    OtherDataset {
        /// The dataset that it belongs to.
        actual: DatasetName,
        /// The dataset that was asked for.
        expected: DatasetName,
    },
}

impl DataError {
    /// What the user can do about it, if there is something: a line of its own below the message.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::BadFile { problem: FileProblem::OtherDataset { actual, .. }, .. } => {
                Some(format!("to use it, ask for it with `--dataset {actual}`"))
            }
            Self::BadFile { problem: FileProblem::WrongDigest { .. }, place: Place::Given, .. } => {
                Some("if this is not MNIST, name the dataset: `--dataset fashion-mnist` or `--dataset kmnist`".into())
            }
            Self::BadFile { problem: FileProblem::Unreadable(_), place: Place::Given | Place::Project, .. } => {
                Some("make the file readable, or name another folder with `--data-dir`".into())
            }
            Self::BadFile { place: Place::Given, .. } | Self::MissingFile { place: Place::Given, .. } => Some(
                "put a good copy there, or leave the folder unnamed (`--data-dir`, `MNIST_DIR`) to fetch one".into(),
            ),
            Self::BadFile { .. } => Some("delete the file and run `make data`".into()),
            Self::MissingFile { folder, .. } => {
                Some(format!("put all four files there, or delete {} and run `make data`", folder.display()))
            }
            Self::BadFolder { .. } => {
                Some("name a folder with the four IDX files, or none (`--data-dir`, `MNIST_DIR`)".into())
            }
            Self::Unavailable { dataset, .. } => Some(format!(
                "put the four IDX files into data/{dataset}/, name their folder with `--data-dir`, or use `--dataset made-up`"
            )),
            Self::UnknownDataset { .. } | Self::ImageCount { .. } | Self::NoContrast { .. } => None,
        }
    }
}
