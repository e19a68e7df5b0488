//! `Journal`: what a training leaves behind as it goes, losses, validations, best weights, why it stopped.

use mlp::MlpWeights;
use record::{LayerProbe, Probe, StopReason, TrainingState, Validation};

use crate::{Classifier, Scores};

/// What a training leaves behind.
#[derive(Default)]
pub(crate) struct Journal {
    /// Loss of every step's batch before its update.
    pub(crate) step_losses: Vec<f32>,
    /// All validations, the one before the first step included.
    pub(crate) validations: Vec<Validation>,
    /// A look into the network at every validation.
    pub(crate) probes: Vec<Probe>,
    /// The network at the lowest validation loss.
    pub(crate) best: Option<Classifier>,
    /// Why it stopped, and where it stood then.
    pub(crate) end: Option<(StopReason, TrainingState)>,
    /// The error that stopped it.
    pub(crate) error: Option<String>,
}

impl Journal {
    /// The journal of a training that goes on.
    pub(crate) fn resumed(state: &TrainingState, network: impl FnOnce(&MlpWeights) -> Classifier) -> Self {
        Self {
            step_losses: state.step_losses.clone(),
            validations: state.validations.clone(),
            probes: state.probes.clone(),
            best: state.best.as_ref().map(network),
            ..Self::default()
        }
    }

    /// Mean loss of the last `count` steps up to a step; not a number when there was none.
    pub(crate) fn mean_of_losses(&self, step: usize, count: usize) -> f64 {
        let losses = &self.step_losses[step.saturating_sub(count)..step];
        losses.iter().copied().map(f64::from).sum::<f64>() / losses.len() as f64
    }

    /// Takes a validation in, and the network if its validation loss is a new lowest.
    pub(crate) fn add_validation(
        &mut self,
        epoch: f64,
        train: Scores,
        validation: Scores,
        network: Classifier,
        layers: Vec<LayerProbe>,
    ) {
        self.probes.push(Probe { step: self.step_losses.len(), layers });
        let lowest = self.validations.iter().map(|v| v.validation_loss).fold(f64::INFINITY, f64::min);
        if validation.loss < lowest {
            self.best = Some(network);
        }
        self.validations.push(Validation {
            step: self.step_losses.len(),
            epoch,
            validation_loss: validation.loss,
            validation_accuracy: validation.accuracy.unwrap_or(f64::NAN),
            train_loss: train.loss,
            train_accuracy: train.accuracy.unwrap_or(f64::NAN),
        });
    }
}
