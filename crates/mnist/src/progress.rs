//! The progress of loading, for a progress bar.

use std::path::Path;

/// A step of [`load`](crate::load()), reported when it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// It looked into a folder, which does not have the dataset.
    NotFound {
        /// The folder.
        folder: &'a Path,
    },
    /// It reads and checks the four files in a folder.
    Reading {
        /// The folder.
        folder: &'a Path,
    },
    /// It waits for another process that fetches the same files.
    Waiting {
        /// The folder in the cache.
        folder: &'a Path,
    },
    /// It receives a file.
    Downloading {
        /// The file's name.
        file: &'a str,
        /// Bytes so far, including those of an earlier attempt.
        received: u64,
        /// Bytes in total, if the server gives it.
        total: Option<u64>,
    },
    /// An attempt failed; another one follows, at this mirror or the next.
    Retrying {
        /// The file's name.
        file: &'a str,
        /// What went wrong.
        reason: &'a str,
    },
    /// A file is complete and correct.
    Downloaded {
        /// The file's name.
        file: &'a str,
    },
    /// It draws the made-up digits.
    Drawing {
        /// Number of images in both sets.
        images: usize,
    },
}

/// Receives the steps.
pub type Listener<'a> = dyn FnMut(Progress<'_>) + 'a;
