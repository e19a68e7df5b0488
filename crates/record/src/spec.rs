//! `ExperimentSpec`: one experiment, resolved and valid. Only this type travels; nobody checks it again.

use mlp::MlpConfig;
use serde::{Deserialize, Serialize};

use crate::Claim;

/// How pixels (0 to 255) become inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PixelScaling {
    /// `(pixel - mean) / std`, with one scalar mean and standard deviation of the training images.
    TrainMeanStd,
    /// The pixels as they are.
    None,
}

/// Which images a run sees.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DataSpec {
    /// Training images: the first so many of the training set.
    pub train_images: usize,
    /// Validation images: the first so many of the test set.
    pub validation_images: usize,
    /// How pixels become inputs.
    pub pixel_scaling: PixelScaling,
}

/// Stochastic gradient descent: `v = g + momentum v; w -= learning_rate v`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OptimizerSpec {
    /// Step size, above 0.
    pub learning_rate: f64,
    /// Share of the last velocity that is kept, in `[0, 1)`; 0 is plain gradient descent.
    pub momentum: f64,
}

/// In which order a run sees its training images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shuffle {
    /// A new permutation every epoch, a function of the seed and the epoch.
    EveryEpoch,
    /// The order of the files, every epoch.
    Never,
}

/// How long a run trains and how often it is validated.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TrainingSpec {
    /// Images of one step; the last incomplete batch of an epoch is dropped.
    pub batch_size: usize,
    /// Order of the training images.
    pub shuffle: Shuffle,
    /// Epochs after which a run ends at the latest.
    pub max_epochs: usize,
    /// Validations in every epoch, evenly spaced; one more comes before the first step.
    pub validations_per_epoch: usize,
    /// Early stopping: validations in a row without a new lowest validation loss after which a run ends.
    pub patience_validations: usize,
}

/// How often a run saves where it stands. It moves no curve and is no part of a run's identity.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CheckpointSpec {
    /// Validations between two checkpoints.
    pub every_validations: usize,
}

impl Default for CheckpointSpec {
    /// Every two epochs of the report's: a few tenths of a second, of which a checkpoint takes a hundredth.
    fn default() -> Self {
        Self { every_validations: 10 }
    }
}

/// One experiment, resolved and valid: a value of this type needs no further check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExperimentSpec {
    /// Name of the file without its ending: `task4e`.
    pub name: String,
    /// What figures and tables call it.
    pub title: String,
    /// Name of the experiment it is compared with.
    pub baseline: Option<String>,
    /// Which images it sees.
    pub data: DataSpec,
    /// The network.
    pub model: MlpConfig,
    /// The optimizer.
    pub optimizer: OptimizerSpec,
    /// Length and validations.
    pub training: TrainingSpec,
    /// How often it saves where it stands; records of before there were checkpoints do not say.
    #[serde(default)]
    pub checkpoint: CheckpointSpec,
    /// Statements of the report about it.
    pub claims: Vec<Claim>,
}

impl ExperimentSpec {
    /// Steps of one epoch: whole batches only.
    #[must_use]
    pub fn steps_per_epoch(&self) -> usize {
        self.data.train_images / self.training.batch_size
    }

    /// Steps between two validations.
    #[must_use]
    pub fn steps_per_validation(&self) -> usize {
        self.steps_per_epoch() / self.training.validations_per_epoch
    }

    /// Steps after which the run ends at the latest.
    #[must_use]
    pub fn max_steps(&self) -> usize {
        self.steps_per_epoch() * self.training.max_epochs
    }
}

/// Several experiments drawn together, such as the ladder of task 3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonSpec {
    /// Name of the file without its ending: `task3`.
    pub name: String,
    /// What the figure is called.
    pub title: String,
    /// Seeds that each is trained with, unless the command says otherwise.
    pub seeds: usize,
    /// Names of the experiments, in the order of the legend.
    pub runs: Vec<String>,
}
