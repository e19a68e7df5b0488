//! The definitions of a run's metrics; `record` computes them.

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

/// The metrics from their table: name in files, kind, title, definition.
macro_rules! metrics {
    ($($metric:ident: $name:literal, $kind:ident, $title:literal, $definition:literal;)*) => {
        /// A metric of a run.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Metric {
            $(
                #[doc = concat!($definition, ".")]
                #[serde(rename = $name)]
                $metric,
            )*
        }

        impl Metric {
            /// Every metric.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$metric),*];

            /// Its name in text.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$metric => $title,)* }
            }

            /// Its exact definition, in a sentence.
            #[must_use]
            pub fn definition(self) -> &'static str {
                match self { $(Self::$metric => $definition,)* }
            }

            /// The kind of number.
            #[must_use]
            pub fn kind(self) -> MetricKind {
                match self { $(Self::$metric => MetricKind::$kind,)* }
            }
        }
    };
}

metrics! {
    BestValidationAccuracy: "best_validation_accuracy", Share, "best validation accuracy",
        "the highest accuracy among the validations";
    BestValidationLoss: "best_validation_loss", Loss, "best validation loss",
        "the lowest cross-entropy among the validations";
    LastValidationAccuracy: "last_validation_accuracy", Share, "last validation accuracy",
        "accuracy of the last weights on the validation images";
    LastValidationLoss: "last_validation_loss", Loss, "last validation loss",
        "cross-entropy of the last weights on the validation images";
    LastTrainLoss: "last_train_loss", Loss, "last training loss",
        "cross-entropy of the last weights on all training images";
    LastTrainAccuracy: "last_train_accuracy", Share, "last training accuracy",
        "accuracy of the last weights on all training images";
    Steps: "steps", Steps, "steps until the stop",
        "gradient steps until early stopping or the last epoch";
    StepsTo90PercentAccuracy: "steps_to_90_percent_accuracy", Steps, "steps to 90 % validation accuracy",
        "gradient steps until the first validation with an accuracy of at least 90 %";
    StepsTo95PercentAccuracy: "steps_to_95_percent_accuracy", Steps, "steps to 95 % validation accuracy",
        "gradient steps until the first validation with an accuracy of at least 95 %";
    StepsToTrainLoss: "steps_to_0.1_train_loss", Steps, "steps to a training loss of 0.1",
        "gradient steps until the first validation with a training loss of at most 0.1";
    EarlyTrainLoss: "early_train_loss", Loss, "training loss over the first 5 epochs",
        "mean training loss over the validations of the first 5 epochs, the one at step 0 left out";
    ValidationLossArea: "validation_loss_area", Loss, "area under the validation loss",
        "trapezoidal area under the validation loss over the first 10 epochs, in loss times epochs";
    GeneralizationGap: "generalization_gap", Share, "generalisation gap",
        "training accuracy minus validation accuracy, of the last weights";
    GradientRatio: "gradient_ratio", Ratio, "gradient of the first layer over the output layer's",
        "root mean square of the first layer's gradient over the output layer's, geometric mean over the first 5 epochs";
    UpdateRatio: "update_ratio", Ratio, "update of the first layer over the output layer's",
        "root mean square of the first layer's update over the output layer's, geometric mean over the first 5 epochs";
    SaturatedUnits: "saturated_units", Share, "saturated hidden units",
        "share of the hidden units with a slope below 5 % of the activation's greatest, over 128 images at the end";
}

impl Metric {
    /// Epochs of [`Metric::EarlyTrainLoss`], [`Metric::GradientRatio`] and [`Metric::UpdateRatio`].
    pub const EARLY_EPOCHS: f64 = 5.0;
    /// Epochs of [`Metric::ValidationLossArea`]; a run that ended earlier counts with its last loss until then.
    pub const AREA_EPOCHS: f64 = 10.0;
    /// The loss of [`Metric::StepsToTrainLoss`].
    pub const TRAIN_LOSS_LEVEL: f64 = 0.1;
}
