//! Hostile input to the program: names that point out of a folder, texts that control a terminal, endless lists and files,
//! records from elsewhere. The program neither panics nor hangs, and reads and writes nothing outside its folders.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rayon::prelude::*;
use serde_json::{Value, json};
use test_support::{Scale, hostile_names, hostile_texts};

use crate::common::{Ended, Scratch};
use crate::records::files_of;

/// Must not appear in any output: the title of the experiment outside.
const SECRET: &str = "Outside the folder";
/// The colours of the program and of clap.
const COLOURS: [&str; 9] = ["[1;31m", "[1;33m", "[1;36m", "[31m", "[32m", "[33m", "[1m", "[4m", "[2m"];

/// Texts of a record.
const FIELDS: [&str; 6] =
    ["/host/name", "/host/processor", "/backend/device", "/dataset/title", "/overrides/0", "/code/burn"];

/// The coloured output of a command, and its exit code.
fn said(scratch: &Scratch, arguments: &[&str]) -> (String, i32) {
    let mut program = scratch.program(arguments);
    let ended = Ended::of(program.env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1"));
    let code = ended.code.unwrap_or_else(|| panic!("{arguments:?}: no exit code, {ended:?}"));
    ([ended.stdout, ended.stderr].concat(), code)
}

/// Asserts that every character of a text is visible, except the program's colours.
fn check_plain(text: &str, about: &str) {
    let mut plain = text.replace("\u{1b}[0m", "");
    for colour in COLOURS {
        plain = plain.replace(&format!("\u{1b}{colour}"), "");
    }
    assert!(plain.chars().all(|c| spec::is_plain(c) || c == '\n'), "{about}: {text:?}");
}

/// The record of a short run and the path of its `record.json`.
fn trained(scratch: &Scratch) -> (PathBuf, Value) {
    scratch.stdout(&["run", "task2c", "--quiet", "--dataset", "made-up"]);
    let path = scratch.run("task2c").join("record.json");
    let record = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    (path, record)
}

/// A scratch folder, with experiments outside it that hostile names aim at.
fn surrounded() -> Scratch {
    let scratch = Scratch::new();
    let declared = std::fs::read_to_string(scratch.path("experiments/task2c.toml")).unwrap();
    let title = declared.lines().find(|line| line.starts_with("title")).unwrap();
    let outside = declared.replace(title, &format!("title = \"{SECRET}\""));
    std::fs::create_dir(scratch.path("experiments/sub")).unwrap();
    for name in ["secret.toml", "experiments/sub/secret.toml"] {
        scratch.file(name, &outside);
    }
    assert!(scratch.stdout(&["check", "secret.toml"]).contains("a valid experiment"));
    scratch
}

fn states(scratch: &Scratch) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    files_of(&scratch.path(""))
}

#[test]
fn torture_hostile_names_are_refused() {
    let names: Vec<String> = hostile_names().into_iter().step_by(Scale::chosen().of(12, 1, 1)).collect();
    let tried = side_by_side(&names, |names| {
        let scratch = surrounded();
        let (record_path, record) = trained(&scratch);
        let declared = std::fs::read_to_string(scratch.path("experiments/task3a.toml")).unwrap();
        let mut tried = 0;
        for name in names {
            if !name.contains('\0') {
                tried += as_arguments(&scratch, name);
            }
            tried += in_files(&scratch, &declared, name);
            tried += in_a_record(&scratch, &record_path, &record, name);
        }
        tried
    });
    let figure = format!("{} names in 10 fields, {tried} refused, 0 files outside read or written", names.len());
    test_support::row("hostile names", figure);
}

/// Counts over inputs, which are split among the processors; each has its own folder.
fn side_by_side<T: Sync>(inputs: &[T], count: impl Fn(&[T]) -> usize + Send + Sync) -> usize {
    inputs.par_chunks(inputs.len().div_ceil(rayon::current_num_threads())).map(count).sum()
}

