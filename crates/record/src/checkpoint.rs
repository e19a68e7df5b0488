//! `Checkpoint`: the state of a training, from which it resumes as if it had never stopped.

mod bytes;

use std::time::Duration;

use mlp::{ImageShape, OptimizerState, ParameterShape, Tensors};
use serde::{Deserialize, Serialize};
use spec::ExperimentSpec;

use crate::History;
pub(crate) use bytes::Metadata;

/// The state of a training: all that it needs to resume bit for bit.
///
/// The number of steps gives the position in the shuffle, because the order of the images depends only on seed and epoch; the
/// count of early stopping follows from the validations. Its JSON lacks the history and all tensors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingState {
    /// Losses, validations and probes.
    #[serde(skip)]
    pub history: History,
    /// The current weights.
    #[serde(skip)]
    pub last: Tensors,
    /// The optimizer's state; empty before the first step.
    #[serde(flatten)]
    pub optimizer: OptimizerState,
    /// The weights at the lowest validation loss; none before the first validation.
    #[serde(skip)]
    pub best: Option<Tensors>,
    /// Wall time so far, validations included; for a resumed training, the sum over its parts.
    pub wall: Duration,
    /// Processor time so far.
    pub cpu: Duration,
}

/// The state of a training, and the run that it belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Identity of the run.
    pub id: String,
    /// Name of the experiment.
    pub experiment: String,
    /// Seed of the run.
    pub seed: u64,
    /// Equal for runs with the same settings and seeds, whatever dataset and backend; empty in files that are older than this
    /// entry.
    #[serde(default)]
    pub settings: String,
    /// When it started, UTC, RFC 3339.
    pub started_at: String,
    /// The vector instructions that computed it, as in its record; none in files that are older than this entry.
    #[serde(default)]
    pub instructions: Vec<String>,
    /// The state.
    #[serde(flatten)]
    pub state: TrainingState,
}

/// The run that a checkpoint must belong to.
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

    /// The optimizer's values with these names, for every parameter; none before the first step.
    fn kept(&self, names: &[&str], steps: usize) -> Vec<ParameterShape> {
        let of = |parameter: ParameterShape| {
            let name = |what: &&str| format!("{}.{what}", parameter.name);
            names.iter().map(|what| ParameterShape { name: name(what), ..parameter.clone() }).collect::<Vec<_>>()
        };
        if steps == 0 { Vec::new() } else { self.weights().into_iter().flat_map(of).collect() }
    }
}
