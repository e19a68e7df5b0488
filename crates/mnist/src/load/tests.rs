//! With tiny datasets: which place is used, which broken files are refused, and what the made-up digits are.

use std::fs;
use std::io::Cursor;

use burn::tensor::Device;

use super::*;
use crate::idx::{self, Items};
use crate::npz;
use crate::{ImageShape, MnistBatcher, Normalization, Splits, contact_sheet, made_up};

mod datasets;
mod made_up_digits;
mod places;

const SHAPE: ImageShape = ImageShape { height: 28, width: 28, classes: 10 };
const IMAGES: Items = Items::Images(SHAPE);
const LABELS: Items = Items::Labels(SHAPE);

/// A dataset of three training and two test images whose digests are known, and its files' bytes.
fn tiny(name: DatasetName) -> (DatasetSpec, [Vec<u8>; 4]) {
    let files = [
        idx::write(IMAGES, &[1; 3 * SHAPE.pixels()]),
        idx::write(LABELS, &[0, 1, 2]),
        idx::write(IMAGES, &[2; 2 * SHAPE.pixels()]),
        idx::write(LABELS, &[3, 4]),
    ];
    let sha256 = files.each_ref().map(|bytes| ::files::sha256(bytes));
    (DatasetSpec::new(name, SHAPE, [3, 2], Some(sha256)), files)
}

fn put(folder: &Path, spec: &DatasetSpec, files: &[Vec<u8>; 4]) {
    fs::create_dir_all(folder).unwrap();
    for (file, bytes) in spec.files.iter().zip(files) {
        fs::write(folder.join(file.name), bytes).unwrap();
    }
}

fn get(spec: &DatasetSpec, request: &Request) -> Result<Dataset, DataError> {
    Ok(Search { spec, request, backoff: Duration::from_millis(1), progress: &mut |_| {} }.dataset()?)
}

/// An empty home, with the paths of a project folder and a cache; no downloads.
struct Home {
    folder: tempfile::TempDir,
    request: Request,
}

fn home() -> Home {
    let folder = tempfile::tempdir().unwrap();
    let request = Request {
        project_data_dir: Some(folder.path().join("data")),
        cache_dir: Some(folder.path().join("cache")),
        keras_dir: Some(folder.path().join("keras")),
        offline: true,
        ..Request::default()
    };
    Home { folder, request }
}
