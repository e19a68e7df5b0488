//! Claims: statements of the report, each held against one metric of the records.

use serde::{Deserialize, Serialize};

use crate::{RunRecord, Validation};

/// What a metric is expected to do against the baseline's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// Above the baseline's.
    Higher,
    /// Below the baseline's.
    Lower,
    /// No difference that matters.
    AboutTheSame,
}

/// A metric of a finished run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Highest accuracy among the validations.
    BestValidationAccuracy,
    /// Lowest validation loss.
    BestValidationLoss,
    /// Validation accuracy of the last weights.
    LastValidationAccuracy,
    /// Validation loss of the last weights.
    LastValidationLoss,
    /// Loss of the last weights on the training images.
    LastTrainLoss,
    /// Accuracy of the last weights on the training images.
    LastTrainAccuracy,
    /// Steps until the run ended.
    Steps,
    /// Steps until the validation accuracy is first at least 90 %: how fast a run converges in accuracy.
    #[serde(rename = "steps_to_90_percent_accuracy")]
    StepsTo90PercentAccuracy,
    /// Mean loss on the training images over the validations of the first [`Metric::EARLY_EPOCHS`] epochs, the one
    /// before the first step not counted: how fast a run converges in training loss.
    EarlyTrainLoss,
}

/// A statement of the report that the records are held against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The statement, in the report's words.
    pub says: String,
    /// The metric that decides.
    pub metric: Metric,
    /// What the metric is expected to do against the baseline's.
    pub expect: Expectation,
}

impl Metric {
    /// Epochs that [`Metric::EarlyTrainLoss`] looks at.
    pub const EARLY_EPOCHS: f64 = 5.0;

    /// The metric of a run; none when the run was stopped before it had one, or never reached it.
    #[must_use]
    pub fn of(self, record: &RunRecord) -> Option<f64> {
        let last = |value: fn(&Validation) -> f64| record.last().map(value);
        match self {
            Self::BestValidationAccuracy => {
                record.validations.iter().map(|validation| validation.validation_accuracy).reduce(f64::max)
            }
            Self::BestValidationLoss => record.best().map(|validation| validation.validation_loss),
            Self::LastValidationAccuracy => last(|validation| validation.validation_accuracy),
            Self::LastValidationLoss => last(|validation| validation.validation_loss),
            Self::LastTrainLoss => last(|validation| validation.train_loss),
            Self::LastTrainAccuracy => last(|validation| validation.train_accuracy),
            Self::Steps => Some(record.steps as f64),
            Self::StepsTo90PercentAccuracy => steps_to_accuracy(0.9, record),
            Self::EarlyTrainLoss => early_train_loss(record),
        }
    }
}

fn steps_to_accuracy(accuracy: f64, record: &RunRecord) -> Option<f64> {
    let first = record.validations.iter().find(|validation| validation.validation_accuracy >= accuracy)?;
    Some(first.step as f64)
}

fn early_train_loss(record: &RunRecord) -> Option<f64> {
    let is_early = |validation: &&Validation| validation.step > 0 && validation.epoch <= Metric::EARLY_EPOCHS;
    let losses: Vec<f64> = record.validations.iter().filter(is_early).map(|validation| validation.train_loss).collect();
    (!losses.is_empty()).then(|| losses.iter().sum::<f64>() / losses.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn metrics_are_read_off_the_validations() {
        let mut record = example::record();
        record.steps = 25;
        // (step, epoch, validation loss, validation accuracy, train loss, train accuracy)
        record.validations = [
            (0, 0.0, 2.5, 0.10, 2.4, 0.11),
            (10, 2.0, 0.3, 0.89, 0.5, 0.90),
            (20, 4.0, 0.2, 0.95, 0.1, 0.99),
            (25, 5.5, 0.4, 0.94, 0.2, 0.98),
        ]
        .map(|(step, epoch, validation_loss, validation_accuracy, train_loss, train_accuracy)| Validation {
            step,
            epoch,
            validation_loss,
            validation_accuracy,
            train_loss,
            train_accuracy,
        })
        .to_vec();
        for (metric, value) in [
            (Metric::BestValidationAccuracy, 0.95),
            (Metric::BestValidationLoss, 0.2),
            (Metric::LastValidationAccuracy, 0.94),
            (Metric::LastValidationLoss, 0.4),
            (Metric::LastTrainLoss, 0.2),
            (Metric::LastTrainAccuracy, 0.98),
            (Metric::Steps, 25.0),
            (Metric::StepsTo90PercentAccuracy, 20.0),
            (Metric::EarlyTrainLoss, 0.3),
        ] {
            assert_eq!(metric.of(&record), Some(value), "{metric:?}");
        }
    }

    #[test]
    fn a_metric_that_was_never_reached_is_none() {
        let mut record = example::record();
        record.validations.clear();
        assert_eq!(Metric::StepsTo90PercentAccuracy.of(&record), None);
        assert_eq!(Metric::EarlyTrainLoss.of(&record), None);
        assert_eq!(Metric::LastTrainLoss.of(&record), None);
    }
}
