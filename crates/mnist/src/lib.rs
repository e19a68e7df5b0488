//! The data of the experiments: MNIST and similar datasets from IDX files or NumPy archives, found on disk
//! or downloaded, or made-up digits.
//!
//! ```text
//! Request -> load -> Dataset -> Splits (training and validation images, normalisation)
//! ```
//!
//! Every byte is checked before it is used, and a broken file is refused with a [`DataError`]. Knows nothing about networks,
//! tasks or training. Size and classes of the images are a property of the dataset ([`ImageShape`]), not constants.

mod batch;
mod cache;
mod catalogue;
mod contact_sheet;
mod dataset;
mod dataset_name;
mod download;
mod error;
mod folder;
mod gzip;
mod idx;
mod image_set;
mod load;
mod loader;
mod made_up;
mod normalization;
mod npz;
mod order;
mod own;
mod picture;
mod preprocess;
mod progress;
mod splits;

pub use batch::{MnistBatch, MnistBatcher};
pub use cache::{default_cache_dir, default_keras_dir};
pub use contact_sheet::contact_sheet;
pub use dataset::{Dataset, FileDigest, Origin};
pub use dataset_name::DatasetName;
pub use error::DataError;
pub use image_set::{ImageSet, ImageShape};
pub use load::{Request, has_local_files, load, shape};
pub use loader::BatchLoader;
pub use made_up::made_up_digits;
pub use normalization::Normalization;
pub use order::BatchOrder;
pub use picture::{read_labels, read_pictures};
pub use preprocess::{Doubt, GreyImage, Prepared, SIDE};
pub use progress::{Listener, Progress};
pub use splits::Splits;
