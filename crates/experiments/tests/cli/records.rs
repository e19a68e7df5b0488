//! The files of a run, and when it is trained again.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use serde_json::Value;
use test_support::hears;

use crate::common::{Ended, Scratch};

/// Every file below a folder, with its bytes and time of writing.
pub(crate) fn files_of(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut files = BTreeMap::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_of(&path));
        } else {
            let written = path.metadata().unwrap().modified().unwrap();
            files.insert(path.clone(), (std::fs::read(&path).unwrap(), written));
        }
    }
    files
}

/// Takes the scores and their images out of a record, as if its experiment had declared none.
pub(crate) fn forget_test(run: &Path) {
    let mut record = record_of(run);
    record["spec"]["data"].as_object_mut().unwrap().remove("test_images").expect("test images");
    record.as_object_mut().unwrap().remove("test").expect("scores");
    std::fs::write(run.join("record.json"), record.to_string()).unwrap();
}

pub(crate) fn record_of(run: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(run.join("record.json")).unwrap()).unwrap()
}

#[test]
fn every_number_of_a_record_is_finite() {
    let scratch = Scratch::new();
    scratch.stdout(&["run", "--all"]);
    for run in scratch.runs() {
        for table in ["steps.csv", "validations.csv"] {
            let table = std::fs::read_to_string(run.join(table)).unwrap();
            let mut numbers = table.lines().skip(1).flat_map(|row| row.split(','));
            assert!(numbers.all(|number| number.parse::<f64>().unwrap().is_finite()), "{}: {table}", run.display());
        }
    }
}

#[test]
fn the_files_of_a_finished_run_stay_as_they_are() {
    let scratch = Scratch::new();
    scratch.stdout(&["run", "task2c"]);
    let run = scratch.run("task2c");
    let before = files_of(&run);
    scratch.stdout(&["run", "task2c"]);
    scratch.stdout(&["run", "task3"]);
    scratch.stdout(&["figure", "task2c"]);
    assert_eq!(before.len(), 7);
    assert!(files_of(&run) == before);
}

#[test]
fn a_finished_run_is_scored_on_its_test_images_without_being_trained_again() {
    for arguments in [["run", "task4a"].as_slice(), &["claims"], &["report", "--no-train"]] {
        let scratch = Scratch::new();
        scratch.stdout(&["run", "task4a"]);
        let run = scratch.run("task4a");
        let scored = record_of(&run);
        assert_eq!(scored["test"]["images"], 300);
        forget_test(&run);
        let before = files_of(&run);
        let message = Ended::with(0, &mut scratch.program(arguments)).stderr;
        assert!(message.contains("scored the weights of 1 finished run on the test images"), "{message}");
        let again = record_of(&run);
        assert_eq!((&again["test"], &again["started_at"]), (&scored["test"], &scored["started_at"]), "{arguments:?}");
        for (file, (bytes, _)) in files_of(&run) {
            assert!(file.ends_with("record.json") || bytes == before[&file].0, "{} has changed", file.display());
        }
        let message = Ended::with(0, &mut scratch.program(arguments)).stderr;
        assert!(!message.contains("scored"), "once only: {message}");
    }
}

#[test]
fn without_its_images_a_run_says_that_its_scores_are_missing() {
    let scratch = Scratch::new();
    scratch.stdout(&["run", "task4a"]);
    for run in scratch.runs() {
        forget_test(&run);
        let mnist = std::fs::read_to_string(run.join("record.json")).unwrap().replace("\"made-up\"", "\"mnist\"");
        std::fs::write(run.join("record.json"), mnist).unwrap();
    }
    let message = Ended::with(0, &mut scratch.program(&["claims"])).stderr;
    let note = "2 finished runs lack their scores on the test images: `experiments claims` adds them where MNIST is";
    assert!(message.contains(note), "{message}");
}

