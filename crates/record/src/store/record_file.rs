//! `record.json`: the record, with the SHA-256 of the files next to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use spec::{ExperimentSpec, name};

use crate::check::{check_texts, has_plain_lines, is_sha256};
use crate::defect::ensure;
use crate::{Defect, RunRecord};

const NOT_A_RECORD: &str = "is not a record";
/// Limit of the files next to a record.
const MOST_FILES: usize = 100;

/// The SHA-256 of files, by name.
pub(super) type Digests = BTreeMap<String, String>;

#[derive(Serialize, Deserialize)]
struct RecordFile<R> {
    #[serde(flatten)]
    record: R,
    files: Digests,
}

/// The record as bytes, if it reads back equal.
pub(super) fn to_bytes(record: &RunRecord, files: Digests) -> Result<Vec<u8>, Defect> {
    Defect::check_format(record.format, RunRecord::FORMAT)?;
    let mut json = serde_json::to_vec_pretty(&RecordFile { record, files }).map_err(Defect::json(NOT_A_RECORD))?;
    json.push(b'\n');
    let is_equal = *parse(&json)?.0 == without_tables(record);
    ensure!(is_equal, "a number is NaN or infinite, which only the loss of a step may be");
    Ok(json)
}

/// The record in these bytes, checked, so that code can rely on it wherever it comes from.
pub(super) fn parse(bytes: &[u8]) -> Result<(Box<RunRecord>, Digests), Defect> {
    let (record, files) = parse_current(bytes).map_or_else(|| parse_any(bytes), Ok)?;
    record.check_values()?;
    check_files(&files)?;
    Ok((record, files))
}

/// The record in a text as [`to_bytes`] writes it, in a fraction of the time of [`parse_any`], which says what is wrong with any
/// other text.
fn parse_current(bytes: &[u8]) -> Option<(Box<RunRecord>, Digests)> {
    let text = str::from_utf8(bytes).ok()?;
    let record: Box<RunRecord> = serde_json::from_str(text).ok()?;
    let is_current = record.format == RunRecord::FORMAT && has_plain_lines(text);
    is_current.then_some((record, digests(bytes)?))
}

/// The SHA-256 of the files next to a record, from its text as [`to_bytes`] writes it.
pub(super) fn digests(bytes: &[u8]) -> Option<Digests> {
    // They are the last entry, so that the rest need not be read again.
    let (_, files) = str::from_utf8(bytes).ok()?.strip_suffix("\n}\n")?.rsplit_once("\n  \"files\": ")?;
    serde_json::from_str(files).ok()
}

fn parse_any(bytes: &[u8]) -> Result<(Box<RunRecord>, Digests), Defect> {
    let mut record: Value = serde_json::from_slice(bytes).map_err(Defect::json(NOT_A_RECORD))?;
    // Read first, because the rest of a record in another format may be unreadable.
    let Format { format } = Format::deserialize(&record).map_err(Defect::json(NOT_A_RECORD))?;
    if format == 2 {
        upgrade(&mut record)?;
    } else {
        Defect::check_format(format, RunRecord::FORMAT)?;
    }
    // Read on its own, because its errors name the key.
    let spec = record.get("spec").map(ExperimentSpec::from_value).transpose();
    spec.map_err(|error| Defect::rule(format!("`spec` breaks a rule: {error}")))?;
    check_texts("", &record)?;
    let file = serde_json::from_value::<RecordFile<Box<RunRecord>>>(record);
    let RecordFile { record, files } = file.map_err(Defect::json(NOT_A_RECORD))?;
    Ok((record, files))
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Turns a record of format 2, which had the shape of the images in its model, into one of format 3.
fn upgrade(record: &mut Value) -> Result<(), Defect> {
    let model = record.pointer_mut("/spec/model").and_then(Value::as_object_mut);
    let (inputs, classes) =
        model.map(|model| (model.remove("n_inputs"), model.remove("n_outputs"))).unwrap_or_default();
    ensure!(
        inputs.is_some_and(|inputs| inputs == 28 * 28),
        "`spec.model.n_inputs` must be 784, the pixels of every image when its format was in use"
    );
    if let Some(record) = record.as_object_mut() {
        record.insert("format".into(), RunRecord::FORMAT.into());
    }
    if let Some(dataset) = record.get_mut("dataset").and_then(Value::as_object_mut) {
        dataset.insert("shape".into(), json!({"height": 28, "width": 28, "classes": classes}));
    }
    Ok(())
}

fn check_files(files: &Digests) -> Result<(), Defect> {
    let count = files.len();
    ensure!(count <= MOST_FILES, "`files` is a list of {count} files, but {MOST_FILES} is the limit");
    for (file, digest) in files {
        let is_listed = name::check(file).is_ok() && is_sha256(digest);
        ensure!(is_listed, "`files` lists `{}`, which is not a file with its SHA-256", file.escape_debug());
    }
    Ok(())
}

/// The record as its JSON has it.
fn without_tables(record: &RunRecord) -> RunRecord {
    let mut record = RunRecord { predictions: None, ..record.clone() };
    record.history.step_losses.clear();
    record.history.probes.clear();
    record
}
