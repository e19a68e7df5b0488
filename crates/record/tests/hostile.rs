//! Records from elsewhere: with random changes, and with values that break a rule.

use std::fs;
use std::path::{Path, PathBuf};

use record::{RunRecord, RunStore, tables};
use serde_json::{Value, json};
use spec::Metric;
use tempfile::TempDir;
use test_support::{Scale, Tamper};

/// A store with one record, whose files the tests change.
struct Stored {
    _root: TempDir,
    folder: PathBuf,
}

impl Stored {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let store = RunStore::new(root.path().join("runs"));
        let folder = store.save(&test_support::record(), [("best.safetensors", b"x".to_vec())]).expect("saved");
        Self { _root: root, folder }
    }

    fn read(&self, file: &str) -> Vec<u8> {
        fs::read(self.folder.join(file)).expect("a file of the record")
    }

    fn write(&self, file: &str, bytes: &[u8]) {
        let path = self.folder.join(file);
        // Truncating a file that was written a moment ago waits for the disk.
        fs::remove_file(&path).and_then(|()| fs::write(path, bytes)).expect("written");
    }

    /// The record after a change of its `record.json`, or its error.
    fn changed(&self, change: impl FnOnce(&mut Value)) -> Result<RunRecord, String> {
        let mut record: Value = serde_json::from_slice(&self.read("record.json")).expect("JSON");
        change(&mut record);
        self.write("record.json", record.to_string().as_bytes());
        RunStore::load(&self.folder).map_err(|error| {
            let folder = format!("{}/", self.folder.display());
            error.to_string().replace(&folder, "").replace("record.json: ", "")
        })
    }
}

/// The error of a record with another value at this place.
fn refused(pointer: &str, value: Value) -> String {
    let set = |record: &mut Value| *record.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
    Stored::new().changed(set).map(drop).expect_err(pointer)
}

/// Uses an accepted record in every computation.
fn use_up(record: &RunRecord) {
    for metric in Metric::ALL {
        let _ = record.measure(metric);
    }
    let spec = &record.spec;
    let _ = (spec.max_steps(), spec.steps_per_validation(), record.layers(), record.parameters);
    let folder = RunStore::new("runs").folder_of(record);
    assert_eq!(folder.parent(), Some(Path::new("runs")));
    assert_eq!(folder.components().count(), 2);
}

