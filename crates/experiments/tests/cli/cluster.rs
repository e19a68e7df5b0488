//! Shares, batches of processes, and runs that change their vector instructions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::common::{Ended, Scratch};

const MADE_UP: [&str; 2] = ["--dataset", "made-up"];
/// Time in which a few small runs finish, also on a busy machine.
const PATIENCE: Duration = Duration::from_mins(4);

fn json(scratch: &Scratch, arguments: &[&str]) -> Value {
    serde_json::from_str(&scratch.stdout(&[arguments, &["--json"], &MADE_UP].concat())).unwrap()
}

/// The runs of a share, with whether they are finished.
fn share(scratch: &Scratch, shard: &str) -> BTreeMap<(String, u64), bool> {
    let plan = json(scratch, &["plan", "task4a", "--seeds", "5", "--shard", shard]);
    let run = |run: &Value| {
        let name = run["experiment"].as_str().unwrap().to_owned();
        ((name, run["seed"].as_u64().unwrap()), run["is_finished"].as_bool().unwrap())
    };
    plan["runs"].as_array().unwrap().iter().map(run).collect()
}

/// Waits until a condition holds.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Every file of the runs below a folder, without the times in the records.
fn files_of(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for run in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
        if !run.join("record.json").exists() {
            continue;
        }
        for file in run.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
            let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
            let is_time =
                |line: &&str| ["started_at", "wall_seconds", "cpu_seconds"].iter().any(|key| line.contains(key));
            let text = text.lines().filter(|line| !is_time(line)).collect::<Vec<_>>().join("\n");
            files.insert(file.strip_prefix(folder).unwrap().display().to_string(), text);
        }
    }
    files
}

#[test]
fn shares_are_disjoint_and_stay_the_same_when_runs_finish() {
    let scratch = Scratch::new();
    let before: Vec<_> = ["1/3", "2/3", "3/3"].map(|shard| share(&scratch, shard)).to_vec();
    let all: BTreeSet<_> = before.iter().flat_map(BTreeMap::keys).collect();
    assert_eq!((before.iter().map(BTreeMap::len).sum::<usize>(), all.len()), (10, 10), "two experiments, five seeds");
    scratch.stdout(&[&["run", "task4a", "--seeds", "5", "--shard", "2/3"][..], &MADE_UP].concat());
    let after: Vec<_> = ["1/3", "2/3", "3/3"].map(|shard| share(&scratch, shard)).to_vec();
    for (number, (before, after)) in before.iter().zip(&after).enumerate() {
        assert!(before.keys().eq(after.keys()));
        assert!(after.values().all(|&is_finished| is_finished == (number == 1)));
    }
    assert!(!scratch.path("runs/figures").exists(), "a figure needs all runs");
    insta::assert_snapshot!(scratch.refusal(&["run", "task4a", "--shard", "4/3"], 2).lines().next().unwrap(),
        @"error: invalid value '4/3' for '--shard <SHARE>': `4/3` is not a share; `3/16` is the third of sixteen");
}

#[test]
fn a_batch_on_this_machine_ends_with_the_records_of_a_run_and_a_report() {
    let scratch = Scratch::new();
    let submit = ["submit", "task4a", "--seeds", "2", "--scheduler", "local", "--tasks", "3"];
    let message = Ended::with(0, &mut scratch.program(&[&submit[..], &MADE_UP].concat())).stderr;
    assert!(message.contains("batch 1: 4 missing runs in 3 tasks"), "{message}");
    let status = || json(&scratch, &["status"])[0].clone();
    wait_until("the report", || scratch.path("report/index.html").exists());
    let status = status();
    assert_eq!(
        (&status["finished"], &status["waiting"], &status["failed"]),
        (&4.into(), &0.into(), &Value::Array(vec![]))
    );
    let alone = Scratch::new();
    alone.stdout(&[&["run", "task4a", "--seeds", "2"][..], &MADE_UP].concat());
    assert_eq!(files_of(&scratch.path("runs")), files_of(&alone.path("runs")));
    let message = Ended::with(0, &mut scratch.program(&[&submit[..], &MADE_UP].concat())).stderr;
    assert!(message.contains("all 4 runs are finished"), "{message}");
}

/// Six trials in two batches, most of which stop at a rung.
const SWEEP: &str = r#"title = "Learning rate"
base = "task3c"
[objective]
metric = "best_validation_loss"
direction = "minimize"
[search]
optimizer.learning_rate = { log_uniform = [0.001, 0.5] }
[method]
kind = "tpe"
trials = 6
batch = 3
[pruning]
kind = "successive_halving"
validations = 1
factor = 2
[winner]
best = 1
seeds = 2
"#;

fn with_sweep() -> Scratch {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path("experiments/sweeps")).unwrap();
    scratch.file("experiments/sweeps/rate.toml", SWEEP);
    scratch
}

