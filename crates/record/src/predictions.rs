//! `Predictions`: what the best network of a run says of the validation images.

use mlp::ImageShape;
use serde::{Deserialize, Serialize};

use crate::defect::ensure;
use crate::{Defect, RunRecord};

/// The file of the predictions, next to the record.
pub(crate) const FILE: &str = "predictions.json";

/// What a network says of the validation images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Predictions {
    /// Number of images of every class (row) that the network takes for every class (column).
    pub confusion: Vec<Vec<usize>>,
    /// Every image that is classified wrongly, the most certain first.
    pub mistakes: Vec<Mistake>,
}

/// An image that is classified wrongly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mistake {
    /// Its index among the validation images, from 0.
    pub image: usize,
    /// Its class.
    pub class: u8,
    /// The class that the network says.
    pub predicted: u8,
    /// Softmax probability of that class.
    pub probability: f32,
    /// Its pixels row by row, of the most certain mistakes; else empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pixels: Vec<u8>,
}

impl Predictions {
    /// Checks that the counts are those of the run's images and the mistakes those of the counts.
    pub(crate) fn check(&self, record: &RunRecord) -> Result<(), Defect> {
        let (shape, images) = (record.dataset.shape, record.spec.data.validation_images);
        let is_square = self.confusion.len() == shape.classes
            && self.confusion.iter().all(|row| row.len() == shape.classes && row.iter().all(|&count| count <= images));
        let total = || self.confusion.iter().flatten().sum::<usize>();
        let is_good = |mistake: &Mistake| mistake.is_possible(shape, images);
        // The order matters: nothing is summed or looked up before it is within bounds.
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
