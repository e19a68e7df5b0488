//! Checks of a record before anything computes with it: records may come from elsewhere.

use mlp::LayerProbe;
use mlp::recorded::Recorded;
use serde_json::Value;
use spec::{is_plain, name, run_id};

use crate::defect::ensure;
use crate::{Defect, Probe, RunRecord, TestScores, Validation};

/// Length limit of a text in a record, in bytes; the overrides of a thousand layers fit.
const LONGEST_TEXT: usize = 1 << 14;
/// Limit of a run's time in seconds, about 300 years.
pub(crate) const MOST_SECONDS: f64 = 1e10;
/// Characters of a SHA-256.
const DIGEST: usize = 64;

impl RunRecord {
    /// Checks that a training can have written this record: its values, history and predictions fit each other.
    ///
    /// # Errors
    /// Something does not fit.
    pub fn check(&self) -> Result<(), Defect> {
        self.check_values()?;
        self.check_steps()?;
        self.check_probes()?;
        self.predictions.as_ref().map_or(Ok(()), |predictions| predictions.check(self))
    }

    /// Checks the values of `record.json`, except the specification, which is checked when it is read.
    pub(crate) fn check_values(&self) -> Result<(), Defect> {
        let Self { spec, dataset, backend, code, parameters, steps, .. } = self;
        for (key, text) in [("dataset.name", &dataset.name), ("backend.name", &backend.name)] {
            check_name(key, text)?;
        }
        let is_hash = !dataset.digest.is_empty() && dataset.digest.len() <= DIGEST && is_hexadecimal(&dataset.digest);
        ensure!(is_hash, "`dataset.digest` is not a hash");
        let id = run_id(spec, self.seeds(), &dataset.digest, dataset.shape, &backend.name, code.numerics);
        ensure!(self.order_seed != Some(self.seed), "`order_seed` must differ from `seed`");
        ensure!(self.id == id, "`id` is not the identity of this record, {id}");
        let (expected, most) = (spec.model.parameters(dataset.shape), spec.max_steps());
        ensure!(*parameters == expected, "`parameters` is {parameters}, but its network has {expected}");
        ensure!(*steps <= most, "`steps` is {steps}, but its training has at most {most}");
        for (key, seconds) in [("wall_seconds", self.wall_seconds), ("cpu_seconds", self.cpu_seconds)] {
            let is_possible = (0.0..=MOST_SECONDS).contains(&seconds);
            ensure!(is_possible, "`{key}` is {seconds}, but must be from 0 to {MOST_SECONDS:e} seconds");
        }
        self.test.as_ref().map_or(Ok(()), TestScores::check)?;
        self.check_validations()
    }

    fn check_validations(&self) -> Result<(), Defect> {
        let validations = &self.history.validations;
        let ascend = validations.windows(2).all(|pair| pair[0].step < pair[1].step);
        let epochs = self.spec.training.max_epochs as f64;
        let is_good = |validation: &Validation| {
            validation.is_possible() && validation.step <= self.steps && validation.epoch <= epochs
        };
        ensure!(
            ascend && validations.iter().all(is_good),
            "`validations` must have ascending steps, finite losses and accuracies from 0 to 1"
        );
        Ok(())
    }

    /// Checks that there is a loss for every step.
    pub(crate) fn check_steps(&self) -> Result<(), Defect> {
        let (steps, losses) = (self.steps, self.history.step_losses.len());
        ensure!(losses == steps, "`steps` is {steps}, but steps.csv has {losses}");
        Ok(())
    }

    /// Checks that the probes fit the network and the steps.
    pub(crate) fn check_probes(&self) -> Result<(), Defect> {
        let (steps, layers) = (self.steps, self.layers().len());
        let is_good = |probe: &Probe| {
            probe.step <= steps && probe.layers.len() == layers && probe.layers.iter().all(LayerProbe::is_possible)
        };
        for probe in &self.history.probes {
            ensure!(
                is_good(probe),
                "probes.csv: the probe at step {} does not fit the {layers} layers of the network",
                probe.step
            );
        }
        Ok(())
    }
}

/// Checks every text below a key of a JSON value: each is shown on one line somewhere.
pub(crate) fn check_texts(key: &str, json: &Value) -> Result<(), Defect> {
    match json {
        Value::String(text) => check_line(key, text, LONGEST_TEXT),
        Value::Array(list) => list.iter().try_for_each(|json| check_texts(key, json)),
        Value::Object(table) => table.iter().try_for_each(|(name, json)| match key {
            "" => check_texts(name, json),
            key => check_texts(&format!("{key}.{name}"), json),
        }),
        _ => Ok(()),
    }
}

/// Whether every text of this JSON fits on one line: the lines are plain, and nothing in them is written as an escape.
pub(crate) fn has_plain_lines(json: &str) -> bool {
    let is_plain_line = |line: &str| line.chars().all(|c| is_plain(c) && c != '\\');
    // A count has no early end, so the loop uses vectors.
    let is_unusual = |byte: &&u8| !matches!(byte, b' '..=b'~' | b'\n') || **byte == b'\\';
    let are_usual = json.as_bytes().iter().filter(is_unusual).count() == 0;
    let are_short = json.len() <= LONGEST_TEXT || json.lines().all(|line| line.len() <= LONGEST_TEXT);
    are_short && (are_usual || json.lines().all(is_plain_line))
}

/// Checks that a text fits on one line and has at most this number of bytes.
pub(crate) fn check_line(key: &str, text: &str, most_bytes: usize) -> Result<(), Defect> {
    let is_line = text.len() <= most_bytes && text.chars().all(is_plain);
    ensure!(is_line, "`{}` is too long, or has control or invisible characters", key.escape_debug());
    Ok(())
}

/// Checks that a text can become part of a path.
pub(crate) fn check_name(key: &str, text: &str) -> Result<(), Defect> {
    name::check(text).map_err(|why| Defect::rule(format!("`{key}` is not a name: {why}")))
}

pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == DIGEST && is_hexadecimal(text)
}

pub(crate) fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
