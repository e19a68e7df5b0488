//! The user's cache: its place, and the made-up digits in it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::catalogue::DatasetSpec;
use crate::error::Place;
use crate::folder;
use crate::idx::{self, Content};
use crate::made_up::{self, Split};
use crate::progress::{Listener, Progress};

/// Prefix of the names of unfinished files.
const UNFINISHED: &str = ".caching-";

/// This program's folder in the user's cache, `mnist-experiments`; `None` if the user's home is unknown.
#[must_use]
pub fn default_cache_dir() -> Option<PathBuf> {
    etcetera::choose_base_strategy().ok().map(|strategy| strategy.cache_dir().join("mnist-experiments"))
}

/// The folder in which Keras keeps datasets: `~/.keras/datasets`, or that in the folder `KERAS_HOME`; `None` if the user's home is
/// unknown.
#[must_use]
pub fn default_keras_dir() -> Option<PathBuf> {
    let named = std::env::var_os("KERAS_HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    let keras = named.or_else(|| Some(etcetera::home_dir().ok()?.join(".keras")))?;
    Some(keras.join("datasets"))
}

/// The made-up digits, from this folder if it has them intact; otherwise drawn, and written there if possible.
pub(crate) fn made_up_digits(
    folder: Option<&Path>,
    spec: &DatasetSpec,
    keep: [usize; 4],
    progress: &mut Listener<'_>,
) -> Vec<Content> {
    if let Some(contents) = folder.and_then(|folder| read(folder, spec, keep)) {
        return contents;
    }
    progress(Progress::Drawing { images: made_up::TRAIN_IMAGES + made_up::TEST_IMAGES });
    let train = made_up::draw(made_up::SEED, Split::Train, made_up::TRAIN_IMAGES);
    let test = made_up::draw(made_up::SEED, Split::Test, made_up::TEST_IMAGES);
    let drawn = spec.files.iter().zip([train.pixels, train.labels, test.pixels, test.labels]);
    let files: Vec<Vec<u8>> = drawn.map(|(file, bytes)| idx::write(file.items, &bytes)).collect();
    if let Some(folder) = folder {
        // The cache only saves time: without it, the digits are drawn again the next time.
        let _ = write(folder, spec, &files);
    }
    spec.files.iter().zip(&files).zip(keep).map(|((file, bytes), keep)| file.items.content(bytes, keep)).collect()
}

fn read(folder: &Path, spec: &DatasetSpec, keep: [usize; 4]) -> Option<Vec<Content>> {
    let paths = folder::find(folder, spec, Place::Cache).ok()??;
    folder::read(&paths, spec, keep, Place::Cache).ok()
}

fn write(folder: &Path, spec: &DatasetSpec, files: &[Vec<u8>]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut files = spec.files.iter().zip(files);
    files.try_for_each(|(file, bytes)| files::write_whole(&folder.join(file.name), UNFINISHED, bytes))
}
