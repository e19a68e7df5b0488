//! The class that a network predicts for every image.

use burn::data::dataloader::DataLoader;
use burn::data::dataset::DatasetError;
use burn::tensor::Tensor;
use mnist::MnistBatch;

use crate::Classifier;

/// The prediction for one image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// The class with the largest logit, from 0.
    pub class: usize,
    /// Its softmax.
    pub probability: f32,
}

/// The predictions for the images of a loader, in their order.
///
/// # Errors
/// What the loader returns.
pub fn predict(classifier: &Classifier, images: &dyn DataLoader<MnistBatch>) -> Result<Vec<Prediction>, DatasetError> {
    let mut predictions = Vec::new();
    for batch in images.iter() {
        predictions.extend(most_probable(classifier.network.forward(batch?.images)));
    }
    Ok(predictions)
}

fn most_probable(logits: Tensor<2>) -> Vec<Prediction> {
    let n_classes = logits.dims()[1];
    let logits: Vec<f32> = logits.into_data().convert::<f32>().try_into_vec().expect("a float tensor reads as f32");
    let largest = |row: &[f32]| {
        let first = (0, f32::NEG_INFINITY);
        let larger = |best: (usize, f32), (class, &logit)| if logit > best.1 { (class, logit) } else { best };
        let (class, largest) = row.iter().enumerate().fold(first, larger);
        let sum: f32 = row.iter().map(|logit| (logit - largest).exp()).sum();
        Prediction { class, probability: 1.0 / sum }
    };
    logits.chunks_exact(n_classes).map(largest).collect()
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn the_most_probable_class_has_its_softmax() {
        let logits = Tensor::<2>::from_data([[1.0, 3.0, 2.0, -50.0], [0.5, 0.5, 0.5, 0.5]], &Device::flex());
        let [first, tie] = most_probable(logits)[..] else { panic!("two images") };
        let expected = 1.0 / (1.0 + (-2_f32).exp() + (-1_f32).exp());
        assert_eq!(first.class, 1);
        assert!((first.probability - expected).abs() < 1e-6);
        assert_eq!(tie, Prediction { class: 0, probability: 0.25 });
    }
}
