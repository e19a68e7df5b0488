//! Metrics of a record whose numbers are easy to follow.

use record::{LayerProbe, Measured, Probe, Resolution, RunRecord, TestScores, Validation};
use spec::{Metric, Series};

/// A run with two layers; the first one's gradient is a tenth of the second one's.
fn record() -> RunRecord {
    let mut record = test_support::record();
    record.steps = 3_500;
    // (epoch, validation loss, validation accuracy, train loss, train accuracy); 625 steps an epoch.
    record.history.validations = [
        (0.0, 2.5, 0.10, 2.4, 0.11),
        (2.0, 0.3, 0.89, 0.5, 0.90),
        (4.0, 0.2, 0.95, 0.1, 0.99),
        (5.6, 0.4, 0.94, 0.2, 0.98),
    ]
    .map(|(epoch, validation_loss, validation_accuracy, train_loss, train_accuracy)| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few steps")]
        let step = (epoch * 625.0) as usize;
        Validation { step, epoch, validation_loss, validation_accuracy, train_loss, train_accuracy }
    })
    .to_vec();
    let probe = |step: usize, ratio: f64| {
        let layer = |size: f64, saturated| LayerProbe {
            gradient_rms: size,
            update_rms: (step > 0).then_some(2.0 * size),
            weight_rms: 1.0,
            saturated,
        };
        Probe { step, layers: vec![layer(ratio * 0.3, Some(0.25)), layer(0.3, None)] }
    };
    record.history.probes = vec![probe(0, 7.0), probe(1_250, 0.1), probe(2_500, 0.4), probe(3_500, 9.0)];
    record
}

#[test]
fn metrics_follow_from_the_record() {
    for (metric, value) in [
        (Metric::BestValidationAccuracy, 0.95),
        (Metric::BestValidationLoss, 0.2),
        (Metric::LastValidationAccuracy, 0.94),
        (Metric::LastValidationLoss, 0.4),
        (Metric::LastTrainLoss, 0.2),
        (Metric::LastTrainAccuracy, 0.98),
        (Metric::Steps, 3_500.0),
        (Metric::STEPS_TO_90_PERCENT, 2_500.0),
        (Metric::StepsTo { of: Series::ValidationAccuracy, level: 0.89 }, 1_250.0),
        (Metric::StepsTo { of: Series::TrainLoss, level: 0.1 }, 2_500.0),
        (Metric::StepsTo { of: Series::TrainAccuracy, level: 0.9 }, 1_250.0),
        (Metric::StepsTo { of: Series::ValidationLoss, level: 0.25 }, 2_500.0),
        (Metric::EARLY_TRAIN_LOSS, 0.3),
        (Metric::EarlyTrainLoss { epochs: 2.0 }, 0.5),
        (Metric::ValidationLossArea { epochs: 2.0 }, 2.8),
        (Metric::ValidationLossArea { epochs: 10.0 }, 2.8 + 0.5 + 0.48 + 4.4 * 0.4),
        (Metric::GeneralizationGap, 0.04),
        (Metric::GRADIENT_RATIO, 0.2),
        (Metric::UpdateRatio { epochs: 5.0 }, 0.2),
        (Metric::UpdateRatio { epochs: 2.0 }, 0.1),
        (Metric::SaturatedUnits, 0.25),
    ] {
        let Some(Measured::Exactly(measured)) = record().measure(metric) else { panic!("{metric:?}") };
        assert!((measured - value).abs() < 1e-12, "{metric:?}: {measured}");
    }
}

#[test]
fn a_level_that_was_not_reached_is_more_than_the_steps_taken() {
    let mut record = record();
    record.history.validations.truncate(2);
    assert_eq!(record.measure(Metric::STEPS_TO_90_PERCENT), Some(Measured::MoreThan(1_250.0)));
}

#[test]
fn a_run_without_validations_has_only_its_steps_as_a_metric() {
    let mut record = record();
    record.history.validations.clear();
    record.history.probes.clear();
    for metric in Metric::ALL.into_iter().filter(|&metric| metric != Metric::Steps) {
        assert_eq!(record.measure(metric), None, "{metric:?}");
    }
}

#[test]
fn every_metric_is_described() {
    for metric in Metric::ALL {
        assert!(!metric.title().is_empty() && metric.definition().len() > 20, "{metric:?}");
    }
}

#[test]
fn test_metrics_are_those_of_the_declared_test_images() {
    let mut record = record();
    let test = TestScores { images: 10_000, best_loss: 0.3, best_accuracy: 0.9, last_loss: 0.5, last_accuracy: 0.8 };
    record.test = Some(test);
    assert_eq!(record.measure(Metric::BestTestAccuracy), None, "no test images are declared");
    assert!(!record.lacks_test_scores());
    record.spec.data.test_images = 5_000;
    assert_eq!(record.measure(Metric::BestTestAccuracy), None, "the scores are on other images");
    assert!(record.lacks_test_scores());
    record.spec.data.test_images = 10_000;
    assert!(!record.lacks_test_scores());
    for (metric, value) in [
        (Metric::BestTestAccuracy, 0.9),
        (Metric::BestTestLoss, 0.3),
        (Metric::LastTestAccuracy, 0.8),
        (Metric::LastTestLoss, 0.5),
    ] {
        assert_eq!(record.measure(metric), Some(Measured::Exactly(value)), "{metric:?}");
    }
    let Some(Measured::Exactly(optimism)) = record.measure(Metric::Optimism) else { panic!("a value") };
    assert!((optimism - 0.05).abs() < 1e-12, "the highest validation accuracy is 0.95");
    assert_eq!(record.resolution(Metric::LastTestAccuracy), Resolution::MultiplesOf(1e-4));
}