#[test]
fn a_diverged_run_ends_the_same_way_again_without_training() {
    let scratch = Scratch::new();
    let declared = std::fs::read_to_string(scratch.path("experiments/task2c.toml")).unwrap();
    scratch.file("experiments/wild.toml", &declared.replace("learning_rate = 0.1", "learning_rate = 1e38"));
    let first = scratch.refusal(&["run", "wild", "--quiet", "--dataset", "made-up"], 3);
    let before = files_of(&scratch.run("wild"));
    let second = scratch.refusal(&["run", "wild", "--quiet", "--dataset", "made-up"], 3);
    assert_eq!(first, second);
    assert!(files_of(&scratch.run("wild")) == before);
    insta::assert_snapshot!(first, @"
    error: wild, seed 1: the loss became NaN or infinite at step 2
    hint: try a smaller `optimizer.learning_rate`
    ");
    assert!(scratch.stdout(&["list"]).contains("made-up: 1 diverged"));
}

#[test]
fn json_has_the_baseline_first() {
    let scratch = Scratch::new();
    let records: Value = serde_json::from_str(&scratch.stdout(&["run", "task4a", "--json"])).unwrap();
    let name = |record: &Value| record["spec"]["name"].as_str().unwrap().to_owned();
    let names: Vec<String> = records.as_array().unwrap().iter().map(name).collect();
    assert_eq!(names, ["task3c", "task4a"]);
    assert_eq!(records[1], {
        let Value::Object(mut record) = record_of(&scratch.run("task4a")) else { panic!("a record is an object") };
        record.remove("files");
        Value::Object(record)
    });
}

/// A file of a record, and what happens to it.
type Damage = (&'static str, fn(&Path));

#[test]
fn a_damaged_record_is_set_aside_and_its_run_trained_again() {
    let damages: [Damage; 4] = [
        ("steps.csv", |file| std::fs::write(file, "step,train_loss\n1,0.0\n").unwrap()),
        ("record.json", |file| std::fs::write(file, &std::fs::read(file).unwrap()[..10]).unwrap()),
        ("predictions.json", |file| std::fs::remove_file(file).unwrap()),
        ("validations.csv", |file| std::fs::write(file, "").unwrap()),
    ];
    for (file, damage) in damages {
        let scratch = Scratch::new();
        scratch.stdout(&["run", "task2c"]);
        let run = scratch.run("task2c");
        damage(&run.join(file));
        let before = files_of(&run);
        // `list` and `claims` read no tables.
        let commands = [["report", "--no-train"].as_slice(), &["list"], &["claims"]];
        for command in &commands[..if file == "record.json" { 3 } else { 1 }] {
            let message = Ended::with(0, &mut scratch.program(command)).stderr;
            assert!(message.contains("warning") && message.contains(file), "{file}: {message}");
        }
        let message = Ended::with(0, &mut scratch.program(&["run", "task2c", "--seeds", "2"])).stderr;
        assert_eq!(message.matches("trained again").count(), 1, "{file}: {message}");
        let aside = run.with_added_extension("set-aside");
        assert!(files_of(&aside).into_values().eq(before.into_values()), "{file}");
        let message = Ended::with(0, &mut scratch.program(&["run", "task2c", "--seeds", "2"])).stderr;
        assert!(!message.contains("set-aside"), "once only: {message}");
    }
}

#[test]
fn overrides_of_data_and_training_apply_to_the_baseline() {
    let scratch = Scratch::new();
    let short = ["run", "task4a", "--json", "--set", "data.train_images=320", "--set", "model.hidden_units=8"];
    let records: Value = serde_json::from_str(&scratch.stdout(&short)).unwrap();
    let [baseline, own] = &records.as_array().unwrap()[..] else { panic!("{records}") };
    assert_eq!((&baseline["spec"]["name"], &own["spec"]["name"]), (&"task3c".into(), &"task4a".into()));
    for record in [baseline, own] {
        assert_eq!(record["spec"]["data"]["train_images"], 320);
    }
    assert_eq!(baseline["overrides"], serde_json::json!(["data.train_images=320"]));
    assert_eq!(baseline["spec"]["model"]["hidden_units"], serde_json::json!([64]));
    let alone: Value = serde_json::from_str(&scratch.stdout(&[&short[..], &["--no-baseline"]].concat())).unwrap();
    assert_eq!(alone.as_array().unwrap().len(), 1);
}

#[test]
fn quick_runs_are_marked_and_kept_apart() {
    let scratch = Scratch::new();
    let declared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments");
    let quick = ["run", "--all", "--quick", "--experiments-dir", declared];
    let ended = Ended::with(0, &mut scratch.program(&quick));
    assert!(ended.stdout.contains("task4e (--quick)"), "{ended:?}");
    assert!(ended.stderr.contains("their numbers mean nothing; records: runs/quick"), "{ended:?}");
    assert!(scratch.runs().is_empty(), "no record among the others");
    assert!(scratch.path("runs/quick/figures").is_dir());
}

#[test]
fn a_record_of_a_newer_version_stays_where_it_is() {
    let scratch = Scratch::new();
    scratch.stdout(&["run", "task2c"]);
    let run = scratch.run("task2c");
    std::fs::write(run.join("record.json"), "{\"format\": 1000}").unwrap();
    let before = files_of(&run);
    let message = scratch.refusal(&["run", "task2c", "--dataset", "made-up"], 1);
    assert!(message.contains("made by a newer version") && message.contains("hint: update this program"), "{message}");
    assert!(files_of(&run) == before);
}

#[test]
#[cfg(target_os = "linux")]
fn a_runs_folder_that_cannot_be_made_is_refused_before_the_training() {
    let scratch = Scratch::new();
    let endless = ["--set", "training.max_epochs=10000", "--set", "training.patience_validations=50000"];
    let arguments = ["run", "task2c", "--dataset", "made-up", "--runs-dir", "/proc/runs"];
    let message = scratch.refusal(&[&arguments[..], &endless].concat(), 1);
    assert!(message.starts_with("error: /proc/runs: cannot write into the folder"), "{message}");
}

#[test]
#[cfg(not(feature = "cuda"))]
fn a_backend_that_is_not_compiled_in_says_how_to_get_it() {
    let message = Scratch::new().refusal(&["run", "task2c", "--backend", "cuda"], 2);
    insta::assert_snapshot!(message, @"error: backend `cuda` is not compiled in; build the program with `make … BACKEND=cuda` or `--features cuda`");
}

/// Whether a run has a checkpoint in this folder.
fn has_checkpoint(folder: &Path) -> bool {
    let entries = |folder: &Path| folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    entries(folder).flat_map(|run| entries(&run)).any(|file| file.extension().is_some_and(|end| end == "checkpoint"))
}

#[test]
fn an_interrupted_run_is_trained_again_to_its_end() {
    let scratch = Scratch::new();
    // At its declared size it takes seconds, so that the signal comes in the middle.
    let declared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments/task2c.toml");
    let settings = ["--set", "training.max_epochs=12", "--set", "checkpoint.every_validations=1"];
    let arguments = [&["run", declared, "--dataset", "made-up"][..], &settings].concat();
    let mut child = Command::new(env!("CARGO_BIN_EXE_experiments"))
        .current_dir(scratch.path(""))
        .args(&arguments)
        .args(["--runs-dir", "runs"])
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !has_checkpoint(&scratch.path("runs/.checkpoints")) {
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        std::thread::sleep(Duration::from_millis(10));
    }
    // What a script starts in the background ignores SIGINT.
    let (signal, code) = if hears(2) { ("-INT", 130) } else { ("-TERM", 143) };
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    let mut message = String::new();
    child.stderr.take().unwrap().read_to_string(&mut message).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(code));
    assert!(message.contains("hint: run the same command again to resume"), "{message}");
    assert_eq!(record_of(&scratch.run("task2c"))["stop_reason"], "interrupted");
    assert!(!scratch.path("runs/figures").exists());

    scratch.stdout(&arguments);
    assert_eq!(record_of(&scratch.run("task2c"))["stop_reason"], "max_epochs");
    assert_eq!(record_of(&scratch.run("task2c"))["steps"], 12 * 625);
}

/// Except for times, a run leaves the same bytes with and without others next to it.
#[test]
fn results_do_not_depend_on_jobs() {
    let trained = |jobs: &str| {
        let scratch = Scratch::new();
        scratch.stdout(&["run", "task3c", "task4f", "--seed", "1..3", "--jobs", jobs]);
        let files = scratch.runs().into_iter().flat_map(|run| {
            let name = run.file_name().unwrap().to_owned();
            let same = ["steps.csv", "validations.csv", "last.safetensors", "best.safetensors"];
            same.map(|file| ((name.clone(), file), std::fs::read(run.join(file)).unwrap()))
        });
        files.collect::<BTreeMap<_, _>>()
    };
    let alone = trained("1");
    // The baseline task3b, task3c and task4f, with three seeds each and four files per run.
    assert_eq!(alone.len(), 9 * 4);
    assert!(trained("4") == alone);
}

#[test]
fn zero_jobs_are_refused() {
    let refusal = Scratch::new().refusal(&["run", "task2c", "--jobs", "0"], 2);
    assert!(refusal.contains("--jobs"), "{refusal}");
}
