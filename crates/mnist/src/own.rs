//! A dataset of the user: counts and size of the images come from the headers, the number of classes from the labels.

use std::path::{Path, PathBuf};

use crate::catalogue::DatasetSpec;
use crate::error::{FileProblem, Place, Problem};
use crate::{DatasetName, ImageShape, idx};

/// Rows and columns of an image at most.
const LONGEST_SIDE: u32 = 1_024;
/// Bytes of a file of images at most.
const MOST_BYTES: u64 = 1 << 30;

/// The description of the dataset in these four files; what the headers claim is checked when the files are read.
pub(crate) fn describe(paths: &[PathBuf], place: Place) -> Result<DatasetSpec, Problem> {
    let of = |index: usize, problem| Problem::BadFile { path: paths[index].clone(), problem, place };
    let [train, height, width] = images(&paths[0]).map_err(|problem| of(0, problem))?;
    let [test, ..] = images(&paths[2]).map_err(|problem| of(2, problem))?;
    let classes = [(1, train), (3, test)].into_iter().map(|(index, count)| {
        let labels = idx::read_labels(&paths[index], count).map_err(|problem| of(index, problem))?;
        Ok(labels.into_iter().max().map_or(0, usize::from) + 1)
    });
    let classes = classes.collect::<Result<Vec<_>, Problem>>()?.into_iter().max().unwrap_or_default();
    let shape = ImageShape { height, width, classes: classes.max(2) };
    Ok(DatasetSpec::new(DatasetName::Own, shape, [train, test], None))
}

/// Number, rows and columns of the images of a file.
fn images(path: &Path) -> Result<[usize; 3], FileProblem> {
    let [magic, dimensions @ ..] = idx::read_header(path)?;
    let [count, height, width] = dimensions;
    let sides = 1..=LONGEST_SIDE;
    if magic != idx::IMAGES {
        return Err(FileProblem::WrongMagic { actual: magic, expected: idx::IMAGES });
    }
    if count == 0 || !sides.contains(&height) || !sides.contains(&width) {
        return Err(FileProblem::BadShape { count, rows: height, columns: width, longest: LONGEST_SIDE });
    }
    let bytes = u64::from(count) * u64::from(height * width);
    if bytes > MOST_BYTES {
        return Err(FileProblem::TooLarge { bytes, most: MOST_BYTES });
    }
    Ok(dimensions.map(|dimension| dimension as usize))
}
