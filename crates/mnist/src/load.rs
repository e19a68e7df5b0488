//! Finding a dataset: the places in their order, and what happens if one fails.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::catalogue::DatasetSpec;
use crate::dataset::{Dataset, Origin};
use crate::download::{self, DownloadError};
use crate::error::{FolderProblem, Place, Problem, listed};
use crate::progress::{Listener, Progress};
use crate::{DataError, DatasetName, ImageShape, cache, folder, own};

/// The dataset to load, and the places to search.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The dataset; `None` for MNIST, or made-up digits if MNIST is not found.
    pub dataset: Option<DatasetName>,
    /// A folder named for this run (`--data-dir`), with the four files, with a folder named after the dataset, or torchvision's; or a
    /// NumPy archive, by itself or in that folder.
    pub data_dir: Option<PathBuf>,
    /// The user's folder for MNIST (environment variable `MNIST_DIR`), not searched for other datasets.
    pub mnist_dir: Option<PathBuf>,
    /// The project's data folder, with one folder per dataset.
    pub project_data_dir: Option<PathBuf>,
    /// The program's folder in the user's cache, usually [`default_cache_dir`](crate::default_cache_dir). Without it,
    /// nothing is downloaded and made-up digits are drawn each time.
    pub cache_dir: Option<PathBuf>,
    /// Keras' folder of datasets, usually [`default_keras_dir`](crate::default_keras_dir).
    pub keras_dir: Option<PathBuf>,
    /// Never use the network.
    pub offline: bool,
    /// The number of training images to keep, if not all; the rest is only checked.
    pub train_images: Option<usize>,
    /// The number of test images to keep, if not all.
    pub test_images: Option<usize>,
}

/// Finds, reads and checks a dataset.
///
/// The places in order: the folder that the request names (then the only place), the project's data folder, the user's
/// cache, Keras' folder, the mirrors. If the request names no dataset and no place has MNIST, the result is made-up digits, and
/// [`Dataset::warning`] says why.
///
/// # Errors
/// If the dataset that the request names is not found; if the folder that it names lacks one of the four files; and if a
/// file of the user is broken: a broken file is never skipped silently.
pub fn load(request: &Request, progress: &mut Listener<'_>) -> Result<Dataset, DataError> {
    let spec = DatasetSpec::published(request.dataset.unwrap_or(DatasetName::Mnist));
    Ok(Search { spec: &spec, request, backoff: download::BACKOFF, progress }.dataset()?)
}

/// Size and classes of a dataset's images: as published, or of a dataset of the user as its files say; MNIST's if they were not
/// found.
#[must_use]
pub fn shape(request: &Request, dataset: DatasetName) -> ImageShape {
    let spec = DatasetSpec::published(dataset);
    let own = |(folder, place): (PathBuf, Place)| {
        let paths = folder::find(&folder, &spec, place).ok()??;
        own::describe(&paths, place).ok()
    };
    let mut folders = request.folders(dataset).into_iter().filter(|_| dataset == DatasetName::Own);
    folders.find_map(own).map_or(dataset.shape(), |spec| spec.shape)
}

/// Whether [`load()`] finds the four files without a download, judging only by their names: nothing is read. Made-up digits
/// need no files.
#[must_use]
pub fn has_local_files(request: &Request, dataset: DatasetName) -> bool {
    let spec = DatasetSpec::published(dataset);
    let has_files = |(folder, place): (PathBuf, Place)| matches!(folder::find(&folder, &spec, place), Ok(Some(_)));
    dataset == DatasetName::MadeUp || request.folders(dataset).into_iter().any(has_files)
}

/// The search for a dataset.
struct Search<'a, 'b> {
    spec: &'a DatasetSpec,
    request: &'a Request,
    /// Pause before the second attempt to download.
    backoff: Duration,
    progress: &'a mut Listener<'b>,
}

impl Search<'_, '_> {
    fn dataset(&mut self) -> Result<Dataset, Problem> {
        if self.spec.name == DatasetName::MadeUp {
            return Ok(self.made_up(Origin::MadeUp));
        }
        match self.find() {
            Err(Problem::Unavailable { reasons, .. }) if self.request.dataset.is_none() => {
                Ok(self.made_up(Origin::StandIn { reasons }))
            }
            result => result,
        }
    }