/// The files and the result of a sweep that was left alone.
fn alone() -> (BTreeMap<String, String>, Value) {
    let scratch = with_sweep();
    let result = json(&scratch, &["sweep", "rate", "--jobs", "1"]);
    (files_of(&scratch.path("runs")), result)
}

#[test]
fn shares_of_a_sweep_round_after_round_give_its_records_whatever_is_done_twice_or_late() {
    let scratch = with_sweep();
    let plan = || json(&scratch, &["plan", "sweep", "rate"]);
    let share = |shard| scratch.stdout(&[&["sweep", "rate", "--shard", shard][..], &MADE_UP].concat());
    assert_eq!(plan()["missing"], 3, "the first batch");
    share("1/2");
    share("1/2");
    assert_eq!((plan()["missing"].as_u64(), scratch.runs().len()), (Some(1), 2), "the round waits for the other share");
    let mut rounds = 0;
    while plan()["runs"] != Value::Array(vec![]) {
        rounds += 1;
        // A task that starts late does its share of the next round.
        for shard in ["2/2", "1/2", "2/2"] {
            share(shard);
        }
    }
    assert!((3..9).contains(&rounds), "{rounds}");
    let (files, result) = alone();
    assert_eq!(files_of(&scratch.path("runs")), files);
    assert_eq!(json(&scratch, &["sweep", "rate", "--no-train"]), result);
}

#[test]
fn a_submitted_sweep_ends_with_the_records_and_the_winner_of_one_that_was_left_alone() {
    let scratch = with_sweep();
    let submit = ["submit", "sweep", "rate", "--scheduler", "local", "--tasks", "2"];
    let message = Ended::with(0, &mut scratch.program(&[&submit[..], &MADE_UP].concat())).stderr;
    assert!(message.contains("batch 1: at most 10 missing runs in 10 rounds of 2 tasks"), "{message}");
    wait_until("the report", || scratch.path("report/index.html").exists());
    let status = json(&scratch, &["status"])[0].clone();
    assert_eq!((&status["work"], &status["runs"], &status["finished"]), (&"sweep rate".into(), &10.into(), &10.into()));
    let (files, result) = alone();
    assert_eq!(files_of(&scratch.path("runs")), files);
    assert_eq!(json(&scratch, &["sweep", "rate", "--no-train"]), result);
    let log = std::fs::read_to_string(scratch.path("runs/.batches/1/report.log")).unwrap();
    assert!(log.contains("of 6 trials, seed 1"), "{log}");
    let message = Ended::with(0, &mut scratch.program(&[&submit[..], &MADE_UP].concat())).stderr;
    assert!(message.contains("all 10 runs are finished"), "{message}");
}

#[test]
fn a_sweep_is_submitted_in_rounds_that_wait_for_each_other_and_a_report_in_one() {
    let scratch = with_sweep();
    let script = |work: &[&str]| scratch.stdout(&[&["submit"], work, &["--dry-run"], &MADE_UP].concat());
    let sweep = script(&["sweep", "rate"]);
    assert!(sweep.starts_with("# Submitted 10 times, each with --dependency=afterany:"), "{sweep}");
    assert!(sweep.contains("#SBATCH --array=1-3\n") && sweep.contains(" sweep rate --jobs 1 --offline"), "{sweep}");
    assert!(sweep.contains(" sweep rate --no-train --offline"), "{sweep}");
    let grid = SWEEP.replace("log_uniform = [0.001, 0.5]", "values = [0.1, 0.2, 0.3, 0.4]");
    let (grid, _) = grid.split_once("[method]").unwrap();
    scratch.file("experiments/sweeps/rate.toml", &format!("{grid}[method]\nkind = \"grid\"\nbatch = 2\n"));
    let sweep = script(&["sweep", "rate"]);
    assert!(sweep.starts_with("# Submitted 3 times") && sweep.contains("#SBATCH --array=1-4\n"), "{sweep}");
    let report = script(&["report"]);
    assert!(report.contains("#SBATCH --job-name=report\n"), "{report}");
    assert!(report.contains(" run --all --extras --seeds 3 --no-tui --jobs 1 --offline"), "{report}");
    assert!(report.contains(" claims --offline") && report.contains(" report --no-train --out report --seeds 3 "));
    let refusal = scratch.refusal(&["submit", "sweep", "rate", "--seeds", "3"], 2);
    assert!(refusal.contains("a sweep's file declares settings and seeds; remove `--seeds 3`"), "{refusal}");
    assert!(scratch.refusal(&["submit", "sweep", "rat"], 2).contains("did you mean `rate`?"));
}

