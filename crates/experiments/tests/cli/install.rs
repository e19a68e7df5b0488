//! The installed program: in an empty folder, with nothing of the repository around it.

use std::path::Path;
use std::process::Command;

use crate::common::{Ended, Scratch};

/// A few steps of an experiment.
const SHORT: [&str; 8] = [
    "--set",
    "data.train_images=640",
    "--set",
    "data.validation_images=200",
    "--set",
    "data.test_images=0",
    "--set",
    "training.max_epochs=1",
];
const NOTE: &str = "the report's experiments are used, which are inside the program";

/// A copy of the program in an empty folder, with an empty environment but for a home and the digits that other tests drew.
struct Installed {
    scratch: Scratch,
}

impl Installed {
    fn new() -> Self {
        let scratch = Scratch::new();
        std::fs::create_dir_all(scratch.path("bin")).unwrap();
        std::fs::create_dir(scratch.path("empty")).unwrap();
        std::fs::copy(env!("CARGO_BIN_EXE_experiments"), scratch.path("bin/experiments")).unwrap();
        Self { scratch }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.scratch.path("empty").join(name)
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        let path = format!("{}:/usr/bin:/bin", self.scratch.path("bin").display());
        command.args(arguments).current_dir(self.path("")).env_clear();
        command.env("HOME", self.scratch.path("home")).env("PATH", path).env("EXPERIMENTS_OFFLINE", "1");
        command.env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
        command
    }

    fn run(&self, code: i32, arguments: &[&str]) -> Ended {
        Ended::with(code, &mut self.command(self.scratch.path("bin/experiments"), arguments))
    }
}

#[test]
fn installed_program_has_the_reports_experiments_in_an_empty_folder() {
    let installed = Installed::new();
    let listed = installed.run(0, &["list"]);
    assert!(listed.stdout.contains("Ten hidden layers of 64") && listed.stdout.contains("lenet"));
    assert!(listed.stderr.contains(NOTE), "{}", listed.stderr);
    assert!(!installed.run(0, &["list", "--quiet"]).stderr.contains(NOTE));

    let ran = installed.run(0, &[&["run", "task4e", "--no-tui"], &SHORT[..]].concat());
    assert!(ran.stderr.contains("MNIST was not found, made-up digits are used instead"), "{}", ran.stderr);
    let runs = installed
        .path("runs")
        .read_dir()
        .unwrap()
        .filter(|run| run.as_ref().unwrap().path().join("record.json").exists());
    assert_eq!(runs.count(), 2, "the experiment and its baseline");
    assert_eq!(installed.path("runs/figures").read_dir().unwrap().count(), 2, "SVG and PNG");

    installed.run(0, &["claims"]);
    installed.run(0, &["check"]);
    installed.run(0, &["report", "--no-train"]);
    assert!(installed.path("report/index.html").exists());
    let error = installed.run(2, &["run", "task5"]).stderr;
    assert!(error.contains("no experiment or comparison is called `task5`") && error.contains("`task4`"), "{error}");
    let error = installed.run(2, &["run", "task4e", "--set", "model.bias=some"]).stderr;
    assert!(error.contains("`model.bias` is \"some\""), "{error}");
    let error = installed.run(2, &["sweep", "width"]).stderr;
    assert!(error.contains("width_depth"), "{error}");
}

#[test]
fn own_file_finds_its_baseline_among_the_built_in_experiments() {
    let installed = Installed::new();
    let file = std::fs::read_to_string(installed.scratch.path("experiments/task4e.toml")).unwrap();
    std::fs::write(installed.path("mine.toml"), file).unwrap();
    assert!(installed.run(0, &["show", "mine.toml"]).stdout.contains("compared with task3c"));
}

#[test]
fn project_is_laid_out_whole_and_works() {
    let installed = Installed::new();
    let note = installed.run(0, &["init", "lab"]).stderr;
    assert!(note.contains("make help") && !note.contains(NOTE), "{note}");
    for file in [
        "Makefile",
        "README.md",
        ".gitignore",
        "data/README.md",
        "experiments/extras/adam.toml",
        "experiments/schema/sweep.json",
    ] {
        assert!(installed.path("lab").join(file).is_file(), "{file}");
    }
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
    for file in ["task4e.toml", "sweeps/width_depth.toml"] {
        let laid_out = std::fs::read(installed.path("lab/experiments").join(file)).unwrap();
        assert_eq!(laid_out, std::fs::read(repository.join(file)).unwrap());
    }
    let entries = installed.path("lab").read_dir().unwrap().count();
    assert_eq!(entries, 5, "nothing unfinished is left");
    for target in ["help", "check", "list"] {
        let mut make = installed.command("make", &["-C", "lab", target]);
        let ended = Ended::with(0, &mut make);
        assert!(!ended.stderr.contains(NOTE) && ended.stdout.contains("task4e"), "{ended:?}");
    }
    installed.run(0, &["init", "."]);
    assert!(installed.path("experiments/task4e.toml").exists());
}

#[test]
fn init_overwrites_nothing_and_leaves_nothing_behind() {
    let installed = Installed::new();
    std::fs::create_dir(installed.path("lab")).unwrap();
    std::fs::write(installed.path("lab/Makefile"), "mine").unwrap();
    let error = installed.run(2, &["init", "lab"]).stderr;
    assert!(error.contains("lab/Makefile exists, and `init` overwrites nothing"), "{error}");
    assert_eq!(std::fs::read_to_string(installed.path("lab/Makefile")).unwrap(), "mine");
    assert_eq!(installed.path("lab").read_dir().unwrap().count(), 1);

    std::fs::write(installed.path("file"), "").unwrap();
    let error = installed.run(1, &["init", "file/lab"]).stderr;
    assert!(error.contains("file/lab: cannot create: "), "{error}");
    assert!(installed.run(2, &["init"]).stderr.contains("<DIR>"));
}
