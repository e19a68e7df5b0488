//! Loss and accuracy over a whole set.

use burn::data::dataloader::DataLoader;
use burn::train::InferenceStep;
use mnist::MnistBatch;

use crate::{Classifier, Scores};

/// Mean loss and accuracy of a network over all images of a loader; every image counts the same.
///
/// # Errors
/// What the loader returns.
pub fn evaluate(
    network: &Classifier,
    images: &dyn DataLoader<MnistBatch>,
) -> Result<Scores, burn::data::dataset::DatasetError> {
    let (mut loss, mut correct, mut n_images) = (0.0, 0.0, 0.0);
    for batch in images.iter() {
        let batch = batch?;
        let weight = batch.n_images() as f64;
        let scores = InferenceStep::step(network, batch);
        loss += weight * scores.loss;
        correct += weight * scores.accuracy.unwrap_or(f64::NAN);
        n_images += weight;
    }
    Ok(Scores { loss: loss / n_images, accuracy: Some(correct / n_images) })
}
