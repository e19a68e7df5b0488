//! The program under test, on made-up digits, without a network, in a folder of its own.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// The project's root.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A folder for one test: the declared experiments cut down to a few steps, and the runs.
pub(crate) struct Scratch {
    folder: TempDir,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        let scratch = Self { folder: tempfile::tempdir().unwrap() };
        for folder in ["experiments", "experiments/extras"] {
            std::fs::create_dir(scratch.path(folder)).unwrap();
            for entry in Path::new(ROOT).join(folder).read_dir().unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    let short = shortened(&std::fs::read_to_string(&path).unwrap());
                    std::fs::write(scratch.path(folder).join(path.file_name().unwrap()), short).unwrap();
                }
            }
        }
        scratch
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and gives its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    /// The program with these arguments, its working folder the scratch folder.
    pub(crate) fn program(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_experiments"));
        program
            .current_dir(self.folder.path())
            .args(arguments)
            .env_remove("MNIST_DIR")
            .env_remove("EXPERIMENTS_RUNS_DIR")
            .env_remove("EXPERIMENTS_BACKEND")
            .env("NO_COLOR", "1")
            .env("EXPERIMENTS_OFFLINE", "1")
            .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
        program
    }

    /// Stdout of a command that must succeed.
    pub(crate) fn stdout(&self, arguments: &[&str]) -> String {
        let output = self.program(arguments).assert().success().get_output().stdout.clone();
        String::from_utf8(output).unwrap()
    }

    /// Stderr of a command that must end with this exit code.
    pub(crate) fn refusal(&self, arguments: &[&str], code: i32) -> String {
        let output = self.program(arguments).assert().code(code).get_output().stderr.clone();
        String::from_utf8(output).unwrap().replace(&self.folder.path().display().to_string(), "SCRATCH")
    }

    /// The folders of all runs, sorted.
    pub(crate) fn runs(&self) -> Vec<PathBuf> {
        let entries = self.path("runs").read_dir().into_iter().flatten().map(|entry| entry.unwrap().path());
        let mut runs: Vec<PathBuf> = entries.filter(|path| path.join("record.json").exists()).collect();
        runs.sort();
        runs
    }

    /// The one run whose folder's name begins so.
    pub(crate) fn run(&self, name: &str) -> PathBuf {
        let mut runs = self.runs();
        runs.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with(name));
        assert_eq!(runs.len(), 1, "{runs:?}");
        runs.remove(0)
    }
}

/// A declared experiment of 20 steps, with a validation after every fourth.
fn shortened(declared: &str) -> String {
    declared
        .replace("train_images = 20_000", "train_images = 640")
        .replace("validation_images = 10_000", "validation_images = 200")
        .replace("max_epochs = 50", "max_epochs = 1")
}
