//! `MistakeSpec`: a declared mistake that people make when they write an experiment themselves.

use std::path::Path;

use mlp::values::Checked;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::declared::file::DeclaredFile;
use crate::door::Keyed;
use crate::{DeclaredError, Override, SpecError, explain, name, text};

/// A mistake in an experiment: settings that are wrong, or a slip in the code.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["set"] }, { "required": ["slip"] }]))]
pub struct MistakeSpec {
    /// Name of the file without its ending.
    #[serde(with = "Checked::<name::Name>")]
    pub name: String,
    /// Its name in tables.
    #[serde(with = "Checked::<text::Line<60>>")]
    pub title: String,
    /// What it is and what it does to a curve, in a sentence or two.
    #[serde(with = "Checked::<text::Line<300>>")]
    pub explains: String,
    /// How to find it in one's own program.
    #[serde(with = "Checked::<text::Line<300>>")]
    pub look: String,
    /// The settings that are wrong, as `--set` takes them.
    #[serde(default)]
    pub set: Vec<String>,
    /// The slip, if no setting expresses the mistake.
    #[serde(default)]
    #[schemars(with = "Slip")]
    pub slip: Option<Slip>,
}

/// A mistake in the code of a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Slip {
    /// The pixels are divided by 255.
    #[serde(rename = "pixels_by_255")]
    PixelsBy255,
    /// Training and validation images are each normalised with their own mean and standard deviation.
    EverySetByItself,
    /// Mean and standard deviation are those of all images of the training set, not of those in use.
    MeanOfAllImages,
    /// The images are shuffled, their labels are not.
    ImagesWithoutLabels,
    /// The standard deviation of the initial weights is `1 / fan_in`, which is the square of the right one.
    SmallWeights,
    /// The output layer has sigmoids instead of the softmax.
    SigmoidOutput,
    /// The gradient is the sum over the batch.
    GradientSum,
    /// The derivative of the activation is that of the sigmoid, `y (1 - y)`.
    SigmoidDerivative,
    /// The derivative of the activation is left out.
    NoDerivative,
    /// The derivative of the improved sigmoid lacks its factor 2/3.
    MissingTwoThirds,
    /// The output layer is updated before its weights carry the error back.
    UpdatedWeightsBackward,
    /// Momentum with a dampening of 0.1: `v = 0.9 g + momentum v`.
    Dampening,
    /// The velocity is an average: `v = (1 - momentum) g + momentum v`.
    AveragedVelocity,
    /// The validation images are training images.
    ValidationOnTraining,
}

impl MistakeSpec {
    /// The mistake that a file declares.
    ///
    /// # Errors
    /// It cannot be read, is not TOML, or breaks a rule.
    pub fn read(path: &Path) -> Result<Self, DeclaredError> {
        DeclaredFile::read(path, &[])?.mistake()
    }

    /// The mistake of a JSON value.
    ///
    /// # Errors
    /// A key is missing or unknown, a value is not valid, or there is neither a slip nor a setting, or both.
    pub(crate) fn from_value(value: &Value) -> Result<Self, SpecError> {
        let mistake = explain::read(value, |value| Self::deserialize(Keyed::root(value)))?;
        if mistake.slip.is_some() != mistake.set.is_empty() {
            let sentence = "a mistake has either `set`, the wrong settings, or `slip`, one in the code".to_owned();
            return Err(SpecError::rule(&["set"], sentence));
        }
        mistake
            .overrides()
            .map_err(|error| SpecError::rule(&["set"], format!("`set` has a wrong setting: {error}")))?;
        Ok(mistake)
    }

    /// The wrong settings.
    ///
    /// # Errors
    /// One is not of the form `key=value`, which reading a mistake rules out.
    pub fn overrides(&self) -> Result<Vec<Override>, DeclaredError> {
        self.set.iter().map(|text| text.parse()).collect()
    }
}