#[test]
fn a_record_that_breaks_a_rule_is_damaged() {
    insta::assert_snapshot!(refused("/spec/training/batch_size", json!(0)), @"`spec` breaks a rule: `training.batch_size` is 0, but must be a whole number from 1 to 60,000");
    insta::assert_snapshot!(refused("/spec/training/validations_per_epoch", json!(0)), @"`spec` breaks a rule: `training.validations_per_epoch` is 0, but must be a whole number from 1 to 60,000");
    insta::assert_snapshot!(refused("/spec/model/hidden_units", json!([1_000_000_000_000_u64])), @"`spec` breaks a rule: `model.hidden_units[0]` is 1,000,000,000,000, but must be a whole number from 1 to 1,000,000");
    insta::assert_snapshot!(refused("/dataset/shape/width", json!(27)), @"`id` is not the identity of this record, 8e14e7cf10643fd81df5ee4ed1bce8fcd5886115b1614aaf497fd1410c1da857");
    insta::assert_snapshot!(refused("/dataset/shape/classes", json!(1)), @"is not a record: a value has the wrong type or is out of bounds");
    insta::assert_snapshot!(refused("/dataset/shape", json!({"height": 28, "width": 28})), @"is not a record: it lacks `classes`");
    insta::assert_snapshot!(refused("/spec/optimizer/learning_rate", json!(0.5)), @"`id` is not the identity of this record, 5f029e28f6c225b87df9d6e35ed43cc054f626a800222b6612f923f1165c581d");
    insta::assert_snapshot!(refused("/spec/name", json!("../escape")), @r#"`spec` breaks a rule: `name` is "../escape", but must be the name of an experiment: a name begins with a letter or a digit (a-z, A-Z, 0-9)"#);
    insta::assert_snapshot!(refused("/spec/name", json!("other")), @"is the record of other-seed18446744073709551615-ae4528060b15c47e, but lies in another folder");
    insta::assert_snapshot!(refused("/spec/title", json!("\u{202e}")), @r#"`spec` breaks a rule: `title` is "\u{202e}", but must be one line of 1 to 100 characters, none of them control or invisible characters"#);
    insta::assert_snapshot!(refused("/id", json!("zz")), @"`id` is not the identity of this record, ae4528060b15c47ed0189bf54d7148b5376e0dd08179b5fd178ddbe47f8e5a92");
    insta::assert_snapshot!(refused("/stop_reason", json!("resting")), @"is not a record: a value has the wrong type or is out of bounds");
    insta::assert_snapshot!(refused("/seed", json!(1)), @"`id` is not the identity of this record, 5f387bc93bc69f58deddfdb2de0ba4d2397642afec103c406a2ae3fa15701c32");
    insta::assert_snapshot!(refused("/dataset/digest", json!("../..")), @"`dataset.digest` is not a hash");
    insta::assert_snapshot!(refused("/dataset/name", json!("../../figure")), @"`dataset.name` is not a name: a name begins with a letter or a digit (a-z, A-Z, 0-9)");
    insta::assert_snapshot!(refused("/host/processor", json!("\u{1b}[2J")), @"`host.processor` is too long, or has control or invisible characters");
    insta::assert_snapshot!(refused("/spec/claims", json!([{"\u{1b}": "\u{1b}"}])).split(": ").next().unwrap_or_default(), @"`spec` breaks a rule");
    insta::assert_snapshot!(refused("/overrides", json!(["a\nb"])), @"`overrides` is too long, or has control or invisible characters");
    insta::assert_snapshot!(refused("/steps", json!(u64::MAX)), @"`steps` is 18446744073709551615, but its training has at most 31250");
    insta::assert_snapshot!(refused("/parameters", json!(0)), @"`parameters` is 0, but its network has 50880");
    insta::assert_snapshot!(refused("/wall_seconds", json!(-1.0)), @"`wall_seconds` is -1, but must be from 0 to 1e10 seconds");
    insta::assert_snapshot!(refused("/validations/1/validation_accuracy", json!(7.0)), @"`validations` must have ascending steps, finite losses and accuracies from 0 to 1");
    insta::assert_snapshot!(refused("/validations/1/step", json!(0)), @"`validations` must have ascending steps, finite losses and accuracies from 0 to 1");
    insta::assert_snapshot!(refused("/files", json!({"../x": "0"})), @"`files` lists `../x`, which is not a file with its SHA-256");
}

#[test]
fn predictions_of_other_images_are_damaged() {
    let refused = |pointer: &str, value: Value| {
        let stored = Stored::new();
        let mut predictions: Value = serde_json::from_slice(&stored.read("predictions.json")).expect("JSON");
        *predictions.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
        let bytes = predictions.to_string().into_bytes();
        stored.write("predictions.json", &bytes);
        let digest = files::sha256(&bytes);
        stored.changed(|record| record["files"]["predictions.json"] = digest.into()).map(drop).expect_err(pointer)
    };
    let does_not_fit = "predictions.json does not fit the validation images of the run";
    for (pointer, value) in [
        ("/confusion/3/5", json!(3)),
        ("/confusion/3/5", json!(u64::MAX)),
        ("/confusion/3", json!([1])),
        ("/confusion", json!([])),
        ("/mistakes/0/image", json!(10_000)),
        ("/mistakes/0/class", json!(10)),
        ("/mistakes/0/predicted", json!(3)),
        ("/mistakes/0/predicted", json!(4)),
        ("/mistakes/0/probability", json!(1.5)),
        ("/mistakes/0/pixels", json!([1, 2])),
        ("/mistakes", json!([])),
    ] {
        assert_eq!(refused(pointer, value), does_not_fit, "{pointer}");
    }
    assert!(refused("/mistakes/0/class", json!(256)).starts_with("predictions.json: is not a file of predictions: "));
}

#[test]
fn tables_have_only_numbers_and_names_of_layers_so_a_spreadsheet_finds_no_formula() {
    let record = test_support::record();
    let layers = record.layers();
    let is_safe =
        |cell: &str| cell.is_empty() || cell.parse::<f64>().is_ok() || layers.iter().any(|layer| layer.name == cell);
    for table in [
        tables::steps(&record.history.step_losses),
        tables::validations(&record.history.validations),
        tables::probes(&record.history.probes, &layers),
    ] {
        let table = String::from_utf8(table).expect("text");
        assert!(table.lines().skip(1).flat_map(|row| row.split(',')).all(is_safe), "{table}");
    }
}

#[test]
fn tables_of_another_run_are_damaged() {
    let problem = |change: fn(&mut RunRecord)| {
        let mut record = test_support::record();
        change(&mut record);
        record.check().expect_err("another run's").to_string()
    };
    let shorter = |record: &mut RunRecord| record.history.step_losses.truncate(2);
    insta::assert_snapshot!(problem(shorter), @"`steps` is 3, but steps.csv has 2");
    let narrower = |record: &mut RunRecord| record.history.probes[1].layers.truncate(1);
    insta::assert_snapshot!(problem(narrower), @"probes.csv: the probe at step 3 does not fit the 2 layers of the network");
}

#[test]
#[cfg(unix)]
fn special_files_are_not_opened_and_large_ones_not_read() {
    use std::os::unix::fs::symlink;

    let root = tempfile::tempdir().expect("a folder");
    let store = RunStore::new(root.path());
    let folder = store.save(&test_support::record(), []).expect("saved");
    let record = folder.join("record.json");
    let loaded =
        || RunStore::load(&folder).expect_err("no record").to_string().replace(&*record.to_string_lossy(), "R");
    let replaced_by = |target: &str| {
        fs::remove_file(&record).expect("removed");
        symlink(target, &record).expect("a link");
    };
    replaced_by("/dev/zero");
    assert_eq!(loaded(), "R: cannot read: it is not a regular file");
    replaced_by(".");
    assert_eq!(loaded(), "R: cannot read: it is not a regular file");
    fs::remove_file(&record).expect("removed");
    fs::File::create(&record).and_then(|file| file.set_len(10 << 30)).expect("a file without blocks");
    assert_eq!(loaded(), "R: cannot read: it is larger than 33,554,432 bytes, the limit for such a file");
}

#[test]
#[cfg(unix)]
fn a_run_replaces_a_link_and_leaves_its_target_as_it_is() {
    let root = tempfile::tempdir().expect("a folder");
    let store = RunStore::new(root.path().join("runs"));
    let elsewhere = root.path().join("elsewhere");
    for folder in [&elsewhere, &store.folder().to_owned()] {
        fs::create_dir(folder).expect("a folder");
    }
    fs::write(elsewhere.join("mine"), "mine").expect("a file");
    let folder = store.folder_of(&test_support::record());
    std::os::unix::fs::symlink(&elsewhere, &folder).expect("a link");
    store.save(&test_support::record(), []).expect("saved");
    assert!(folder.symlink_metadata().expect("a folder").is_dir());
    assert_eq!(fs::read_dir(&elsewhere).expect("a folder").count(), 1);
    assert_eq!(fs::read(elsewhere.join("mine")).expect("a file"), b"mine");
}

#[test]
fn torture_records_from_elsewhere_are_refused_or_used() {
    let inputs = Scale::chosen().of(2_000, 100_000, 1_000_000);
    let stored = Stored::new();
    let record = stored.read("record.json");
    let samples = [record.clone(), String::from_utf8_lossy(&record).replace([' ', '\n'], "").into_bytes()];
    let mut tamper = Tamper::new(5);
    let mut used = 0;
    for _ in 0..inputs {
        stored.write("record.json", &tamper.changed(&samples));
        if let Ok(record) = RunStore::load(&stored.folder) {
            use_up(&record);
            used += 1;
        }
    }
    let memory = test_support::check_memory();
    test_support::row("inputs to the record parser", format!("{inputs} inputs, {used} valid, 0 panics, {memory} MiB"));
}

#[test]
fn torture_tables_from_elsewhere_are_refused_or_used() {
    let inputs = Scale::chosen().of(2_000, 100_000, 1_000_000);
    let record = test_support::record();
    let layers = record.layers();
    let samples = [tables::steps(&record.history.step_losses), tables::probes(&record.history.probes, &layers)];
    let mut tamper = Tamper::new(6);
    for _ in 0..inputs {
        let table = tamper.changed(&samples);
        let mut read = record.clone();
        read.history.step_losses = tables::read_steps(&table).unwrap_or_default();
        read.history.probes = tables::read_probes(&table, &layers).unwrap_or_default();
        read.steps = read.history.step_losses.len();
        read.history.validations.clear();
        if read.check().is_ok() {
            use_up(&read);
        }
    }
    let memory = test_support::check_memory();
    test_support::row("inputs to the parsers of tables", format!("{inputs} inputs, 0 panics, {memory} MiB"));
}

#[test]
fn torture_predictions_from_elsewhere_are_refused_or_used() {
    let inputs = Scale::chosen().of(2_000, 100_000, 1_000_000);
    let stored = Stored::new();
    let mut tamper = Tamper::new(7);
    let (samples, mut used) = ([stored.read("predictions.json")], 0);
    let record = test_support::record();
    for _ in 0..inputs {
        let predictions = serde_json::from_slice(&tamper.changed(&samples)).ok();
        let is_read = predictions.is_some();
        used += usize::from(is_read && RunRecord { predictions, ..record.clone() }.check().is_ok());
    }
    let memory = test_support::check_memory();
    let figure = format!("{inputs} inputs, {used} valid, 0 panics, {memory} MiB");
    test_support::row("inputs to the parser of predictions", figure);
}
