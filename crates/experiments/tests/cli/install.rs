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

/// A search on the standard model, which is inside the program.
const SWEEP: &str = r#"title = "Learning rate"
base = "task3c"
[objective]
metric = "best_validation_loss"
direction = "minimize"
[search]
data.train_images = { values = [640] }
data.validation_images = { values = [200] }
training.max_epochs = { values = [1] }
optimizer.learning_rate = { values = [0.01, 0.1] }
[method]
kind = "grid"
[winner]
best = 1
seeds = 1
"#;

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
    std::fs::write(installed.path("rates.toml"), SWEEP).unwrap();
    let swept = installed.run(0, &["sweep", "rates.toml"]).stdout;
    assert!(swept.contains("The best 2 of 2 trials"), "{swept}");
    let error = installed.run(2, &["run", "task5"]).stderr;
    assert!(error.contains("no experiment or comparison is called `task5`") && error.contains("`task4`"), "{error}");
    let error = installed.run(2, &["run", "task4e", "--set", "model.bias=some"]).stderr;
    assert!(error.contains("`model.bias` is \"some\""), "{error}");
    let error = installed.run(2, &["sweep", "width"]).stderr;
    assert!(error.contains("width_depth"), "{error}");
}

#[test]
fn program_that_lies_in_the_folder_is_not_taken_for_the_experiments() {
    let installed = Installed::new();
    std::fs::copy(installed.scratch.path("bin/experiments"), installed.path("experiments")).unwrap();
    let ran = Ended::with(0, &mut installed.command("./experiments", &["run", "task4e", "--quick"]));
    assert!(ran.stderr.contains(NOTE), "{}", ran.stderr);
    let message = installed.run(2, &["init", "."]).stderr;
    assert!(message.contains("./experiments exists, and `init` overwrites nothing"), "{message}");
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

#[cfg(target_os = "linux")]
#[test]
fn another_user_needs_neither_a_home_nor_an_environment() {
    use std::os::unix::fs::{PermissionsExt as _, chown};

    const NOBODY: u32 = 65534;
    let installed = Installed::new();
    let (folder, program) = (installed.path(""), installed.scratch.path("bin/experiments"));
    std::fs::set_permissions(installed.scratch.path(""), std::fs::Permissions::from_mode(0o755)).unwrap();
    if chown(&folder, Some(NOBODY), Some(NOBODY)).is_err() {
        eprintln!("not run: only root can become another user");
        return;
    }
    let run = |arguments: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program).args(arguments);
        command.current_dir(&folder).env_clear().env("PATH", "/usr/bin:/bin").env("EXPERIMENTS_OFFLINE", "1");
        Ended::with(0, &mut command)
    };
    run(&["run", "task4e", "--quick"]);
    run(&["init", "lab"]);
    run(&["report", "--no-train", "--runs-dir", "runs/quick", "--out", "lab/report"]);
    assert!(installed.path("lab/report/index.html").is_file() && installed.path("lab/Makefile").is_file());
}
