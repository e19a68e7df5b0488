//! Rules across keys. An error names every key of its rule, the likeliest culprit first.

use mlp::values::thousands;
use mlp::{ImageShape, Layer};
use serde_json::Value;

use crate::identity::plain;
use crate::{Claim, ExperimentSpec, Metric, Shuffle, SpecError, name, suggest, visible};

/// Each run is a line in a figure.
pub(crate) const MOST_RUNS: usize = 100;
/// All claims are tested together, and each one lowers the power of the others.
pub(crate) const MOST_CLAIMS: usize = 100;
/// A record keeps every step's loss and all validations.
const MOST_STEPS: usize = 10_000_000;
const MOST_VALIDATIONS: usize = 100_000;
const MOST_LAYERS: usize = 1_000;
const MOST_GIB: f64 = 32.0;
const GIB: f64 = (1_u64 << 30) as f64;
/// Numbers of a network are f32.
const NUMBER_BYTES: f64 = 4.0;
/// Numbers in memory per weight: the weight, its gradient, velocity, last and best value, and copies while they are saved.
/// Measured: 7.6 to 9.3 with 70 to 80 million weights.
const PER_WEIGHT: f64 = 8.0;
/// Numbers in memory per unit and image of a step: the unit's sum, activation and gradient.
const PER_UNIT: f64 = 3.0;
/// Training images of the largest dataset.
const MOST_IMAGES: usize = 60_000;
/// Images of a probe, the first ones of the training set: a few batches, 1 % of a run's time.
pub const PROBE_IMAGES: usize = 128;

const TRAIN_IMAGES: &str = "data.train_images";
const TEST_IMAGES: &str = "data.test_images";
const BATCH_SIZE: &str = "training.batch_size";
const SHUFFLE: &str = "training.shuffle";
const VALIDATIONS: &str = "training.validations_per_epoch";
const EPOCHS: &str = "training.max_epochs";

/// A claim that does not name an experiment to compare with is compared with the baseline.
pub(crate) fn fill_in_against(spec: &mut ExperimentSpec) -> Result<(), SpecError> {
    for (index, claim) in spec.claims.iter_mut().enumerate().filter(|(_, claim)| claim.against.is_empty()) {
        let missing = || {
            let key = format!("claim[{index}]");
            let hint = "add a `baseline` to the file, or `against = \"…\"` to the claim".to_owned();
            SpecError::rule(&[&key], format!("`{key}` names no experiment to compare with")).with_hint(hint)
        };
        claim.against = spec.baseline.clone().ok_or_else(missing)?;
    }
    Ok(())
}

/// The rules across the keys of an experiment, except its size, which depends on the images.
pub(crate) fn check(spec: &ExperimentSpec) -> Result<(), SpecError> {
    check_test_images(spec)?;
    check_batch(spec)?;
    check_validations(spec)?;
    check_length(spec)?;
    spec.claims.iter().enumerate().try_for_each(|(index, claim)| check_level(index, claim))?;
    require(spec.claims.len() <= MOST_CLAIMS, &[&format!("claim[{MOST_CLAIMS}]")], || {
        let count = thousands(spec.claims.len());
        format!("`claim` is a list of {count} statements, but {MOST_CLAIMS} is the limit")
    })
}

fn check_level(index: usize, claim: &Claim) -> Result<(), SpecError> {
    let Metric::StepsTo { of, level } = claim.metric else { return Ok(()) };
    let key = format!("claim[{index}].level");
    let is_possible = !of.is_accuracy() || level <= 1.0;
    let checked = require(is_possible, &[&key], || format!("`{key}` is {level}, but an accuracy is at most 1"));
    checked.map_err(|error| error.with_hint(format!("for {level} % write {}", level / 100.0)))
}

/// A rule: whether it holds, its keys, and the sentence if it does not.
fn require(holds: bool, keys: &[&str], sentence: impl FnOnce() -> String) -> Result<(), SpecError> {
    if holds { Ok(()) } else { Err(SpecError::rule(keys, sentence())) }
}

