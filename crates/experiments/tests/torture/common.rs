//! What all rows share: a folder of its own for every trial, the small run, and the tools that a row may need.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use tempfile::TempDir;
use test_support::Tamper;

use crate::process::until;

/// The standard model as it is declared.
const DECLARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments/task3c.toml");

/// The folder that `MNIST_DIR` names or, where its files are packed, one with the same files unpacked: a program that is
/// started two thousand times need not unpack them each time.
static MNIST: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let given = PathBuf::from(std::env::var_os("MNIST_DIR")?);
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

/// How long a run is, and how often it keeps a checkpoint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) train_images: usize,
    pub(crate) epochs: usize,
    /// Validations from one checkpoint to the next; there are five an epoch.
    pub(crate) every_validations: usize,
}

impl Size {
    /// 1,000 steps in a quarter of a second, a checkpoint at every 25th.
    pub(crate) const SMALL: Self = Self { train_images: 4000, epochs: 8, every_validations: 1 };
    /// 7,500 steps in a second or two, a checkpoint at every 125th.
    pub(crate) const LONG: Self = Self { epochs: 60, every_validations: 5, ..Self::SMALL };
    /// 80 steps, 20 checkpoints: short enough to be killed at every call that it makes.
    pub(crate) const SHORT: Self = Self { train_images: 640, epochs: 4, every_validations: 1 };
    /// 20 steps, and over before its first checkpoint.
    pub(crate) const TINY: Self = Self { epochs: 1, every_validations: 100, ..Self::SHORT };

    /// The arguments that train it without a dashboard, and tell what happens.
    pub(crate) fn arguments(self) -> Vec<String> {
        [self.watched_arguments(), ["--no-tui", "--verbose"].map(str::to_owned).to_vec()].concat()
    }

    /// The arguments that train it, with the dashboard where there is a terminal.
    pub(crate) fn watched_arguments(self) -> Vec<String> {
        let settings = [
            format!("data.train_images={}", self.train_images),
            "data.validation_images=500".to_owned(),
            format!("training.max_epochs={}", self.epochs),
            "training.patience_validations=100000".to_owned(),
            format!("checkpoint.every_validations={}", self.every_validations),
        ];
        let settings = settings.into_iter().flat_map(|setting| ["--set".to_owned(), setting]);
        ["run", "task3c"].map(str::to_owned).into_iter().chain(settings).collect()
    }
}

/// The small run twice, side by side.
pub(crate) fn two_seeds() -> Vec<String> {
    [Size::SMALL.arguments(), ["--seed", "1..2", "--jobs", "2"].map(str::to_owned).to_vec()].concat()
}

/// A folder for one trial: the standard model, compared with nothing, and its runs.
pub(crate) struct Scratch {
    folder: TempDir,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        let scratch = Self { folder: tempfile::tempdir().expect("a folder") };
        let declared = fs::read_to_string(DECLARED).expect("task3c is declared");
        let (settings, _claims) = declared.split_once("[[claim]]").expect("it makes claims");
        let alone: Vec<&str> = settings.lines().filter(|line| !line.starts_with("baseline")).collect();
        fs::create_dir(scratch.path("experiments")).expect("a folder");
        fs::write(scratch.path("experiments/task3c.toml"), alone.join("\n")).expect("written");
        scratch
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder's own path.
    pub(crate) fn folder(&self) -> &str {
        self.folder.path().to_str().expect("it is ours, and plain")
    }

    /// Where the records lie.
    pub(crate) fn runs(&self) -> PathBuf {
        self.path("runs")
    }

    /// The program with these arguments.
    pub(crate) fn program(&self, arguments: &[String]) -> Command {
        self.under(&[], arguments)
    }

    /// The program started by another one: `strace …`, `unshare …`.
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
            // Cargo's: the program would look for its libraries in a dozen folders more before it starts.
            .env_remove("LD_LIBRARY_PATH")
            .env("NO_COLOR", "1")
            .env("EXPERIMENTS_OFFLINE", "1")
            .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .envs(MNIST.as_ref().map(|folder| ("MNIST_DIR", folder)));
        command
    }

    /// Lets everybody look into the folder, which is private as all temporary ones are.
    pub(crate) fn let_others_read(&self) {
        let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(self.folder.path(), everybody).expect("a folder of ours");
    }

    /// The checkpoints at rest: the short identity of their run, and the steps taken.
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

    /// The steps of the newest checkpoint of any run; 0 where there is none.
    pub(crate) fn newest_step(&self) -> usize {
        self.checkpoints().into_iter().map(|(_, steps)| steps).max().unwrap_or(0)
    }

    /// Waits until there is a checkpoint; tells how long it may take at most.
    pub(crate) fn await_checkpoint(&self, patience: Duration) -> Result<(), String> {
        let appeared = until(patience, || self.newest_step() > 0);
        appeared.map(drop).ok_or_else(|| "no checkpoint appears".to_owned())
    }
}

/// A moment between now and then.
pub(crate) fn moment(tamper: &mut Tamper, most: Duration) -> Duration {
    let micros = usize::try_from(most.as_micros()).expect("a run takes seconds");
    Duration::from_micros(tamper.below(micros) as u64)
}

/// Tells on stderr of the trials that did not end as they should, and counts them.
pub(crate) fn failures<T>(outcomes: &[Result<T, String>]) -> usize {
    let failed = outcomes.iter().enumerate().filter_map(|(trial, outcome)| Some((trial, outcome.as_ref().err()?)));
    failed.map(|(trial, failure)| eprintln!("trial {trial}: {failure}")).count()
}

/// The names in a folder, sorted; none where it is not there.
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Whether a command can be run here, and says yes.
pub(crate) fn works(words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Whether files may be written that belong to others.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A word for the words before the program that give it a file system of its own to mount into.
pub(crate) fn own_mounts() -> [&'static str; 2] {
    ["unshare", if is_root() { "-m" } else { "-rm" }]
}
