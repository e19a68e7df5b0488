//! `Checkpoint`: where a training stands, so that it goes on as if nothing had happened.

mod bytes;
#[cfg(test)]
mod tests;

use std::time::Duration;

use mlp::MlpWeights;

use crate::{ExperimentSpec, Probe, Validation};

/// Where a training stands: all it takes to go on bit for bit.
///
/// The position in the shuffle is the number of steps, for the order of the images is a function of seed and epoch; what
/// early stopping has counted follows from the validations.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingState {
    /// Mean cross-entropy of every step's batch before its update.
    pub step_losses: Vec<f32>,
    /// All validations, the one before the first step included.
    pub validations: Vec<Validation>,
    /// A look into the network at every validation.
    pub probes: Vec<Probe>,
    /// The weights now.
    pub last: MlpWeights,
    /// The velocity of every weight, in the shape of the weights; none without momentum and before the first step.
    pub velocity: Option<MlpWeights>,
    /// The weights at the lowest validation loss; none without a validation.
    pub best: Option<MlpWeights>,
    /// Wall time so far, validations included; of a training that was resumed, that of all its parts.
    pub wall: Duration,
    /// Processor time so far.
    pub cpu: Duration,
}

/// A state, and whose it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Identity of the run.
    pub id: String,
    /// Name of the experiment that it was trained for.
    pub experiment: String,
    /// Seed of the run.
    pub seed: u64,
    /// When it started, UTC, RFC 3339.
    pub started_at: String,
    /// Where it stands.
    pub state: TrainingState,
}

/// The run that a checkpoint has to be of.
#[derive(Debug, Clone, Copy)]
pub struct RunKey<'a> {
    /// Identity of the run.
    pub id: &'a str,
    /// The experiment.
    pub spec: &'a ExperimentSpec,
    /// The seed.
    pub seed: u64,
}

/// What a checkpoint says of its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) experiment: String,
    pub(crate) seed: u64,
    pub(crate) steps: usize,
}
