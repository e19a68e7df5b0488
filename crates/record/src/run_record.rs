//! `RunRecord`: the result of a training. Plain data, and all that figures and reports read.

use mlp::{ImageShape, Layer};
use serde::{Deserialize, Serialize};
use spec::{ExperimentSpec, RunSeeds};

use crate::{History, Predictions, RunStore, TestScores};

/// The dataset of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetInfo {
    /// Name as on the command line: `mnist`, `made-up`.
    pub name: String,
    /// Title: `MNIST`, `made-up digits`.
    pub title: String,
    /// SHA-256 over the unpacked bytes of its files, hexadecimal.
    pub digest: String,
    /// Size of its images and number of its classes.
    pub shape: ImageShape,
    /// Mean of the pixels of the training images in use, 0 to 255.
    pub pixel_mean: f64,
    /// Standard deviation of these pixels.
    pub pixel_std: f64,
}

impl DatasetInfo {
    /// Whether the program draws the images.
    #[must_use]
    pub fn is_made_up(&self) -> bool {
        self.name == "made-up"
    }
}

/// The backend of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendInfo {
    /// Burn's backend: `flex`, `ndarray`, `wgpu`, `cuda`.
    pub name: String,
    /// The device as the backend describes it.
    pub device: String,
    /// The vector instructions that computed the run, on which its bits depend: `avx2`. More than one if the run was continued
    /// with others, in their order; none on a graphics processor, and in records that are older than this entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instructions: Vec<String>,
}

/// Versions of the program of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeInfo {
    /// Version of this program.
    pub version: String,
    /// Version of Burn.
    pub burn: String,
    /// Commit of this program, with `-dirty` if the working tree had changes; none if it was built outside a checkout.
    pub git_commit: Option<String>,
    /// Version of the numerics; every change that moves a curve raises it.
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
    /// The lowest validation loss is `patience_validations` validations old.
    EarlyStopping,
    /// All epochs are done.
    MaxEpochs,
    /// The user or the system stopped it; the same command resumes it.
    Interrupted,
    /// The loss became NaN or infinite.
    Diverged,
}

impl StopReason {
    /// Whether the run is finished, so that it is never trained again.
    #[must_use]
    pub fn is_finished(self) -> bool {
        self != Self::Interrupted
    }

    /// Whether the run is complete: it ended by early stopping or after the last epoch.
    #[must_use]
    pub fn is_complete(self) -> bool {
        matches!(self, Self::EarlyStopping | Self::MaxEpochs)
    }
}

/// The result of a training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Version of this format.
    pub format: u32,
    /// Identity: a hash of everything that can move the curve, hexadecimal.
    pub id: String,
    /// The experiment, with overrides applied.
    pub spec: ExperimentSpec,
    /// The overrides: `model.hidden_units=[16]`.
    pub overrides: Vec<String>,
    /// Seed of the initial weights and of the batch order.
    pub seed: u64,
    /// Seed of the batch order, if it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_seed: Option<u64>,
    /// The dataset.
    pub dataset: DatasetInfo,
    /// The backend.
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
    /// Scores on the test images; none if its experiment lacks test images, and until it is scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<TestScores>,
    /// Losses, validations and probes; only the validations, which are finite, are in the JSON.
    #[serde(rename = "validations")]
    pub history: History,
    /// Predictions of the best network for the validation images, saved in `predictions.json`; none for interrupted runs and in
    /// formats before 3.
    #[serde(skip)]
    pub predictions: Option<Predictions>,
}

impl RunRecord {
    /// The format that this program writes; it also reads the previous one.
    pub const FORMAT: u32 = 3;

    /// The name of its folder: `task3c-seed1-4c6962b57eafbc59`.
    #[must_use]
    pub fn folder_name(&self) -> String {
        RunStore::folder_name(&self.spec.name, self.seed, &self.id)
    }

    /// Its two seeds.
    #[must_use]
    pub fn seeds(&self) -> RunSeeds {
        RunSeeds::new(self.seed, self.order_seed)
    }

    /// The run as it was after this number of validations, the one before the first step not counted.
    #[must_use]
    pub fn until(&self, validations: usize) -> Self {
        let steps = self.history.validations.get(validations).map_or(self.steps, |at| at.step);
        Self { history: self.history.until(validations, steps), steps, ..self.clone() }
    }

    /// The layers with weights of its network, first to last.
    #[must_use]
    pub fn layers(&self) -> Vec<Layer> {
        self.spec.model.layers(self.dataset.shape)
    }
}