/// The test images come from the end of the training set, the training images from its beginning.
fn check_test_images(spec: &ExperimentSpec) -> Result<(), SpecError> {
    let [train, test] = [spec.data.train_images, spec.data.test_images];
    let rest = MOST_IMAGES - train;
    let checked = require(test <= rest, &[TEST_IMAGES, TRAIN_IMAGES], || {
        let [train, test, all] = [train, test, MOST_IMAGES].map(thousands);
        format!(
            "`{TEST_IMAGES}` is {test} and `{TRAIN_IMAGES}` is {train}, but both come from {all} images, and no image may be in \
             both sets"
        )
    });
    let hint = format!("for {} training images, at most {} test images are left", thousands(train), thousands(rest));
    checked.map_err(|error| error.with_hint(hint))
}

fn check_batch(spec: &ExperimentSpec) -> Result<(), SpecError> {
    let (batch_size, images) = (spec.training.batch_size, spec.data.train_images);
    require(batch_size <= images, &[BATCH_SIZE, TRAIN_IMAGES], || {
        let (batch_size, images) = (thousands(batch_size), thousands(images));
        format!("`{BATCH_SIZE}` is {batch_size}, but `{TRAIN_IMAGES}` is only {images}")
    })?;
    let left_out = spec.images_left_out();
    let is_seen = left_out == 0 || spec.training.shuffle == Shuffle::EveryEpoch;
    let keys = [BATCH_SIZE, TRAIN_IMAGES, SHUFFLE];
    let sentence = || {
        let [left_out, images, batch_size] = [left_out, images, batch_size].map(thousands);
        format!(
            "the last {left_out} of {images} training images do not fill a batch (`{BATCH_SIZE}` is {batch_size}), \
             and with `{SHUFFLE} = \"never\"` no epoch would train on them"
        )
    };
    let hint = format!("set `{TRAIN_IMAGES}` to {}, or let `{BATCH_SIZE}` divide it", thousands(images - left_out));
    require(is_seen, &keys, sentence).map_err(|error| error.with_hint(hint))
}

fn check_validations(spec: &ExperimentSpec) -> Result<(), SpecError> {
    let (steps, validations) = (spec.steps_per_epoch(), spec.training.validations_per_epoch);
    if steps.is_multiple_of(validations) {
        return Ok(());
    }
    let sentence = format!(
        "`{VALIDATIONS}` is {}, but must divide the {} steps of an epoch (`{TRAIN_IMAGES}` / `{BATCH_SIZE}`) evenly",
        thousands(validations),
        thousands(steps)
    );
    let hint = format!("{} would do", suggest::listed(&nearest_divisors(steps, validations), "or"));
    Err(SpecError::rule(&[VALIDATIONS, BATCH_SIZE, TRAIN_IMAGES], sentence).with_hint(hint))
}

/// The two divisors below a number that does not divide, and the two above.
fn nearest_divisors(number: usize, near: usize) -> Vec<String> {
    let is_divisor = |divisor: &usize| number.is_multiple_of(*divisor);
    let mut below: Vec<usize> = (1..=near.min(number)).rev().filter(is_divisor).take(2).collect();
    below.reverse();
    below.extend((near + 1..=number).filter(is_divisor).take(2));
    below.into_iter().map(thousands).collect()
}

fn check_length(spec: &ExperimentSpec) -> Result<(), SpecError> {
    let (epochs, steps, per_epoch) =
        (spec.training.max_epochs, spec.steps_per_epoch(), spec.training.validations_per_epoch);
    let limits = [
        ("steps", steps, MOST_STEPS, [EPOCHS, BATCH_SIZE, TRAIN_IMAGES].as_slice()),
        ("validations", per_epoch, MOST_VALIDATIONS, &[EPOCHS, VALIDATIONS]),
    ];
    for (what, per_epoch, most, keys) in limits {
        require(epochs * per_epoch <= most, keys, || {
            let [epochs, per_epoch, all, most] = [epochs, per_epoch, epochs * per_epoch, most].map(thousands);
            let others = suggest::keys(&keys[1..]);
            format!(
                "`{EPOCHS}` is {epochs}, which makes {all} {what} ({per_epoch} in every epoch, from {others}), \
                 but {most} is the limit"
            )
        })?;
    }
    Ok(())
}

