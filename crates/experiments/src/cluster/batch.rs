//! `Batch`: what was submitted, in `.batches/<number>/` of the folder of the records, with its scripts and logs.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::output::write_file;

/// Folder of the batches, in the folder of the records.
pub(crate) const BATCHES: &str = ".batches";
const FILE: &str = "batch.json";
/// Size limit of a batch's file.
const MOST_BYTES: u64 = 1 << 20;

/// Who runs the tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Job {
    /// Job arrays of Slurm, one per round, and the job that writes the report afterwards.
    Slurm { arrays: Vec<String>, report: String },
    /// A group of processes on this machine.
    Local { process: u32 },
}

/// Shares that were submitted together.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Batch {
    /// What was submitted, in the user's words: `report`.
    pub(crate) work: String,
    /// The command without `--shard`: `run task4 --seeds 100`.
    pub(crate) command: Vec<String>,
    /// Into how many shares its runs are divided.
    pub(crate) shares: usize,
    /// The numbers of the shares that had missing runs.
    pub(crate) submitted: Vec<usize>,
    pub(crate) job: Job,
}

impl Batch {
    /// Makes the folder of the next batch.
    pub(crate) fn next_folder(runs: &Path) -> Result<PathBuf, Failure> {
        let batches = runs.join(BATCHES);
        fs::create_dir_all(&batches).map_err(|error| Failure::io(&batches, "make the folder", &error))?;
        let mut number = numbers(&batches).last().map_or(1, |last| last + 1);
        loop {
            let folder = batches.join(number.to_string());
            match fs::create_dir(&folder) {
                Ok(()) => return Ok(folder),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(Failure::io(&folder, "make the folder", &error)),
            }
        }
    }

    /// Every batch by its number, oldest first; a folder without a readable file was never submitted.
    pub(crate) fn all(runs: &Path) -> Vec<(usize, Self)> {
        let batches = runs.join(BATCHES);
        let read = |number: usize| {
            let bytes = files::read_bounded(&folder_of(&batches, number).join(FILE), MOST_BYTES).ok()?;
            Some((number, serde_json::from_slice(&bytes).ok()?))
        };
        numbers(&batches).into_iter().filter_map(read).collect()
    }

    /// The folder of a batch.
    pub(crate) fn folder(runs: &Path, number: usize) -> PathBuf {
        folder_of(&runs.join(BATCHES), number)
    }

    pub(crate) fn save(&self, folder: &Path) -> Result<(), Failure> {
        write_file(&folder.join(FILE), &serde_json::to_vec_pretty(self).map_err(Failure::outside)?)
    }
}

/// The log of a task in a batch's folder.
pub(crate) fn log_of(folder: &Path, share: usize) -> PathBuf {
    folder.join(format!("task-{share}.log"))
}

fn folder_of(batches: &Path, number: usize) -> PathBuf {
    batches.join(number.to_string())
}

/// The numbers of the folders, ascending.
fn numbers(batches: &Path) -> Vec<usize> {
    let names = fs::read_dir(batches).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut numbers: Vec<usize> = names.filter_map(|name| name.to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}
