//! The definitions of a run's metrics; `record` computes them.

mod facts;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kind of number that a metric is, which decides its format.
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

/// A value of every validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Series {
    /// Accuracy on the validation images.
    ValidationAccuracy,
    /// Cross-entropy on the validation images.
    ValidationLoss,
    /// Accuracy on all training images.
    TrainAccuracy,
    /// Cross-entropy on all training images.
    TrainLoss,
}

impl Series {
    /// Whether a run gets better as it rises.
    #[must_use]
    pub fn is_accuracy(self) -> bool {
        matches!(self, Self::ValidationAccuracy | Self::TrainAccuracy)
    }
}

impl fmt::Display for Series {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::ValidationAccuracy => "validation accuracy",
            Self::ValidationLoss => "validation loss",
            Self::TrainAccuracy => "training accuracy",
            Self::TrainLoss => "training loss",
        })
    }
}

/// A metric of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Metric {
    /// The highest accuracy among the validations.
    BestValidationAccuracy,
    /// The lowest cross-entropy among the validations.
    BestValidationLoss,
    /// Accuracy of the last weights on the validation images.
    LastValidationAccuracy,
    /// Cross-entropy of the last weights on the validation images.
    LastValidationLoss,
    /// Accuracy of the best weights on the test images.
    BestTestAccuracy,
    /// Cross-entropy of the best weights on the test images.
    BestTestLoss,
    /// Accuracy of the last weights on the test images.
    LastTestAccuracy,
    /// Cross-entropy of the last weights on the test images.
    LastTestLoss,
    /// The highest validation accuracy minus the accuracy of the best weights on the test images.
    Optimism,
    /// Cross-entropy of the last weights on all training images.
    LastTrainLoss,
    /// Accuracy of the last weights on all training images.
    LastTrainAccuracy,
    /// Gradient steps until early stopping or the last epoch.
    Steps,
    /// Gradient steps until the first validation that reaches a level.
    StepsTo {
        /// What must reach it.
        of: Series,
        /// The least accuracy, or the greatest loss.
        level: f64,
    },
    /// Mean training loss over the validations of the first epochs, the one at step 0 left out.
    EarlyTrainLoss {
        /// How many epochs count.
        epochs: f64,
    },
    /// Trapezoidal area under the validation loss over the first epochs, in loss times epochs; a run that ended earlier counts with
    /// its last loss until then.
    ValidationLossArea {
        /// How many epochs count.
        epochs: f64,
    },
    /// Training accuracy minus validation accuracy, of the last weights.
    GeneralizationGap,
    /// Root mean square of the first layer's gradient over the output layer's, geometric mean over the first epochs.
    GradientRatio {
        /// How many epochs count.
        epochs: f64,
    },
    /// The same of the updates.
    UpdateRatio {
        /// How many epochs count.
        epochs: f64,
    },
    /// Share of the hidden units with a slope below 5 % of the activation's greatest, at the end.
    SaturatedUnits,
}

/// Epochs of the metrics about the beginning of a run, where a claim does not say.
const EARLY: f64 = 5.0;
/// Epochs of the area.
const AREA: f64 = 10.0;

impl Metric {
    /// Every metric, with usual parameters.
    pub const ALL: [Self; 21] = [
        Self::BestValidationAccuracy,
        Self::BestValidationLoss,
        Self::LastValidationAccuracy,
        Self::LastValidationLoss,
        Self::BestTestAccuracy,
        Self::BestTestLoss,
        Self::LastTestAccuracy,
        Self::LastTestLoss,
        Self::Optimism,
        Self::LastTrainLoss,
        Self::LastTrainAccuracy,
        Self::Steps,
        Self::STEPS_TO_90_PERCENT,
        Self::StepsTo { of: Series::ValidationAccuracy, level: 0.95 },
        Self::StepsTo { of: Series::TrainLoss, level: 0.1 },
        Self::EARLY_TRAIN_LOSS,
        Self::ValidationLossArea { epochs: AREA },
        Self::GeneralizationGap,
        Self::GRADIENT_RATIO,
        Self::UpdateRatio { epochs: EARLY },
        Self::SaturatedUnits,
    ];
    /// Their names in files.
    pub(crate) const NAMES: [&str; 19] = [
        "best_validation_accuracy",
        "best_validation_loss",
        "last_validation_accuracy",
        "last_validation_loss",
        "best_test_accuracy",
        "best_test_loss",
        "last_test_accuracy",
        "last_test_loss",
        "optimism",
        "last_train_loss",
        "last_train_accuracy",
        "steps",
        Self::STEPS_TO,
        "early_train_loss",
        "validation_loss_area",
        "generalization_gap",
        "gradient_ratio",
        "update_ratio",
        "saturated_units",
    ];
    /// The name of the steps to a level.
    pub(crate) const STEPS_TO: &str = "steps_to";
    /// Names that files may have from before metrics had parameters.
    pub(crate) const OLD_NAMES: [(&str, Self); 3] = [
        ("steps_to_90_percent_accuracy", Self::STEPS_TO_90_PERCENT),
        ("steps_to_95_percent_accuracy", Self::StepsTo { of: Series::ValidationAccuracy, level: 0.95 }),
        ("steps_to_0.1_train_loss", Self::StepsTo { of: Series::TrainLoss, level: 0.1 }),
    ];
    /// Steps to a validation accuracy of 90 %.
    pub const STEPS_TO_90_PERCENT: Self = Self::StepsTo { of: Series::ValidationAccuracy, level: 0.9 };
    /// The training loss over the first 5 epochs.
    pub const EARLY_TRAIN_LOSS: Self = Self::EarlyTrainLoss { epochs: EARLY };
    /// The ratio of the gradients over the first 5 epochs.
    pub const GRADIENT_RATIO: Self = Self::GradientRatio { epochs: EARLY };
    /// Epochs of the ratios, where a claim does not say.
    pub const EARLY_EPOCHS: f64 = EARLY;

