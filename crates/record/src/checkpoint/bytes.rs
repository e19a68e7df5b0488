//! A checkpoint as bytes: a line that tells the format, a line with a SHA-256 of all that follows, then safetensors.
//!
//! Nothing of a file is believed before its checksum is right, and nothing after it before it fits the run: a checkpoint
//! from elsewhere can carry any numbers with a right checksum.

use std::time::Duration;

use mlp::LayerProbe;
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};

use super::{Checkpoint, RunKey, Summary, TrainingState};
use crate::identity::sha256;
use crate::weights_file::{self, Entry};
use crate::{ExperimentSpec, Probe, Validation, name};

const FORMAT_LINE: &str = "mnist-experiments checkpoint 1\n";
/// The format line, 64 hexadecimal digits and an end of line.
pub(super) const HEADER_BYTES: usize = FORMAT_LINE.len() + 64 + 1;
/// Where safetensors keep text.
const METADATA: &str = "checkpoint";
/// Step, epoch, and loss and accuracy on both sets.
const VALIDATION_COLUMNS: usize = 6;
/// The fields of a layer, two of which are there or not.
const PROBE_COLUMNS: usize = 6;
/// More than the header, the names of the tensors and the metadata of a thousand layers take.
const MOST_TEXT_BYTES: u64 = 4 << 20;

/// What is no tensor.
#[derive(Serialize, Deserialize)]
struct Metadata {
    id: String,
    experiment: String,
    seed: u64,
    started_at: String,
    steps: usize,
    validations: usize,
    has_velocity: bool,
    has_best: bool,
    wall_seconds: f64,
    cpu_seconds: f64,
}

impl Checkpoint {
    /// The checkpoint as a file.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let state = &self.state;
        let mut entries = weights_file::of_weights("last.", &state.last);
        entries.extend(state.velocity.iter().flat_map(|velocity| weights_file::of_weights("velocity.", velocity)));
        entries.extend(state.best.iter().flat_map(|best| weights_file::of_weights("best.", best)));
        entries.push(Entry::f32("step_losses", vec![state.step_losses.len()], &state.step_losses));
        let validations: Vec<f64> = state.validations.iter().flat_map(validation_row).collect();
        entries.push(Entry::f64("validations", vec![state.validations.len(), VALIDATION_COLUMNS], &validations));
        let probes: Vec<f64> = state.probes.iter().flat_map(|probe| probe.layers.iter().flat_map(probe_row)).collect();
        let n_layers = state.last.layers.len();
        entries.push(Entry::f64("probes", vec![state.probes.len(), n_layers, PROBE_COLUMNS], &probes));
        let metadata = serde_json::to_string(&self.metadata()).expect("plain data");
        let body = weights_file::serialize(&entries, Some((METADATA, metadata)));
        let header = format!("{FORMAT_LINE}{}\n", sha256(&body));
        [header.into_bytes(), body].concat()
    }

    /// What a file says of its run, whichever it is.
    pub(crate) fn summary(bytes: &[u8]) -> Result<Summary, String> {
        let Metadata { experiment, seed, steps, .. } = metadata_of(verified(bytes)?)?;
        Ok(Summary { experiment, seed, steps })
    }

    fn metadata(&self) -> Metadata {
        let state = &self.state;
        Metadata {
            id: self.id.clone(),
            experiment: self.experiment.clone(),
            seed: self.seed,
            started_at: self.started_at.clone(),
            steps: state.step_losses.len(),
            validations: state.validations.len(),
            has_velocity: state.velocity.is_some(),
            has_best: state.best.is_some(),
            wall_seconds: state.wall.as_secs_f64(),
            cpu_seconds: state.cpu.as_secs_f64(),
        }
    }

    /// The most bytes that a checkpoint of an experiment has.
    pub(crate) fn most_bytes(spec: &ExperimentSpec) -> u64 {
        let weights = 3 * 4 * spec.model.parameters() as u64;
        let n_validations = 1 + (spec.training.max_epochs * spec.training.validations_per_epoch) as u64;
        let row = 8 * (VALIDATION_COLUMNS + PROBE_COLUMNS * (spec.model.hidden_units.len() + 1)) as u64;
        weights + 4 * spec.max_steps() as u64 + n_validations * row + MOST_TEXT_BYTES
    }

    /// The checkpoint of a run from a file of [`Checkpoint::to_bytes`]; the error says what is wrong with the file.
    pub(crate) fn from_bytes(bytes: &[u8], run: RunKey) -> Result<Self, String> {
        let body = verified(bytes)?;
        let file = weights_file::deserialize(body)?;
        let metadata = metadata_of(body)?;
        check_metadata(&metadata, run)?;
        let (model, steps) = (&run.spec.model, metadata.steps);
        let weights = |prefix: &str| weights_file::read_weights(&file, prefix, model);
        let state = TrainingState {
            step_losses: weights_file::read_f32(&file, "step_losses", &[steps])?,
            validations: validations(&file, metadata.validations)?,
            probes: probes(&file, &metadata, run.spec)?,
            last: weights("last.")?,
            velocity: metadata.has_velocity.then(|| weights("velocity.")).transpose()?,
            best: metadata.has_best.then(|| weights("best.")).transpose()?,
            wall: seconds(metadata.wall_seconds)?,
            cpu: seconds(metadata.cpu_seconds)?,
        };
        check(&state, run.spec)?;
        let Metadata { id, experiment, seed, started_at, .. } = metadata;
        Ok(Self { id, experiment, seed, started_at, state })
    }
}

