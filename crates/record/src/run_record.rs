//! `RunRecord`: everything that is known of one training. Plain data; figures and reports read nothing else.

use mlp::LayerProbe;
use serde::{Deserialize, Serialize};

use crate::ExperimentSpec;

/// The dataset of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetInfo {
    /// Name as on the command line: `mnist`, `made-up`.
    pub name: String,
    /// Name for people: `MNIST`, `made-up digits`.
    pub title: String,
    /// SHA-256 over the unpacked bytes of its files, hexadecimal.
    pub digest: String,
    /// Mean of the training pixels that were used, 0 to 255.
    pub pixel_mean: f64,
    /// Standard deviation of the training pixels that were used.
    pub pixel_std: f64,
}

/// What computed a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendInfo {
    /// Burn's backend: `flex`, `ndarray`, `wgpu`, `cuda`.
    pub name: String,
    /// The device as the backend describes it.
    pub device: String,
}

/// Versions of what computed a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeInfo {
    /// Version of this program.
    pub version: String,
    /// Version of Burn.
    pub burn: String,
    /// Commit of this program, with `-dirty` when the tree had changes; none outside a checkout.
    pub git_commit: Option<String>,
    /// Version of the numerics: raised with every change that moves a curve.
    pub numerics: u32,
}

/// The machine of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostInfo {
    /// Host name.
    pub name: String,
    /// Operating system and architecture: `linux x86_64`.
    pub system: String,
    /// Processor.
    pub processor: String,
    /// Logical cores.
    pub cores: usize,
}

/// Loss and accuracy on both sets at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// Steps taken before it.
    pub step: usize,
    /// Epochs taken before it, fractions included.
    pub epoch: f64,
    /// Mean cross-entropy on the validation images, natural logarithm.
    pub validation_loss: f64,
    /// Share of the validation images that are classified right.
    pub validation_accuracy: f64,
    /// Mean cross-entropy on all training images.
    pub train_loss: f64,
    /// Share of the training images that are classified right.
    pub train_accuracy: f64,
}

/// A look into the network at a validation, on the same few training images every time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// Steps taken before it.
    pub step: usize,
    /// Every layer, first to last.
    pub layers: Vec<LayerProbe>,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// No new lowest validation loss for as many validations as the spec is patient.
    EarlyStopping,
    /// All epochs are done.
    MaxEpochs,
    /// The user or the system asked for it; the run is not finished and goes on when it is asked for again.
    Interrupted,
    /// The loss is not a finite number any more.
    Diverged,
}

impl StopReason {
    /// Whether a run that ended so is never trained again.
    #[must_use]
    pub fn is_finished(self) -> bool {
        self != Self::Interrupted
    }

    /// Whether a run that ended so went to its end: by early stopping or after the last epoch.
    #[must_use]
    pub fn is_complete(self) -> bool {
        matches!(self, Self::EarlyStopping | Self::MaxEpochs)
    }
}

/// Everything that is known of one training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Version of this format.
    pub format: u32,
    /// Identity: a hash of everything that can move the curve, hexadecimal.
    pub id: String,
    /// The experiment, resolved.
    pub spec: ExperimentSpec,
    /// Overrides that were given to the declared file, `model.hidden_units=[16]`.
    pub overrides: Vec<String>,
    /// Seed of the initial weights and of the batch order.
    pub seed: u64,
    /// The dataset.
    pub dataset: DatasetInfo,
    /// What computed it.
    pub backend: BackendInfo,
    /// Versions.
    pub code: CodeInfo,
    /// The machine.
    pub host: HostInfo,
    /// Weights and biases of the network.
    pub parameters: usize,
    /// Why it ended.
    pub stop_reason: StopReason,
    /// Steps taken.
    pub steps: usize,
    /// When it started, UTC, RFC 3339.
    pub started_at: String,
    /// Wall time of the training, validations included, seconds.
    pub wall_seconds: f64,
    /// Processor time of the process during the training, seconds.
    pub cpu_seconds: f64,
    /// All validations, the one before the first step included; every value is finite.
    pub validations: Vec<Validation>,
    /// Mean cross-entropy of every step's batch before its update; kept in `steps.csv`, not in `record.json`.
    #[serde(skip)]
    pub step_losses: Vec<f32>,
    /// A look into the network at every validation; kept in `probes.csv`, not in `record.json`.
    #[serde(skip)]
    pub probes: Vec<Probe>,
}

impl RunRecord {
    /// The version of the format that this program writes and reads.
    pub const FORMAT: u32 = 2;

    /// The validation of the last weights; none when a run was stopped before its first.
    #[must_use]
    pub fn last(&self) -> Option<&Validation> {
        self.validations.last()
    }

    /// The first validation with the lowest validation loss.
    #[must_use]
    pub fn best(&self) -> Option<&Validation> {
        self.validations
            .iter()
            .reduce(|best, next| if next.validation_loss < best.validation_loss { next } else { best })
    }
}
