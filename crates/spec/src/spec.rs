//! `ExperimentSpec`: a valid experiment. Other code takes only this type, so it never checks an experiment again.

use mlp::values::{Checked, Count, Optional};
use mlp::{NetworkConfig, OptimizerConfig};
use schemars::JsonSchema;
use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::door::Keyed;
use crate::{Claim, SpecError, explain, kind, name, rules, text};

/// How pixels (0 to 255) become inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PixelScaling {
    /// `(pixel - mean) / std`, with a single mean and standard deviation over all training images.
    TrainMeanStd,
    /// The pixels as they are.
    None,
}

/// The images of a run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataSpec {
    /// Training images: the first N of the training set.
    #[serde(with = "Checked::<Count<1, 60_000>>")]
    pub train_images: usize,
    /// Validation images: the first N of the test set.
    #[serde(with = "Checked::<Count<1, 10_000>>")]
    pub validation_images: usize,
    /// Test images: the last N of the training set, which no training, validation or choice sees; 0 for none. They do not move
    /// the curve, so they do not count in a run's identity.
    #[serde(default, skip_serializing_if = "is_zero", with = "Checked::<Count<0, 59_999>>")]
    pub test_images: usize,
    /// How pixels become inputs.
    pub pixel_scaling: PixelScaling,
}

impl DataSpec {
    /// Whether training and validation see the same images; the test images may differ.
    #[must_use]
    pub fn trains_like(&self, other: &Self) -> bool {
        Self { test_images: other.test_images, ..self.clone() } == *other
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Order of the training images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shuffle {
    /// A new permutation every epoch, which depends on the seed and the epoch.
    EveryEpoch,
    /// The order of the files in every epoch.
    Never,
}

/// Length of a training and its validations.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrainingSpec {
    /// Images per step; the incomplete batch at the end of an epoch is dropped.
    #[serde(with = "Checked::<Count<1, 60_000>>")]
    pub batch_size: usize,
    /// Order of the training images.
    pub shuffle: Shuffle,
    /// The training ends after this epoch at the latest.
    #[serde(with = "Checked::<Count<1, 10_000>>")]
    pub max_epochs: usize,
    /// Validations per epoch, evenly spaced; one more precedes the first step.
    #[serde(with = "Checked::<Count<1, 60_000>>")]
    pub validations_per_epoch: usize,
    /// Early stopping: the training ends after this number of validations in a row without a new lowest validation loss.
    #[serde(with = "Checked::<Count<1, 1_000_000>>")]
    pub patience_validations: usize,
}

/// How often a run saves a checkpoint. This does not move the curve, so it does not count in a run's identity.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckpointSpec {
    /// Validations between two checkpoints.
    #[serde(with = "Checked::<Count<1, 100_000>>")]
    pub every_validations: usize,
}

impl Default for CheckpointSpec {
    /// Every two epochs in the report's experiments: a few tenths of a second, of which a checkpoint takes 1 %.
    fn default() -> Self {
        Self { every_validations: 10 }
    }
}

/// A valid experiment: reading it from any format checks its values and the rules across them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ExperimentSpec {
    /// Name of the file without its ending: `task4e`.
    #[serde(with = "Checked::<name::Name>")]
    pub name: String,
    /// Its name in figures and tables.
    #[serde(with = "Checked::<text::Line<100>>")]
    pub title: String,
    /// Name of the experiment that it is compared with.
    #[serde(default, with = "Checked::<Optional<name::Name>>")]
    pub baseline: Option<String>,
    /// It is trained with the seeds from 1 to this number unless the command line names others; not part of a run's identity.
    #[serde(default = "one", with = "Checked::<Count<1, 1_000>>")]
    pub seeds: usize,
    /// The images.
    pub data: DataSpec,
    /// The network.
    #[serde(serialize_with = "kind::serialize")]
    pub model: NetworkConfig,
    /// The optimizer.
    #[serde(serialize_with = "kind::serialize")]
    pub optimizer: OptimizerConfig,
    /// Length and validations.
    pub training: TrainingSpec,
    /// How often it saves a checkpoint.
    #[serde(default)]
    pub checkpoint: CheckpointSpec,
    /// Statements of the report about it: tables `[[claim]]` in a file, `claims` in a record.
    #[serde(default, rename(deserialize = "claim"), alias = "claims")]
    #[schemars(length(max = rules::MOST_CLAIMS))]
    pub claims: Vec<Claim>,
}

