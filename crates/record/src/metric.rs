//! The values of a run's metrics.

use spec::{Metric, Series};

use crate::{LayerProbe, Probe, RunRecord, TestScores, Validation};

/// The value of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measured {
    /// This value.
    Exactly(f64),
    /// More than this value: the run ended before it reached the metric's level (a censored value).
    MoreThan(f64),
}

impl Measured {
    /// The value; none if it is only known to be more.
    #[must_use]
    pub fn exactly(self) -> Option<f64> {
        if let Self::Exactly(value) = self { Some(value) } else { None }
    }
}

/// How finely a metric is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Resolution {
    /// To the last digit.
    Fine,
    /// It only has multiples of this value: a share of some images, steps that are counted at validations.
    MultiplesOf(f64),
    /// It is read at validations this far apart, so that it lies up to this much below the recorded value.
    ReadEvery(f64),
}

impl Resolution {
    /// How far the value may lie below the recorded one.
    #[must_use]
    pub fn width(self) -> f64 {
        if let Self::ReadEvery(width) = self { width } else { 0.0 }
    }

    /// The smallest step between two values.
    #[must_use]
    pub fn grain(self) -> f64 {
        match self {
            Self::Fine => 0.0,
            Self::MultiplesOf(grain) | Self::ReadEvery(grain) => grain,
        }
    }
}

impl RunRecord {
    /// How finely a metric is measured.
    #[must_use]
    pub fn resolution(&self, metric: Metric) -> Resolution {
        let share_of = |images: usize| Resolution::MultiplesOf(1.0 / images as f64);
        let between_validations = self.spec.steps_per_validation() as f64;
        match metric {
            Metric::BestValidationAccuracy | Metric::LastValidationAccuracy | Metric::GeneralizationGap => {
                share_of(self.spec.data.validation_images)
            }
            Metric::BestTestAccuracy | Metric::LastTestAccuracy | Metric::Optimism => {
                share_of(self.spec.data.test_images)
            }
            Metric::LastTrainAccuracy => share_of(self.spec.data.train_images),
            Metric::Steps => Resolution::MultiplesOf(between_validations),
            Metric::StepsTo { .. } => Resolution::ReadEvery(between_validations),
            _ => Resolution::Fine,
        }
    }

    /// The value of a metric; none if the run was interrupted before it had one.
    #[must_use]
    pub fn measure(&self, metric: Metric) -> Option<Measured> {
        let last = |value: fn(&Validation) -> f64| self.history.last().map(value);
        let test = |value: fn(&TestScores) -> f64| self.test_scores().map(value);
        let validations = self.history.validations.iter();
        let highest = || validations.map(|v| v.validation_accuracy).reduce(f64::max);
        let value = match metric {
            Metric::BestValidationAccuracy => highest(),
            Metric::BestValidationLoss => self.history.best().map(|validation| validation.validation_loss),
            Metric::LastValidationAccuracy => last(|validation| validation.validation_accuracy),
            Metric::LastValidationLoss => last(|validation| validation.validation_loss),
            Metric::BestTestAccuracy => test(|test| test.best_accuracy),
            Metric::BestTestLoss => test(|test| test.best_loss),
            Metric::LastTestAccuracy => test(|test| test.last_accuracy),
            Metric::LastTestLoss => test(|test| test.last_loss),
            Metric::Optimism => highest().zip(test(|test| test.best_accuracy)).map(|(best, test)| best - test),
            Metric::LastTrainLoss => last(|validation| validation.train_loss),
            Metric::LastTrainAccuracy => last(|validation| validation.train_accuracy),
            Metric::Steps => Some(self.steps as f64),
            Metric::StepsTo { of, level } => return steps_until(self, of, level),
            Metric::EarlyTrainLoss { epochs } => early_train_loss(self, epochs),
            Metric::ValidationLossArea { epochs } => validation_loss_area(self, epochs),
            Metric::GeneralizationGap => last(|validation| validation.train_accuracy - validation.validation_accuracy),
            Metric::GradientRatio { epochs } => early_ratio(self, epochs, |layer| Some(layer.gradient_rms)),
            Metric::UpdateRatio { epochs } => early_ratio(self, epochs, |layer| layer.update_rms),
            Metric::SaturatedUnits => saturated_units(self),
        };
        value.map(Measured::Exactly)
    }
}

fn steps_until(record: &RunRecord, of: Series, level: f64) -> Option<Measured> {
    let has_come = |validation: &&Validation| match of {
        Series::ValidationAccuracy => validation.validation_accuracy >= level,
        Series::ValidationLoss => validation.validation_loss <= level,
        Series::TrainAccuracy => validation.train_accuracy >= level,
        Series::TrainLoss => validation.train_loss <= level,
    };
    let last = record.history.last()?;
    let first = record.history.validations.iter().find(has_come);
    Some(first.map_or(Measured::MoreThan(last.step as f64), |validation| Measured::Exactly(validation.step as f64)))
}

fn early_train_loss(record: &RunRecord, epochs: f64) -> Option<f64> {
    let is_early = |validation: &&Validation| validation.step > 0 && validation.epoch <= epochs;
    mean(record.history.validations.iter().filter(is_early).map(|validation| validation.train_loss))
}

fn validation_loss_area(record: &RunRecord, epochs: f64) -> Option<f64> {
    let early = record.history.validations.iter().filter(|validation| validation.epoch <= epochs);
    let early: Vec<&Validation> = early.collect();
    let last = early.last()?;
    let trapezoid = |pair: &[&Validation]| {
        (pair[1].epoch - pair[0].epoch) * (pair[0].validation_loss + pair[1].validation_loss) / 2.0
    };
    let area: f64 = early.windows(2).map(trapezoid).sum();
    Some(area + (epochs - last.epoch) * last.validation_loss)
}

/// The size of the first layer's gradient or update, divided by the last layer's.
fn early_ratio(record: &RunRecord, epochs: f64, size: impl Fn(&LayerProbe) -> Option<f64>) -> Option<f64> {
    let early_steps = epochs * record.spec.steps_per_epoch() as f64;
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
