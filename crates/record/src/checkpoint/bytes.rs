//! A checkpoint as bytes: a line with the format, a line with the SHA-256 of the rest, then safetensors.
//!
//! Reading checks the SHA-256 first, then every value against the run: a file from elsewhere may have a correct SHA-256 and
//! any values.

use std::collections::BTreeSet;

use files::sha256;
use mlp::LayerProbe;
use mlp::recorded::Recorded;
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};

use super::{Checkpoint, RunKey, TrainingState};
use crate::check::{MOST_SECONDS, check_line, check_name};
use crate::defect::ensure;
use crate::weights_file::{self, Entry};
use crate::{Defect, History, Probe, Validation};

/// The first line, without the number of the format at its end.
const FORMAT_LINE: &str = "mnist-experiments checkpoint ";
/// The format that is written and read.
const FORMAT: u32 = 2;
/// The first line, 64 hexadecimal digits and an end of line.
const HEADER_BYTES: usize = FORMAT_LINE.len() + 2 + 64 + 1;
/// The name of the text in the safetensors' metadata.
const METADATA: &str = "checkpoint";
const TOO_SHORT: &str = "is too short to be a checkpoint";
const OTHER_VALIDATIONS: &str = "its validations do not fit the run";
const OTHER_PROBES: &str = "its probes do not fit the run";
/// Length limit of a time in RFC 3339, fractions of a second included.
const LONGEST_MOMENT: usize = 40;
/// More than enough for the header, the tensors' names and the metadata of a thousand layers.
const MOST_TEXT_BYTES: u64 = 4 << 20;

/// The metadata: everything in a checkpoint that is not a tensor, and how many steps and validations its tensors have.
#[derive(Serialize, Deserialize)]
pub(crate) struct Metadata<C> {
    #[serde(flatten)]
    pub(crate) checkpoint: C,
    pub(crate) steps: usize,
    validations: usize,
}

impl Checkpoint {
    /// The checkpoint as a file.
    ///
    /// # Panics
    /// If a tensor does not have as many values as its shape says, or the probes differ in their number of layers.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let TrainingState { history: History { step_losses, validations, probes }, last, optimizer, best, .. } =
            &self.state;
        let mut entries = weights_file::entries("last.", last);
        entries.extend(weights_file::entries("optimizer.", &optimizer.tensors));
        entries.extend(best.iter().flat_map(|best| weights_file::entries("best.", best)));
        entries.push(Entry::f32("step_losses".to_owned(), vec![step_losses.len()], step_losses));
        entries.extend(columns("validations", &[validations.len()], validations));
        let layers: Vec<LayerProbe> = probes.iter().flat_map(|probe| probe.layers.iter().copied()).collect();
        let n_layers = probes.first().map_or(0, |probe| probe.layers.len());
        entries.extend(columns("probes", &[probes.len(), n_layers], &layers));
        let metadata = Metadata { checkpoint: self, steps: step_losses.len(), validations: validations.len() };
        let metadata = serde_json::to_string(&metadata).expect("plain data");
        let body = weights_file::serialize(&entries, Some((METADATA, metadata)));
        let header = format!("{FORMAT_LINE}{FORMAT}\n{}\n", sha256(&body));
        [header.into_bytes(), body].concat()
    }

    /// The checkpoint of this run in a file that [`Checkpoint::to_bytes`] wrote.
    ///
    /// # Errors
    /// The file is not a checkpoint of this run.
    pub fn from_bytes(bytes: &[u8], run: RunKey) -> Result<Self, Defect> {
        let body = verified(bytes)?;
        let metadata = metadata_of(body)?;
        check_metadata(&metadata, run)?;
        let file = weights_file::deserialize(body)?;
        let history = history(&file, &metadata, run)?;
        let tensors = |prefix, shapes: &[_]| weights_file::read_tensors(&file, prefix, shapes);
        let Metadata { mut checkpoint, steps, .. } = metadata;
        let kept = run.kept(run.spec.optimizer.state().tensors, steps);
        checkpoint.state.history = history;
        checkpoint.state.last = tensors("last.", &run.weights())?;
        checkpoint.state.optimizer.tensors = tensors("optimizer.", &kept)?;
        checkpoint.state.best = Some(tensors("best.", &run.weights())?);
        Ok(checkpoint)
    }

    /// What a file says about its run, whichever run that is.
    pub(crate) fn info(bytes: &[u8]) -> Result<Metadata<Self>, Defect> {
        metadata_of(verified(bytes)?)
    }

    /// Size limit of a checkpoint of this run.
    #[must_use]
    pub fn most_bytes(run: RunKey) -> u64 {
        let RunKey { spec, shape, .. } = run;
        let tensors = 2 + spec.optimizer.state().tensors.len();
        let validations = 1 + spec.training.max_epochs * spec.training.validations_per_epoch;
        let row = Validation::COLUMNS.len() + LayerProbe::COLUMNS.len() * spec.model.layers(shape).len();
        let numbers = 4 * (tensors * spec.model.parameters(shape) + spec.max_steps()) + 8 * validations * row;
        numbers as u64 + MOST_TEXT_BYTES
    }
}

/// What follows the header, after a check of the format and the SHA-256.
fn verified(bytes: &[u8]) -> Result<&[u8], Defect> {
    ensure!(bytes.len() >= HEADER_BYTES, "{TOO_SHORT}");
    let begun = line(bytes).and_then(|(first, rest)| {
        let format = str::from_utf8(first.strip_prefix(FORMAT_LINE.as_bytes())?).ok()?;
        Some((format.parse().ok()?, rest))
    });
    let (format, rest) = begun.ok_or_else(|| Defect::rule(format!("does not begin with `{FORMAT_LINE}{FORMAT}`")))?;
    Defect::check_format(format, FORMAT)?;
    let (expected, body) = line(rest).ok_or_else(|| Defect::rule(TOO_SHORT))?;
    let found = sha256(body);
    let is_right = expected == found.as_bytes();
    ensure!(is_right, "its content has the SHA-256 {found}, which is not the one in its second line");
    Ok(body)
}

