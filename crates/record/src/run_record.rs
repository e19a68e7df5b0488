//! `RunRecord`: everything that is known of one training. Plain data; figures and reports read nothing else.

use mlp::{ImageShape, Layer};
use serde::{Deserialize, Serialize};
use spec::ExperimentSpec;

use crate::{History, Predictions};

/// The dataset of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetInfo {
    /// Name as on the command line: `mnist`, `made-up`.
    pub name: String,
    /// Name for people: `MNIST`, `made-up digits`.
    pub title: String,
    /// SHA-256 over the unpacked bytes of its files, hexadecimal.
    pub digest: String,
    /// Size of its images and number of its classes.
    pub shape: ImageShape,
    /// Mean of the training pixels that were used, 0 to 255.
    pub pixel_mean: f64,
    /// Standard deviation of the training pixels that were used.
    pub pixel_std: f64,
}

impl DatasetInfo {
    /// Whether its images are drawn by the program.
    #[must_use]
    pub fn is_made_up(&self) -> bool {
        self.name == "made-up"
    }
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

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// No new lowest validation loss for as many validations as the spec is patient.
    EarlyStopping,
    /// All epochs are done.
    MaxEpochs,
    /// The user or the system stopped it; the run is not finished and resumes when it is asked for again.
    Interrupted,
    /// The loss became NaN or infinite.
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
    /// Losses, validations and probes; its JSON is the validations, which are all finite.
    #[serde(rename = "validations")]
    pub history: History,
    /// What the best network says of the validation images, kept in `predictions.json`; records of before format 3 and of
    /// runs that were stopped have none.
    #[serde(skip)]
    pub predictions: Option<Predictions>,
}

impl RunRecord {
    /// The version of the format that this program writes; it reads the one before it, too.
    pub const FORMAT: u32 = 3;

    /// The layers of its network that have weights, first to last.
    #[must_use]
    pub fn layers(&self) -> Vec<Layer> {
        self.spec.model.layers(self.dataset.shape)
    }
}