    /// Whether it is computed from probes, which are in a table of their own.
    #[must_use]
    pub fn is_of_probes(self) -> bool {
        matches!(self, Self::GradientRatio { .. } | Self::UpdateRatio { .. } | Self::SaturatedUnits)
    }

    /// The metric of a name in a file, with usual parameters.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let old = Self::OLD_NAMES.iter().find(|(old, _)| *old == name).map(|(_, metric)| *metric);
        old.or_else(|| Self::ALL.into_iter().find(|metric| metric.name() == name))
    }

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// Its name in text.
    #[must_use]
    pub fn title(self) -> String {
        self.facts().title
    }

    /// Its exact definition, in a sentence.
    #[must_use]
    pub fn definition(self) -> String {
        self.facts().definition
    }

    /// The kind of number.
    #[must_use]
    pub fn kind(self) -> MetricKind {
        self.facts().kind
    }

    /// How many epochs count, of metrics about the beginning of a run.
    #[must_use]
    pub fn epochs(self) -> Option<f64> {
        match self {
            Self::EarlyTrainLoss { epochs }
            | Self::ValidationLossArea { epochs }
            | Self::GradientRatio { epochs }
            | Self::UpdateRatio { epochs } => Some(epochs),
            _ => None,
        }
    }

    /// The same metric over other epochs, if these are given and count.
    pub(crate) fn over(mut self, given: Option<f64>) -> Self {
        if let (
            Self::EarlyTrainLoss { epochs }
            | Self::ValidationLossArea { epochs }
            | Self::GradientRatio { epochs }
            | Self::UpdateRatio { epochs },
            Some(given),
        ) = (&mut self, given)
        {
            *epochs = given;
        }
        self
    }

    /// The same of the last weights if this is of the best ones, and the reverse; none if it is of neither.
    #[must_use]
    pub fn of_other_weights(self) -> Option<Self> {
        match self {
            Self::BestValidationAccuracy => Some(Self::LastValidationAccuracy),
            Self::LastValidationAccuracy => Some(Self::BestValidationAccuracy),
            Self::BestValidationLoss => Some(Self::LastValidationLoss),
            Self::LastValidationLoss => Some(Self::BestValidationLoss),
            Self::BestTestAccuracy => Some(Self::LastTestAccuracy),
            Self::LastTestAccuracy => Some(Self::BestTestAccuracy),
            Self::BestTestLoss => Some(Self::LastTestLoss),
            Self::LastTestLoss => Some(Self::BestTestLoss),
            _ => None,
        }
    }

    /// The same on the test images if this is on the validation images; none if it is not.
    #[must_use]
    pub fn on_test_images(self) -> Option<Self> {
        match self {
            Self::BestValidationAccuracy => Some(Self::BestTestAccuracy),
            Self::BestValidationLoss => Some(Self::BestTestLoss),
            Self::LastValidationAccuracy => Some(Self::LastTestAccuracy),
            Self::LastValidationLoss => Some(Self::LastTestLoss),
            _ => None,
        }
    }

    /// Whether the differences between two runs can be skewed: those of steps and ratios, and of shares and losses near their
    /// bounds. Those of the other metrics are averages over thousands of images, about as often above their centre as below it.
    #[must_use]
    pub fn is_skewed(self) -> bool {
        matches!(self.kind(), MetricKind::Steps | MetricKind::Ratio)
            || matches!(self, Self::LastTrainLoss | Self::LastTrainAccuracy | Self::SaturatedUnits)
    }

    /// A difference that matters where no claim says which: the unit of bets on it.
    #[must_use]
    pub fn usual_margin(self) -> f64 {
        match self.kind() {
            MetricKind::Share => 0.002,
            MetricKind::Loss => 0.01,
            MetricKind::Steps => 100.0,
            MetricKind::Ratio => 0.1,
        }
    }
}
