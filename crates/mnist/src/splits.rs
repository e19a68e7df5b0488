//! `Splits`: the training and validation images of a training.

use crate::error::Problem;
use crate::{DataError, Dataset, ImageSet, Normalization};

/// Training and validation images, and the standardisation of both.
#[derive(Debug, Clone, PartialEq)]
pub struct Splits {
    /// The first of the dataset's training images.
    pub train: ImageSet,
    /// The first of the dataset's test images. There is no third set, so results on them are not clean test results.
    pub validation: ImageSet,
    /// Mean and standard deviation of `train`, used for both sets.
    pub normalization: Normalization,
}

impl Splits {
    /// The first `train_images` training images and the first `validation_images` test images of a dataset.
    ///
    /// # Errors
    /// If one of the counts is 0 or more than the dataset has, and if the training images are blank.
    pub fn new(dataset: &Dataset, train_images: usize, validation_images: usize) -> Result<Self, DataError> {
        let train = first("training", &dataset.train, train_images)?;
        let validation = first("validation", &dataset.test, validation_images)?;
        let normalization = Normalization::of(&train)?;
        Ok(Self { train, validation, normalization })
    }
}

fn first(set: &'static str, images: &ImageSet, wanted: usize) -> Result<ImageSet, Problem> {
    if (1..=images.len()).contains(&wanted) {
        Ok(images.first(wanted))
    } else {
        Err(Problem::ImageCount { set, wanted, available: images.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Request, load};

    fn made_up() -> Dataset {
        let dataset = Some(crate::DatasetName::MadeUp);
        let limit = Some(50);
        load(&Request { dataset, train_images: limit, test_images: limit, ..Request::default() }, &mut |_| {}).unwrap()
    }

    #[test]
    fn splits_are_the_first_images() {
        let dataset = made_up();
        let splits = Splits::new(&dataset, 30, 20).unwrap();
        assert_eq!((splits.train.len(), splits.validation.len()), (30, 20));
        assert_eq!(splits.train.image(29), dataset.train.image(29));
        assert_eq!(splits.validation.image(19), dataset.test.image(19));
        assert_eq!(splits.normalization, Normalization::of(&dataset.train.first(30)).unwrap());
    }

    #[test]
    fn count_that_cannot_be_is_refused() {
        let dataset = made_up();
        let cases = [
            (51, 10, "51 training images were requested, expected 1 to 50"),
            (0, 10, "0 training images were requested, expected 1 to 50"),
            (10, 51, "51 validation images were requested, expected 1 to 50"),
            (10, 0, "0 validation images were requested, expected 1 to 50"),
        ];
        for (train, validation, message) in cases {
            assert_eq!(Splits::new(&dataset, train, validation).unwrap_err().to_string(), message);
        }
    }
}
