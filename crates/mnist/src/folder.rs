//! The four files of a dataset in one folder.

use std::fs;
use std::io::ErrorKind;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use crate::catalogue::{self, DatasetSpec, FileSpec};
use crate::digest::{self, FileDigest};
use crate::error::{DataError, FileProblem, FolderProblem, Place};
use crate::idx::{self, Content};
use crate::{DatasetName, ImageSet};

/// How many images of each set are kept in memory; all are checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keep {
    pub(crate) train: usize,
    pub(crate) test: usize,
}

/// A dataset that was read, and what its bytes are.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) files: [FileDigest; 4],
    pub(crate) digest: String,
    pub(crate) train: ImageSet,
    pub(crate) test: ImageSet,
}

/// Where a dataset's four files lie; `None` if the folder has none of them, or is not there.
///
/// # Errors
/// If some of the files are there and others are not, and if the folder cannot be searched.
pub(crate) fn find(folder: &Path, spec: &DatasetSpec, place: Place) -> Result<Option<[PathBuf; 4]>, DataError> {
    let mut found = Vec::new();
    let mut missing = None;
    for file in &spec.files {
        match find_file(folder, file)? {
            Some(path) => found.push(path),
            None => missing = missing.or(Some(file.name)),
        }
    }
    match (found.try_into(), missing) {
        (Ok(paths), _) => Ok(Some(paths)),
        (Err(found), Some(file)) if !found.is_empty() => {
            Err(DataError::MissingFile { folder: folder.to_owned(), file, place, dataset: spec.name })
        }
        _ => Ok(None),
    }
}

/// The first spelling of a file that is there, even as a broken link: who put it there meant it to be read.
pub(crate) fn find_file(folder: &Path, file: &FileSpec) -> Result<Option<PathBuf>, DataError> {
    let bad_folder = |problem| DataError::BadFolder { folder: folder.to_owned(), problem };
    for path in file.spellings().map(|spelling| folder.join(spelling)) {
        match fs::symlink_metadata(&path) {
            Ok(_) => return Ok(Some(path)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                return Err(bad_folder(FolderProblem::NotAFolder));
            }
            Err(error) => return Err(bad_folder(FolderProblem::Unreadable(error))),
        }
    }
    Ok(None)
}

/// Reads and checks the four files, side by side.
pub(crate) fn read(paths: &[PathBuf; 4], spec: &DatasetSpec, keep: Keep, place: Place) -> Result<Contents, DataError> {
    let keep = [keep.train, keep.train, keep.test, keep.test];
    let contents: Vec<Result<Content, FileProblem>> = thread::scope(|scope| {
        let files = paths.iter().zip(&spec.files).zip(keep);
        let readers: Vec<_> =
            files.map(|((path, file), keep)| scope.spawn(move || read_file(path, file, spec.name, keep))).collect();
        readers.into_iter().map(|reader| reader.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    let bad_file =
        |path: &PathBuf, problem| DataError::BadFile { path: path.clone(), problem, place, dataset: spec.name };
    let contents = paths.iter().zip(contents).map(|(path, content)| content.map_err(|problem| bad_file(path, problem)));
    let contents: Vec<Content> = contents.collect::<Result<_, _>>()?;
    Ok(Contents::new(spec, contents.try_into().expect("four files were read")))
}

/// Reads and checks one file, down to its digest.
pub(crate) fn read_file(
    path: &Path,
    file: &FileSpec,
    dataset: DatasetName,
    keep: usize,
) -> Result<Content, FileProblem> {
    let content = idx::read(path, file.items, file.count, keep)?;
    if file.sha256.as_ref() == Some(&content.sha256) {
        return Ok(content);
    }
    match (catalogue::owner(&content.sha256), &file.sha256) {
        (Some(actual), _) if actual != dataset => Err(FileProblem::OtherDataset { actual, expected: dataset }),
        (_, Some(expected)) => Err(FileProblem::WrongDigest { actual: content.sha256, expected: expected.clone() }),
        (_, None) => Ok(content),
    }
}

impl Contents {
    pub(crate) fn new(spec: &DatasetSpec, contents: [Content; 4]) -> Self {
        let [train_images, train_labels, test_images, test_labels] = contents;
        let sha256 = [&train_images, &train_labels, &test_images, &test_labels].map(|content| content.sha256.clone());
        let mut sha256 = sha256.into_iter();
        let files = spec.files.each_ref().map(|file| FileDigest {
            name: file.name.to_owned(),
            sha256: sha256.next().expect("four files have four digests"),
        });
        Self {
            digest: digest::of_files(&files),
            files,
            train: ImageSet { pixels: train_images.bytes, labels: train_labels.bytes },
            test: ImageSet { pixels: test_images.bytes, labels: test_labels.bytes },
        }
    }
}
