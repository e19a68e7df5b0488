//! `Splits`: the images of a training, of its validations, and of the test at its end.

use crate::error::Problem;
use crate::{DataError, Dataset, ImageSet, Normalization};

/// Training, validation and test images, and the standardisation of all of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Splits {
    /// The first of the dataset's training images.
    pub train: ImageSet,
    /// The first of the dataset's test images. They decide when a run stops, so results on them are not clean test results.
    pub validation: ImageSet,
    /// The last of the dataset's training images, which no training or validation sees.
    pub test: Option<ImageSet>,
    /// Mean and standard deviation of `train`, used for all sets.
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
        Ok(Self { train, validation, test: None, normalization })
    }

    /// The same with the last `test_images` training images as test images. There are none if the dataset has fewer
    /// besides those of the training, or was not loaded whole.
    #[must_use]
    pub fn with_test(self, dataset: &Dataset, test_images: usize) -> Self {
        let all = dataset.train_images;
        let has_test = (1..=all.saturating_sub(self.train.len())).contains(&test_images) && dataset.train.len() == all;
        Self { test: has_test.then(|| dataset.train.last(test_images)), ..self }
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
    fn test_images_are_the_last_ones_and_never_those_of_the_training() {
        let whole = Request { dataset: Some(crate::DatasetName::MadeUp), ..Request::default() };
        let whole = load(&whole, &mut |_| {}).unwrap();
        let test = |train, test| Splits::new(&whole, train, 1).unwrap().with_test(&whole, test).test;
        let last = test(19_990, 10).expect("ten images are left");
        assert_eq!((last.len(), last.image(9)), (10, whole.train.image(19_999)));
        assert_eq!(last.image(0), whole.train.image(19_990));
        assert_eq!((test(19_990, 11), test(19_990, 0), test(20_000, 1)), (None, None, None));
        assert_eq!(
            Splits::new(&made_up(), 10, 1).unwrap().with_test(&made_up(), 10).test,
            None,
            "the end is not loaded"
        );
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
