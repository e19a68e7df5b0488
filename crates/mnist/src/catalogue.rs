//! The published facts about the datasets: shape, files, counts, digests and mirrors.

use crate::idx::Items;
use crate::{DatasetName, ImageShape, made_up};

/// A file as published.
#[derive(Debug, Clone)]
pub(crate) struct FileSpec {
    pub(crate) dataset: DatasetName,
    /// Its name, without `.gz`.
    pub(crate) name: &'static str,
    pub(crate) items: Items,
    pub(crate) count: usize,
    /// SHA-256 of its unpacked bytes, if a trusted source gives it.
    pub(crate) sha256: Option<String>,
}

impl FileSpec {
    /// Its size, unpacked.
    pub(crate) fn bytes(&self) -> usize {
        self.items.file_bytes(self.count)
    }

    /// The spellings of its name that are in use, in the order of the search.
    pub(crate) fn spellings(&self) -> [String; 4] {
        // Some tools unpack it to `train-images.idx3-ubyte`.
        let dotted = self.name.replacen("-idx", ".idx", 1);
        [self.name.to_owned(), format!("{}.gz", self.name), dotted.clone(), format!("{dotted}.gz")]
    }
}

/// A dataset as published: training images, training labels, test images, test labels.
#[derive(Debug, Clone)]
pub(crate) struct DatasetSpec {
    pub(crate) name: DatasetName,
    pub(crate) shape: ImageShape,
    pub(crate) files: [FileSpec; 4],
    /// Addresses to which `<file name>.gz` is appended, the preferred one first.
    pub(crate) mirrors: Vec<String>,
}

/// SHA-256 of MNIST's four files, unpacked.
const MNIST: [&str; 4] = [
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
];
/// Shape and counts of MNIST and the datasets made to replace it.
const LIKE_MNIST: (ImageShape, [usize; 2]) = (ImageShape { height: 28, width: 28, classes: 10 }, [60_000, 10_000]);

impl DatasetSpec {
    /// The published facts about a dataset.
    pub(crate) fn published(name: DatasetName) -> Self {
        let ((shape, counts), sha256, mirrors): (_, _, &[&str]) = match name {
            DatasetName::Mnist => {
                let cvdf = "https://storage.googleapis.com/cvdf-datasets/mnist/";
                (LIKE_MNIST, Some(MNIST), &[cvdf, "https://ossci-datasets.s3.amazonaws.com/mnist/"])
            }
            // No trusted source gives digests for the next two: only their form is checked.
            DatasetName::FashionMnist => {
                (LIKE_MNIST, None, &["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"])
            }
            DatasetName::Kmnist => (LIKE_MNIST, None, &["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"]),
            DatasetName::EmnistDigits => ((LIKE_MNIST.0, [240_000, 40_000]), None, &[]),
            DatasetName::Qmnist => ((LIKE_MNIST.0, [60_000, 60_000]), None, &[]),
            // The files say it.
            DatasetName::Own => (LIKE_MNIST, None, &[]),
            DatasetName::MadeUp => {
                ((made_up::SHAPE, [made_up::TRAIN_IMAGES, made_up::TEST_IMAGES]), Some(made_up::SHA256), &[])
            }
        };
        let mirrors = mirrors.iter().map(|&address| address.to_owned()).collect();
        Self { mirrors, ..Self::new(name, shape, counts, sha256.map(|digests| digests.map(str::to_owned))) }
    }

    /// A dataset of the usual four files, without mirrors.
    pub(crate) fn new(
        name: DatasetName,
        shape: ImageShape,
        [train, test]: [usize; 2],
        sha256: Option<[String; 4]>,
    ) -> Self {
        let mut digests = sha256.into_iter().flatten();
        let labels = if name == DatasetName::Qmnist { Items::WideLabels(shape) } else { Items::Labels(shape) };
        let items = [(Items::Images(shape), train), (labels, train), (Items::Images(shape), test), (labels, test)];
        let mut items = items.into_iter().zip(file_names(name));
        let files = std::array::from_fn(|_| items.next().expect("four files")).map(|((items, count), file)| FileSpec {
            dataset: name,
            name: file,
            items,
            count,
            sha256: digests.next(),
        });
        Self { name, shape, files, mirrors: Vec::new() }
    }
}

/// The published names of the four files.
fn file_names(dataset: DatasetName) -> [&'static str; 4] {
    match dataset {
        DatasetName::EmnistDigits => [
            "emnist-digits-train-images-idx3-ubyte",
            "emnist-digits-train-labels-idx1-ubyte",
            "emnist-digits-test-images-idx3-ubyte",
            "emnist-digits-test-labels-idx1-ubyte",
        ],
        DatasetName::Qmnist => [
            "qmnist-train-images-idx3-ubyte",
            "qmnist-train-labels-idx2-int",
            "qmnist-test-images-idx3-ubyte",
            "qmnist-test-labels-idx2-int",
        ],
        _ => ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"],
    }
}

/// The dataset that a published digest belongs to.
pub(crate) fn owner(sha256: &str) -> Option<DatasetName> {
    let is_of = |file: &FileSpec| file.sha256.as_deref() == Some(sha256);
    DatasetName::ALL.into_iter().find(|&name| DatasetSpec::published(name).files.iter().any(is_of))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mnists_training_images_unpack_to_47_040_016_bytes() {
        let sizes = DatasetSpec::published(DatasetName::Mnist).files.map(|file| file.bytes());
        assert_eq!(sizes, [47_040_016, 60_008, 7_840_016, 10_008]);
    }

    #[test]
    fn file_is_known_under_four_spellings() {
        let spellings = DatasetSpec::published(DatasetName::Mnist).files[0].spellings();
        let expected = ["train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"];
        assert_eq!(spellings[..2], expected);
        assert_eq!(spellings[2..], expected.map(|name| name.replace("s-i", "s.i")));
    }

    #[test]
    fn digest_names_its_dataset() {
        assert_eq!(owner(MNIST[2]), Some(DatasetName::Mnist));
        assert_eq!(owner("00"), None);
    }
}
