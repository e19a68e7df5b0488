//! Shared by all rows: a separate folder for every trial, the small run, and checks for tools.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use tempfile::TempDir;
use test_support::Tamper;

use crate::process::until;

/// The folder of the declared experiments.
const DECLARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments");

/// The folder in `MNIST_DIR` or, if its files are compressed, one with the same files unpacked, because the program is started
/// two thousand times.
static MNIST: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let given = test_support::mnist_dir()?;
    let names = names_in(&given);
    let packed: Vec<(&str, &String)> =
        names.iter().filter_map(|name| Some((name.strip_suffix(".gz")?, name))).collect();
    if packed.is_empty() {
        return Some(given);
    }
    let unpacked = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mnist");
    fs::create_dir_all(&unpacked).expect("a folder");
    for (name, packed) in packed {
        let mut bytes = Vec::new();
        let file = fs::File::open(given.join(packed)).expect("it opens");
        flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).expect("gzip");
        files::write_whole(&unpacked.join(name), ".unpacking-", &bytes).expect("written");
    }
    Some(unpacked)
});

/// The length of a run and its number of checkpoints.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) train_images: usize,
    pub(crate) epochs: usize,
    /// Validations between two checkpoints; there are five per epoch.
    pub(crate) every_validations: usize,
}

impl Size {
    /// 1,000 steps in a quarter of a second, a checkpoint at every 25th.
    pub(crate) const SMALL: Self = Self { train_images: 4000, epochs: 8, every_validations: 1 };
    /// 7,500 steps in a second or two, a checkpoint at every 125th.
    pub(crate) const LONG: Self = Self { epochs: 60, every_validations: 5, ..Self::SMALL };
    /// 125,000 steps in a quarter of a minute, a checkpoint at every 2,500th.
    pub(crate) const ENDLESS: Self = Self { epochs: 1000, ..Self::SMALL };
    /// 80 steps, 20 checkpoints: short enough to kill it at every call.
    pub(crate) const SHORT: Self = Self { train_images: 640, epochs: 4, every_validations: 1 };
    /// 20 steps; it ends before its first checkpoint.
    pub(crate) const TINY: Self = Self { epochs: 1, every_validations: 100, ..Self::SHORT };

    /// The arguments that train the standard model without the dashboard, with all messages.
    pub(crate) fn arguments(self) -> Vec<String> {
        self.arguments_of("task3c", "")
    }

    /// The same of another experiment, with further options.
    pub(crate) fn arguments_of(self, name: &str, options: &str) -> Vec<String> {
        let options = options.split_whitespace().chain(["--no-tui", "--verbose"]).map(str::to_owned);
        self.watched(name).into_iter().chain(options).collect()
    }

    /// The arguments that train the standard model, with the dashboard if there is a terminal.
    pub(crate) fn watched_arguments(self) -> Vec<String> {
        self.watched("task3c")
    }

    fn watched(self, name: &str) -> Vec<String> {
        let settings = [
            format!("data.train_images={}", self.train_images),
            "data.validation_images=500".to_owned(),
            format!("training.max_epochs={}", self.epochs),
            "training.patience_validations=100000".to_owned(),
            format!("checkpoint.every_validations={}", self.every_validations),
        ];
        let settings = settings.into_iter().flat_map(|setting| ["--set".to_owned(), setting]);
        ["run", name].map(str::to_owned).into_iter().chain(settings).collect()
    }
}

/// A folder for a trial: the standard model, Adam and LeNet, without a baseline, and their runs.
pub(crate) struct Scratch {
    folder: TempDir,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        let scratch = Self { folder: tempfile::tempdir().expect("a folder") };
        fs::create_dir(scratch.path("experiments")).expect("a folder");
        for name in ["task3c", "extras/adam", "extras/lenet"] {
            let declared = fs::read_to_string(format!("{DECLARED}/{name}.toml")).expect("it is declared");
            let (settings, _claims) = declared.split_once("[[claim]]").expect("it makes claims");
            let alone: Vec<&str> = settings.lines().filter(|line| !line.starts_with("baseline")).collect();
            let file = format!("experiments/{}.toml", name.trim_start_matches("extras/"));
            fs::write(scratch.path(&file), alone.join("\n")).expect("written");
        }
        scratch
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder's path.
    pub(crate) fn folder(&self) -> &str {
        self.folder.path().to_str().expect("a plain path")
    }

