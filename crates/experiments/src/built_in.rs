//! The report's experiments inside the program, for folders without `experiments/`.

use std::path::Path;

use spec::{Catalog, ImageShape};

/// The files of `experiments/`: path below it, text.
pub(crate) const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/experiments.rs"));

/// The folder of declared experiments that the program looks for.
pub(crate) const FOLDER: &str = "experiments";

/// Whether the experiments inside the program replace those of a folder: only of the usual one, where it is missing. A file of that
/// name is the program itself, unpacked from its archive.
pub(crate) fn stand_in_for(folder: &Path) -> bool {
    folder == Path::new(FOLDER) && !folder.is_dir()
}

/// The experiments of a folder, or those inside the program.
pub(crate) fn catalog(folder: &Path, shape: ImageShape) -> Catalog {
    if stand_in_for(folder) { Catalog::built_in(FILES, shape) } else { Catalog::new(folder, shape) }
}