/// Asserts that a command fails with this exit code and a plain message, and reads and writes nothing.
fn check_refused(scratch: &Scratch, arguments: &[&str], code: i32) {
    let before = states(scratch);
    let (text, found) = said(scratch, arguments);
    assert_eq!(found, code, "{arguments:?}: {text}");
    // With colours: so only the program itself keeps escape sequences from the terminal.
    let is_said = ["\u{1b}[1;31merror:", "\u{1b}[1;33mwarning:"].iter().any(|words| text.contains(words));
    assert!(is_said, "{arguments:?}: {text}");
    assert!(!text.contains(SECRET) && !text.contains("root:"), "{arguments:?}: {text}");
    check_plain(&text, &format!("{arguments:?}"));
    assert!(states(scratch) == before, "{arguments:?} wrote something");
}

fn as_arguments(scratch: &Scratch, name: &str) -> usize {
    let quoted = format!("baseline={}", Value::from(name));
    let bare = format!("baseline={name}");
    check_refused(scratch, &["show", "--", name], 2);
    check_refused(scratch, &["show", "task3a", "--set", &bare], 2);
    check_refused(scratch, &["show", "task3a", "--set", &quoted], 2);
    3
}

/// The name in every key of a declared file that names another one, and as a file name if the system allows it.
fn in_files(scratch: &Scratch, declared: &str, name: &str) -> usize {
    let quoted = Value::from(name).to_string();
    let baseline = declared.replace("baseline = \"task2c\"", &format!("baseline = {quoted}"));
    let against = declared.replacen("[[claim]]\n", &format!("[[claim]]\nagainst = {quoted}\n"), 1);
    assert!(baseline != declared && against != declared);
    let runs = format!("title = \"x\"\nruns = [\"task2c\", {quoted}]\n");
    let mut files = vec![
        scratch.file("baseline.toml", &baseline),
        scratch.file("against.toml", &against),
        scratch.file("runs.toml", &runs),
    ];
    let own = scratch.path("named").join(format!("{name}.toml"));
    std::fs::create_dir_all(scratch.path("named")).unwrap();
    if !name.contains(['/', '\0']) && std::fs::write(&own, declared).is_ok() {
        files.push(own.display().to_string());
    }
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    check_refused(scratch, &[&["check", "--"], files.as_slice()].concat(), 2);
    let (text, _) = said(scratch, &[&["check", "--"], files.as_slice()].concat());
    assert!(text.contains(&format!("{} of {} files are wrong", files.len(), files.len())), "{name:?}: {text}");
    std::fs::remove_dir_all(scratch.path("named")).unwrap();
    files.len()
}

/// The name in every key of a record that becomes part of a path.
fn in_a_record(scratch: &Scratch, path: &Path, record: &Value, name: &str) -> usize {
    let fields = ["/spec/name", "/id", "/seed", "/dataset/name", "/spec/baseline"];
    for field in fields {
        let mut changed = record.clone();
        *changed.pointer_mut(field).unwrap() = Value::from(name);
        std::fs::write(path, changed.to_string()).unwrap();
        check_refused(scratch, &["list"], 0);
    }
    let mut changed = record.clone();
    changed["files"][name] = Value::from("0".repeat(64));
    std::fs::write(path, changed.to_string()).unwrap();
    check_refused(scratch, &["list"], 0);
    check_refused(scratch, &["figure", "task2c", "--quiet", "--dataset", "made-up"], 1);
    std::fs::write(path, record.to_string()).unwrap();
    fields.len() + 1
}

