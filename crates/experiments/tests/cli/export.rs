//! `export`: what it refuses, and that it leaves nothing half-written. `make test-interop` reads the files with other tools.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use test_support::pictures::grey_png;
use test_support::{Scale, hostile_texts, row};

use crate::common::{Ended, Scratch};

/// A folder with a run of `task2c`.
pub(crate) fn trained() -> Scratch {
    let scratch = Scratch::new();
    scratch.stdout(&["run", "task2c", "--quiet"]);
    scratch
}

/// Changes a byte in the middle of a file.
pub(crate) fn damage(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn bad_input_is_quoted_and_leaves_nothing_behind() {
    let scratch = trained();
    let cases: [(&[&str], &str); 8] = [
        (&["export", "task2c", "--to", "onyx"], "`onyx` is not a format\nhint: the formats are onnx, pytorch,"),
        (&["export", "task9", "--to", "onnx"], "no experiment or comparison is called `task9`"),
        (&["export", "task4a", "--to", "onnx"], "hint: `experiments run task4a --seed 1` trains it"),
        (
            &["export", "task2c", "--set", "model.hidden_units=[3]", "--seed", "7", "--to", "onnx"],
            "`experiments run task2c --set model.hidden_units=[3] --seed 7` trains it",
        ),
        (&["export", "--to", "onnx", "task2c"], "hint: experiments export task2c --to onnx"),
        (&["export", "--to", "tensorboard"], "`--to tensorboard` needs DIR: `--to tensorboard DIR`"),
        (&["export", "--to", "mlflow"], "`--to mlflow` needs URI"),
        (&["export", "--to", "crate", "elsewhere"], "takes no other place"),
    ];
    for (arguments, expected) in cases {
        let message = scratch.refusal(arguments, 2);
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    assert!(!scratch.path("runs/export").exists() && !scratch.path("elsewhere").exists());
}

#[test]
fn without_records_the_command_that_trains_is_named() {
    let scratch = Scratch::new();
    for format in [["csv"].as_slice(), &["tensorboard", "curves"], &["crate"]] {
        let message = scratch.refusal(&[&["export", "--to"], format].concat(), 2);
        assert!(message.contains("hint: `experiments run --all`"), "{message}");
    }
    assert!(!scratch.path("curves").exists() && !scratch.path("runs").exists());
}

#[test]
fn a_file_that_exists_is_replaced_only_on_demand() {
    let scratch = trained();
    let export = ["export", "task2c", "--to", "pytorch", "out"];
    scratch.stdout(&export);
    scratch.stdout(&export);
    let [state, module] = ["safetensors", "py"].map(|kind| scratch.path("out/task2c-seed1-best").with_extension(kind));
    let before = std::fs::read(&state).unwrap();
    std::fs::remove_file(&state).unwrap();
    std::fs::write(&module, "mine").unwrap();
    let message = scratch.refusal(&export, 2);
    assert!(message.contains("out/task2c-seed1-best.py exists, with other content"), "{message}");
    assert!(!state.exists(), "none of the files is written");
    scratch.stdout(&[&export[..], &["--force"]].concat());
    assert_eq!(std::fs::read(&state).unwrap(), before);
}

#[test]
fn a_damaged_record_is_named_and_left_out() {
    let scratch = trained();
    let folder = scratch.run("task2c");
    damage(&folder.join("best.safetensors"));
    for format in ["onnx", "pytorch", "safetensors", "numpy", "crate"] {
        let message = scratch.refusal(&["export", "task2c", "--to", format], 1);
        assert!(message.contains("best.safetensors") && message.contains("SHA-256"), "{format}: {message}");
    }
    assert!(!scratch.path("runs/export").exists() && !scratch.path("runs/ro-crate-metadata.json").exists());
    scratch.stdout(&["export", "task2c", "--to", "onnx", "--weights", "last"]);
    damage(&folder.join("steps.csv"));
    for format in [["csv"].as_slice(), &["tensorboard", "curves"]] {
        let message = scratch.refusal(&[&["export", "--to"], format].concat(), 1);
        assert!(message.contains("1 of 1 runs are damaged and were left out"), "{message}");
    }
}

#[test]
fn a_full_disk_is_reported_and_leaves_nothing_half_written() {
    let scratch = trained();
    // A limit on the size of files fails like a full disk.
    let program = env!("CARGO_BIN_EXE_experiments");
    let networks = ["onnx", "pytorch", "safetensors", "numpy"].map(|format| format!("{format} full"));
    let curves = ["tensorboard full", "csv full/all.csv", "crate"].map(str::to_owned);
    for to in networks.iter().chain(&curves) {
        let command = format!("ulimit -f 1; {program} export task2c --to {to}");
        let mut shell = Command::new("bash");
        let ended = Ended::of(shell.args(["-c", &command]).current_dir(scratch.path("")).env("NO_COLOR", "1"));
        assert_eq!(ended.code, Some(1), "{to}: {ended:?}");
        assert!(ended.stderr.contains("cannot write: File too large"), "{to}: {ended:?}");
    }
    let left = walk(&scratch.path("full"));
    assert!(left.is_empty() && !scratch.path("runs/ro-crate-metadata.json").exists(), "{left:?}");
}

/// The files below a folder.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn curves_that_cannot_be_written_do_not_begin_a_training() {
    let scratch = Scratch::new();
    let taken = scratch.file("taken", "");
    let message = scratch.refusal(&["run", "task2c", "--quiet", "--tensorboard", &taken], 1);
    assert!(message.contains("taken") && message.contains("cannot write"), "{message}");
    assert!(scratch.runs().is_empty());
}

#[test]
fn the_table_has_the_losses_the_validations_and_the_probes() {
    let scratch = trained();
    let table = scratch.stdout(&["export", "--to", "csv"]);
    let rows = |metric: &str| table.lines().filter(|line| line.contains(&format!(",{metric},"))).count();
    assert_eq!(rows("batch_loss"), 20, "a row per step");
    let probes = ["gradient_rms/layers.0", "gradient_rms/layers.1", "saturated/layers.0"];
    for metric in ["validation_loss", "train_accuracy"].into_iter().chain(probes) {
        assert_eq!(rows(metric), 6, "{metric}: a row per validation");
    }
}

#[test]
fn a_table_in_a_closed_pipe_is_no_failure() {
    let scratch = trained();
    let command = format!("set -o pipefail; {} export --to csv | head -1", env!("CARGO_BIN_EXE_experiments"));
    let ended = Ended::with(0, Command::new("bash").args(["-c", &command]).current_dir(scratch.path("")));
    assert_eq!(ended.stdout, "experiment,seed,run,step,epoch,metric,value\n");
}

#[test]
fn exported_files_are_as_readable_as_any_other() {
    let scratch = trained();
    scratch.stdout(&["export", "--to", "csv", "all.csv"]);
    let usual = scratch.file("usual", "");
    let mode = |path: PathBuf| path.metadata().unwrap().permissions().mode();
    assert_eq!(mode(scratch.path("all.csv")), mode(usual.into()));
}

/// Every format with a place for its files.
const PLACES: [&[&str]; 7] = [
    &["onnx", "out"],
    &["pytorch", "out/torch"],
    &["safetensors", "out"],
    &["numpy", "out"],
    &["tensorboard", "out/curves"],
    &["csv", "out/all.csv"],
    &["crate"],
];

/// Exports a run in a format; returns stderr of a command that must end with this exit code.
fn exported(scratch: &Scratch, to: &[&str], code: i32) -> String {
    scratch.refusal(&[&["export", "task2c", "--force", "--to"], to].concat(), code)
}

#[test]
fn only_regular_files_are_replaced() {
    let scratch = trained();
    for to in PLACES {
        exported(&scratch, to, 0);
    }
    let files = [walk(&scratch.path("out")), vec![scratch.path("runs/model-card.md")]].concat();
    let files: Vec<&PathBuf> = files.iter().filter(|path| !path.to_string_lossy().contains("tfevents")).collect();
    for path in &files {
        std::fs::remove_file(path).unwrap();
        // Opening it would wait for a writer; a device would be lost.
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }
    for to in PLACES.iter().filter(|to| to[0] != "tensorboard") {
        let message = exported(&scratch, to, 1);
        assert!(message.contains("cannot write: it is not a regular file"), "{to:?}: {message}");
    }
    std::fs::write(scratch.path("a.png"), grey_png(28, 28, &[7; 784])).unwrap();
    for show in ["--show", "--explain"] {
        let message = scratch.refusal(&["predict", "task2c", "a.png", show, "out/all.csv"], 1);
        assert!(message.contains("out/all.csv: cannot write: it is not a regular file"), "{message}");
    }
    assert!(files.iter().all(|path| !path.is_file()));
}

#[test]
fn places_that_are_not_folders_are_named() {
    let scratch = trained();
    scratch.file("taken", "mine");
    for to in PLACES.iter().filter(|to| to.len() > 1) {
        let message = exported(&scratch, &[to[0], &format!("taken/{}", to[1])], 1);
        assert!(message.contains("error: taken/") && message.contains("cannot write: "), "{message}");
    }
    assert_eq!(std::fs::read_to_string(scratch.path("taken")).unwrap(), "mine");
    for to in PLACES.iter().filter(|to| to.len() > 1) {
        let message = exported(&scratch, &[to[0], &format!("we ird:\u{1b}[2Jdir\n\u{202e}ü/{}", to[1])], 0);
        assert!(message.chars().all(|c| spec::is_plain(c) || c == '\n'), "{message:?}");
    }
    // An empty place is none.
    exported(&scratch, &["onnx", ""], 0);
    assert!(scratch.path("runs/export/task2c-seed1-best.onnx").exists());
}

#[test]
fn torture_texts_of_a_record_stay_texts_in_every_format() {
    let texts: Vec<String> =
        hostile_texts().into_iter().filter(|(_, is_plain)| *is_plain).map(|(text, _)| text).collect();
    let texts: Vec<&String> = texts.iter().step_by(Scale::chosen().of(9, 1, 1)).collect();
    let scratch = trained();
    let path = scratch.run("task2c").join("record.json");
    let record: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let fields = ["/spec/title", "/host/name", "/host/processor", "/backend/device", "/dataset/title", "/code/burn"];
    // The numbers of entities and marks in the crate, the table and the module do not depend on the texts.
    let outcome = || {
        for to in PLACES {
            let said = exported(&scratch, to, 0);
            assert!(said.chars().all(|c| spec::is_plain(c) || c == '\n'), "{said:?}");
        }
        let read = |name: &str| std::fs::read_to_string(scratch.path(name)).unwrap();
        let graph: Value = serde_json::from_str(&read("runs/ro-crate-metadata.json")).unwrap();
        let entities = graph["@graph"].as_array().unwrap().len();
        (entities, marks_of(&read("runs/model-card.md")), read("out/all.csv"), read("out/torch/task2c-seed1-best.py"))
    };
    let expected = outcome();
    for text in &texts {
        let mut changed = record.clone();
        for field in fields {
            *changed.pointer_mut(field).unwrap() = Value::from(text.trim().chars().take(100).collect::<String>());
        }
        std::fs::write(&path, changed.to_string()).unwrap();
        assert_eq!(outcome(), expected, "{text}");
    }
    let figure =
        format!("{} texts in {} fields, {} formats, every text a text", texts.len(), fields.len(), PLACES.len());
    row("texts of a record, exported", figure);
}

/// The number of characters that Markdown would take for markup.
fn marks_of(text: &str) -> usize {
    let mut characters = text.chars();
    let mut marks = 0;
    while let Some(character) = characters.next() {
        if character == '\\' {
            characters.next();
        }
        marks += usize::from(['|', '*', '_', '`', '[', ']', '<', '>', '&'].contains(&character));
    }
    marks
}
