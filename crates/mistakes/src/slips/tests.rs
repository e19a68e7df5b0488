//! A training without a slip is that of the reference; every slip changes it.

use std::sync::LazyLock;

use burn::tensor::Device;
use mlp::{Examples, ImageShape, Traced};
use mnist::{Dataset, DatasetName, ImageSet, Request, Splits};
use test_support::{resolved, spec};

use super::*;

const SLIPS: [Slip; 14] = [
    Slip::PixelsBy255,
    Slip::EverySetByItself,
    Slip::MeanOfAllImages,
    Slip::ImagesWithoutLabels,
    Slip::SmallWeights,
    Slip::SigmoidOutput,
    Slip::GradientSum,
    Slip::SigmoidDerivative,
    Slip::NoDerivative,
    Slip::MissingTwoThirds,
    Slip::UpdatedWeightsBackward,
    Slip::Dampening,
    Slip::AveragedVelocity,
    Slip::ValidationOnTraining,
];

fn small() -> (ExperimentSpec, &'static Dataset) {
    static DATASET: LazyLock<Dataset> = LazyLock::new(|| {
        let (train_images, test_images) = (Some(200), Some(60));
        let dataset = Some(DatasetName::MadeUp);
        mnist::load(&Request { dataset, train_images, test_images, ..Request::default() }, &mut |_| {}).unwrap()
    });
    let mut spec = spec();
    spec.data.train_images = 160;
    spec.data.validation_images = 50;
    (spec, &DATASET)
}

fn points(slip: Option<Slip>) -> Vec<Point> {
    let (spec, dataset) = small();
    let images = PreparedImages::new(&spec, slip, dataset, &Device::flex()).unwrap();
    train(&spec, slip, &images, 3).points.into_iter().map(|(_, point)| point).collect()
}

/// Two implementations of the same steps.
#[test]
fn without_a_slip_it_takes_the_steps_of_the_reference() {
    let (spec, dataset) = small();
    let splits = Splits::new(dataset, 160, 50).unwrap();
    let examples = |images: &ImageSet, indices: &[usize]| Examples {
        inputs: indices
            .iter()
            .flat_map(|&index| images.image(index))
            .map(|&pixel| (f64::from(pixel) - splits.normalization.mean) / splits.normalization.std)
            .collect(),
        targets: indices.iter().map(|&index| images.labels[index].into()).collect(),
    };
    let shape = ImageShape { height: 28, width: 28, classes: 10 };
    let weights = spec.model.initial_weights(shape, 3);
    let mut traced = Traced::new(spec.model.as_mlp().unwrap(), shape, &weights, &spec.optimizer);
    let (order, ours) = (BatchOrder::Shuffled { seed: 3 }, points(None));
    for step in 0..10 {
        let batch = &order.of_epoch(step / 5 + 1, 160)[step % 5 * 32..][..32];
        let mut loss = f64::NAN;
        traced.step(&examples(&splits.train, batch), &mut |name, _, values| {
            if name == "loss" {
                loss = values[0];
            }
        });
        if step < 5 {
            let ours = ours[step + 1].batch_loss.unwrap();
            assert!((ours / loss - 1.0).abs() < 1e-4, "step {step}: {ours} and {loss}");
        }
    }
    let (loss, accuracy) = traced.scores(&examples(&splits.validation, &(0..50).collect::<Vec<_>>()));
    // The tenth validation.
    let last = ours[7];
    assert!((last.validation_loss.unwrap() / loss - 1.0).abs() < 1e-4);
    assert!((last.validation_accuracy.unwrap() - accuracy).abs() < 1e-9);
}

#[test]
fn every_slip_changes_the_curve() {
    let right = points(None);
    for slip in SLIPS {
        assert!(applies(slip, &small().0), "{slip:?}");
        assert_ne!(points(Some(slip)), right, "{slip:?}");
    }
}

#[test]
fn a_slip_needs_what_it_is_about() {
    let sigmoid = test_support::declared_with("activation", "activation = \"sigmoid\"")
        .replace("momentum = 0.9", "momentum = 0.0");
    let sigmoid = resolved("mine", sigmoid.replace("baseline = \"task3c\"\n", "").split("[[claim]]").next().unwrap());
    for slip in [Slip::SigmoidDerivative, Slip::MissingTwoThirds, Slip::Dampening, Slip::AveragedVelocity] {
        assert!(!applies(slip, &sigmoid), "{slip:?}");
    }
    assert!(applies(Slip::GradientSum, &sigmoid));
}
