//! A sweep killed at random moments, with one and two jobs: the same trials, records, pictures and winner.

use std::fs;
use std::time::Duration;

use serde_json::Value;
use test_support::{Scale, Tamper, row};

use crate::common::{Scratch, moment};
use crate::files::Files;
use crate::process::Process;

/// Twelve trials in rounds of three, most of which stop at a rung.
const SWEEP: &str = r#"title = "Learning rate and momentum"
base = "task3c"
[objective]
metric = "best_validation_loss"
direction = "minimize"
[search]
data.train_images = { values = [640] }
data.validation_images = { values = [200] }
training.max_epochs = { values = [6] }
optimizer.learning_rate = { log_uniform = [0.001, 0.5] }
optimizer.momentum = { uniform = [0.0, 0.95] }
[method]
kind = "tpe"
trials = 12
batch = 3
[pruning]
kind = "successive_halving"
validations = 3
factor = 2
[winner]
best = 2
seeds = 2
"#;

/// A folder with the sweep.
fn scratch() -> Scratch {
    let scratch = Scratch::new();
    let declared = fs::read_to_string(scratch.path("experiments/task3c.toml")).expect("task3c is there");
    // The base is trained again as well, so it has to be small.
    let small = declared.replace("20_000", "640").replace("10_000", "200").replace("max_epochs = 50", "max_epochs = 6");
    fs::write(scratch.path("experiments/task3c.toml"), small).expect("written");
    fs::create_dir(scratch.path("experiments/sweeps")).expect("a folder");
    fs::write(scratch.path("experiments/sweeps/small.toml"), SWEEP).expect("written");
    scratch
}

fn arguments(jobs: usize) -> Vec<String> {
    ["sweep", "small", "--jobs", &jobs.to_string()].map(str::to_owned).to_vec()
}

/// What a sweep left: its files, and its result as JSON.
fn outcome(scratch: &Scratch) -> (Files, Value) {
    let shown = scratch.program(&["sweep", "small", "--json"].map(str::to_owned)).output().expect("it runs");
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    (Files::of(&scratch.runs()), serde_json::from_slice(&shown.stdout).expect("JSON"))
}

/// Kills a sweep until it is over; returns how often.
fn kill_until_over(scratch: &Scratch, jobs: usize, lasted: Duration, tamper: &mut Tamper) -> Result<usize, String> {
    let mut kills = 0;
    loop {
        let mut process = Process::start(scratch.program(&arguments(jobs)));
        std::thread::sleep(moment(tamper, lasted.mul_f64(0.6)));
        let is_over = process.has_ended();
        process.kill();
        let ended = process.ended()?;
        match (is_over, ended.code, ended.signal) {
            (true, Some(0), _) => return Ok(kills),
            (_, _, Some(9)) => kills += 1,
            (_, Some(0), _) => return Ok(kills),
            _ => return Err(format!("it ended on its own: {ended:?}")),
        }
    }
}

#[test]
fn torture_a_sweep_killed_at_random_moments_ends_with_the_same_trials_records_and_winner() {
    let kills_asked_for = Scale::chosen().of(4, 50, 500);
    let undisturbed = scratch();
    let ended = Process::start(undisturbed.program(&arguments(1))).ended().expect("an undisturbed sweep ends");
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let (lasted, (files, result)) = (ended.lasted, outcome(&undisturbed));
    let trials = result["trials"].as_array().expect("a list");
    assert_eq!(trials.len(), 12);
    assert!(trials.iter().any(|trial| trial["state"] == "stopped"), "{result}");
    assert_eq!(result["retrained"].as_array().map(Vec::len), Some(2));

    for jobs in [1, 2] {
        let (mut tamper, mut kills, mut sweeps) = (Tamper::new(jobs as u64), 0, 0);
        while kills < kills_asked_for {
            let disturbed = scratch();
            kills +=
                kill_until_over(&disturbed, jobs, lasted, &mut tamper).unwrap_or_else(|failure| panic!("{failure}"));
            let (found, shown) = outcome(&disturbed);
            assert_eq!(files.difference(&found), None, "{jobs} jobs, after {kills} kills");
            assert_eq!(shown, result, "{jobs} jobs, after {kills} kills");
            sweeps += 1;
        }
        row(
            &format!("SIGKILL of a sweep at random moments, {jobs} at a time, until it is over"),
            format!(
                "{sweeps} of {sweeps} sweeps with the same trials, records, pictures and winner after {kills} kills"
            ),
        );
    }
}