    fn find(&mut self) -> Result<Dataset, Problem> {
        let dataset = self.spec.name;
        let given = self.request.given_folder(dataset);
        if let Some(folder) = given.filter(|folder| !folder.exists()) {
            return Err(Problem::BadFolder { folder: folder.to_owned(), problem: FolderProblem::Missing });
        }
        let (mut searched, mut reasons) = (Vec::new(), Vec::new());
        for (folder, place) in self.request.folders(dataset) {
            match (self.look_into(&folder, place), place) {
                (Ok(Some(dataset)), _) => return Ok(dataset),
                (Ok(None), _) => {
                    (self.progress)(Progress::NotFound { folder: &folder });
                    searched.push(folder);
                }
                // A broken file in the cache is downloaded again, and one of another program is not used.
                (Err(error), Place::Cache | Place::Keras) => reasons.push(error.to_string()),
                (Err(error), _) => return Err(error),
            }
        }
        if let Some(folder) = given {
            let (folder, file, inside) = (folder.to_owned(), self.spec.files[0].name, searched.split_off(1));
            return Err(Problem::EmptyFolder { folder, file, dataset, inside });
        }
        if !searched.is_empty() {
            reasons.insert(0, format!("it is not in {}", listed(&searched)));
        }
        self.fetch().map_err(|error| {
            reasons.push(error.to_string());
            Problem::Unavailable { dataset, reasons }
        })
    }

    /// The dataset from one folder, if the folder has it.
    fn look_into(&mut self, folder: &Path, place: Place) -> Result<Option<Dataset>, Problem> {
        let Some(paths) = folder::find(folder, self.spec, place)? else { return Ok(None) };
        let origin = match place {
            Place::Given | Place::Project | Place::Keras => Origin::Folder(folder.to_owned()),
            Place::Cache => Origin::Cache(folder.to_owned()),
        };
        let spec = if self.spec.name == DatasetName::Own { &own::describe(&paths, place)? } else { self.spec };
        self.read(folder, (spec, &paths), origin, place).map(Some)
    }

    /// Downloads the files that the user's cache lacks, and reads the dataset.
    fn fetch(&mut self) -> Result<Dataset, DownloadError> {
        let folder = self.request.cached(self.spec.name).ok_or(DownloadError::NoCache)?;
        if self.request.offline {
            return Err(DownloadError::Offline);
        }
        if self.spec.mirrors.is_empty() {
            return Err(DownloadError::NoMirror);
        }
        let paths = download::fetch(self.spec, &folder, self.backoff, self.progress)?;
        Ok(self.read(&folder, (self.spec, &paths), Origin::Download(folder.clone()), Place::Cache)?)
    }

    fn read(
        &mut self,
        folder: &Path,
        (spec, paths): (&DatasetSpec, &[PathBuf]),
        origin: Origin,
        place: Place,
    ) -> Result<Dataset, Problem> {
        (self.progress)(Progress::Reading { folder });
        let contents = folder::read(paths, spec, self.request.keep(), place)?;
        Ok(Dataset::new(spec, origin, contents))
    }

    fn made_up(&mut self, origin: Origin) -> Dataset {
        let spec = DatasetSpec::published(DatasetName::MadeUp);
        let folder = self.request.cached(spec.name);
        let contents = cache::made_up_digits(folder.as_deref(), &spec, self.request.keep(), self.progress);
        Dataset::new(&spec, origin, contents)
    }
}

impl Request {
    fn given_folder(&self, dataset: DatasetName) -> Option<&Path> {
        let mnist_dir = self.mnist_dir.as_deref().filter(|_| dataset == DatasetName::Mnist);
        self.data_dir.as_deref().or(mnist_dir)
    }

    /// The folders to search for a dataset, in their order.
    fn folders(&self, dataset: DatasetName) -> Vec<(PathBuf, Place)> {
        if let Some(folder) = self.given_folder(dataset) {
            let all = [vec![folder.to_owned(), folder.join("raw")], folders_below(folder, dataset)].concat();
            return all.into_iter().map(|folder| (folder, Place::Given)).collect();
        }
        let project = self.project_data_dir.iter().flat_map(|folder| folders_below(folder, dataset));
        let itself = self.project_data_dir.clone().filter(|_| dataset == DatasetName::Mnist);
        let project = project.chain(itself);
        let cached = self.cached(dataset).map(|folder| (folder, Place::Cache));
        let keras = self.keras_dir.iter().flat_map(|folder| [folder.clone(), folder.join(dataset.as_str())]);
        let others = cached.into_iter().chain(keras.map(|folder| (folder, Place::Keras)));
        // A dataset of the user lies where the user put it.
        let others = others.filter(|_| dataset != DatasetName::Own);
        project.map(|folder| (folder, Place::Project)).chain(others).collect()
    }

    /// The folder of a dataset in the user's cache.
    fn cached(&self, dataset: DatasetName) -> Option<PathBuf> {
        self.cache_dir.as_ref().map(|cache| cache.join(dataset.as_str()))
    }

    /// The number of items of each of the four files to keep in memory; all are checked.
    fn keep(&self) -> [usize; 4] {
        let [train, test] = [self.train_images, self.test_images].map(|limit| limit.unwrap_or(usize::MAX));
        [train, train, test, test]
    }
}

/// The folders of a dataset in a folder for several: one with its name, and that of torchvision.
fn folders_below(folder: &Path, dataset: DatasetName) -> Vec<PathBuf> {
    vec![folder.join(dataset.as_str()), folder.join(dataset.torchvision()).join("raw")]
}

#[cfg(test)]
mod tests;
