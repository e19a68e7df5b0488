//! `StoreError`: what is wrong with the folder of runs or with one record.

use std::io;
use std::io::ErrorKind::{
    FileTooLarge, InvalidData, NotADirectory, NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem,
    StorageFull,
};
use std::path::PathBuf;

use thiserror::Error;

use crate::Defect;

/// A file of a run that cannot be read or written: the path and what is wrong there.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The system refuses.
    #[error("{path}: cannot {action}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the program tried: `read`, `write`, `rename`.
        action: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// A file is not what a run wrote.
    #[error("{path}: {defect}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        defect: Box<Defect>,
    },
    /// A record that would not read back equal.
    #[error("this record cannot be stored: {0}")]
    NotStorable(#[from] Defect),
}

impl StoreError {
    pub(super) fn io(path: impl Into<PathBuf>, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, action, source }
    }

    pub(super) fn damaged(path: impl Into<PathBuf>) -> impl FnOnce(Defect) -> Self {
        let path = path.into();
        move |defect| Self::Damaged { path, defect: Box::new(defect) }
    }

    /// Whether a record or a file of it is damaged, missing or of an earlier format, so that its run must be trained again. What
    /// the system refuses may be whole, and a record of a newer version is.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Io { source, action, .. } => *action == "read" && matches!(source.kind(), InvalidData | NotFound),
            Self::Damaged { defect, .. } => !matches!(**defect, Defect::Format(found, ours) if found > ours),
            Self::NotStorable(_) => false,
        }
    }

    /// How to correct it, for a separate line.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        const ANOTHER_FOLDER: &str = "choose another folder for the runs";
        match self {
            damage if damage.is_damage() => {
                Some("`experiments run` sets a damaged record aside and trains its run again".into())
            }
            Self::Io { source, .. } => match source.kind() {
                PermissionDenied | ReadOnlyFilesystem | NotADirectory => Some(ANOTHER_FOLDER.into()),
                StorageFull | QuotaExceeded => Some(format!("free some space, or {ANOTHER_FOLDER}")),
                FileTooLarge => Some("raise the limit of a file's size (`ulimit -f`)".into()),
                _ => None,
            },
            Self::Damaged { .. } => Some(format!("update this program, or {ANOTHER_FOLDER}")),
            Self::NotStorable(_) => None,
        }
    }
}
