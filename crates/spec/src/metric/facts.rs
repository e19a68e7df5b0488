//! Names, titles and definitions of metrics, in words.

use super::{Metric, MetricKind};

impl Metric {
    /// What there is to say about it.
    pub(super) fn facts(self) -> Facts {
        use MetricKind::{Loss, Share, Steps};
        match self {
            Self::BestValidationAccuracy => {
                Facts::named("best_validation_accuracy", Share, "the highest accuracy among the validations")
            }
            Self::BestValidationLoss => {
                Facts::named("best_validation_loss", Loss, "the lowest cross-entropy among the validations")
            }
            Self::LastValidationAccuracy => {
                Facts::named("last_validation_accuracy", Share, "accuracy of the last weights on the validation images")
            }
            Self::LastValidationLoss => {
                Facts::named("last_validation_loss", Loss, "cross-entropy of the last weights on the validation images")
            }
            Self::BestTestAccuracy => Facts::on_test("best_test_accuracy", Share),
            Self::BestTestLoss => Facts::on_test("best_test_loss", Loss),
            Self::LastTestAccuracy => Facts::on_test("last_test_accuracy", Share),
            Self::LastTestLoss => Facts::on_test("last_test_loss", Loss),
            Self::Optimism => {
                Facts::named("optimism", Share, "the best validation accuracy minus the best test accuracy")
            }
            Self::LastTrainLoss => {
                Facts::named("last_train_loss", Loss, "cross-entropy of the last weights on all training images")
            }
            Self::LastTrainAccuracy => {
                Facts::named("last_train_accuracy", Share, "accuracy of the last weights on all training images")
            }
            Self::Steps => Facts::new(
                "steps",
                Steps,
                "steps until the stop",
                "gradient steps until early stopping or the last epoch",
            ),
            Self::StepsTo { of, level } => {
                let (title, bound) = if of.is_accuracy() {
                    (format!("steps to {} {of}", percent(level)), format!("at least {}", percent(level)))
                } else {
                    (format!("steps to a {of} of {level}"), format!("at most {level}"))
                };
                let definition = format!("gradient steps until the first validation with a {of} of {bound}");
                Facts::new(Self::STEPS_TO, Steps, title, definition)
            }
            Self::EarlyTrainLoss { epochs } => Facts::new(
                "early_train_loss",
                Loss,
                format!("training loss over the {}", first(epochs)),
                format!("mean training loss over the validations of the {}, the one at step 0 left out", first(epochs)),
            ),
            Self::ValidationLossArea { epochs } => Facts::new(
                "validation_loss_area",
                Loss,
                format!("area under the validation loss over the {}", first(epochs)),
                format!("trapezoidal area under the validation loss over the {}, in loss times epochs", first(epochs)),
            ),
            Self::GeneralizationGap => Facts::new(
                "generalization_gap",
                Share,
                "generalisation gap",
                "training accuracy minus validation accuracy, of the last weights",
            ),
            Self::GradientRatio { epochs } => Facts::ratio("gradient_ratio", "gradient", epochs),
            Self::UpdateRatio { epochs } => Facts::ratio("update_ratio", "update", epochs),
            Self::SaturatedUnits => Facts::new(
                "saturated_units",
                Share,
                "saturated hidden units",
                "share of the hidden units with a slope below 5 % of the activation's greatest, over 128 images at the end",
            ),
        }
    }
}

/// What there is to say about a metric.
pub(super) struct Facts {
    pub(super) name: &'static str,
    pub(super) kind: MetricKind,
    pub(super) title: String,
    pub(super) definition: String,
}

impl Facts {
    fn new(name: &'static str, kind: MetricKind, title: impl Into<String>, definition: impl Into<String>) -> Self {
        Self { name, kind, title: title.into(), definition: definition.into() }
    }

    /// Of a metric whose title follows from its name.
    fn named(name: &'static str, kind: MetricKind, definition: impl Into<String>) -> Self {
        Self::new(name, kind, name.replace('_', " ").replace("train ", "training "), definition)
    }

    /// Of a metric on the test images, whose definition follows from its name, too.
    fn on_test(name: &'static str, kind: MetricKind) -> Self {
        let score = if kind == MetricKind::Share { "accuracy" } else { "cross-entropy" };
        let weights = if name.starts_with("best") { "weights at the lowest validation loss" } else { "last weights" };
        Self::named(name, kind, format!("{score} of the {weights} on the test images"))
    }

    fn ratio(name: &'static str, what: &str, epochs: f64) -> Self {
        let size = format!("root mean square of the first layer's {what} over the output layer's, geometric mean");
        let title = format!("{what} of the first layer over the output layer's, {}", first(epochs));
        Self::new(name, MetricKind::Ratio, title, format!("{size} over the {}", first(epochs)))
    }
}

/// `90 %`, `92.5 %`.
fn percent(share: f64) -> String {
    format!("{} %", (share * 1e6).round() / 1e4)
}

/// `first 5 epochs`.
fn first(epochs: f64) -> String {
    match epochs.to_string().as_str() {
        "1" => "first epoch".to_owned(),
        epochs => format!("first {epochs} epochs"),
    }
}