#[test]
fn torture_texts_cannot_control_the_terminal() {
    let texts = hostile_texts().into_iter().step_by(Scale::chosen().of(9, 1, 1));
    let texts: Vec<(usize, (String, bool))> = texts.enumerate().collect();
    let printed = side_by_side(&texts, |texts| {
        let scratch = Scratch::new();
        let (path, record) = trained(&scratch);
        let declared = std::fs::read_to_string(scratch.path("experiments/task2c.toml")).unwrap();
        let title = declared.lines().find(|line| line.starts_with("title")).unwrap();
        let mut printed = 0;
        for (number, (text, is_plain)) in texts {
            let mut check = |arguments: &[&str], codes: &[i32]| {
                let (shown, code) = said(&scratch, arguments);
                assert!(codes.contains(&code), "{arguments:?}: {code}, {shown}");
                check_plain(&shown, &format!("{arguments:?}"));
                printed += 1;
            };
            let file =
                scratch.file("mine.toml", &declared.replace(title, &format!("title = {}", Value::from(text.as_str()))));
            let title_is_valid =
                matches!(text.trim().chars().count(), 1..=100) && text.trim().chars().all(spec::is_plain);
            let valid = if title_is_valid { [0] } else { [2] };
            check(&["show", &file], &valid);
            check(&["show", &file, "--json"], &valid);
            scratch.file("raw.toml", &declared.replace("\"sigmoid\"", &format!("\"{text}\"")));
            check(&["check", "raw.toml"], &[2]);
            if !text.contains('\0') {
                check(&["show", "--", text], &[2]);
                check(&["show", "task2c", "--set", &format!("title={text}")], &[0, 2]);
                check(&["show", "task2c", "--set", &format!("{text}=1")], &[2]);
                check(&["list", "--runs-dir", &format!("runs-{}", text.replace('/', "-"))], &[0]);
                check(&["run", "task2c", "--seed", text], &[2]);
                check(&["run", "task2c", "--dataset", text], &[2]);
                check(&["run", "task2c", "--backend", text], &[2]);
                check(&["data", "--dataset", "mnist", "--data-dir", text], &[2]);
                check(&["--", text], &[2]);
            }
            for (index, field) in FIELDS.into_iter().enumerate() {
                let mut changed = record.clone();
                changed["overrides"] = json!([""]);
                *changed.pointer_mut(field).unwrap() = Value::from(text.as_str());
                std::fs::write(&path, changed.to_string()).unwrap();
                check(&["list"], &[0]);
                if index == number % FIELDS.len() {
                    let damaged = if *is_plain { [0] } else { [1] };
                    check(&["figure", "task2c", "--quiet", "--dataset", "made-up"], &damaged);
                }
            }
        }
        printed
    });
    test_support::row(
        "texts in arguments, files and records",
        format!("{} texts, {printed} answers, all plain", texts.len()),
    );
}

