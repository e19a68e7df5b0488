//! Finding a dataset: the sources, in their order, and what happens when one fails.

use std::path::{Path, PathBuf};

use crate::cache;
use crate::catalogue::DatasetSpec;
use crate::dataset::{Dataset, Source};
use crate::download::{self, Waits};
use crate::error::{DataError, FolderProblem, Place};
use crate::folder::{self, Keep};
use crate::progress::{Listener, Progress};
use crate::{DatasetName, made_up};

/// Which dataset is wanted, and where it may be looked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The dataset; `None` for MNIST or, where it cannot be had, made-up digits in its place.
    pub dataset: Option<DatasetName>,
    /// A folder named for this run (`--data-dir`): it holds the four files, or a folder named after the dataset.
    pub data_dir: Option<PathBuf>,
    /// The folder where this user keeps MNIST (environment variable `MNIST_DIR`). It says nothing of other datasets.
    pub mnist_dir: Option<PathBuf>,
    /// The project's data folder, in which `mnist/`, `fashion-mnist/` and `kmnist/` are looked for.
    pub project_data_dir: Option<PathBuf>,
    /// The program's folder in the user's cache, usually [`default_cache_dir`](crate::default_cache_dir); without one
    /// nothing is downloaded and made-up digits are drawn anew each time.
    pub cache_dir: Option<PathBuf>,
    /// Never use the network.
    pub offline: bool,
    /// Addresses in place of the known mirrors; `<file name>.gz` is appended.
    pub mirrors: Option<Vec<String>>,
    /// How many training images will be used, if not all: the rest is checked but not kept.
    pub train_images: Option<usize>,
    /// How many test images will be used, if not all.
    pub test_images: Option<usize>,
}

/// Finds, reads and checks a dataset.
///
/// The sources in order: the folder named explicitly, the project's data folder, the user's cache, the mirrors. With no
/// dataset asked for, made-up digits stand in when all of them have nothing; [`Dataset::warning`] then says why.
///
/// # Errors
/// If a dataset asked for by name is nowhere; if a folder named explicitly has not all of it; and if a file of the
/// user's is broken: a broken file is never passed over in silence.
pub fn load(request: &Request, progress: &mut Listener<'_>) -> Result<Dataset, DataError> {
    let spec = DatasetSpec::published(request.dataset.unwrap_or(DatasetName::Mnist));
    load_spec(&spec, request, &Waits::default(), progress)
}

/// [`load()`] with what is known of the dataset, and how long to wait, given from outside: for tests.
fn load_spec(
    spec: &DatasetSpec,
    request: &Request,
    waits: &Waits,
    progress: &mut Listener<'_>,
) -> Result<Dataset, DataError> {
    if spec.name == DatasetName::MadeUp {
        return Ok(made_up(Source::MadeUp, request, progress));
    }
    match (find(spec, request, waits, progress), request.dataset) {
        (Err(DataError::Unavailable { reasons, .. }), None) => {
            Ok(made_up(Source::StandIn { reasons }, request, progress))
        }
        (result, _) => result,
    }
}

fn find(
    spec: &DatasetSpec,
    request: &Request,
    waits: &Waits,
    progress: &mut Listener<'_>,
) -> Result<Dataset, DataError> {
    if let Some(folder) = request.given_folder(spec.name) {
        return given(folder, spec, request.keep(), progress);
    }
    let mut reasons = Vec::new();
    if let Some(folder) = &request.project_data_dir {
        let folder = folder.join(spec.name.as_str());
        if let Some(dataset) = search(&folder, spec, request.keep(), Place::Project, progress)? {
            return Ok(dataset);
        }
        reasons.push(format!("{} has none of its files", folder.display()));
    }
    match &request.cache_dir {
        None => reasons.push("there is no cache folder to download it into".into()),
        Some(cache) => match cached(&cache.join(spec.name.as_str()), spec, request, waits, progress) {
            Ok(dataset) => return Ok(dataset),
            Err(mut more) => reasons.append(&mut more),
        },
    }
    Err(DataError::Unavailable { dataset: spec.name, reasons })
}

/// A folder that was named explicitly: it has the dataset, or that is an error.
fn given(folder: &Path, spec: &DatasetSpec, keep: Keep, progress: &mut Listener<'_>) -> Result<Dataset, DataError> {
    if !folder.exists() {
        return Err(DataError::BadFolder { folder: folder.to_owned(), problem: FolderProblem::Missing });
    }
    for candidate in [folder, &folder.join(spec.name.as_str())] {
        if let Some(dataset) = search(candidate, spec, keep, Place::Given, progress)? {
            return Ok(dataset);
        }
    }
    Err(DataError::MissingFile {
        folder: folder.to_owned(),
        file: spec.files[0].name,
        place: Place::Given,
        dataset: spec.name,
    })
}

/// The dataset from the user's cache, after downloading what is missing or broken there; else the reasons why not.
fn cached(
    folder: &Path,
    spec: &DatasetSpec,
    request: &Request,
    waits: &Waits,
    progress: &mut Listener<'_>,
) -> Result<Dataset, Vec<String>> {
    let mut reasons = Vec::new();
    match search(folder, spec, request.keep(), Place::Cache, progress) {
        Ok(Some(dataset)) => return Ok(dataset),
        Ok(None) => reasons.push("it is not in the cache".into()),
        Err(error) => reasons.push(error.to_string()),
    }
    if request.offline {
        reasons.push("downloading is switched off".into());
        return Err(reasons);
    }
    let mirrors = request.mirrors.as_ref().unwrap_or(&spec.mirrors);
    let fetched = download::fetch(spec, mirrors, folder, waits, progress);
    match fetched.map(|()| search(folder, spec, request.keep(), Place::Cache, progress)) {
        Ok(Ok(Some(dataset))) => return Ok(Dataset { source: Source::Download(folder.to_owned()), ..dataset }),
        Ok(Ok(None)) => reasons.push("the downloaded files vanished".into()),
        Ok(Err(error)) => reasons.push(error.to_string()),
        Err(error) => reasons.push(error.to_string()),
    }
    Err(reasons)
}

fn search(
    folder: &Path,
    spec: &DatasetSpec,
    keep: Keep,
    place: Place,
    progress: &mut Listener<'_>,
) -> Result<Option<Dataset>, DataError> {
    let Some(paths) = folder::find(folder, spec, place)? else { return Ok(None) };
    progress(Progress::Reading { folder });
    let source = match place {
        Place::Given | Place::Project => Source::Folder(folder.to_owned()),
        Place::Cache => Source::Cache(folder.to_owned()),
    };
    Ok(Some(Dataset::new(spec.name, source, folder::read(&paths, spec, keep, place)?)))
}

fn made_up(source: Source, request: &Request, progress: &mut Listener<'_>) -> Dataset {
    let contents = cache::made_up_digits(request.cache_dir.as_deref(), request.keep(), &mut || {
        progress(Progress::Drawing { images: made_up::TRAIN_IMAGES + made_up::TEST_IMAGES });
    });
    Dataset::new(DatasetName::MadeUp, source, contents)
}

impl Request {
    fn given_folder(&self, dataset: DatasetName) -> Option<&Path> {
        let mnist_dir = self.mnist_dir.as_deref().filter(|_| dataset == DatasetName::Mnist);
        self.data_dir.as_deref().or(mnist_dir)
    }

    fn keep(&self) -> Keep {
        Keep { train: self.train_images.unwrap_or(usize::MAX), test: self.test_images.unwrap_or(usize::MAX) }
    }
}

#[cfg(test)]
mod tests;
