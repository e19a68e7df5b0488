//! Runs that were copied to a machine without data can be listed, shown, tested, drawn and reported there.

use std::path::Path;
use std::process::Command;

use crate::common::{Ended, Scratch};
use crate::records::files_of;

/// The commands that read records.
const READING: [&[&str]; 8] = [
    &["list"],
    &["list", "--json"],
    &["show", "task4a"],
    &["claims", "--json"],
    &["claims", "task4a"],
    &["run", "task4a", "--seeds", "2"],
    &["run", "task4a", "--seeds", "2", "--json"],
    &["figure", "task4a", "--seeds", "2"],
];

/// A scratch folder with trained runs of task 4a and its baseline, two seeds each.
fn trained() -> Scratch {
    let scratch = Scratch::new();
    scratch.stdout(&["run", "task4a", "--seeds", "2", "--dataset", "made-up"]);
    assert_eq!(scratch.runs().len(), 4);
    scratch
}

/// Another scratch folder with a copy of the runs' records, without figures.
fn copied(home: &Scratch) -> Scratch {
    let elsewhere = Scratch::new();
    for run in home.runs() {
        let folder = elsewhere.path("runs").join(run.file_name().unwrap());
        std::fs::create_dir_all(&folder).unwrap();
        for file in files_of(&run).into_keys() {
            std::fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
        }
    }
    elsewhere
}

/// The program on a machine without data: without a network, with an empty home and cache.
fn without_data(scratch: &Scratch, arguments: &[&str]) -> Command {
    let mut program = scratch.program(arguments);
    program.env("HOME", scratch.path("home")).env("XDG_CACHE_HOME", scratch.path("cache"));
    program
}

fn stdout(scratch: &Scratch, arguments: &[&str]) -> String {
    let ended = Ended::with(0, &mut without_data(scratch, arguments));
    // The digits would have been drawn into the cache.
    assert!(!scratch.path("cache").exists(), "{arguments:?} opened the dataset");
    ended.stdout
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn copied_runs_are_read_without_data() {
    let home = trained();
    let elsewhere = copied(&home);
    for arguments in READING {
        // Each command draws its own figures.
        let _ = std::fs::remove_dir_all(elsewhere.path("runs/figures"));
        assert_eq!(stdout(&elsewhere, arguments), home.stdout(arguments), "{arguments:?}");
    }
    let figures = |scratch: &Scratch| {
        ["svg", "png"].map(|kind| read(&scratch.path("runs/figures"), &format!("task4a-2-seeds-made-up.{kind}")))
    };
    assert!(figures(&elsewhere) == figures(&home));

    let page = |scratch: &Scratch| {
        stdout(scratch, &["report", "--no-train", "--seeds", "2"]);
        read(&scratch.path("report"), "index.html")
    };
    let pages = [&home, &elsewhere].map(page);
    assert!(pages[0] == pages[1]);
    let page = String::from_utf8_lossy(&pages[1]);
    assert!(page.contains("Made-up digits") && page.contains("The gradients were not checked."), "{page}");
}

#[test]
fn copied_gradient_checks_are_reported() {
    let home = Scratch::new();
    home.stdout(&["report", "--seeds", "1", "--dataset", "made-up"]);
    let elsewhere = copied(&home);
    for file in
        files_of(&home.path("runs")).into_keys().filter(|path| path.extension().is_some_and(|kind| kind == "json"))
    {
        if file.parent() == Some(&home.path("runs")) {
            std::fs::copy(&file, elsewhere.path("runs").join(file.file_name().unwrap())).unwrap();
        }
    }
    stdout(&elsewhere, &["report", "--no-train", "--seeds", "1"]);
    let page = String::from_utf8(read(&elsewhere.path("report"), "index.html")).unwrap();
    assert!(page.contains("passes") && !page.contains("The gradients were not checked."), "{page}");
}

#[test]
fn options_select_among_the_records() {
    let elsewhere = copied(&trained());
    let pairs = |options: &[&str]| {
        let judged = stdout(&elsewhere, &[&["claims", "task4a", "--json"], options].concat());
        serde_json::from_str::<serde_json::Value>(&judged).unwrap()[0]["pairs"].as_u64().unwrap()
    };
    assert_eq!(pairs(&[]), 2);
    assert_eq!(pairs(&["--dataset", "made-up", "--backend", "flex"]), 2);
    // Neither MNIST nor the backend is available, and neither is opened.
    assert_eq!(pairs(&["--dataset", "mnist"]), 0);
    assert_eq!(pairs(&["--backend", "cuda"]), 0);
    assert!(stdout(&elsewhere, &["list"]).contains("made-up: 2 finished"));
    assert!(!stdout(&elsewhere, &["list", "--dataset", "mnist"]).contains("finished"));
    let refusal = Ended::with(2, &mut without_data(&elsewhere, &["claims", "--backend", "abacus"])).stderr;
    assert!(refusal.contains("invalid value 'abacus' for '--backend"), "{refusal}");
}

#[test]
fn runs_on_made_up_digits_do_not_pass_for_mnist() {
    let elsewhere = copied(&trained());
    let run = ["run", "task4a", "--seeds", "2", "--quiet"];
    let message = Ended::with(0, &mut without_data(&elsewhere, &run)).stderr;
    assert!(message.starts_with("warning: MNIST was not found: these runs used made-up digits"), "{message}");
    // A file has MNIST's name, so `run` opens it.
    std::fs::create_dir_all(elsewhere.path("data/mnist")).unwrap();
    for name in
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]
    {
        elsewhere.file(&format!("data/mnist/{name}"), "broken");
    }
    let message = Ended::with(2, &mut without_data(&elsewhere, &run)).stderr;
    assert!(message.contains("data/mnist/"), "{message}");
    let message =
        Ended::with(2, &mut without_data(&elsewhere, &[&run[..], &["--data-dir", "nowhere"]].concat())).stderr;
    assert!(message.contains("nowhere: no such folder"), "{message}");
    stdout(&elsewhere, &[&run[..], &["--dataset", "made-up"]].concat());
}

#[test]
fn a_choice_among_datasets_is_reported() {
    let scratch = trained();
    let Some(mnist) = test_support::mnist_dir() else {
        eprintln!("not run: MNIST_DIR is not set, so there is only one dataset");
        return;
    };
    Ended::with(0, scratch.program(&["run", "task2c", "--dataset", "mnist"]).env("MNIST_DIR", mnist));
    let message = Ended::with(0, &mut without_data(&scratch, &["claims"])).stderr;
    let choice =
        "runs used: 4 on made-up digits by flex; left out: 1 on MNIST by flex (choose with --dataset and --backend)";
    assert!(message.contains(choice), "{message}");
}
