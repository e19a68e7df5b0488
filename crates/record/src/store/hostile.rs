//! Records that come from elsewhere: broken at random, and with every field set to what it must not be.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use torture::{Scale, Tamper};

use super::*;
use crate::{Metric, example};

/// `record.json` of the example, its files listed, and the folder that it belongs into.
fn sample() -> (PathBuf, Vec<u8>) {
    let root = tempfile::tempdir().expect("a folder");
    let folder = RunStore::new(root.path()).save(&example::record(), &[("best.safetensors", b"x")]).expect("saved");
    let bytes = std::fs::read(folder.join(RECORD)).expect("a record");
    (Path::new("runs").join(folder.file_name().expect("a name")).join(RECORD), bytes)
}

/// What is said of a record with another value at a place.
fn refused(pointer: &str, value: Value) -> String {
    let (path, bytes) = sample();
    let mut record: Value = serde_json::from_slice(&bytes).expect("JSON");
    *record.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
    match parse_record(&path, record.to_string().as_bytes()) {
        Ok(_) => panic!("{pointer}: accepted {}", record.pointer(pointer).unwrap_or(&Value::Null)),
        Err(error) => error.to_string().replace(&format!("{}: ", path.display()), ""),
    }
}

/// Computes everything with a record that was accepted.
fn use_up(record: &RunRecord) {
    for metric in Metric::ALL {
        let _ = metric.of(record);
    }
    let spec = &record.spec;
    let _ = (spec.max_steps(), spec.steps_per_validation(), spec.model.layers(), spec.model.parameters());
    let folder = RunStore::new("runs").folder_of(record);
    assert_eq!(folder.parent(), Some(Path::new("runs")));
    assert_eq!(folder.components().count(), 2);
}