/// What follows the header, whose checksum is right.
fn verified(bytes: &[u8]) -> Result<&[u8], String> {
    let Some((header, body)) = bytes.split_at_checked(HEADER_BYTES) else {
        return Err("is too short to be a checkpoint".to_owned());
    };
    let Some(expected) = header.strip_prefix(FORMAT_LINE.as_bytes()) else {
        return Err(format!("does not begin with `{}`", FORMAT_LINE.trim_end()));
    };
    let found = sha256(body);
    if expected == format!("{found}\n").as_bytes() {
        Ok(body)
    } else {
        Err(format!("its content has the SHA-256 {found}, but its second line says otherwise"))
    }
}

fn metadata_of(body: &[u8]) -> Result<Metadata, String> {
    let (_, header) = SafeTensors::read_metadata(body).map_err(|error| format!("is no safetensors file: {error}"))?;
    let text = header.metadata().as_ref().and_then(|metadata| metadata.get(METADATA));
    let text = text.ok_or_else(|| format!("has no metadata `{METADATA}`"))?;
    let metadata: Metadata = serde_json::from_str(text).map_err(|error| format!("its metadata: {error}"))?;
    match name::what_is_wrong(&metadata.experiment) {
        Some(why) => Err(format!("is of an experiment called `{}`: {why}", metadata.experiment.escape_debug())),
        None => Ok(metadata),
    }
}

/// Whether the metadata are of this run and within its bounds.
fn check_metadata(metadata: &Metadata, run: RunKey) -> Result<(), String> {
    if (metadata.id.as_str(), metadata.seed) != (run.id, run.seed) {
        return Err(format!("is of another run, seed {}, {}", metadata.seed, metadata.id.escape_debug()));
    }
    let (steps, most) = (metadata.steps, run.spec.max_steps());
    if steps > most {
        return Err(format!("has {steps} steps, but the run has at most {most}"));
    }
    let expected = 1 + steps / run.spec.steps_per_validation();
    if metadata.validations != expected {
        return Err(format!("has {} validations after {steps} steps, expected {expected}", metadata.validations));
    }
    Ok(())
}

/// What no training comes to, whatever a checksum says.
fn check(state: &TrainingState, spec: &ExperimentSpec) -> Result<(), String> {
    let is_in_order = |(index, validation): (usize, &Validation)| {
        let Validation { step, epoch, validation_loss, validation_accuracy, train_loss, train_accuracy } = *validation;
        let values = [epoch, validation_loss, validation_accuracy, train_loss, train_accuracy];
        step == index * spec.steps_per_validation() && values.iter().all(|value| value.is_finite())
    };
    let needs_velocity = spec.optimizer.momentum != 0.0 && !state.step_losses.is_empty();
    if !state.validations.iter().enumerate().all(is_in_order) {
        Err("its validations are not those of the run".to_owned())
    } else if !state.step_losses.iter().all(|loss| loss.is_finite()) {
        Err("the loss of a step is not a finite number".to_owned())
    } else if needs_velocity && state.velocity.is_none() {
        Err("has no velocity".to_owned())
    } else if state.best.is_none() {
        Err("has no best weights".to_owned())
    } else {
        Ok(())
    }
}

fn seconds(value: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(value).map_err(|error| format!("{value} seconds: {error}"))
}

fn validation_row(validation: &Validation) -> [f64; VALIDATION_COLUMNS] {
    let Validation { step, epoch, validation_loss, validation_accuracy, train_loss, train_accuracy } = *validation;
    [step as f64, epoch, validation_loss, validation_accuracy, train_loss, train_accuracy]
}

fn validations(file: &SafeTensors, count: usize) -> Result<Vec<Validation>, String> {
    let values = weights_file::read_f64(file, "validations", &[count, VALIDATION_COLUMNS])?;
    let (rows, _) = values.as_chunks::<VALIDATION_COLUMNS>();
    Ok(rows.iter().map(validation).collect())
}

fn validation(row: &[f64; VALIDATION_COLUMNS]) -> Validation {
    let [step, epoch, validation_loss, validation_accuracy, train_loss, train_accuracy] = *row;
    Validation { step: whole(step), epoch, validation_loss, validation_accuracy, train_loss, train_accuracy }
}

/// A count that was kept as a number; whatever is none is no count of a training either and is found out by `check`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what is no count saturates")]
fn whole(value: f64) -> usize {
    value as usize
}

fn probe_row(layer: &LayerProbe) -> [f64; PROBE_COLUMNS] {
    let LayerProbe { gradient_rms, update_rms, weight_rms, saturated } = *layer;
    let flag = |value: Option<f64>| f64::from(u8::from(value.is_some()));
    [gradient_rms, weight_rms, flag(update_rms), update_rms.unwrap_or(0.0), flag(saturated), saturated.unwrap_or(0.0)]
}

/// A probe for every validation; the steps of both are the same.
fn probes(file: &SafeTensors, metadata: &Metadata, spec: &ExperimentSpec) -> Result<Vec<Probe>, String> {
    let n_layers = spec.model.hidden_units.len() + 1;
    let values = weights_file::read_f64(file, "probes", &[metadata.validations, n_layers, PROBE_COLUMNS])?;
    let (rows, _) = values.as_chunks::<PROBE_COLUMNS>();
    let layer = |&[gradient_rms, weight_rms, has_update, update_rms, has_units, saturated]: &[f64; PROBE_COLUMNS]| {
        let there = |flag: f64, value: f64| (flag != 0.0).then_some(value);
        let (update_rms, saturated) = (there(has_update, update_rms), there(has_units, saturated));
        LayerProbe { gradient_rms, update_rms, weight_rms, saturated }
    };
    let probe = |(index, rows): (usize, &[[f64; PROBE_COLUMNS]])| Probe {
        step: index * spec.steps_per_validation(),
        layers: rows.iter().map(layer).collect(),
    };
    Ok(rows.chunks_exact(n_layers).enumerate().map(probe).collect())
}
