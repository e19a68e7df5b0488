//! `History`: the values of every step and validation. It is part of a training's state, its record and its checkpoints.

use mlp::{LayerProbe, recorded};
use serde::{Deserialize, Serialize};

recorded! {
    /// Loss and accuracy on both sets after some step.
    pub struct Validation {
        /// Steps taken before it.
        pub step: usize = Count,
        /// Epochs taken before it, fractions included.
        pub epoch: f64 = Epochs,
        /// Mean cross-entropy on the validation images, natural logarithm.
        pub validation_loss: f64 = Loss,
        /// Share of the validation images that are classified correctly.
        pub validation_accuracy: f64 = Share,
        /// Mean cross-entropy on all training images, natural logarithm.
        pub train_loss: f64 = Loss,
        /// Share of the training images that are classified correctly.
        pub train_accuracy: f64 = Share,
    }
}

/// Sizes of gradients, updates and weights at a validation, on the same training images every time.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// Steps taken before it.
    pub step: usize,
    /// Every layer with weights, first to last.
    pub layers: Vec<LayerProbe>,
}

/// Losses, validations and probes of a run. Its JSON is the list of validations; the rest is in tables.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct History {
    /// Mean cross-entropy of every step's batch, before the update; saved in `steps.csv`.
    #[serde(skip)]
    pub step_losses: Vec<f32>,
    /// All validations, including the one before the first step.
    pub validations: Vec<Validation>,
    /// A probe for every validation; saved in `probes.csv`.
    #[serde(skip)]
    pub probes: Vec<Probe>,
}

impl History {
    /// The last validation.
    #[must_use]
    pub fn last(&self) -> Option<&Validation> {
        self.validations.last()
    }

    /// Its part up to this validation, after which this number of steps had been taken.
    pub(crate) fn until(&self, validation: usize, steps: usize) -> Self {
        Self {
            step_losses: self.step_losses.iter().copied().take(steps).collect(),
            validations: self.validations.iter().take(validation + 1).copied().collect(),
            probes: self.probes.iter().take(validation + 1).cloned().collect(),
        }
    }

    /// What came after this number of steps and this number of validations.
    #[must_use]
    pub fn since(&self, steps: usize, validations: usize) -> Self {
        Self {
            step_losses: self.step_losses.iter().copied().skip(steps).collect(),
            validations: self.validations.iter().copied().skip(validations).collect(),
            probes: self.probes.iter().skip(validations).cloned().collect(),
        }
    }

    /// The first validation with the lowest validation loss.
    #[must_use]
    pub fn best(&self) -> Option<&Validation> {
        self.validations
            .iter()
            .reduce(|best, next| if next.validation_loss < best.validation_loss { next } else { best })
    }
}
