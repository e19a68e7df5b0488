//! SHA-256 of the files of a dataset: which bytes a training has seen.

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A file of a dataset and the digest of its content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileDigest {
    /// Its published name, without `.gz`: `train-images-idx3-ubyte`.
    pub name: String,
    /// SHA-256 of its unpacked bytes, in lower-case hexadecimal.
    pub sha256: String,
}

/// SHA-256 of a stream of bytes.
#[derive(Default)]
pub(crate) struct Hasher(Sha256);

impl Hasher {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn hex(self) -> String {
        self.0.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a string takes every write");
            hex
        })
    }
}

/// One digest for a whole dataset: the SHA-256 of the lines `<sha256>  <name>\n`, file after file, which is the text
/// that `sha256sum` prints.
pub(crate) fn of_files(files: &[FileDigest]) -> String {
    let mut hasher = Hasher::default();
    for file in files {
        hasher.update(format!("{}  {}\n", file.sha256, file.name).as_bytes());
    }
    hasher.hex()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_is_the_published_sha256_of_abc() {
        let mut hasher = Hasher::default();
        hasher.update(b"a");
        hasher.update(b"bc");
        assert_eq!(hasher.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn digest_of_a_dataset_moves_with_every_file() {
        let file = |name: &str, sha256: &str| FileDigest { name: name.into(), sha256: sha256.into() };
        let digest = of_files(&[file("a", "00"), file("b", "11")]);
        assert_ne!(digest, of_files(&[file("a", "00"), file("b", "12")]));
        assert_ne!(digest, of_files(&[file("b", "11"), file("a", "00")]));
    }
}