#[test]
fn records_that_break_a_rule_cause_no_panic() {
    let scratch = Scratch::new();
    let (path, record) = trained(&scratch);
    let breaches = [
        ("/spec/training/batch_size", json!(0)),
        ("/spec/training/validations_per_epoch", json!(0)),
        ("/spec/training/max_epochs", json!(u64::MAX)),
        ("/spec/model/hidden_units", json!([1_000_000_000_000_u64, u64::MAX])),
        ("/dataset/shape/classes", json!(0)),
        ("/spec/data/train_images", json!(0)),
        ("/spec/optimizer/learning_rate", json!(-1)),
        ("/validations/0/step", json!(u64::MAX)),
        ("/validations/0/epoch", json!(-1e308)),
        ("/validations/0/validation_accuracy", json!(1e308)),
        ("/validations", json!([])),
        ("/steps", json!(0)),
        ("/wall_seconds", json!(1e300)),
        ("/host/cores", json!(u64::MAX)),
    ];
    for (field, value) in breaches {
        let mut changed = record.clone();
        *changed.pointer_mut(field).unwrap() = value;
        std::fs::write(&path, changed.to_string()).unwrap();
        for arguments in [
            &["list"][..],
            &["list", "--json"],
            &["figure", "task2c", "--dataset", "made-up"],
            &["claims", "task3a", "--dataset", "made-up"],
        ] {
            let (text, code) = said(&scratch, arguments);
            assert!(code < 2, "{field}, {arguments:?}: {code}, {text}");
        }
    }
    let (text, code) = said(&scratch, &["report", "--no-train", "--dataset", "made-up"]);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn the_program_does_not_wait_for_pipes() {
    let scratch = Scratch::new();
    let (record, content) = trained(&scratch);
    let pipe = |path: &Path| {
        let _ = std::fs::remove_file(path);
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    pipe(&scratch.path("pipe.toml"));
    pipe(&record);
    pipe(&scratch.path("runs/pipe-seed1-0123456789abcdef"));
    assert!(scratch.refusal(&["show", "pipe.toml"], 2).contains("pipe.toml: cannot read: it is not a regular file"));
    let listed = said(&scratch, &["list"]);
    assert!(listed.1 == 0 && listed.0.contains("record.json: cannot read: it is not a regular file"), "{}", listed.0);
    assert!(scratch.refusal(&["figure", "task2c", "--dataset", "made-up"], 1).contains("is not a regular file"));
    std::fs::remove_file(&record).unwrap();
    std::fs::write(&record, content.to_string()).unwrap();
    pipe(&record.with_file_name("steps.csv"));
    assert!(scratch.refusal(&["figure", "task2c", "--dataset", "made-up"], 1).contains("is not a regular file"));

    let id = content["id"].as_str().unwrap();
    let lock = scratch.path("runs/.checkpoints").join(&id[..16]).join("lock");
    std::fs::create_dir_all(lock.parent().unwrap()).unwrap();
    pipe(&lock);
    assert_eq!(said(&scratch, &["list"]).1, 0);
    std::fs::remove_dir_all(record.parent().unwrap()).unwrap();
    assert!(scratch.refusal(&["run", "task2c", "--dataset", "made-up"], 1).contains("lock: cannot write: it is not a"));
}

#[test]
fn huge_lists_and_numbers_are_refused_at_once() {
    let scratch = Scratch::new();
    let ranges: Vec<String> =
        (0..5_000_u64).map(|range| format!("{}..{}", range * 10_000, range * 10_000 + 9_999)).collect();
    let deep = format!("model.hidden_units={}", "[".repeat(100_000));
    let dotted = format!("title.{}=1", "a.".repeat(60_000));
    let long = "x".repeat(120_000);
    for arguments in [
        &["run", "task2c", "--seed", &ranges.join(",")][..],
        &["run", "task2c", "--seed", "0..18446744073709551615"],
        &["run", "task2c", "--seeds", "18446744073709551615"],
        &["run", "task2c", "--jobs", "99999999999999999999"],
        &["run", "task2c", "--backend", "abacus", "--jobs", "1000000000000000000"],
        &["run", "--all", "--seeds", "10000", "--backend", "abacus"],
        &["show", "task2c", "--set", &deep],
        &["show", "task2c", "--set", &dotted],
        &["show", "task2c", "--set", "model.hidden_units=[10_000_000]"],
        &["show", "task2c", "--set", "optimizer.learning_rate=nan"],
        &["show", &long],
        &["show", "task2c", "--set", &format!("title={long}")],
    ] {
        let began = std::time::Instant::now();
        let (text, code) = said(&scratch, arguments);
        assert_eq!(code, 2, "{text}");
        // The message about a very long command line is short.
        assert!(text.len() < 20_000, "{} bytes: {}", text.len(), &text[..200]);
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }
}

#[test]
fn what_is_not_text_is_named() {
    let scratch = Scratch::new();
    let not_text = std::ffi::OsStr::from_bytes(b"a\xff");
    for variable in ["EXPERIMENTS_OFFLINE", "EXPERIMENTS_BACKEND"] {
        let message = Ended::with(2, scratch.program(&["list"]).env(variable, not_text)).stderr;
        assert_eq!(message, format!("error: the variable {variable} `a\u{fffd}` is not UTF-8 text\n"));
    }
    Ended::with(0, scratch.program(&["list"]).env("EXPERIMENTS_RUNS_DIR", not_text));
    let message = Ended::with(2, scratch.program(&["show"]).arg(not_text)).stderr;
    assert_eq!(message, "error: the argument `a\u{fffd}` is not UTF-8 text\n");
}

#[test]
fn help_does_not_show_the_values_of_variables() {
    let help = Ended::with(0, Scratch::new().program(&["--help"]).env("EXPERIMENTS_RUNS_DIR", "\u{1b}[2J"));
    check_plain(&help.stdout, "help");
}
