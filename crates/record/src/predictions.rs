//! `Predictions`: the classes that a run's best network predicts for the validation images.

use mlp::ImageShape;
use serde::{Deserialize, Serialize};

use crate::defect::ensure;
use crate::{Defect, RunRecord};

/// The file of the predictions, next to the record.
pub(crate) const FILE: &str = "predictions.json";

/// A network's predictions for the validation images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Predictions {
    /// Number of images per class (row) and predicted class (column).
    pub confusion: Vec<Vec<usize>>,
    /// Every misclassified image, the most certain first.
    pub mistakes: Vec<Mistake>,
}

/// A misclassified image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mistake {
    /// Its index among the validation images, from 0.
    pub image: usize,
    /// Its class.
    pub class: u8,
    /// The predicted class.
    pub predicted: u8,
    /// Softmax probability of that class.
    pub probability: f32,
    /// Its pixels row by row; empty except for the most certain mistakes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pixels: Vec<u8>,
}

impl Predictions {
    /// Checks that the counts fit the run's images, and the mistakes the counts.
    pub(crate) fn check(&self, record: &RunRecord) -> Result<(), Defect> {
        let (shape, images) = (record.dataset.shape, record.spec.data.validation_images);
        let is_square = self.confusion.len() == shape.classes
            && self.confusion.iter().all(|row| row.len() == shape.classes && row.iter().all(|&count| count <= images));
        let total = || self.confusion.iter().flatten().sum::<usize>();
        let is_good = |mistake: &Mistake| mistake.is_possible(shape, images);
        // The order matters: values are checked against bounds before they are summed or used as an index.
        let fits = is_square && total() == images && self.mistakes.iter().all(is_good) && self.mistakes_are_counted();
        ensure!(fits, "predictions.json does not fit the validation images of the run");
        Ok(())
    }

    fn mistakes_are_counted(&self) -> bool {
        let mut counted = vec![vec![0; self.confusion.len()]; self.confusion.len()];
        for (class, row) in self.confusion.iter().enumerate() {
            counted[class][class] = row[class];
        }
        for &Mistake { class, predicted, .. } in &self.mistakes {
            counted[usize::from(class)][usize::from(predicted)] += 1;
        }
        counted == self.confusion
    }
}

impl Mistake {
    fn is_possible(&self, shape: ImageShape, images: usize) -> bool {
        let is_class = |class: u8| usize::from(class) < shape.classes;
        self.image < images
            && is_class(self.class)
            && is_class(self.predicted)
            && self.class != self.predicted
            && (0.0..=1.0).contains(&self.probability)
            && (self.pixels.is_empty() || self.pixels.len() == shape.pixels())
    }
}