    /// The folder of the records.
    pub(crate) fn runs(&self) -> PathBuf {
        self.path("runs")
    }

    /// The program with these arguments.
    pub(crate) fn program(&self, arguments: &[String]) -> Command {
        self.under(&[], arguments)
    }

    /// The program, started by another one: `strace …`, `unshare …`.
    pub(crate) fn under(&self, wrapper: &[&str], arguments: &[String]) -> Command {
        let words: Vec<&str> = wrapper.iter().copied().chain([env!("CARGO_BIN_EXE_experiments")]).collect();
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .arg("--experiments-dir")
            .arg(self.path("experiments"))
            .arg("--runs-dir")
            .arg(self.runs())
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("EXPERIMENTS_RUNS_DIR")
            .env_remove("EXPERIMENTS_BACKEND")
            // Cargo sets it, and the program would look for libraries in a dozen more folders.
            .env_remove("LD_LIBRARY_PATH")
            .env("NO_COLOR", "1")
            .env("EXPERIMENTS_OFFLINE", "1")
            .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .envs(MNIST.as_ref().map(|folder| ("MNIST_DIR", folder)));
        command
    }

    /// Lets other users read the folder, which is private like all temporary ones.
    pub(crate) fn let_others_read(&self) {
        let all_users = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(self.folder.path(), all_users).expect("our own folder");
    }

    /// The checkpoints on the disk: the short identity of their run, and the steps taken.
    pub(crate) fn checkpoints(&self) -> Vec<(String, usize)> {
        let mut checkpoints = Vec::new();
        for run in names_in(&self.runs().join(".checkpoints")) {
            for name in names_in(&self.runs().join(".checkpoints").join(&run)) {
                let steps = name.strip_prefix("step-").and_then(|name| name.strip_suffix(".checkpoint"));
                checkpoints.extend(steps.map(|steps| (run.clone(), steps.parse().expect("a number of steps"))));
            }
        }
        checkpoints.sort();
        checkpoints
    }

    /// The steps of the newest checkpoint of any run; 0 without one.
    pub(crate) fn newest_step(&self) -> usize {
        self.checkpoints().into_iter().map(|(_, steps)| steps).max().unwrap_or(0)
    }

    /// Waits until there is a checkpoint, with a time limit.
    pub(crate) fn await_checkpoint(&self, patience: Duration) -> Result<(), String> {
        let appeared = until(patience, || self.newest_step() > 0);
        appeared.map(drop).ok_or_else(|| "no checkpoint appears".to_owned())
    }
}

/// A random time up to `most`.
pub(crate) fn moment(tamper: &mut Tamper, most: Duration) -> Duration {
    let micros = usize::try_from(most.as_micros()).expect("a run takes seconds");
    Duration::from_micros(tamper.below(micros) as u64)
}

/// Prints the trials that failed on stderr, and counts them.
pub(crate) fn failures<T>(outcomes: &[Result<T, String>]) -> usize {
    let failed = outcomes.iter().enumerate().filter_map(|(trial, outcome)| Some((trial, outcome.as_ref().err()?)));
    failed.map(|(trial, failure)| eprintln!("trial {trial}: {failure}")).count()
}

/// The names in a folder, sorted; none if it does not exist.
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Whether a command works here and succeeds.
pub(crate) fn works(words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Whether the test may write files of other users.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Words before the program that let it mount into its own file system.
pub(crate) fn own_mounts() -> [&'static str; 2] {
    ["unshare", if is_root() { "-m" } else { "-rm" }]
}