/// The first line, and what follows it.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

fn metadata_of(body: &[u8]) -> Result<Metadata<Checkpoint>, Defect> {
    let (_, header) = SafeTensors::read_metadata(body).map_err(weights_file::not_safetensors)?;
    let text = header.metadata().as_ref().and_then(|metadata| metadata.get(METADATA));
    let text = text.ok_or_else(|| Defect::rule("lacks the metadata `checkpoint`"))?;
    let metadata: Metadata<Checkpoint> =
        serde_json::from_str(text).map_err(Defect::json("does not have the metadata of a checkpoint"))?;
    check_name("experiment", &metadata.checkpoint.experiment)?;
    // It becomes part of the run's record.
    check_line("started_at", &metadata.checkpoint.started_at, LONGEST_MOMENT)?;
    for instructions in &metadata.checkpoint.instructions {
        check_name("instructions", instructions)?;
    }
    Ok(metadata)
}

/// Checks that the metadata belong to this run and are within its bounds.
fn check_metadata(metadata: &Metadata<Checkpoint>, run: RunKey) -> Result<(), Defect> {
    let &Metadata { checkpoint: Checkpoint { ref id, seed, ref state, .. }, steps, validations } = metadata;
    let counters = &state.optimizer.counters;
    let is_same = (id.as_str(), seed) == (run.id, run.seed);
    ensure!(is_same, "belongs to another run, with the seed {seed} and the identity {}", id.escape_debug());
    let most = run.spec.max_steps();
    ensure!(steps <= most, "`steps` is {steps}, but the run has at most {most}");
    let expected = 1 + steps / run.spec.steps_per_validation();
    ensure!(validations == expected, "`validations` is {validations}, but a run of {steps} steps has {expected}");
    let is_too_long = state.wall.max(state.cpu).as_secs_f64() > MOST_SECONDS;
    ensure!(!is_too_long, "its training took more than {MOST_SECONDS:e} seconds, the limit");
    // An optimizer counts steps.
    let is_possible = |&count: &u64| count <= steps as u64;
    let kept = run.kept(run.spec.optimizer.state().counters, steps);
    let expected: BTreeSet<String> = kept.into_iter().map(|counter| counter.name).collect();
    let are_good = counters.keys().eq(&expected) && counters.values().all(is_possible);
    ensure!(are_good, "the counters of its optimizer do not fit the run");
    Ok(())
}

/// The history, which a training of this run can have.
fn history(file: &SafeTensors, metadata: &Metadata<Checkpoint>, run: RunKey) -> Result<History, Defect> {
    let n_layers = run.spec.model.layers(run.shape).len();
    let layers: Vec<LayerProbe> = rows(file, "probes", &[metadata.validations, n_layers], OTHER_PROBES)?;
    let validations: Vec<Validation> = rows(file, "validations", &[metadata.validations], OTHER_VALIDATIONS)?;
    let steps = (0..).step_by(run.spec.steps_per_validation());
    let are_in_order = validations.iter().map(|validation| validation.step).eq(steps.clone().take(validations.len()));
    ensure!(are_in_order, "{OTHER_VALIDATIONS}");
    let step_losses = weights_file::read_f32(file, "step_losses", &[metadata.steps])?;
    ensure!(step_losses.iter().all(|loss| loss.is_finite()), "the loss of a step is NaN or infinite");
    // Every validation has a probe at the same step.
    let probe = |(step, layers): (usize, &[LayerProbe])| Probe { step, layers: layers.to_vec() };
    let probes = steps.zip(layers.chunks_exact(n_layers)).map(probe).collect();
    Ok(History { step_losses, validations, probes })
}

/// A tensor for every column of these rows, `validations.epoch`; NaN where a row lacks a value.
fn columns<T: Recorded>(table: &str, shape: &[usize], rows: &[T]) -> Vec<Entry> {
    let values: Vec<Vec<Option<f64>>> = rows.iter().map(T::values).collect();
    let column = |(index, column): (usize, &mlp::recorded::Column)| {
        let numbers = values.iter().map(|row| row[index].unwrap_or(f64::NAN));
        Entry::f64(format!("{table}.{}", column.name), shape.to_vec(), numbers)
    };
    T::COLUMNS.iter().enumerate().map(column).collect()
}

/// The rows of such tensors, if they have possible values; a file that is older than a column lacks all its values.
fn rows<T: Recorded>(file: &SafeTensors, table: &str, shape: &[usize], rule: &'static str) -> Result<Vec<T>, Defect> {
    let mut columns = Vec::new();
    for column in T::COLUMNS {
        match weights_file::read_f64(file, &format!("{table}.{}", column.name), shape) {
            Err(Defect::MissingTensor(_)) if column.is_optional => columns.push((true, Vec::new())),
            numbers => columns.push((column.is_optional, numbers?)),
        }
    }
    let value = |(is_optional, numbers): &(bool, Vec<f64>), row: usize| {
        numbers.get(row).copied().filter(|number| !(*is_optional && number.is_nan()))
    };
    let row = |row| T::from_values(columns.iter().map(|column| value(column, row))).filter(T::is_possible);
    (0..shape.iter().product()).map(|index| row(index).ok_or_else(|| Defect::rule(rule))).collect()
}
