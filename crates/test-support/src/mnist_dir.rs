//! Real MNIST for tests.

use std::path::PathBuf;

/// The folder of MNIST that `MNIST_DIR` names; none if it is empty or not set.
#[must_use]
pub fn mnist_dir() -> Option<PathBuf> {
    std::env::var_os("MNIST_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}
