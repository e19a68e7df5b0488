//! What loading reports while it works, for a progress bar.

use std::path::Path;

/// A step of [`load`](crate::load()), reported as it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// The four files in a folder are read and checked.
    Reading {
        /// The folder.
        folder: &'a Path,
    },
    /// Another process fetches the same files; this one waits for it.
    Waiting {
        /// The folder in the cache.
        folder: &'a Path,
    },
    /// A file arrives.
    Downloading {
        /// The file's name.
        file: &'a str,
        /// Bytes that are here, those of an earlier attempt included.
        received: u64,
        /// Bytes in all, if the server says so.
        total: Option<u64>,
    },
    /// An attempt failed; another one follows, here or at the next mirror.
    Retrying {
        /// The file's name.
        file: &'a str,
        /// What went wrong.
        reason: &'a str,
    },
    /// A file is complete and checked.
    Downloaded {
        /// The file's name.
        file: &'a str,
    },
    /// The made-up digits are drawn.
    Drawing {
        /// Images of both sets.
        images: usize,
    },
}

/// The receiver of the steps.
pub type Listener<'a> = dyn FnMut(Progress<'_>) + 'a;
