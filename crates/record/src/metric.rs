//! Metrics of a run: each a number that its record decides, defined here and nowhere else.

#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};

use crate::{LayerProbe, Probe, RunRecord, Validation};
pub use words::MetricKind;

/// A metric of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// Steps until the first validation with a validation accuracy of at least 90 %: how fast a run converges in accuracy.
    #[serde(rename = "steps_to_90_percent_accuracy")]
    StepsTo90PercentAccuracy,
    /// The same with 95 %.
    #[serde(rename = "steps_to_95_percent_accuracy")]
    StepsTo95PercentAccuracy,
    /// Steps until the first validation with a loss on the training images of at most [`Metric::TRAIN_LOSS_LEVEL`].
    #[serde(rename = "steps_to_0.1_train_loss")]
    StepsToTrainLoss,
    /// Mean loss on the training images over the validations of the first [`Metric::EARLY_EPOCHS`] epochs, the one
    /// before the first step not counted: how fast a run converges in training loss.
    EarlyTrainLoss,
    /// Area under the curve of the validation loss over the first [`Metric::AREA_EPOCHS`] epochs, by the trapezoidal
    /// rule, in loss times epochs; a run that ended sooner keeps its last loss.
    ValidationLossArea,
    /// Accuracy on the training images minus validation accuracy, of the last weights: how much a run overfits.
    GeneralizationGap,
    /// Gradient of the first layer over that of the output layer, both as root mean squares over their weights; the
    /// geometric mean over the probes of the first [`Metric::EARLY_EPOCHS`] epochs. Far below 1, gradients vanish.
    GradientRatio,
    /// The same of the steps' updates.
    UpdateRatio,
    /// Share of the hidden units that are saturated at the last probe, all hidden layers together.
    SaturatedUnits,
}

/// The value of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measured {
    /// This value.
    Exactly(f64),
    /// More than this value: what the metric waits for had not come when the run ended (a censored value).
    MoreThan(f64),
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 16] = [
        Self::BestValidationAccuracy,
        Self::BestValidationLoss,
        Self::LastValidationAccuracy,
        Self::LastValidationLoss,
        Self::LastTrainLoss,
        Self::LastTrainAccuracy,
        Self::Steps,
        Self::StepsTo90PercentAccuracy,
        Self::StepsTo95PercentAccuracy,
        Self::StepsToTrainLoss,
        Self::EarlyTrainLoss,
        Self::ValidationLossArea,
        Self::GeneralizationGap,
        Self::GradientRatio,
        Self::UpdateRatio,
        Self::SaturatedUnits,
    ];
    /// Epochs that [`Metric::EarlyTrainLoss`] and [`Metric::GradientRatio`] look at.
    pub const EARLY_EPOCHS: f64 = 5.0;
    /// Epochs that [`Metric::ValidationLossArea`] looks at.
    pub const AREA_EPOCHS: f64 = 10.0;
    /// The loss that [`Metric::StepsToTrainLoss`] waits for.
    pub const TRAIN_LOSS_LEVEL: f64 = 0.1;

    /// The metric of a run; none when the run was stopped before it had one.
    #[must_use]
    pub fn of(self, record: &RunRecord) -> Option<Measured> {
        let last = |value: fn(&Validation) -> f64| record.last().map(value);
        let value = match self {
            Self::BestValidationAccuracy => record.validations.iter().map(|v| v.validation_accuracy).reduce(f64::max),
            Self::BestValidationLoss => record.best().map(|validation| validation.validation_loss),
            Self::LastValidationAccuracy => last(|validation| validation.validation_accuracy),
            Self::LastValidationLoss => last(|validation| validation.validation_loss),
            Self::LastTrainLoss => last(|validation| validation.train_loss),
            Self::LastTrainAccuracy => last(|validation| validation.train_accuracy),
            Self::Steps => Some(record.steps as f64),
            Self::StepsTo90PercentAccuracy => return steps_until(record, |v| v.validation_accuracy >= 0.9),
            Self::StepsTo95PercentAccuracy => return steps_until(record, |v| v.validation_accuracy >= 0.95),
            Self::StepsToTrainLoss => return steps_until(record, |v| v.train_loss <= Self::TRAIN_LOSS_LEVEL),
            Self::EarlyTrainLoss => early_train_loss(record),
            Self::ValidationLossArea => validation_loss_area(record),
            Self::GeneralizationGap => last(|validation| validation.train_accuracy - validation.validation_accuracy),
            Self::GradientRatio => early_ratio(record, |layer| Some(layer.gradient_rms)),
            Self::UpdateRatio => early_ratio(record, |layer| layer.update_rms),
            Self::SaturatedUnits => saturated_units(record),
        };
        value.map(Measured::Exactly)
    }
}

fn steps_until(record: &RunRecord, has_come: impl Fn(&Validation) -> bool) -> Option<Measured> {
    let last = record.last()?;
    let first = record.validations.iter().find(|validation| has_come(validation));
    Some(first.map_or(Measured::MoreThan(last.step as f64), |validation| Measured::Exactly(validation.step as f64)))
}

fn early_train_loss(record: &RunRecord) -> Option<f64> {
    let is_early = |validation: &&Validation| validation.step > 0 && validation.epoch <= Metric::EARLY_EPOCHS;
    mean(record.validations.iter().filter(is_early).map(|validation| validation.train_loss))
}

fn validation_loss_area(record: &RunRecord) -> Option<f64> {
    let early = record.validations.iter().filter(|validation| validation.epoch <= Metric::AREA_EPOCHS);
    let early: Vec<&Validation> = early.collect();
    let last = early.last()?;
    let trapezoid = |pair: &[&Validation]| {
        (pair[1].epoch - pair[0].epoch) * (pair[0].validation_loss + pair[1].validation_loss) / 2.0
    };
    let area: f64 = early.windows(2).map(trapezoid).sum();
    Some(area + (Metric::AREA_EPOCHS - last.epoch) * last.validation_loss)
}

/// The size of the first layer's gradient or update over the last layer's.
fn early_ratio(record: &RunRecord, size: impl Fn(&LayerProbe) -> Option<f64>) -> Option<f64> {
    let early_steps = Metric::EARLY_EPOCHS * record.spec.steps_per_epoch() as f64;
    let ratio = |probe: &Probe| {
        let (first, last) = (size(probe.layers.first()?)?, size(probe.layers.last()?)?);
        (first > 0.0 && last > 0.0).then(|| (first / last).ln())
    };
    let is_early = |probe: &&Probe| probe.step > 0 && probe.step as f64 <= early_steps;
    mean(record.probes.iter().filter(is_early).filter_map(ratio)).map(f64::exp)
}

/// Every hidden layer counts by its units.
fn saturated_units(record: &RunRecord) -> Option<f64> {
    let layers = &record.probes.last()?.layers;
    let units = &record.spec.model.hidden_units;
    let saturated = layers.iter().zip(units).filter_map(|(layer, &units)| Some(layer.saturated? * units as f64));
    let total: usize = units.iter().sum();
    (total > 0).then(|| saturated.sum::<f64>() / total as f64)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
