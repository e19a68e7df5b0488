//! A dataset in memory, and where it came from.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::folder::Contents;
use crate::{DatasetName, FileDigest, ImageSet};

/// A dataset whose every byte was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Which dataset.
    pub name: DatasetName,
    /// Where it came from.
    pub source: Source,
    /// The four files and their digests: training images and labels, test images and labels.
    pub files: [FileDigest; 4],
    /// One digest for all four: the SHA-256, in hexadecimal, of the lines `<sha256>  <name>\n`, as `sha256sum` prints
    /// them.
    pub digest: String,
    /// The training images; the first of them only, if the request was limited.
    pub train: ImageSet,
    /// The test images; the first of them only, if the request was limited.
    pub test: ImageSet,
}

/// Where a dataset came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A folder of the user's: named, or the project's own.
    Folder(PathBuf),
    /// A folder in the user's cache, filled by an earlier run.
    Cache(PathBuf),
    /// A mirror, just now, into this folder in the user's cache.
    Download(PathBuf),
    /// Drawn by this crate because it was asked for.
    MadeUp,
    /// Drawn by this crate because MNIST could not be had.
    StandIn {
        /// Why not, a reason for every source that was tried.
        reasons: Vec<String>,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(formatter, "read from {}", folder.display()),
            Self::Cache(folder) => write!(formatter, "read from the cache, {}", folder.display()),
            Self::Download(folder) => write!(formatter, "downloaded into the cache, {}", folder.display()),
            Self::MadeUp => formatter.write_str("drawn by this program"),
            Self::StandIn { .. } => formatter.write_str("drawn by this program, in place of MNIST"),
        }
    }
}

impl Dataset {
    pub(crate) fn new(name: DatasetName, source: Source, contents: Contents) -> Self {
        let Contents { files, digest, train, test } = contents;
        Self { name, source, files, digest, train, test }
    }

    /// What the user has to know before trusting a number: that the images are a stand-in for MNIST, and why.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let Source::StandIn { reasons } = &self.source else { return None };
        Some(format!("MNIST is not at hand, made-up digits stand in for it ({})", reasons.join("; ")))
    }

    /// How to get MNIST instead, to be shown with the [`warning`](Self::warning).
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.warning()?;
        Some("for MNIST run `make data` with a network, put its four files into data/mnist/, or set MNIST_DIR".into())
    }
}
