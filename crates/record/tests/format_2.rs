//! Records of format 2, in which the shape of the images is not part of the dataset, can still be read.

use std::fs;
use std::path::{Path, PathBuf};

use record::{RunRecord, RunStore, weights_file};
use serde_json::{Value, json};
use spec::run_id;
use test_support::SHAPE;

const NAME: &str = "task3c-seed3-c12de310e5781c2f";

/// A run of ten steps on MNIST, made by the version that wrote format 2.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/format-2")
}

fn old() -> RunRecord {
    RunStore::load(&folder().join(NAME)).expect("a record")
}

#[test]
fn an_old_record_is_found_by_its_identity_and_complete() {
    let record = old();
    let RunRecord { spec, seed, dataset, backend, code, history, .. } = &record;
    assert_eq!(run_id(spec, *seed, &dataset.digest, SHAPE, &backend.name, code.numerics), record.id);
    assert_eq!(RunStore::new(folder()).find(&record.id).expect("read"), Some(record.clone()));
    assert_eq!((record.format, dataset.shape, record.predictions.is_none()), (RunRecord::FORMAT, SHAPE, true));
    assert_eq!((history.step_losses.len(), history.validations.len(), history.probes.len()), (10, 6, 6));
    assert_eq!(history.probes[5].layers[0].saturated, Some(0.375));
    assert_eq!(record.layers().iter().map(|layer| layer.name.as_str()).collect::<Vec<_>>(), ["layers.0", "layers.1"]);
    assert_eq!(record.parameters, 1_590);
}

#[test]
fn the_weights_of_an_old_record_are_read() {
    let record = old();
    let bytes = RunStore::new(folder()).weights(&record, weights_file::BEST).expect("weights");
    let shapes = record.spec.model.shapes(record.dataset.shape);
    let weights = weights_file::decode(&bytes, &shapes).expect("weights of its network");
    assert_eq!(weights.0.iter().map(|tensor| tensor.values.len()).sum::<usize>(), record.parameters);
}

#[test]
fn an_old_record_that_is_saved_again_reads_back_equal() {
    let root = tempfile::tempdir().expect("a folder");
    let store = RunStore::new(root.path());
    let record = old();
    let folder = store.save(&record, []).expect("saved");
    assert_eq!(folder.file_name().expect("a name"), NAME);
    assert_eq!(RunStore::load(&folder).expect("a record"), record);
}

#[test]
fn an_old_record_that_breaks_a_rule_is_damaged() {
    let refused = |pointer: &str, value: Value| {
        let root = tempfile::tempdir().expect("a folder");
        let copy = root.path().join(NAME);
        fs::create_dir(&copy).expect("a folder");
        let bytes = fs::read(folder().join(NAME).join("record.json")).expect("a record");
        let mut record: Value = serde_json::from_slice(&bytes).expect("JSON");
        *record.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
        fs::write(copy.join("record.json"), record.to_string()).expect("written");
        let error = RunStore::load(&copy).expect_err(pointer).to_string();
        error.split_once("record.json: ").expect("the path and the reason").1.to_owned()
    };
    insta::assert_snapshot!(refused("/spec/model/n_inputs", json!(7)), @"`spec.model.n_inputs` must be 784, the pixels of every image when its format was in use");
    insta::assert_snapshot!(refused("/spec/model/n_outputs", json!(1)), @"is not a record: a value has the wrong type or is out of bounds");
    insta::assert_snapshot!(refused("/spec/model/n_outputs", json!(11)), @"`id` is not the identity of this record, 09708a7fcb67a00dcda79273e651d6c5ae403da7c1f0f4b114018fbc3c93ae78");
    insta::assert_snapshot!(refused("/spec/model", json!([])), @"`spec.model.n_inputs` must be 784, the pixels of every image when its format was in use");
    insta::assert_snapshot!(refused("/dataset", json!(null)), @"is not a record: a value has the wrong type or is out of bounds");
    insta::assert_snapshot!(refused("/spec/optimizer/momentum", json!(1)), @"`spec` breaks a rule: `optimizer.momentum` is 1, but must be a number from 0 to below 1");
    insta::assert_snapshot!(refused("/parameters", json!(1)), @"`parameters` is 1, but its network has 1590");
}