pub(crate) fn one() -> usize {
    1
}

impl ExperimentSpec {
    /// A specification whose values are valid; the rules across them are not checked yet.
    pub(crate) fn members(value: &Value) -> Result<Self, SpecError> {
        Self::deserialize(Keyed::root(value))
    }

    /// The experiment of a JSON value, where tables with kinds are flat: `{"kind": "sgd", …}`.
    ///
    /// # Errors
    /// A key is missing or unknown, a value is not valid, or values do not fit together.
    pub fn from_value(value: &Value) -> Result<Self, SpecError> {
        let mut spec = explain::read(value, Self::members)?;
        rules::fill_in_against(&mut spec)?;
        rules::check(&spec)?;
        Ok(spec)
    }

    /// Whether another experiment has the same settings, which move the curve; names, titles, seeds, test images and claims may
    /// differ.
    #[must_use]
    pub fn has_settings_of(&self, other: &Self) -> bool {
        self.data.trains_like(&other.data)
            && (&self.model, &self.optimizer, &self.training) == (&other.model, &other.optimizer, &other.training)
    }

    /// The same experiment shortened to one epoch of a few steps and images, which its batches and validations fit.
    #[must_use]
    pub fn shortened(&self) -> Self {
        const MOST_VALIDATIONS: usize = 5;
        const MOST_STEPS_PER_VALIDATION: usize = 4;
        const MOST_IMAGES: usize = 500;
        let mut short = self.clone();
        let (data, training) = (&mut short.data, &mut short.training);
        training.max_epochs = 1;
        training.validations_per_epoch = training.validations_per_epoch.min(MOST_VALIDATIONS);
        let steps = training.validations_per_epoch * self.steps_per_validation().min(MOST_STEPS_PER_VALIDATION);
        data.train_images = training.batch_size * steps;
        data.validation_images = data.validation_images.min(MOST_IMAGES);
        data.test_images = data.test_images.min(MOST_IMAGES);
        short
    }

    /// Steps of one epoch: whole batches only.
    #[must_use]
    pub fn steps_per_epoch(&self) -> usize {
        self.data.train_images / self.training.batch_size
    }

    /// Training images that each epoch leaves out, because they do not fill a batch; with shuffling, others in every epoch.
    #[must_use]
    pub fn images_left_out(&self) -> usize {
        self.data.train_images % self.training.batch_size
    }

    /// Steps between two validations.
    #[must_use]
    pub fn steps_per_validation(&self) -> usize {
        self.steps_per_epoch() / self.training.validations_per_epoch
    }

    /// Steps of all epochs.
    #[must_use]
    pub fn max_steps(&self) -> usize {
        self.steps_per_epoch() * self.training.max_epochs
    }
}

impl Serialize for ExperimentSpec {
    fn serialize<S: Serializer>(&self, target: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, target)
    }
}

impl<'de> Deserialize<'de> for ExperimentSpec {
    /// Through the door, whatever the format: [`ExperimentSpec::from_value`].
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        Self::from_value(&Value::deserialize(source)?).map_err(D::Error::custom)
    }
}

/// Several experiments drawn together, for example those of task 3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparisonSpec {
    /// Name of the file without its ending: `task3`.
    #[serde(with = "Checked::<name::Name>")]
    pub name: String,
    /// Title of the figure.
    #[serde(with = "Checked::<text::Line<100>>")]
    pub title: String,
    /// Each is trained with the seeds from 1 to this number unless the command line names others.
    #[serde(default = "one", with = "Checked::<Count<1, 1_000>>")]
    pub seeds: usize,
    /// Names of the experiments, in the order of the legend.
    #[schemars(with = "Vec<Checked<name::Name>>", length(min = 1, max = rules::MOST_RUNS), extend("uniqueItems" = true))]
    pub runs: Vec<String>,
}

impl ComparisonSpec {
    pub(crate) fn from_value(value: &Value) -> Result<Self, SpecError> {
        let spec = explain::read(value, |value| Self::deserialize(Keyed::root(value)))?;
        rules::check_runs(&spec.runs)?;
        Ok(spec)
    }
}