#[test]
fn a_record_that_breaks_a_rule_is_damaged() {
    insta::assert_snapshot!(refused("/spec/training/batch_size", json!(0)), @"`spec` breaks a rule: `training.batch_size` is 0, but it must be 1 to 60,000");
    insta::assert_snapshot!(refused("/spec/training/validations_per_epoch", json!(0)), @"`spec` breaks a rule: `training.validations_per_epoch` is 0, but it must be 1 to 60,000");
    insta::assert_snapshot!(refused("/spec/model/hidden_units", json!([1_000_000_000_000_u64])), @"`spec` breaks a rule: `model.hidden_units[0]` is 1,000,000,000,000, but a hidden layer has at most 1,000,000 units: training this network would take about 25,480,985.6 GiB of memory");
    insta::assert_snapshot!(refused("/spec/model/n_inputs", json!(7)), @"`spec` is not what its file would say");
    insta::assert_snapshot!(refused("/spec/optimizer/learning_rate", json!(0.5)), @"`id` is not the identity of what it says, 5f029e28f6c225b87df9d6e35ed43cc054f626a800222b6612f923f1165c581d");
    insta::assert_snapshot!(refused("/spec/name", json!("../escape")), @"`spec.name` is no name: a name begins with a letter or a digit (a-z, A-Z, 0-9)");
    insta::assert_snapshot!(refused("/spec/name", json!("other")), @"is the record of other-seed18446744073709551615-ae4528060b15c47e, which is not the folder that it lies in");
    insta::assert_snapshot!(refused("/spec/title", json!("\u{202e}")), @r#"`spec` breaks a rule: `title` is "\u{202e}", but a title is one line without control or invisible characters"#);
    insta::assert_snapshot!(refused("/id", json!("zz")), @"`id` is not the identity of what it says, ae4528060b15c47ed0189bf54d7148b5376e0dd08179b5fd178ddbe47f8e5a92");
    insta::assert_snapshot!(refused("/seed", json!(1)), @"`id` is not the identity of what it says, 5f387bc93bc69f58deddfdb2de0ba4d2397642afec103c406a2ae3fa15701c32");
    insta::assert_snapshot!(refused("/dataset/digest", json!("../..")), @"`dataset.digest` is no hash");
    insta::assert_snapshot!(refused("/dataset/name", json!("../../figure")), @"`dataset.name` is no name: a name begins with a letter or a digit (a-z, A-Z, 0-9)");
    insta::assert_snapshot!(refused("/host/processor", json!("\u{1b}[2J")), @"`host.processor` is too long, or holds control or invisible characters");
    insta::assert_snapshot!(refused("/overrides", json!(["a\nb"])), @"`overrides` is too long, or holds control or invisible characters");
    insta::assert_snapshot!(refused("/steps", json!(u64::MAX)), @"`steps` is 18446744073709551615, but its training has at most 31250");
    insta::assert_snapshot!(refused("/parameters", json!(0)), @"`parameters` is 0, but its network has 50880");
    insta::assert_snapshot!(refused("/wall_seconds", json!(-1.0)), @"`wall_seconds` is -1e0, which no run takes");
    insta::assert_snapshot!(refused("/validations/1/validation_accuracy", json!(7.0)), @"`validations` are not those of a run: steps that ascend, finite losses, accuracies of 0 to 1");
    insta::assert_snapshot!(refused("/validations/1/step", json!(0)), @"`validations` are not those of a run: steps that ascend, finite losses, accuracies of 0 to 1");
    insta::assert_snapshot!(refused("/files", json!({"../x": "0"})), @"`files` lists `../x`, which is no file with its SHA-256");
}

#[test]
fn tables_hold_numbers_alone_so_that_no_spreadsheet_finds_a_formula() {
    let record = example::record();
    let written =
        [tables::steps(&record.step_losses), tables::validations(&record.validations), tables::probes(&record.probes)];
    for table in written {
        let table = String::from_utf8(table).expect("text");
        let mut cells = table.lines().skip(1).flat_map(|row| row.split(','));
        assert!(cells.all(|cell| cell.is_empty() || cell.parse::<f64>().is_ok()), "{table}");
    }
}

#[test]
fn tables_of_another_run_are_damaged() {
    let mut record = example::record();
    record.step_losses.pop();
    insta::assert_snapshot!(checked::what_is_wrong_with_tables(&record).unwrap_or_default(), @"steps.csv has 2 steps, but `steps` is 3");
    let mut record = example::record();
    record.probes[1].layers.pop();
    insta::assert_snapshot!(checked::what_is_wrong_with_tables(&record).unwrap_or_default(), @"probes.csv has no probe of 2 layers at step 3");
}

#[test]
#[cfg(unix)]
fn what_is_no_file_is_not_opened_and_a_large_one_not_read() {
    use std::os::unix::fs::symlink;

    let root = tempfile::tempdir().expect("a folder");
    let store = RunStore::new(root.path());
    let folder = store.save(&example::record(), &[]).expect("saved");
    let record = folder.join(RECORD);
    let loaded =
        || RunStore::load(&folder).expect_err("no record").to_string().replace(&*record.to_string_lossy(), "R");
    let replaced_by = |target: &str| {
        std::fs::remove_file(&record).expect("removed");
        symlink(target, &record).expect("a link");
    };
    replaced_by("/dev/zero");
    assert_eq!(loaded(), "R: is not a regular file");
    replaced_by(".");
    assert_eq!(loaded(), "R: is not a regular file");
    std::fs::remove_file(&record).expect("removed");
    std::fs::File::create(&record).and_then(|file| file.set_len(10 << 30)).expect("a file without blocks");
    assert_eq!(loaded(), "R: is larger than 33554432 bytes, which it never is");
}

#[test]
#[cfg(unix)]
fn a_run_takes_the_place_of_a_link_and_leaves_alone_where_it_leads() {
    let root = tempfile::tempdir().expect("a folder");
    let store = RunStore::new(root.path().join("runs"));
    let elsewhere = root.path().join("elsewhere");
    for folder in [&elsewhere, &store.folder().to_owned()] {
        std::fs::create_dir(folder).expect("a folder");
    }
    std::fs::write(elsewhere.join("mine"), "mine").expect("a file");
    let folder = store.folder_of(&example::record());
    std::os::unix::fs::symlink(&elsewhere, &folder).expect("a link");
    store.save(&example::record(), &[]).expect("saved");
    assert!(folder.symlink_metadata().expect("a folder").is_dir());
    assert_eq!(std::fs::read_dir(&elsewhere).expect("a folder").count(), 1);
    assert_eq!(std::fs::read(elsewhere.join("mine")).expect("a file"), b"mine");
}

#[test]
fn torture_records_from_elsewhere_are_refused_or_used() {
    let inputs = Scale::chosen().of(2_000, 100_000, 1_000_000);
    let (path, record) = sample();
    let samples = [record.clone(), String::from_utf8_lossy(&record).replace([' ', '\n'], "").into_bytes()];
    let mut tamper = Tamper::new(5);
    let mut used = 0;
    for _ in 0..inputs {
        if let Ok(file) = parse_record(&path, &tamper.changed(&samples)) {
            use_up(&file.record);
            used += 1;
        }
    }
    let memory = torture::check_memory();
    torture::row("inputs to the record parser", format!("{inputs} inputs, {used} valid, 0 panics, {memory} MiB"));
}

#[test]
fn torture_tables_from_elsewhere_are_refused_or_used() {
    let inputs = Scale::chosen().of(2_000, 100_000, 1_000_000);
    let record = example::record();
    let samples = [tables::steps(&record.step_losses), tables::probes(&record.probes)];
    let mut tamper = Tamper::new(6);
    for _ in 0..inputs {
        let table = tamper.changed(&samples);
        let step_losses = tables::read_steps(&table).unwrap_or_default();
        let probes = tables::read_probes(&table).unwrap_or_default();
        let read = RunRecord { step_losses, probes, ..record.clone() };
        if checked::what_is_wrong_with_tables(&RunRecord { steps: read.step_losses.len(), ..read.clone() }).is_none() {
            use_up(&read);
        }
    }
    let memory = torture::check_memory();
    torture::row("inputs to the parsers of tables", format!("{inputs} inputs, 0 panics, {memory} MiB"));
}
