//! Predictions in a record: the confusion matrix and the misclassified images.

use mnist::ImageSet;
use record::{Mistake, Predictions};
use training::Prediction;

/// Number of mistakes whose pixels are recorded, so that the report can show them without the dataset.
const MOST_PICTURES: usize = 30;

/// A network's predictions for the first images of a set.
pub(crate) fn of(predictions: &[Prediction], images: &ImageSet) -> Predictions {
    let mut confusion = vec![vec![0; images.shape.classes]; images.shape.classes];
    let mut mistakes = Vec::new();
    for (image, &Prediction { class: predicted, probability }) in predictions.iter().enumerate() {
        let class = images.labels[image];
        confusion[usize::from(class)][predicted] += 1;
        if usize::from(class) != predicted {
            let predicted = u8::try_from(predicted).expect("a class is below 256");
            mistakes.push(Mistake { image, class, predicted, probability, pixels: Vec::new() });
        }
    }
    mistakes.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    for mistake in mistakes.iter_mut().take(MOST_PICTURES) {
        mistake.pixels = images.image(mistake.image).to_vec();
    }
    Predictions { confusion, mistakes }
}
