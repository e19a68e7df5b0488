//! `experiments sweep`: failures, limits, reuse, and what is left on the disk.

use serde_json::Value;

use crate::common::{Ended, Scratch};

/// A grid over learning rates in the order of the file.
fn scratch(rates: &str) -> Scratch {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path("experiments/sweeps")).unwrap();
    let file = format!(
        r#"title = "Learning rates"
base = "task3c"
[objective]
metric = "best_validation_loss"
direction = "minimize"
[search]
optimizer.learning_rate = {{ values = {rates} }}
[method]
kind = "grid"
[winner]
best = 1
seeds = 2
"#
    );
    scratch.file("experiments/sweeps/rates.toml", &file);
    scratch
}

fn json(scratch: &Scratch) -> Value {
    serde_json::from_str(&scratch.stdout(&["sweep", "rates", "--json"])).unwrap()
}

#[test]
fn a_failed_trial_does_not_end_a_sweep_unless_that_is_asked_for() {
    let rates = "[1e30, 0.02, 0.05]";
    let going_on = scratch(rates);
    let ended = Ended::with(3, &mut going_on.program(&["sweep", "rates", "--jobs", "1"]));
    assert!(ended.stderr.contains("trial 1 failed: seed 1: the loss became NaN or infinite at step "), "{ended:?}");
    assert!(ended.stderr.contains("error: 1 of 3 trials failed"), "{ended:?}");
    assert!(ended.stdout.contains("The best 2 of 3 trials, seed 1; 1 failed."), "{ended:?}");
    assert!(
        ended.stderr.matches("task3c, seed 2: ").count() <= 1,
        "only the declared settings have its name: {ended:?}"
    );
    let stopping = scratch(rates);
    let ended = Ended::with(3, &mut stopping.program(&["sweep", "rates", "--jobs", "1", "--fail-fast"]));
    assert!(ended.stderr.contains("error: trial 1, seed 1: seed 1: the loss became NaN"), "{ended:?}");
    assert_eq!(stopping.runs().len(), 1, "the trials after it were not started");
}

#[test]
fn a_sweep_whose_time_is_up_resumes_and_ends_like_one_that_was_left_alone() {
    let rates = format!("{:?}", (1..=24).map(|rate| f64::from(rate) / 100.0).collect::<Vec<_>>());
    let (limited, alone) = (scratch(&rates), scratch(&rates));
    let ended = Ended::with(130, &mut limited.program(&["sweep", "rates", "--max-minutes", "0"]));
    assert!(ended.stderr.contains("run the same command again to resume"), "{ended:?}");
    assert!(limited.runs().len() < 28);
    assert_eq!(json(&limited), json(&alone));
    assert_eq!(limited.runs().len(), 24 + 2 * 2, "a run per trial; the best and the base with two fresh seeds each");
    assert!(limited.path("runs/figures/sweep-rates-slice-optimizer-learning-rate-made-up.png").exists());
}

#[test]
fn finished_runs_are_reused_and_only_declared_settings_keep_their_weights() {
    let scratch = scratch("[0.01, 0.02]");
    scratch.stdout(&["run", "task3c", "--no-baseline", "--no-tui"]);
    let before = std::fs::read(scratch.run("task3c-seed1").join("record.json")).unwrap();
    let result = json(&scratch);
    assert_eq!(result["trials"].as_array().unwrap().len(), 2);
    let mut runs = scratch.runs();
    runs.retain(|run| run.to_string_lossy().contains("-seed1-"));
    assert_eq!(runs.len(), 2);
    let kept: Vec<_> = runs.iter().filter(|run| run.join("best.safetensors").exists()).collect();
    assert_eq!(kept.len(), 1, "the declared settings are 0.02");
    assert_eq!(std::fs::read(kept[0].join("record.json")).unwrap(), before);
    let fresh: Vec<_> = scratch.runs().into_iter().filter(|run| !run.to_string_lossy().contains("-seed1-")).collect();
    assert!(!fresh.is_empty() && fresh.iter().all(|run| run.join("best.safetensors").exists()));
    // A run of the same settings is not trained again either.
    let said = Ended::with(
        0,
        &mut scratch.program(&["run", "task3c", "--no-baseline", "--set", "optimizer.learning_rate=0.01", "-v"]),
    );
    assert!(said.stderr.contains("finished already"), "{said:?}");
}

#[test]
fn a_sweep_that_is_wrong_is_shown_at_its_place() {
    let scratch = scratch("[0.02, -1]");
    let message = scratch.refusal(&["sweep", "rates"], 2);
    assert!(
        message.contains("rates.toml:7: `optimizer.learning_rate` is -1, but must be a number above 0"),
        "{message}"
    );
    assert!(message.contains("rates.toml:7:"), "{message}");
    assert!(scratch.refusal(&["check"], 2).contains("`optimizer.learning_rate` is -1"));
    assert!(scratch.refusal(&["sweep", "rate"], 2).contains("hint: did you mean `rates`?"));
    assert!(scratch.refusal(&["run", "rates"], 2).contains("hint: `experiments sweep rates` runs it"));
    assert!(scratch.refusal(&["sweep", "rates", "--max-minutes", "soon"], 2).contains("must be a number of minutes"));
    assert!(!scratch.path("runs").exists());
}
