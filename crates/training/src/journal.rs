//! `Journal`: the record that a training keeps: its history, the best network, why it stopped.

use mlp::{LayerProbe, Network, Tensors};
use record::{History, Probe, StopReason, TrainingState, Validation};

use crate::Scores;

/// Steps whose mean loss is a point of the training curve in the dashboard.
const STEPS_PER_POINT: usize = 25;

/// The record that a training keeps.
#[derive(Default)]
pub(crate) struct Journal {
    /// Losses, validations and probes.
    pub(crate) history: History,
    /// The network at the lowest validation loss.
    pub(crate) best: Option<Network>,
    /// Why it stopped, and its state then.
    pub(crate) end: Option<(StopReason, TrainingState)>,
    /// The error that stopped it.
    pub(crate) error: Option<String>,
}

impl Journal {
    /// The journal of a training that is resumed.
    pub(crate) fn resumed(state: &TrainingState, network: impl FnOnce(&Tensors) -> Network) -> Self {
        Self { history: state.history.clone(), best: state.best.as_ref().map(network), ..Self::default() }
    }

    /// Steps taken.
    pub(crate) fn steps(&self) -> usize {
        self.history.step_losses.len()
    }

    /// The point of the training curve at a step: the mean loss of the last steps up to it; NaN before the first.
    pub(crate) fn mean_loss_at(&self, step: usize) -> f64 {
        let losses = &self.history.step_losses[step.saturating_sub(STEPS_PER_POINT)..step];
        losses.iter().copied().map(f64::from).sum::<f64>() / losses.len() as f64
    }

    /// Adds a validation, and keeps the network if its validation loss is the lowest so far.
    pub(crate) fn add_validation(
        &mut self,
        epoch: f64,
        train: Scores,
        validation: Scores,
        network: Network,
        layers: Vec<LayerProbe>,
    ) {
        let step = self.steps();
        let History { validations, probes, .. } = &mut self.history;
        probes.push(Probe { step, layers });
        let lowest = validations.iter().map(|v| v.validation_loss).fold(f64::INFINITY, f64::min);
        if validation.loss < lowest {
            self.best = Some(network);
        }
        validations.push(Validation {
            step,
            epoch,
            validation_loss: validation.loss,
            validation_accuracy: validation.accuracy.unwrap_or(f64::NAN),
            train_loss: train.loss,
            train_accuracy: train.accuracy.unwrap_or(f64::NAN),
        });
    }
}