#[test]
fn a_dry_run_prints_the_scripts_and_submits_nothing() {
    let scratch = Scratch::new();
    scratch
        .file("cluster.toml", "partition = \"short\"\ntime = \"01:00:00\"\nmodules = [\"gcc/12.2\"]\nthrottle = 8\n");
    let submit = ["submit", "task4a", "--seeds", "10", "--tasks", "5", "--time", "00:10:00", "--dry-run"];
    let script = scratch.stdout(&[&submit[..], &MADE_UP].concat());
    for line in [
        "#SBATCH --partition=short",
        "#SBATCH --time=00:10:00",
        "#SBATCH --array=1-5%8",
        "#SBATCH --signal=B:USR1@60",
        "module load gcc/12.2",
        "    scontrol requeue \"${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}\"",
    ] {
        assert!(script.lines().any(|found| found == line), "{line}: {script}");
    }
    assert!(script.contains("run task4a --seeds 10 --no-tui --jobs 1 --offline --dataset made-up"), "{script}");
    assert!(!scratch.path("runs/.batches").exists());
    scratch.file("cluster.toml", "time = \"01:00:00\"\nthrottel = 8\n");
    let refusal = scratch.refusal(&["submit", "task4a", "--dry-run"], 2);
    assert!(refusal.contains("cluster.toml:2: `throttel` is not a key") && refusal.contains("throttle"), "{refusal}");
}

#[test]
fn without_a_batch_system_the_message_names_the_way_out() {
    let scratch = Scratch::new();
    let mut submit = scratch.program(&[&["submit", "task4a"][..], &MADE_UP].concat());
    let message = Ended::with(1, submit.env("PATH", scratch.path("nothing"))).stderr;
    assert!(message.contains("sbatch: cannot start") && message.contains("--scheduler local"), "{message}");
    let refusal = scratch.refusal(&["cancel", "7"], 2);
    assert!(refusal.contains("batch 7 was not found"), "{refusal}");
}

/// Stops a long run at its first checkpoint.
fn stopped(scratch: &Scratch, arguments: &[&str]) {
    let mut run = scratch.program(&[&["run", "long", "--no-tui"][..], arguments, &MADE_UP].concat()).spawn().unwrap();
    let has_checkpoint = || {
        let folders = scratch.path("runs/.checkpoints").read_dir().into_iter().flatten().flatten();
        let names = folders.flat_map(|folder| folder.path().read_dir().into_iter().flatten().flatten());
        names.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with("step-"))
    };
    wait_until("a checkpoint", has_checkpoint);
    assert!(Command::new("kill").args(["-TERM", &run.id().to_string()]).status().unwrap().success());
    assert_eq!(run.wait().unwrap().code(), Some(130));
}

#[test]
fn a_run_is_computed_as_it_began_or_begins_again_unless_mixing_is_asked_for() {
    let scratch = Scratch::new();
    let declared = std::fs::read_to_string(scratch.path("experiments/task4a.toml")).unwrap();
    let long = declared.split("[[claim]]").next().unwrap().replace("max_epochs = 1", "max_epochs = 300");
    let long = long
        .replace("baseline = \"task3c\"\n", "")
        .replace("patience_validations = 50", "patience_validations = 9_999");
    scratch.file("experiments/long.toml", &long);
    let run = |arguments: &[&str]| {
        let arguments = [&["run", "long", "--no-tui", "--json"][..], arguments, &MADE_UP].concat();
        let ended = Ended::with(0, &mut scratch.program(&arguments));
        let records: Value = serde_json::from_str(&ended.stdout).unwrap();
        (records[0]["backend"]["instructions"].clone(), ended.stderr)
    };
    let (widest, _) = run(&["--runs-dir", "wide"]);
    let widest = widest[0].as_str().unwrap().to_owned();
    assert_eq!(run(&["--runs-dir", "scalar", "--instructions", "scalar"]).0, serde_json::json!(["scalar"]));
    stopped(&scratch, &["--instructions", "scalar"]);
    let (instructions, message) = run(&[]);
    assert!(message.contains(", computed with scalar as it began"), "{message}");
    assert_eq!(instructions, serde_json::json!(["scalar"]));
    assert_eq!(files_of(&scratch.path("runs")), files_of(&scratch.path("scalar")));
    if widest == "scalar" {
        return;
    }
    std::fs::remove_dir_all(scratch.path("runs")).unwrap();
    stopped(&scratch, &["--instructions", "scalar"]);
    let (_, message) = run(&["--instructions", &widest]);
    let begins = format!("starts from the beginning with {widest}, because its checkpoint was computed with scalar");
    assert!(message.contains(&begins), "{message}");
    assert_eq!(files_of(&scratch.path("runs")), files_of(&scratch.path("wide")));
    std::fs::remove_dir_all(scratch.path("runs")).unwrap();
    stopped(&scratch, &["--instructions", "scalar"]);
    let (instructions, _) = run(&["--mix-instructions"]);
    assert_eq!(instructions, serde_json::json!(["scalar", widest]));
    let table = scratch.stdout(&[&["run", "long"][..], &MADE_UP].concat());
    assert!(
        table.contains(&format!("Vector instructions differ, and with them the rounding: scalar then {widest}")),
        "{table}"
    );
}
