//! A dataset in memory, and its origin.

use std::array;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::catalogue::DatasetSpec;
use crate::idx::Content;
use crate::{DatasetName, ImageSet, ImageShape};

/// A file of a dataset and the digest of its content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileDigest {
    /// Its published name, without `.gz`: `train-images-idx3-ubyte`.
    pub name: String,
    /// SHA-256 of its unpacked bytes, in lower-case hexadecimal.
    pub sha256: String,
}

/// A dataset; every byte of its files was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Which dataset.
    pub name: DatasetName,
    /// Its origin.
    pub origin: Origin,
    /// Size and classes of its images.
    pub shape: ImageShape,
    /// The four files and their digests: training images and labels, test images and labels.
    pub files: [FileDigest; 4],
    /// One digest for all four: the SHA-256, in hexadecimal, of the lines `<sha256>  <name>\n`, as `sha256sum` prints
    /// them.
    pub digest: String,
    /// The number of its training images, loaded or not.
    pub train_images: usize,
    /// The training images; only the first ones, if the request limits them.
    pub train: ImageSet,
    /// The test images; only the first ones, if the request limits them.
    pub test: ImageSet,
}

/// The origin of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A folder of the user: a named one, or the project's data folder.
    Folder(PathBuf),
    /// A folder in the user's cache, filled by an earlier run.
    Cache(PathBuf),
    /// A mirror, just now, into this folder in the user's cache.
    Download(PathBuf),
    /// Drawn by this crate because the request named it.
    MadeUp,
    /// Drawn by this crate because MNIST was not found.
    StandIn {
        /// Why not: one reason per place that was searched.
        reasons: Vec<String>,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(formatter, "read from {}", folder.display()),
            Self::Cache(folder) => write!(formatter, "read from the cache, {}", folder.display()),
            Self::Download(folder) => write!(formatter, "downloaded into the cache, {}", folder.display()),
            Self::MadeUp => formatter.write_str("drawn by this program"),
            Self::StandIn { .. } => formatter.write_str("drawn by this program, instead of MNIST"),
        }
    }
}

impl Dataset {
    /// A dataset from the contents of its four files.
    pub(crate) fn new(spec: &DatasetSpec, origin: Origin, contents: Vec<Content>) -> Self {
        let &DatasetSpec { name, shape, ref files, .. } = spec;
        let train_images = files[0].count;
        let files = array::from_fn(|index| FileDigest {
            name: files[index].name.to_owned(),
            sha256: contents[index].sha256.clone(),
        });
        let mut parts = contents.into_iter().map(|content| content.bytes);
        let [train, test] = [(); 2].map(|()| {
            let mut part = || parts.next().expect("a dataset has four files");
            let set = ImageSet { shape, pixels: part(), labels: part() };
            if name == DatasetName::EmnistDigits { set.transposed() } else { set }
        });
        Self { name, origin, shape, digest: digest_of(&files), files, train_images, train, test }
    }

    /// A warning if made-up digits replace MNIST, with the reasons: results on them say nothing about MNIST.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let Origin::StandIn { reasons } = &self.origin else { return None };
        Some(format!("MNIST was not found, made-up digits are used instead ({})", reasons.join("; ")))
    }

    /// How to get MNIST instead; goes with the [`warning`](Self::warning).
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.warning()?;
        Some(
            "for MNIST run `experiments data` with a network, put its four files into data/mnist/, or set MNIST_DIR"
                .into(),
        )
    }
}

/// One digest for a whole dataset: the SHA-256 of the lines `<sha256>  <name>\n`, one per file, as `sha256sum` prints them.
fn digest_of(files: &[FileDigest]) -> String {
    let lines: Vec<String> = files.iter().map(|file| format!("{}  {}\n", file.sha256, file.name)).collect();
    ::files::sha256(lines.concat().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_of_a_dataset_is_that_of_the_lines_of_sha256sum() {
        let file = FileDigest { name: "a".into(), sha256: "00".into() };
        assert_eq!(digest_of(&[file]), files::sha256(b"00  a\n"));
    }

    #[test]
    fn digest_of_a_dataset_moves_with_every_file() {
        let file = |name: &str, sha256: &str| FileDigest { name: name.into(), sha256: sha256.into() };
        let digest = digest_of(&[file("a", "00"), file("b", "11")]);
        assert_ne!(digest, digest_of(&[file("a", "00"), file("b", "12")]));
        assert_ne!(digest, digest_of(&[file("b", "11"), file("a", "00")]));
    }
}
