//! Records are written, read, replaced and refused, in a new folder per test.

use std::fs;
use std::path::PathBuf;

use record::{RunRecord, RunStore, StopReason, StoreError, TestScores};
use test_support::record;

/// A store with the fixture's record, and the folder of its run.
fn store() -> (tempfile::TempDir, RunStore, PathBuf) {
    let root = tempfile::tempdir().expect("a folder");
    let store = RunStore::new(root.path().join("runs"));
    let folder = store.save(&record(), [("last.safetensors", b"last".to_vec())]).expect("saved");
    (root, store, folder)
}

#[test]
fn a_record_reads_back_equal() {
    let (_root, store, folder) = store();
    let record = test_support::record();
    assert_eq!(store.find(&record.id).expect("read"), Some(record.clone()));
    assert_eq!(
        folder.file_name().expect("a name").to_string_lossy(),
        format!("task3c-seed{}-{}", u64::MAX, &record.id[..16])
    );
    assert_eq!(store.weights(&record, "last.safetensors").expect("weights"), b"last");
    assert_eq!(store.list().len(), 1, "nothing temporary is left");
    assert_eq!(fs::read_dir(store.folder()).expect("a folder").count(), 1);
}

#[test]
fn every_file_of_a_record_is_read_and_checked() {
    let (_root, store, folder) = store();
    let names: Vec<String> = store.files(&record()).expect("files").into_iter().map(|(name, _)| name).collect();
    let expected =
        ["record.json", "last.safetensors", "predictions.json", "probes.csv", "steps.csv", "validations.csv"];
    assert_eq!(names, expected);
    fs::write(folder.join("last.safetensors"), "other").expect("written");
    let error = store.files(&record()).expect_err("damaged").to_string();
    assert!(error.contains("last.safetensors"), "{error}");
    assert!(store.tensors(&record(), "last.safetensors").is_err(), "its SHA-256 is another");
}

#[test]
fn scores_on_the_test_images_read_back_and_must_be_possible() {
    let (_root, store, _) = store();
    let test =
        TestScores { images: 5, best_loss: 0.1 + 0.2, best_accuracy: 0.8, last_loss: 1e-300, last_accuracy: 1.0 };
    let scored = |test| RunRecord { test: Some(test), ..record() };
    store.save(&scored(test), []).expect("saved");
    assert_eq!(store.find(&record().id).expect("read"), Some(scored(test)));
    for wrong in [
        TestScores { images: 0, ..test },
        TestScores { last_accuracy: 1.1, ..test },
        TestScores { best_loss: f64::NAN, ..test },
    ] {
        assert!(store.save(&scored(wrong), []).is_err(), "{wrong:?}");
    }
}

#[test]
fn losses_that_are_not_finite_read_back() {
    let (_root, store, _) = store();
    let mut record = test_support::record();
    record.stop_reason = StopReason::Diverged;
    record.history.step_losses = vec![1.0, f32::INFINITY, f32::NAN];
    store.save(&record, []).expect("saved");
    let read = store.find(&record.id).expect("read").expect("a record");
    assert_eq!(read.history.step_losses[..2], record.history.step_losses[..2]);
    assert!(read.history.step_losses[2].is_nan());
}

#[test]
fn saving_again_replaces_the_whole_folder() {
    let (_root, store, folder) = store();
    store.save(&record(), [("best.safetensors", b"best".to_vec())]).expect("saved");
    assert!(!folder.join("last.safetensors").exists());
    assert_eq!(store.weights(&record(), "best.safetensors").expect("weights"), b"best");
    assert_eq!(fs::read_dir(store.folder()).expect("a folder").count(), 1);
}

#[test]
fn a_finished_record_is_found_before_an_unfinished_one() {
    let (_root, store, _) = store();
    let mut unfinished = record();
    unfinished.stop_reason = StopReason::Interrupted;
    unfinished.spec.name = "a-first".into();
    store.save(&unfinished, []).expect("saved");
    assert_eq!(store.find(&unfinished.id).expect("read").expect("a record").spec.name, "task3c");
    assert_eq!(store.list().len(), 2);
}

#[test]
fn what_was_never_saved_is_not_found() {
    let (_root, store, _) = store();
    for id in ["", "31a66ba5", &"0".repeat(64), &format!("{}0", &record().id[..63])] {
        assert_eq!(store.find(id).expect("read"), None, "{id}");
    }
    assert!(RunStore::new("no/such/folder").list().is_empty());
}

#[test]
fn other_folders_are_not_runs() {
    let (_root, store, _) = store();
    for name in ["figures", "notes-2026", "task3c-seed1-0123"] {
        fs::create_dir(store.folder().join(name)).expect("made");
    }
    assert_eq!(store.list().len(), 1);
}

#[test]
fn unfinished_writes_are_not_runs() {
    let (_root, store, folder) = store();
    let name = folder.file_name().expect("a name").to_string_lossy();
    fs::rename(&folder, store.folder().join(format!(".saving-{name}"))).expect("renamed");
    assert!(store.list().is_empty());
    assert_eq!(store.find(&record().id).expect("read"), None);
}

