//! How time and memory of commands that only read grow with the number of records.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use record::{Detail, RunRecord, RunStore};
use spec::run_id;
use tempfile::TempDir;

/// Records in the folder of each row.
const COUNTS: [usize; 3] = [100, 1_000, 10_000];
/// A run of ten epochs of ten steps, with 51 validations as a run of ten epochs on MNIST has.
const SMALLER: [(&str, &str); 3] = [
    ("train_images = 20_000", "train_images = 320"),
    ("validation_images = 10_000", "validation_images = 200"),
    ("max_epochs = 50", "max_epochs = 10"),
];

/// Prints a row per number of records. Each row trains one run of every experiment, copies it to other seeds, and times the
/// program next to this one.
pub(crate) fn print() {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["records", "command", "seconds, warm", "MiB at most"]);
    let place = Place::new();
    for count in COUNTS {
        let seeds = (count / place.first.len()).to_string();
        let records = place.fill(count / place.first.len());
        let run = ["run", "--all", "--extras", "--seeds", &seeds];
        for arguments in [&["list"][..], &["claims"], &run] {
            // Once for the caches of the system.
            place.time(arguments);
            let (time, mib) = place.time(arguments);
            let seconds = format!("{:.2}", time.as_secs_f64());
            table.add_row([records.to_string(), arguments[0].to_owned(), seconds, mib.to_string()]);
        }
    }
    println!("{table}");
}

/// A folder with small versions of the declared experiments and their records; in memory where the system has such a folder,
/// because 10,000 records take minutes to sync to a disk.
struct Place {
    folder: TempDir,
    /// A record of every experiment.
    first: Vec<RunRecord>,
}

impl Place {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = tempfile::tempdir_in(parent).expect("a folder that can be written");
        for part in ["experiments", "experiments/extras"] {
            fs::create_dir(folder.path().join(part)).expect("writable");
            let files = fs::read_dir(part).expect("started in the project's folder").flatten().map(|file| file.path());
            for file in files.filter(|file| file.is_file()) {
                let text = fs::read_to_string(&file).expect("readable");
                let small = SMALLER.iter().fold(text, |text, (from, to)| text.replace(from, to));
                fs::write(folder.path().join(part).join(file.file_name().expect("a file")), small).expect("writable");
            }
        }
        let mut place = Self { folder, first: Vec::new() };
        place.time(&["run", "--all", "--extras", "--seed", "1"]);
        let store = RunStore::new(place.runs());
        let listed = store.list().into_iter().collect::<Result<Vec<_>, _>>().expect("whole");
        place.first = store
            .load_all(&listed.iter().collect::<Vec<_>>(), Detail::All)
            .into_iter()
            .collect::<Result<_, _>>()
            .expect("whole");
        place
    }

    /// Adds records until every experiment has this number of seeds; returns the number of all records.
    fn fill(&self, seeds: usize) -> usize {
        let store = RunStore::new(self.runs());
        for first in &self.first {
            for seed in 2..=seeds as u64 {
                let copy = copy(first, seed);
                if !store.folder_of(&copy).exists() {
                    store.save(&copy, []).expect("there is room");
                }
            }
        }
        store.list().len()
    }

    fn runs(&self) -> PathBuf {
        self.folder.path().join("runs")
    }

    /// Time and peak memory of a command of the program.
    fn time(&self, arguments: &[&str]) -> (Duration, u64) {
        let program = std::env::current_exe().expect("it runs").with_file_name("experiments");
        let mut command = Command::new(program);
        command.args(arguments).arg("--quiet").args(["--dataset", "made-up"]).current_dir(self.folder.path());
        command.stdout(Stdio::null()).stdin(Stdio::null());
        let started = Instant::now();
        let mut child = command.spawn().expect("`cargo build --workspace` builds the program");
        let mut most = 0;
        let status = loop {
            most = most.max(peak_mib(&child).unwrap_or(0));
            if let Some(status) = child.try_wait().expect("a child") {
                break status;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        assert!(status.success(), "{arguments:?}: {status}");
        (started.elapsed(), most)
    }
}

/// The record with another seed, and values that differ a little.
fn copy(first: &RunRecord, seed: u64) -> RunRecord {
    let mut record = first.clone();
    record.seed = seed;
    record.id = run_id(
        &record.spec,
        seed,
        &record.dataset.digest,
        record.dataset.shape,
        &record.backend.name,
        record.code.numerics,
    );
    let level = 1.0 + 1e-3 * (seed as f64 * 0.618).fract();
    for validation in &mut record.history.validations {
        validation.validation_loss *= level;
        validation.train_loss *= level;
        validation.validation_accuracy /= level;
    }
    record
}

/// The most memory that a process has had so far, where the system says it.
fn peak_mib(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(peak.trim().trim_end_matches(" kB").parse::<u64>().ok()? / 1024)
}
