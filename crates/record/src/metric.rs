//! The values of a run's metrics.

use spec::Metric;

use crate::{LayerProbe, Probe, RunRecord, Validation};

/// The value of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measured {
    /// This value.
    Exactly(f64),
    /// More than this value: the run ended before it reached the metric's level (a censored value).
    MoreThan(f64),
}

impl RunRecord {
    /// The value of a metric; none if the run was interrupted before it had one.
    #[must_use]
    pub fn measure(&self, metric: Metric) -> Option<Measured> {
        let last = |value: fn(&Validation) -> f64| self.history.last().map(value);
        let validations = self.history.validations.iter();
        let value = match metric {
            Metric::BestValidationAccuracy => validations.map(|v| v.validation_accuracy).reduce(f64::max),
            Metric::BestValidationLoss => self.history.best().map(|validation| validation.validation_loss),
            Metric::LastValidationAccuracy => last(|validation| validation.validation_accuracy),
            Metric::LastValidationLoss => last(|validation| validation.validation_loss),
            Metric::LastTrainLoss => last(|validation| validation.train_loss),
            Metric::LastTrainAccuracy => last(|validation| validation.train_accuracy),
            Metric::Steps => Some(self.steps as f64),
            Metric::StepsTo90PercentAccuracy => return steps_until(self, |v| v.validation_accuracy >= 0.9),
            Metric::StepsTo95PercentAccuracy => return steps_until(self, |v| v.validation_accuracy >= 0.95),
            Metric::StepsToTrainLoss => return steps_until(self, |v| v.train_loss <= Metric::TRAIN_LOSS_LEVEL),
            Metric::EarlyTrainLoss => early_train_loss(self),
            Metric::ValidationLossArea => validation_loss_area(self),
            Metric::GeneralizationGap => last(|validation| validation.train_accuracy - validation.validation_accuracy),
            Metric::GradientRatio => early_ratio(self, |layer| Some(layer.gradient_rms)),
            Metric::UpdateRatio => early_ratio(self, |layer| layer.update_rms),
            Metric::SaturatedUnits => saturated_units(self),
        };
        value.map(Measured::Exactly)
    }
}

fn steps_until(record: &RunRecord, has_come: impl Fn(&Validation) -> bool) -> Option<Measured> {
    let last = record.history.last()?;
    let first = record.history.validations.iter().find(|validation| has_come(validation));
    Some(first.map_or(Measured::MoreThan(last.step as f64), |validation| Measured::Exactly(validation.step as f64)))
}

fn early_train_loss(record: &RunRecord) -> Option<f64> {
    let is_early = |validation: &&Validation| validation.step > 0 && validation.epoch <= Metric::EARLY_EPOCHS;
    mean(record.history.validations.iter().filter(is_early).map(|validation| validation.train_loss))
}

fn validation_loss_area(record: &RunRecord) -> Option<f64> {
    let early = record.history.validations.iter().filter(|validation| validation.epoch <= Metric::AREA_EPOCHS);
    let early: Vec<&Validation> = early.collect();
    let last = early.last()?;
    let trapezoid = |pair: &[&Validation]| {
        (pair[1].epoch - pair[0].epoch) * (pair[0].validation_loss + pair[1].validation_loss) / 2.0
    };
    let area: f64 = early.windows(2).map(trapezoid).sum();
    Some(area + (Metric::AREA_EPOCHS - last.epoch) * last.validation_loss)
}

/// The size of the first layer's gradient or update, divided by the last layer's.
fn early_ratio(record: &RunRecord, size: impl Fn(&LayerProbe) -> Option<f64>) -> Option<f64> {
    let early_steps = Metric::EARLY_EPOCHS * record.spec.steps_per_epoch() as f64;
    let ratio = |probe: &Probe| {
        let (first, last) = (size(probe.layers.first()?)?, size(probe.layers.last()?)?);
        (first > 0.0 && last > 0.0).then(|| (first / last).ln())
    };
    let is_early = |probe: &&Probe| probe.step > 0 && probe.step as f64 <= early_steps;
    mean(record.history.probes.iter().filter(is_early).filter_map(ratio)).map(f64::exp)
}

/// Mean over the hidden layers, weighted by their number of activations.
fn saturated_units(record: &RunRecord) -> Option<f64> {
    let (probes, layers) = (&record.history.probes.last()?.layers, record.layers());
    let total: usize = layers.iter().map(|layer| layer.n_activations).sum();
    let saturated =
        probes.iter().zip(&layers).filter_map(|(probe, layer)| Some(probe.saturated? * layer.n_activations as f64));
    (total > 0).then(|| saturated.sum::<f64>() / total as f64)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
