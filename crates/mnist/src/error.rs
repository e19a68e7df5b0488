//! Errors in the data: the place, the bad value and what was expected.

use std::io;
use std::path::PathBuf;

use files::thousands;

use crate::{DatasetName, ImageShape};

/// Why a dataset cannot be used, in one line; [`hint`](Self::hint) says what to do.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct DataError(#[from] pub(crate) Problem);

/// Why a dataset cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// A file exists, but is not what it should be.
    #[error("{}: {problem}", path.display())]
    BadFile { path: PathBuf, problem: FileProblem, place: Place },
    /// A folder has some of the four files; `file` is the first missing one.
    #[error("{}: `{file}` is missing, plain or with `.gz` (needed for {})", folder.display(), dataset.title())]
    MissingFile { folder: PathBuf, file: &'static str, place: Place, dataset: DatasetName },
    /// The named folder has nothing of the dataset, nor do the folders in it that were searched.
    #[error("{}: has neither `{file}` (plain or with `.gz`) nor `{}`, nor do {}", folder.display(), dataset.archive(), listed(inside))]
    EmptyFolder { folder: PathBuf, file: &'static str, dataset: DatasetName, inside: Vec<PathBuf> },
    /// The named folder cannot be read, or is not a folder.
    #[error("{}: {problem}", folder.display())]
    BadFolder { folder: PathBuf, problem: FolderProblem },
    /// The dataset was not found; there is one reason per place that was searched.
    #[error("{} was not found: {}", dataset.title(), reasons.join("; "))]
    Unavailable { dataset: DatasetName, reasons: Vec<String> },
    /// A name that is not a dataset.
    #[error("`{name}` is not a dataset, expected one of {}", DatasetName::ALL.map(DatasetName::as_str).join(", "))]
    UnknownDataset { name: String },
    /// More images were requested than there are, or none; `set` is `training` or `validation`.
    #[error("{} {set} images were requested, expected 1 to {}", thousands(wanted), thousands(available))]
    ImageCount { set: &'static str, wanted: usize, available: usize },
    /// A file that should hold images to classify, or their labels, does not.
    #[error("{}: {problem}", path.display())]
    BadPicture { path: PathBuf, problem: PictureProblem },
    /// All pixels of the training images are equal, so they cannot be standardised.
    #[error("every pixel of the training images is {pixel}, expected images that are not blank")]
    NoContrast { pixel: u8 },
}

/// Paths in a sentence.
pub(crate) fn listed(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// Who put a file where it was found; the hints depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The user, in a folder that the request names.
    Given,
    /// The user, in the project's data folder.
    Project,
    /// This program, in the user's cache.
    Cache,
    /// Another program, in its own folder: a broken file there is not the user's fault.
    Keras,
}

/// Why a folder cannot be searched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderProblem {
    #[error("no such folder")]
    Missing,
    #[error("is not a folder")]
    NotAFolder,
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
}

/// What is wrong with an IDX file. Unless stated otherwise, `expected` is the number of unpacked bytes of the right file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileProblem {
    /// The system refuses to read it, or it disappeared.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// A folder, a pipe or a device.
    #[error("is not a regular file")]
    NotAFile,
    #[error("is empty, expected {} bytes unpacked", thousands(expected))]
    Empty { expected: usize },
    /// The gzip stream stops in the middle.
    #[error("the gzip stream ends early, after {} of {} bytes unpacked", thousands(unpacked), thousands(expected))]
    TruncatedGzip { unpacked: usize, expected: usize },
    /// The gzip stream is malformed, or its checksum does not match.
    #[error("the gzip stream is corrupt after {} bytes unpacked: {cause}", thousands(unpacked))]
    CorruptGzip { unpacked: usize, cause: io::Error },
    #[error("bytes follow the end of the gzip stream, expected none")]
    TrailingBytes,
    #[error("unpacked to {} bytes, expected {}", thousands(actual), thousands(expected))]
    TooShort { actual: usize, expected: usize },
    /// Reading stops after the first byte too many.
    #[error("unpacks to more than {} bytes, expected exactly that many", thousands(expected))]
    TooLong { expected: usize },
    /// The first four bytes, big-endian, are not those of the expected kind of file.
    #[error("begins with {actual:#010x}, expected {expected:#010x} (IDX, unsigned bytes)")]
    WrongMagic { actual: u32, expected: u32 },
    /// The header announces images of another size.
    #[error("holds images of {rows} x {columns} pixels, expected {} x {}", expected.height, expected.width)]
    WrongSize { rows: u32, columns: u32, expected: ImageShape },
    /// The header announces another number of `items`, which are `images` or `labels`.
    #[error("holds {} {items}, expected {}", thousands(actual), thousands(expected))]
    WrongCount { items: &'static str, actual: u32, expected: usize },
    /// The ZIP archive is malformed, packed in an unusual way, or lacks the array.
    #[error("cannot be unpacked from the archive: {why}")]
    BadArchive { why: String },
    /// What is in the archive is not an array of unsigned bytes.
    #[error("cannot be used: {why}")]
    BadArray { why: String },
    /// The header of a dataset of the user announces something that cannot be images.
    #[error(
        "holds {} images of {rows} x {columns} pixels, expected at least one, with sides of 1 to {}",
        thousands(count),
        thousands(longest)
    )]
    BadShape { count: u32, rows: u32, columns: u32, longest: u32 },
    /// The header of a dataset of the user announces more than this program loads.
    #[error("holds {bytes} bytes of pixels, expected at most {most}")]
    TooLarge { bytes: u64, most: u64 },
    /// A label beyond the last class.
    #[error("label {index} (from 0) is {label}, expected 0 to {}", classes - 1)]
    BadLabel { index: usize, label: u32, classes: usize },
    /// The form is right, but these are not the published bytes.
    #[error("the SHA-256 of its unpacked bytes is {actual}, expected {expected}")]
    WrongDigest { actual: String, expected: String },
    /// The published bytes of another dataset.
    #[error("is a file of {}, going by its SHA-256, expected one of {}", actual.title(), expected.title())]
    OtherDataset { actual: DatasetName, expected: DatasetName },
}

