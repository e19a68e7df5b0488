//! The four files of a dataset in one folder.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::catalogue::{self, DatasetSpec, FileSpec};
use crate::error::{FileProblem, FolderProblem, Place, Problem};
use crate::idx::{self, Content};
use crate::npz;

/// The paths of a dataset's four files, or of the four arrays of its archive; `None` if the folder has neither, or does not exist.
/// The folder may also be an archive itself.
///
/// # Errors
/// If the folder has some of the files but not all, and if it cannot be searched.
pub(crate) fn find(folder: &Path, spec: &DatasetSpec, place: Place) -> Result<Option<Vec<PathBuf>>, Problem> {
    let arrays = |archive: &Path| Ok(Some(npz::ARRAYS.map(|array| archive.join(array)).to_vec()));
    if npz::is_archive(folder) && folder.is_file() {
        return arrays(folder);
    }
    let archive = folder.join(spec.name.archive());
    let found = spec.files.iter().map(|file| find_file(folder, file)).collect::<Result<Vec<_>, _>>()?;
    match found.iter().position(Option::is_none) {
        None => Ok(Some(found.into_iter().flatten().collect())),
        Some(_) if found.iter().all(Option::is_none) && archive.is_file() => arrays(&archive),
        Some(_) if found.iter().all(Option::is_none) => Ok(None),
        Some(index) => {
            let (folder, file) = (folder.to_owned(), spec.files[index].name);
            Err(Problem::MissingFile { folder, file, place, dataset: spec.name })
        }
    }
}

/// The first spelling of a file that exists, even as a broken link: the user put it there to be read. Some archives unpack to
/// a folder for each file, named like it.
pub(crate) fn find_file(folder: &Path, file: &FileSpec) -> Result<Option<PathBuf>, Problem> {
    let spellings = file.spellings().map(|spelling| folder.join(spelling));
    let inside = spellings.iter().flat_map(|folder| file.spellings().map(|spelling| folder.join(spelling)));
    for path in spellings.iter().cloned().chain(inside) {
        let problem = match fs::symlink_metadata(&path) {
            Ok(_) if path.is_dir() => continue,
            Ok(_) => return Ok(Some(path)),
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) if error.kind() == ErrorKind::NotADirectory => FolderProblem::NotAFolder,
            Err(error) => FolderProblem::Unreadable(error),
        };
        return Err(Problem::BadFolder { folder: folder.to_owned(), problem });
    }
    Ok(None)
}

/// Reads and checks the four files in parallel, and keeps the first `keep` items of each.
pub(crate) fn read(
    paths: &[PathBuf],
    spec: &DatasetSpec,
    keep: [usize; 4],
    place: Place,
) -> Result<Vec<Content>, Problem> {
    let read = |((path, file), keep): ((&PathBuf, &FileSpec), usize)| {
        read_file(path, file, keep).map_err(|problem| Problem::BadFile { path: path.clone(), problem, place })
    };
    let contents: Vec<_> = paths.par_iter().zip(&spec.files).zip(keep).map(read).collect();
    contents.into_iter().collect()
}

/// Reads and checks one file, including its digest.
pub(crate) fn read_file(path: &Path, file: &FileSpec, keep: usize) -> Result<Content, FileProblem> {
    let content = idx::read(path, file.items, file.count, keep)?;
    match (catalogue::owner(&content.sha256), &file.sha256) {
        (_, Some(expected)) if *expected == content.sha256 => Ok(content),
        (Some(actual), _) if actual != file.dataset => {
            Err(FileProblem::OtherDataset { actual, expected: file.dataset })
        }
        (_, Some(expected)) => Err(FileProblem::WrongDigest { actual: content.sha256, expected: expected.clone() }),
        (_, None) => Ok(content),
    }
}
