//! What people call the metrics, what each is exactly, and how its numbers are written.

use super::Metric;

/// What kind of number a metric is, which decides how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// A share between 0 and 1, or a difference of shares.
    Share,
    /// A cross-entropy, natural logarithm.
    Loss,
    /// A number of steps.
    Steps,
    /// A quotient of two sizes.
    Ratio,
}

impl Metric {
    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::BestValidationAccuracy => "best validation accuracy",
            Self::BestValidationLoss => "best validation loss",
            Self::LastValidationAccuracy => "last validation accuracy",
            Self::LastValidationLoss => "last validation loss",
            Self::LastTrainLoss => "last training loss",
            Self::LastTrainAccuracy => "last training accuracy",
            Self::Steps => "steps until the stop",
            Self::StepsTo90PercentAccuracy => "steps to 90 % validation accuracy",
            Self::StepsTo95PercentAccuracy => "steps to 95 % validation accuracy",
            Self::StepsToTrainLoss => "steps to a training loss of 0.1",
            Self::EarlyTrainLoss => "training loss over the first 5 epochs",
            Self::ValidationLossArea => "area under the validation loss",
            Self::GeneralizationGap => "generalisation gap",
            Self::GradientRatio => "gradient of the first layer over the output layer's",
            Self::UpdateRatio => "update of the first layer over the output layer's",
            Self::SaturatedUnits => "saturated hidden units",
        }
    }

    /// What it is, exactly, in a sentence.
    #[must_use]
    pub fn definition(self) -> &'static str {
        match self {
            Self::BestValidationAccuracy => "the highest accuracy among the validations",
            Self::BestValidationLoss => "the lowest cross-entropy among the validations",
            Self::LastValidationAccuracy => "accuracy of the last weights on the validation images",
            Self::LastValidationLoss => "cross-entropy of the last weights on the validation images",
            Self::LastTrainLoss => "cross-entropy of the last weights on all training images",
            Self::LastTrainAccuracy => "accuracy of the last weights on all training images",
            Self::Steps => "gradient steps until early stopping or the last epoch",
            Self::StepsTo90PercentAccuracy => {
                "gradient steps until the first validation with an accuracy of at least 90 %"
            }
            Self::StepsTo95PercentAccuracy => {
                "gradient steps until the first validation with an accuracy of at least 95 %"
            }
            Self::StepsToTrainLoss => "gradient steps until the first validation with a training loss of at most 0.1",
            Self::EarlyTrainLoss => {
                "mean training loss over the validations of the first 5 epochs, the one at step 0 left out"
            }
            Self::ValidationLossArea => {
                "trapezoidal area under the validation loss over the first 10 epochs, in loss times epochs"
            }
            Self::GeneralizationGap => "training accuracy minus validation accuracy, of the last weights",
            Self::GradientRatio => {
                "root mean square of the first layer's gradient over the output layer's, geometric mean over the first 5 epochs"
            }
            Self::UpdateRatio => {
                "root mean square of the first layer's update over the output layer's, geometric mean over the first 5 epochs"
            }
            Self::SaturatedUnits => {
                "share of the hidden units with a slope below 5 % of the activation's greatest, over 128 images at the end"
            }
        }
    }

    /// What kind of number it is.
    #[must_use]
    pub fn kind(self) -> MetricKind {
        match self {
            Self::BestValidationAccuracy
            | Self::LastValidationAccuracy
            | Self::LastTrainAccuracy
            | Self::GeneralizationGap
            | Self::SaturatedUnits => MetricKind::Share,
            Self::BestValidationLoss
            | Self::LastValidationLoss
            | Self::LastTrainLoss
            | Self::EarlyTrainLoss
            | Self::ValidationLossArea => MetricKind::Loss,
            Self::Steps | Self::StepsTo90PercentAccuracy | Self::StepsTo95PercentAccuracy | Self::StepsToTrainLoss => {
                MetricKind::Steps
            }
            Self::GradientRatio | Self::UpdateRatio => MetricKind::Ratio,
        }
    }
}
