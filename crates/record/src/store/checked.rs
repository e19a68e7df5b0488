//! What a record has to hold before anybody computes with it: records come from elsewhere, too.

use std::collections::BTreeMap;

use super::is_identity;
use crate::declared::DeclaredFile;
use crate::declared::document::Document;
use crate::{ExperimentSpec, LayerProbe, Probe, RunRecord, Validation, is_plain, name, run_id};

/// Longest text of a record, in bytes; the overrides of a thousand layers fit.
const LONGEST_TEXT: usize = 1 << 14;
/// Files beside a record.
const MOST_FILES: usize = 100;
/// Seconds of a run, about 300 years.
const MOST_SECONDS: f64 = 1e10;
/// Characters of a SHA-256.
const DIGEST: usize = 64;

/// Why `record.json` is no record of ours, its tables not looked at; none when it is one.
pub(super) fn what_is_wrong(record: &RunRecord) -> Option<String> {
    texts(record).or_else(|| names(record)).or_else(|| spec(&record.spec)).or_else(|| identity(record)).or_else(|| {
        let parameters = record.spec.model.parameters();
        if record.parameters != parameters {
            return Some(format!("`parameters` is {}, but its network has {parameters}", record.parameters));
        }
        let most = record.spec.max_steps();
        if record.steps > most {
            return Some(format!("`steps` is {}, but its training has at most {most}", record.steps));
        }
        seconds(record).or_else(|| validations(record))
    })
}

/// Why the tables are not those of the record; none when they are.
pub(super) fn what_is_wrong_with_tables(record: &RunRecord) -> Option<String> {
    if record.step_losses.len() != record.steps {
        return Some(format!("steps.csv has {} steps, but `steps` is {}", record.step_losses.len(), record.steps));
    }
    let layers = record.spec.model.hidden_units.len() + 1;
    let is_bad = |Probe { step, layers: probed }: &&Probe| {
        *step > record.steps || probed.len() != layers || !probed.iter().all(is_probe)
    };
    let bad = record.probes.iter().find(is_bad)?;
    Some(format!("probes.csv has no probe of {layers} layers at step {}", bad.step))
}

/// Why the list of files is none; none when it is one.
pub(super) fn what_is_wrong_with_files(files: &BTreeMap<String, String>) -> Option<String> {
    if files.len() > MOST_FILES {
        return Some(format!("it lists {} files, but a run has at most {MOST_FILES}", files.len()));
    }
    let is_bad = |(file, digest): &(&String, &String)| {
        name::what_is_wrong(file).is_some() || digest.len() != DIGEST || !is_identity(digest)
    };
    files.iter().find(is_bad).map(|(file, _)| format!("`files` lists `{file}`, which is no file with its SHA-256"))
}

fn texts(record: &RunRecord) -> Option<String> {
    let RunRecord { dataset, backend, code, host, .. } = record;
    let texts = [
        ("dataset.title", &dataset.title),
        ("backend.device", &backend.device),
        ("code.version", &code.version),
        ("code.burn", &code.burn),
        ("host.name", &host.name),
        ("host.system", &host.system),
        ("host.processor", &host.processor),
        ("started_at", &record.started_at),
    ];
    let optional = code.git_commit.iter().map(|commit| ("code.git_commit", commit));
    let overrides = record.overrides.iter().map(|text| ("overrides", text));
    let is_bad = |(_, text): &(&str, &String)| text.len() > LONGEST_TEXT || !text.chars().all(is_plain);
    let bad = texts.into_iter().chain(optional).chain(overrides).find(is_bad)?;
    Some(format!("`{}` is too long, or holds control or invisible characters", bad.0))
}

/// Names become parts of paths.
fn names(record: &RunRecord) -> Option<String> {
    let required = [
        ("spec.name", &record.spec.name),
        ("dataset.name", &record.dataset.name),
        ("backend.name", &record.backend.name),
    ];
    let baseline = record.spec.baseline.iter().map(|baseline| ("spec.baseline", baseline));
    let against = record.spec.claims.iter().map(|claim| ("spec.claims.against", &claim.against));
    let mut named = required.into_iter().chain(baseline).chain(against);
    named.find_map(|(key, text)| Some(format!("`{key}` is no name: {}", name::what_is_wrong(text)?)))
}

/// The rules of declared files, held against the spec written as such a file.
fn spec(spec: &ExperimentSpec) -> Option<String> {
    let Some(file) = declared(spec) else { return Some("`spec` is no experiment".into()) };
    let document = Document::new("spec", file, &[]);
    let resolved = match DeclaredFile::parse(&document) {
        Ok(DeclaredFile::Experiment(declared)) => declared.resolve(&spec.name, &document),
        Ok(DeclaredFile::Comparison(_)) => return Some("`spec` is no experiment".into()),
        Err(error) => Err(error),
    };
    match resolved {
        Ok(resolved) if resolved == *spec => None,
        Ok(_) => Some("`spec` is not what its file would say".into()),
        Err(error) => Some(format!("`spec` breaks a rule: {}", error.problem())),
    }
}

/// The spec as the text of a file that declares it; none where TOML cannot say it.
fn declared(spec: &ExperimentSpec) -> Option<String> {
    let mut file = toml::Table::try_from(spec).ok()?;
    file.remove("name");
    let claims = file.remove("claims")?;
    file.insert("claim".into(), claims);
    let model = file.get_mut("model")?.as_table_mut()?;
    // Those of the images and the classes, which no file says.
    for key in ["n_inputs", "n_outputs"] {
        model.remove(key)?;
    }
    toml::to_string(&file).ok()
}

fn identity(record: &RunRecord) -> Option<String> {
    let RunRecord { spec, seed, dataset, backend, code, .. } = record;
    if dataset.digest.is_empty() || dataset.digest.len() > DIGEST || !is_identity(&dataset.digest) {
        return Some("`dataset.digest` is no hash".into());
    }
    let id = run_id(spec, *seed, &dataset.digest, &backend.name, code.numerics);
    (record.id != id).then(|| format!("`id` is not the identity of what it says, {id}"))
}

fn seconds(record: &RunRecord) -> Option<String> {
    let seconds = [("wall_seconds", record.wall_seconds), ("cpu_seconds", record.cpu_seconds)];
    let bad = seconds.into_iter().find(|(_, seconds)| !(0.0..=MOST_SECONDS).contains(seconds))?;
    Some(format!("`{}` is {:e}, which no run takes", bad.0, bad.1))
}

fn validations(record: &RunRecord) -> Option<String> {
    let ascend = record.validations.windows(2).all(|pair| pair[0].step < pair[1].step);
    let epochs = record.spec.training.max_epochs as f64;
    let is_good = |validation: &Validation| {
        let Validation { step, epoch, validation_loss, validation_accuracy, train_loss, train_accuracy } = *validation;
        let shares = [validation_accuracy, train_accuracy];
        step <= record.steps
            && (0.0..=epochs).contains(&epoch)
            && shares.iter().all(|share| (0.0..=1.0).contains(share))
            && validation_loss.is_finite()
            && train_loss.is_finite()
    };
    if ascend && record.validations.iter().all(is_good) {
        return None;
    }
    Some("`validations` are not those of a run: steps that ascend, finite losses, accuracies of 0 to 1".into())
}

/// A probe of a training that is about to diverge may hold any size, but no share beyond 1.
fn is_probe(layer: &LayerProbe) -> bool {
    layer.saturated.is_none_or(|share| (0.0..=1.0).contains(&share))
}
