//! `StoreError`: what is wrong with the folder of runs or with one record.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::RunRecord;

/// A record that cannot be read or written: the path and what is wrong there.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The system refuses.
    #[error("{path}: cannot {action}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried: `read`, `write`, `rename`.
        action: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// A file is not what was written.
    #[error("{path}: {what}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A record of another version of the format.
    #[error("{path}: has format {found}, but this program reads format {}", RunRecord::FORMAT)]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// A record that would not read back as it is.
    #[error("this record cannot be kept: {what}")]
    NotStorable {
        /// Why.
        what: String,
    },
}

impl StoreError {
    pub(super) fn io(path: impl Into<PathBuf>, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, action, source }
    }

    pub(super) fn damaged(path: impl Into<PathBuf>, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.into(), what: what.into() }
    }

    /// What would help, for a line of its own.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::NotADirectory => {
                    Some("choose another folder for the runs".into())
                }
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    Some("free some space, or choose another folder for the runs".into())
                }
                _ => None,
            },
            Self::Damaged { path, .. } | Self::Format { path, .. } => {
                let folder = path.parent()?.display();
                Some(format!("delete the folder {folder} and run again"))
            }
            Self::NotStorable { .. } => None,
        }
    }
}
