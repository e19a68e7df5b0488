//! The user's cache: where it is, how a file gets there whole, and the made-up digits in it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::catalogue::DatasetSpec;
use crate::digest::Hasher;
use crate::error::Place;
use crate::folder::{self, Contents, Keep};
use crate::idx::{self, Content, Items};
use crate::made_up::{self, Split};
use crate::{DatasetName, ImageSet};

/// How names of what is being written begin.
const UNFINISHED: &str = ".caching-";

/// This program's folder in the user's cache, `mnist-experiments`; `None` if the user has no home.
#[must_use]
pub fn default_cache_dir() -> Option<PathBuf> {
    etcetera::choose_base_strategy().ok().map(|strategy| strategy.cache_dir().join("mnist-experiments"))
}

/// The made-up digits, from the cache if they are there and intact, else drawn (and then cached, if that is possible).
pub(crate) fn made_up_digits(cache: Option<&Path>, keep: Keep, on_drawing: &mut dyn FnMut()) -> Contents {
    let spec = DatasetSpec::published(DatasetName::MadeUp);
    let folder = cache.map(|cache| cache.join(spec.name.as_str()));
    if let Some(contents) = folder.as_ref().and_then(|folder| read(folder, &spec, keep)) {
        return contents;
    }
    on_drawing();
    let train = made_up::draw(made_up::SEED, Split::Train, made_up::TRAIN_IMAGES);
    let test = made_up::draw(made_up::SEED, Split::Test, made_up::TEST_IMAGES);
    let files = idx_files(&train, &test);
    if let Some(folder) = folder {
        // The cache only saves time: where it cannot be written, the digits are drawn again the next time.
        let _ = write(&folder, &spec, &files);
    }
    contents_of(&spec, &files, &train.first(keep.train), &test.first(keep.test))
}

fn read(folder: &Path, spec: &DatasetSpec, keep: Keep) -> Option<Contents> {
    let paths = folder::find(folder, spec, Place::Cache).ok()??;
    folder::read(&paths, spec, keep, Place::Cache).ok()
}

fn write(folder: &Path, spec: &DatasetSpec, files: &[Vec<u8>; 4]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    spec.files
        .iter()
        .zip(files)
        .try_for_each(|(file, bytes)| files::write_whole(&folder.join(file.name), UNFINISHED, bytes))
}

fn idx_files(train: &ImageSet, test: &ImageSet) -> [Vec<u8>; 4] {
    [
        idx::write(Items::Images, &train.pixels),
        idx::write(Items::Labels, &train.labels),
        idx::write(Items::Images, &test.pixels),
        idx::write(Items::Labels, &test.labels),
    ]
}

fn contents_of(spec: &DatasetSpec, files: &[Vec<u8>; 4], train: &ImageSet, test: &ImageSet) -> Contents {
    let sha256 = |file: &[u8]| {
        let mut hasher = Hasher::default();
        hasher.update(file);
        hasher.hex()
    };
    let kept = [&train.pixels, &train.labels, &test.pixels, &test.labels];
    let mut pairs = kept.into_iter().zip(files);
    let contents = [(); 4].map(|()| {
        let (bytes, file) = pairs.next().expect("four files");
        Content { bytes: bytes.clone(), sha256: sha256(file) }
    });
    Contents::new(spec, contents)
}
