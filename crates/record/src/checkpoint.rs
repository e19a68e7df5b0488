//! `Checkpoint`: where a training stands, so that it resumes as if it had never stopped.

mod bytes;

use std::time::Duration;

use mlp::{ImageShape, OptimizerState, ParameterShape, Tensors};
use spec::ExperimentSpec;

use crate::History;
pub(crate) use bytes::CheckpointInfo;

/// Where a training stands: all it takes to resume bit for bit.
///
/// The position in the shuffle is the number of steps, for the order of the images is a function of seed and epoch; what
/// early stopping has counted follows from the validations.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingState {
    /// Losses, validations and probes.
    pub history: History,
    /// The weights now.
    pub last: Tensors,
    /// What the optimizer remembers; empty before the first step.
    pub optimizer: OptimizerState,
    /// The weights at the lowest validation loss; none without a validation.
    pub best: Option<Tensors>,
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
    /// Shape of its images.
    pub shape: ImageShape,
}

impl RunKey<'_> {
    fn weights(&self) -> Vec<ParameterShape> {
        self.spec.model.shapes(self.shape)
    }

    /// What the optimizer keeps under these names of every parameter; nothing before the first step.
    fn kept(&self, names: &[&str], steps: usize) -> Vec<ParameterShape> {
        let of = |parameter: ParameterShape| {
            let name = |what: &&str| format!("{}.{what}", parameter.name);
            names.iter().map(|what| ParameterShape { name: name(what), ..parameter.clone() }).collect::<Vec<_>>()
        };
        if steps == 0 { Vec::new() } else { self.weights().into_iter().flat_map(of).collect() }
    }
}