/// The rules of a comparison's list of experiments.
pub(crate) fn check_runs(runs: &[String]) -> Result<(), SpecError> {
    require(!runs.is_empty(), &["runs"], || {
        "`runs` is empty, but a comparison needs at least one experiment".to_owned()
    })?;
    require(runs.len() <= MOST_RUNS, &["runs"], || {
        let count = thousands(runs.len());
        format!("`runs` is a list of {count} experiments, but {MOST_RUNS} is the limit")
    })?;
    for (index, run) in runs.iter().enumerate() {
        let key = format!("runs[{index}]");
        let refuse = |rule: String| SpecError::rule(&[&key], format!("`{key}` is \"{}\", but {rule}", visible(run)));
        name::check(run).map_err(|why| refuse(format!("must be the name of an experiment: {why}")))?;
        if runs[..index].contains(run) {
            return Err(refuse("that experiment is already in the list".to_owned()));
        }
    }
    Ok(())
}

impl ExperimentSpec {
    /// Checks that its network, for images of this shape, has at most 1,000 layers and trains in at most 32 GiB of memory.
    ///
    /// # Errors
    /// It is larger; the message says how large.
    pub fn check_size(&self, shape: ImageShape) -> Result<(), SpecError> {
        let layers = self.model.layers(shape);
        let size = self.size_key();
        let keys = [&size, BATCH_SIZE];
        require(layers.len() <= MOST_LAYERS, &keys, || {
            let [count, most] = [layers.len(), MOST_LAYERS].map(thousands);
            format!("`{size}` makes a network of {count} layers, but {most} is the limit")
        })?;
        let needed = self.training_bytes(shape) / GIB;
        require(needed <= MOST_GIB, &keys, || {
            let parameters = thousands(layers.iter().map(Layer::parameters).sum::<usize>());
            format!(
                "`{size}` makes a network of {parameters} parameters; \
                 training it takes about {needed:.1} GiB of memory, but {MOST_GIB} GiB is the limit"
            )
        })
    }

    /// Bytes of memory that training its network takes at least.
    #[must_use]
    pub fn training_bytes(&self, shape: ImageShape) -> f64 {
        let layers = self.model.layers(shape);
        let weights: f64 = layers.iter().map(|layer| layer.parameters() as f64).sum();
        let units: f64 = layers.iter().map(|layer| layer.n_activations.max(layer.n_outputs) as f64).sum();
        let images = (self.training.batch_size + PROBE_IMAGES) as f64;
        NUMBER_BYTES * (PER_WEIGHT * weights + PER_UNIT * units * images)
    }

    /// Multiplications of all forward passes, if the training does not stop early: tells long trainings from short ones.
    #[must_use]
    pub fn training_work(&self, shape: ImageShape) -> f64 {
        let layers = self.model.layers(shape);
        let uses = |layer: &Layer| (layer.n_activations.max(layer.n_outputs) / layer.n_outputs) as f64;
        let per_image: f64 = layers.iter().map(|layer| layer.parameters() as f64 * uses(layer)).sum();
        per_image * (self.max_steps() * self.training.batch_size) as f64
    }

    /// The first key of the network that is a number or a list: it decides the size.
    fn size_key(&self) -> String {
        let spec = plain(self);
        let settings = spec["model"].as_object().into_iter().flatten();
        let size = settings.into_iter().find(|(_, setting)| matches!(setting, Value::Number(_) | Value::Array(_)));
        size.map_or("model".to_owned(), |(key, _)| format!("model.{key}"))
    }
}
