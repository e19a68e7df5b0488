//! A curve as a list of numbers that can be compared with those of other curves.

use spec::ExperimentSpec;

use crate::{Curve, Quantity, Replicate, TrainLoss};

/// The validations that are kept, as their numbers: three epochs of the report's experiments.
const VALIDATIONS: [usize; 9] = [0, 1, 2, 3, 4, 5, 8, 10, 15];
/// Losses are compared up to this; what is not finite counts as this.
const LARGEST_LOSS: f64 = 1e3;
/// Losses and shares of errors are compared down to these.
const SMALLEST: [f64; 2] = [1e-6, 1e-3];

/// The steps of the validations at which curves are compared.
pub(crate) fn validations(spec: &ExperimentSpec) -> Vec<usize> {
    let last = spec.training.max_epochs * spec.training.validations_per_epoch;
    VALIDATIONS.iter().filter(|&&at| at <= last).map(|at| at * spec.steps_per_validation()).collect()
}

/// Every quantity at every validation, on a scale on which seeds scatter equally; `None` where the curve lacks it.
pub(crate) fn features(curve: &Curve, spec: &ExperimentSpec, train_loss: TrainLoss) -> Vec<Option<f64>> {
    let every = spec.steps_per_validation();
    let at = |step: usize| {
        Quantity::ALL
            .map(move |quantity| curve.at(quantity, step, every, train_loss).map(|value| quantity.scaled(value)))
    };
    validations(spec).into_iter().flat_map(at).collect()
}

impl Replicate {
    /// The same of a stored curve.
    pub(crate) fn features(&self, train_loss: TrainLoss) -> Vec<Option<f64>> {
        let of =
            |point| Quantity::ALL.map(|quantity| quantity.of(point, train_loss).map(|value| quantity.scaled(value)));
        self.points.iter().flat_map(|(_, point)| of(point)).collect()
    }
}

impl Quantity {
    /// The logarithm of a loss, the logarithm of the odds of an accuracy.
    #[must_use]
    pub fn scaled(self, value: f64) -> f64 {
        match self {
            Self::TrainLoss | Self::ValidationLoss if !value.is_finite() => LARGEST_LOSS.ln(),
            Self::TrainLoss | Self::ValidationLoss => value.clamp(SMALLEST[0], LARGEST_LOSS).ln(),
            Self::ValidationAccuracy => ((value + SMALLEST[1]) / (1.0 - value + SMALLEST[1])).ln(),
        }
    }

    /// The value of a number on that scale.
    #[must_use]
    pub fn unscaled(self, scaled: f64) -> f64 {
        match self {
            Self::TrainLoss | Self::ValidationLoss => scaled.exp(),
            Self::ValidationAccuracy => {
                let odds = scaled.exp();
                ((odds * (1.0 + SMALLEST[1]) - SMALLEST[1]) / (1.0 + odds)).clamp(0.0, 1.0)
            }
        }
    }
}