#[test]
fn damage_is_refused() {
    for (file, bytes, what) in [
        ("steps.csv", Some("step,train_loss\n1,0.5\n"), "steps.csv: its SHA-256 is"),
        ("steps.csv", None, "steps.csv: cannot read: "),
        ("validations.csv", Some(""), "validations.csv: its SHA-256 is"),
        ("predictions.json", Some("{}"), "predictions.json: its SHA-256 is"),
        ("predictions.json", None, "predictions.json: cannot read: "),
        ("record.json", Some("{"), "record.json: is not a record: it is not JSON, see line 1, column 1"),
        ("record.json", Some("[3]"), "record.json: is not a record: a value has the wrong type or is out of bounds"),
        ("record.json", Some("{\"format\": 3}"), "record.json: is not a record: it lacks `files`"),
        (
            "record.json",
            Some("{\"format\": 1}"),
            "record.json: was made by an earlier version of this program, in format 1; this version writes format 3",
        ),
        (
            "record.json",
            Some("{\"format\": 4}"),
            "record.json: was made by a newer version of this program, in format 4; this version writes format 3",
        ),
        ("record.json", None, "record.json: cannot read: "),
    ] {
        let (_root, store, folder) = store();
        match bytes {
            Some(bytes) => fs::write(folder.join(file), bytes),
            None => fs::remove_file(folder.join(file)),
        }
        .expect("damaged");
        let error = store.find(&record().id).expect_err("a damaged record").to_string();
        assert!(error.starts_with(&folder.display().to_string()) && error.contains(what), "{error}");
        let listed = store.list().iter().filter(|record| record.is_err()).count();
        assert_eq!(listed == 1, file == "record.json", "a list reads only record.json");
    }
}

#[test]
fn a_damaged_record_may_be_set_aside_but_not_one_of_a_newer_version() {
    let hint = |json: &str| {
        let (_root, store, folder) = store();
        fs::write(folder.join("record.json"), json).expect("written");
        store.find(&record().id).expect_err("not a record").hint().expect("a hint")
    };
    assert!(hint("{\"format\": 1}").contains("sets a damaged record aside"));
    assert!(hint("{\"format\": 3}").contains("sets a damaged record aside"));
    assert_eq!(hint("{\"format\": 4}"), "update this program, or choose another folder for the runs");
}

#[test]
fn a_record_without_predictions_reads_back_equal() {
    let (_root, store, folder) = store();
    let record = RunRecord { predictions: None, ..test_support::record() };
    store.save(&record, []).expect("saved");
    assert!(!folder.join("predictions.json").exists());
    assert_eq!(store.find(&record.id).expect("read"), Some(record));
}

#[test]
fn damaged_weights_are_refused() {
    let (_root, store, folder) = store();
    fs::write(folder.join("last.safetensors"), "else").expect("damaged");
    assert!(matches!(store.weights(&record(), "last.safetensors"), Err(StoreError::Damaged { .. })));
    assert!(matches!(store.weights(&record(), "../x"), Err(StoreError::Damaged { .. })));
}

#[test]
fn what_would_not_read_back_is_not_written() {
    let (root, _, _) = store();
    let store = RunStore::new(root.path().join("other"));
    let changes: [fn(&mut RunRecord); 5] = [
        |record| record.wall_seconds = f64::NAN,
        |record| record.spec.name = "../escape".into(),
        |record| record.id = "zz".into(),
        |record| record.format = RunRecord::FORMAT + 1,
        |record| record.spec.training.batch_size = 0,
    ];
    for change in changes {
        let mut record = test_support::record();
        change(&mut record);
        assert!(matches!(store.save(&record, []), Err(StoreError::NotStorable { .. })));
    }
    assert!(store.save(&record(), [("../x", b"".to_vec())]).is_err());
    for file in ["steps.csv", "validations.csv", "probes.csv", "predictions.json", "record.json"] {
        assert!(store.save(&record(), [(file, b"".to_vec())]).is_err(), "{file}");
    }
    assert!(!store.folder().exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let root = tempfile::tempdir().expect("a folder");
    let path = root.path().join("runs");
    fs::write(&path, "a file").expect("a file");
    let error = RunStore::new(&path).save(&record(), []).expect_err("no folder");
    assert!(error.to_string().starts_with(&format!("{}: cannot make the folder: ", path.display())), "{error}");
    assert!(RunStore::new(&path).find(&record().id).is_err());
}

#[test]
fn processes_that_save_the_same_run_do_not_disturb_each_other() {
    let (_root, store, _) = store();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..10).for_each(|_| drop(store.save(&record(), [("x", b"x".to_vec())]).expect("saved"))));
        }
    });
    assert!(store.find(&record().id).expect("read").is_some());
    assert_eq!(fs::read_dir(store.folder()).expect("a folder").count(), 1);
}
