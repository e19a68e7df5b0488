//! The program under test, in its own folder, on made-up digits, without a network.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use wait_timeout::ChildExt as _;

/// The project's root.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// Time limit of a command: one that waits for a pipe never ends.
const MOST_TIME: Duration = Duration::from_mins(5);

/// The exit code and output of a command.
#[derive(Debug)]
pub(crate) struct Ended {
    /// None if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Runs a command to its end. Fails if it takes too long or its output is not UTF-8.
    pub(crate) fn of(command: &mut Command) -> Self {
        // Files, because the command would wait for a full pipe that is not read meanwhile.
        let [mut stdout, mut stderr] = [(); 2].map(|()| tempfile::tempfile().unwrap());
        let writer = |file: &File| file.try_clone().unwrap();
        command.stdin(Stdio::null()).stdout(writer(&stdout)).stderr(writer(&stderr));
        let mut child = command.spawn().unwrap();
        let status = child.wait_timeout(MOST_TIME).unwrap().unwrap_or_else(|| {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{command:?} takes longer than {MOST_TIME:?}");
        });
        let [stdout, stderr] = [&mut stdout, &mut stderr].map(|file| {
            let mut text = String::new();
            file.rewind().unwrap();
            file.read_to_string(&mut text).unwrap();
            text
        });
        Self { code: status.code(), stdout, stderr }
    }

    /// Runs a command that must end with this exit code.
    pub(crate) fn with(code: i32, command: &mut Command) -> Self {
        let ended = Self::of(command);
        assert_eq!(ended.code, Some(code), "{command:?}: {ended:?}");
        ended
    }
}

/// A folder for a test: the declared experiments, shortened to a few steps, and the runs.
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

    /// Writes a file and returns its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    /// The program with these arguments in the scratch folder.
    pub(crate) fn program(&self, arguments: &[&str]) -> Command {
        self.program_at(Path::new(env!("CARGO_BIN_EXE_experiments")), arguments)
    }

    /// The same with the program at another path.
    pub(crate) fn program_at(&self, path: &Path, arguments: &[&str]) -> Command {
        let mut program = Command::new(path);
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
        Ended::with(0, &mut self.program(arguments)).stdout
    }

    /// Stderr of a command that must end with this exit code.
    pub(crate) fn refusal(&self, arguments: &[&str], code: i32) -> String {
        let message = Ended::with(code, &mut self.program(arguments)).stderr;
        message.replace(&self.folder.path().display().to_string(), "SCRATCH")
    }

    /// The folders of all runs, sorted.
    pub(crate) fn runs(&self) -> Vec<PathBuf> {
        let entries = self.path("runs").read_dir().into_iter().flatten().map(|entry| entry.unwrap().path());
        let mut runs: Vec<PathBuf> = entries.filter(|path| path.join("record.json").exists()).collect();
        runs.sort();
        runs
    }

    /// The only run whose folder's name has this prefix.
    pub(crate) fn run(&self, name: &str) -> PathBuf {
        let mut runs = self.runs();
        runs.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with(name));
        assert_eq!(runs.len(), 1, "{runs:?}");
        runs.remove(0)
    }
}

/// A declared experiment of 20 steps with a validation every 4 steps.
fn shortened(declared: &str) -> String {
    declared
        .replace("train_images = 20_000", "train_images = 640")
        .replace("validation_images = 10_000", "validation_images = 200")
        .replace("test_images = 10_000", "test_images = 300")
        .replace("max_epochs = 50", "max_epochs = 1")
}