/// What is wrong with a file of images to classify, or of their labels.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PictureProblem {
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    #[error("is not a PNG, JPEG or IDX file of images")]
    Unknown,
    #[error("is not an IDX file of labels")]
    NoLabels,
    /// The decoder refuses it.
    #[error("is a broken {kind} file")]
    Broken { kind: &'static str },
    #[error("has {} x {} pixels, expected 1 to {} in all", thousands(width), thousands(height), thousands(most))]
    Size { width: usize, height: usize, most: usize },
    #[error("unpacks to more than {} bytes, the limit for such a file", thousands(most))]
    Unpacked { most: u64 },
    /// The dimensions of an IDX file do not fit what follows.
    #[error("announces {}, but {} bytes follow", announced(dimensions), thousands(bytes))]
    IdxSize { dimensions: Vec<usize>, bytes: usize },
}

/// The size in an IDX header.
fn announced(dimensions: &[usize]) -> String {
    let dimensions: Vec<String> = dimensions.iter().map(thousands).collect();
    if dimensions.is_empty() { "no size".into() } else { format!("{} bytes", dimensions.join(" x ")) }
}

impl DataError {
    /// What the user can do about it, if anything, for a separate line below the message.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match &self.0 {
            Problem::BadFile { problem: FileProblem::OtherDataset { actual, .. }, .. } => {
                format!("to use it, pass `--dataset {actual}`")
            }
            Problem::BadFile {
                problem:
                    FileProblem::WrongDigest { .. } | FileProblem::WrongCount { .. } | FileProblem::WrongSize { .. },
                place: Place::Given,
                ..
            } => "if this is not MNIST, name the dataset: `--dataset fashion-mnist`, another name, or `--dataset own`"
                .into(),
            Problem::BadFile { problem: FileProblem::Unreadable(_), .. } => {
                "make the file readable, or name another folder with `--data-dir`".into()
            }
            Problem::BadFile { place: Place::Given, .. }
            | Problem::MissingFile { place: Place::Given, .. }
            | Problem::EmptyFolder { .. } => {
                "put a good copy there, or leave the folder unnamed (`--data-dir`, `MNIST_DIR`) to fetch one".into()
            }
            Problem::BadFile { .. } => "put a good copy there, or move the file away and run `experiments data`".into(),
            Problem::MissingFile { folder, .. } => {
                format!("put all four files there, or move {} away and run `experiments data`", folder.display())
            }
            Problem::BadFolder { .. } => {
                "name a folder with the four IDX files, a `.npz` archive, or nothing (`--data-dir`, `MNIST_DIR`)".into()
            }
            Problem::Unavailable { dataset, .. } => format!(
                "put the four IDX files into data/{dataset}/, name their folder with `--data-dir`, or use `--dataset made-up`"
            ),
            Problem::ImageCount { set, available, .. } => {
                let key = if *set == "training" { "train_images" } else { "validation_images" };
                format!("`--set data.{key}={available}` takes all that there are")
            }
            Problem::BadPicture { problem: PictureProblem::Size { .. }, .. } => "scale the image down".into(),
            Problem::BadPicture { problem: PictureProblem::Broken { .. }, .. } => {
                "get another copy, or open it in an image program and save it again".into()
            }
            Problem::BadPicture { problem: PictureProblem::Unknown, .. } => "save it as PNG or JPEG".into(),
            Problem::BadPicture { .. } | Problem::UnknownDataset { .. } | Problem::NoContrast { .. } => return None,
        };
        Some(hint)
    }
}
