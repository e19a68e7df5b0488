//! `experiments run` and `figure`, through the binary.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use test_support::hears;

use crate::common::{Ended, Scratch};
use crate::records::files_of;

fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The parts of a record that must be the same bytes again: all except times and places.
fn numbers_of(run: &Path) -> Vec<Vec<u8>> {
    ["steps.csv", "validations.csv", "last.safetensors", "best.safetensors"]
        .map(|file| std::fs::read(run.join(file)).unwrap())
        .to_vec()
}

#[test]
fn every_declared_experiment_trains_and_is_drawn() {
    let scratch = Scratch::new();
    let table = scratch.stdout(&["run", "--all"]);
    assert!(table.contains("made-up digits") && table.contains("task4e"), "{table}");
    assert_eq!(scratch.runs().len(), 9);
    for run in scratch.runs() {
        let record = json(&run.join("record.json"));
        assert_eq!((&record["steps"], &record["dataset"]["name"]), (&20.into(), &"made-up".into()));
        assert_eq!(record["validations"].as_array().unwrap().len(), 6);
        assert!(numbers_of(&run).iter().all(|bytes| !bytes.is_empty()));
    }
    for name in ["task2c", "task3", "task3a", "task4ab", "task4e", "task4f"] {
        let figure = scratch.path(&format!("runs/figures/{name}-made-up"));
        let svg = std::fs::read_to_string(figure.with_extension("svg")).unwrap();
        assert!(svg.contains("made-up digits"), "{name}");
        assert!(std::fs::read(figure.with_extension("png")).unwrap().starts_with(b"\x89PNG"));
    }
}

#[test]
fn a_finished_run_is_not_trained_again() {
    let scratch = Scratch::new();
    scratch.stdout(&["run", "task4a"]);
    let standard_model = scratch.run("task3c");
    let written = || standard_model.join("record.json").metadata().unwrap().modified().unwrap();
    let before = written();
    scratch.stdout(&["run", "task4a"]);
    scratch.stdout(&["run", "task4b"]);
    assert_eq!(written(), before);
    assert_eq!(scratch.runs().len(), 3);
}

#[test]
fn an_override_is_another_run() {
    let scratch = Scratch::new();
    scratch.stdout(&["run", "task2c"]);
    scratch.stdout(&["run", "task2c", "--set", "model.hidden_units=[16]", "--set", "model.activation=relu"]);
    assert_eq!(scratch.runs().len(), 2);
    let units = |run: &Path| json(&run.join("record.json"))["spec"]["model"]["hidden_units"].clone();
    let units: Vec<Value> = scratch.runs().iter().map(|run| units(run)).collect();
    assert!(units.contains(&serde_json::json!([16])) && units.contains(&serde_json::json!([64])));
}

#[test]
fn a_copy_with_other_titles_is_the_same_run() {
    let scratch = Scratch::new();
    scratch.stdout(&["run", "task2c"]);
    let declared = std::fs::read_to_string(scratch.path("experiments/task2c.toml")).unwrap();
    let mine = scratch.file("mine.toml", &declared.replace("title = \"", "title = \"Mine: "));
    assert!(scratch.stdout(&["run", &mine]).contains("Mine: Baseline"));
    assert_eq!(scratch.runs().len(), 1);
}

#[test]
fn every_seed_is_a_separate_run() {
    let scratch = Scratch::new();
    let records: Value = serde_json::from_str(&scratch.stdout(&["run", "task2c", "--seed", "1..3", "--json"])).unwrap();
    let seeds: Vec<u64> = records.as_array().unwrap().iter().map(|record| record["seed"].as_u64().unwrap()).collect();
    assert_eq!(seeds, [1, 2, 3]);
    assert_ne!(numbers_of(&scratch.run("task2c-seed1")), numbers_of(&scratch.run("task2c-seed2")));
}

#[test]
fn the_same_command_gives_the_same_bytes() {
    let scratch = Scratch::new();
    scratch.stdout(&["run", "task4d"]);
    let first = numbers_of(&scratch.run("task4d"));
    for (name, value) in [("RAYON_NUM_THREADS", "1"), ("RAYON_NUM_THREADS", "2"), ("TZ", "Asia/Tokyo")] {
        let again = Scratch::new();
        Ended::with(0, again.program(&["run", "task4d"]).env(name, value).env("LC_ALL", "de_DE.UTF-8"));
        assert_eq!(numbers_of(&again.run("task4d")), first, "{name}={value}");
    }
}

#[test]
fn a_loss_that_is_not_finite_has_its_own_exit_code() {
    let scratch = Scratch::new();
    let arguments =
        ["run", "task2c", "--set", "optimizer.learning_rate=1e30", "--set", "model.activation=relu", "--quiet"];
    let message = scratch.refusal(&arguments, 3);
    assert!(message.contains("task2c, seed 1: the loss became NaN or infinite at step"), "{message}");
    assert_eq!(json(&scratch.run("task2c").join("record.json"))["stop_reason"], "diverged");
    scratch.refusal(&arguments, 3);
}

#[test]
fn a_figure_is_drawn_again_without_training() {
    let scratch = Scratch::new();
    let message = scratch.refusal(&["figure", "task2c", "--dataset", "made-up"], 2);
    assert!(
        message.contains("lacks a finished record") && message.contains("`experiments run task2c --seed 1` trains it"),
        "{message}"
    );
    scratch.stdout(&["run", "task2c"]);
    let files = ["svg", "png"].map(|kind| scratch.path(&format!("runs/figures/task2c-made-up.{kind}")));
    let drawn = files.clone().map(|file| std::fs::read(file).unwrap());
    for file in &files {
        std::fs::remove_file(file).unwrap();
    }
    scratch.stdout(&["figure", "task2c"]);
    assert_eq!(files.map(|file| std::fs::read(file).unwrap()), drawn);
}

#[test]
fn a_runs_folder_that_cannot_be_made_is_named() {
    let scratch = Scratch::new();
    scratch.file("runs", "a file in its place");
    let message = scratch.refusal(&["run", "task2c", "--quiet"], 1);
    assert!(message.contains("error: runs: cannot"), "{message}");
}

/// Starts a training per seed that would take minutes, and waits until it has started.
fn long_training(scratch: &Scratch, options: &[&str]) -> Child {
    let declared = std::fs::read_to_string(scratch.path("experiments/task2c.toml")).unwrap();
    let long = declared
        .replace("max_epochs = 1", "max_epochs = 10_000")
        .replace("patience_validations = 50", "patience_validations = 50_000");
    let long = scratch.file("long.toml", &long);
    let mut child = Command::new(env!("CARGO_BIN_EXE_experiments"))
        .current_dir(scratch.path(""))
        .args(["run", &long, "--verbose", "--offline"])
        .args(options)
        .env_remove("MNIST_DIR")
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
    child
}

#[test]
fn signals_stop_at_the_next_step_and_are_recorded() {
    let signals = [("TERM", 15), ("HUP", 1), ("USR1", 10), ("USR2", 12), ("XCPU", 24), ("INT", 2), ("QUIT", 3)];
    for (signal, _) in signals.into_iter().filter(|(_, number)| hears(*number)) {
        let scratch = Scratch::new();
        stop(long_training(&scratch, &[]), signal);
        assert_is_interrupted(&scratch.run("long"));
    }
}

#[test]
fn a_signal_stops_all_trainings_that_run_side_by_side() {
    let scratch = Scratch::new();
    stop(long_training(&scratch, &["--seed", "1..3", "--jobs", "2"]), "TERM");
    let runs = scratch.runs();
    assert_eq!(runs.len(), 2, "the third never began: {runs:?}");
    for run in &runs {
        assert_is_interrupted(run);
    }
}

/// The program under `sh` with some lines before it, which must end with this code; its messages.
pub(crate) fn under_shell(scratch: &Scratch, lines: &str, arguments: &[&str], code: i32) -> String {
    let program = scratch.program(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{lines}\nexec \"$@\""), "sh"]).arg(program.get_program()).args(arguments);
    shell.current_dir(scratch.path("")).envs(program.get_envs().filter_map(|(key, value)| Some((key, value?))));
    shell.env_remove("MNIST_DIR");
    Ended::with(code, &mut shell).stderr
}

#[test]
fn signals_that_are_ignored_at_the_start_stay_ignored() {
    for signal in ["HUP", "INT"] {
        let scratch = Scratch::new();
        let killed_later = format!("trap '' {signal}; (sleep 0.3; kill -{signal} $$) &");
        let settings =
            ["run", "task2c", "--set", "training.max_epochs=40", "--set", "training.patience_validations=9999"];
        under_shell(&scratch, &killed_later, &settings, 0);
        assert_eq!(json(&scratch.run("task2c").join("record.json"))["stop_reason"], "max_epochs", "SIG{signal}");
    }
}

#[test]
fn a_limit_of_the_size_of_files_is_an_error_that_says_so() {
    let scratch = Scratch::new();
    let message = under_shell(&scratch, "ulimit -f 16", &["run", "task2c", "--offline"], 1);
    assert!(message.contains("File too large") && message.contains("hint: raise the limit"), "{message}");
    assert!(scratch.runs().is_empty());
    scratch.stdout(&["run", "task2c"]);
}

#[test]
fn a_limit_of_memory_is_an_error_before_the_training() {
    let scratch = Scratch::new();
    let wide = ["run", "task2c", "--set", "model.hidden_units=[8192,8192]"];
    let message = under_shell(&scratch, "ulimit -v 1500000", &wide, 1);
    assert!(message.contains("the system refuses the 2.") && message.contains("GiB of memory"), "{message}");
}

#[test]
fn a_stop_in_a_long_validation_says_what_is_kept() {
    let scratch = Scratch::new();
    let slow = ["run", "task2c", "--set", "model.hidden_units=6144,6144", "--set", "data.validation_images=10_000"];
    let message = under_shell(&scratch, "(sleep 1; kill -TERM $$) &", &slow, 130);
    let kept = "interrupted in the middle of a step: task2c, seed 1 has no checkpoint yet and starts again";
    assert!(message.contains(kept), "{message}");
    assert!(scratch.runs().iter().all(|run| !run.join("record.json").exists()));
}

#[test]
fn trainings_follow_the_processors_that_are_allowed() {
    let scratch = Scratch::new();
    under_shell(&scratch, "taskset -p -c 0 $$ >/dev/null", &["run", "task2c", "--seeds", "2"], 0);
    for seed in 1..=2 {
        let host = &json(&scratch.run(&format!("task2c-seed{seed}")).join("record.json"))["host"];
        assert_eq!(host["cores"], 1, "{host}");
    }
}

#[test]
fn figures_of_different_runs_have_different_names() {
    let scratch = Scratch::new();
    let declared = std::fs::read_to_string(scratch.path("experiments/task3a.toml")).unwrap();
    let copies = ["mine", "other"].map(|folder| {
        std::fs::create_dir(scratch.path(folder)).unwrap();
        scratch
            .file(&format!("{folder}/task3a.toml"), &declared.replace("title = \"", &format!("title = \"{folder}: ")))
    });
    let commands = [
        &["task3a"][..],
        &["task3a", "--no-baseline"],
        &["task3a", "--seeds", "2"],
        &["task3a", "--seed", "2,3"],
        &["task3a", "--seed", "1,3"],
        &["task3a", "--set", "title=Another"],
        &[&copies[0]],
        &[&copies[1]],
    ];
    let mut names = std::collections::BTreeSet::new();
    for arguments in commands {
        scratch.stdout(&[&["run", "--quiet"][..], arguments].concat());
        // Quick runs have a folder of their own.
        let folders = ["runs/figures", "runs/quick/figures"].map(|folder| scratch.path(folder));
        let drawn = folders.iter().flat_map(|folder| folder.read_dir().into_iter().flatten());
        let drawn = drawn.map(|entry| entry.unwrap().path());
        let new: Vec<_> = drawn.filter(|name| names.insert(name.clone())).collect();
        assert_eq!(new.len(), 2, "{arguments:?}: {names:?}");
    }
}

#[test]
fn characters_that_the_font_lacks_are_named() {
    let scratch = Scratch::new();
    let run = ["run", "task2c", "--set", "title=数字 \u{1f600}"];
    let message = Ended::with(0, &mut scratch.program(&run)).stderr;
    for part in ["boxes in the PNG stand for", "`数`", "`字`", "`\u{1f600}`"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn a_log_has_a_line_for_every_finished_run() {
    let scratch = Scratch::new();
    let messages = Ended::with(0, &mut scratch.program(&["run", "task2c", "--seeds", "2"])).stderr;
    for seed in 1..=2 {
        let line = format!("task2c, seed {seed}: all epochs done after 20 steps, best validation loss ");
        assert_eq!(messages.matches(&line).count(), 1, "{messages}");
    }
    let quiet = Ended::with(0, &mut scratch.program(&["run", "task2c", "--seed", "3", "--quiet"])).stderr;
    assert!(!quiet.contains("epochs done"), "{quiet}");
}

/// Sends a signal, which must end the program soon, with the exit code of interrupted runs.
fn stop(mut child: Child, signal: &str) {
    let sent = Instant::now();
    assert!(Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130), "SIG{signal}");
    assert!(sent.elapsed() < Duration::from_secs(5), "SIG{signal}: {:?}", sent.elapsed());
}

fn assert_is_interrupted(run: &Path) {
    let record = json(&run.join("record.json"));
    assert_eq!(record["stop_reason"], "interrupted");
    assert!(record["steps"].as_u64().unwrap() > 0);
}

#[test]
fn real_mnist_is_learned_in_an_epoch() {
    let Some(mnist) = test_support::mnist_dir() else {
        eprintln!("MNIST_DIR is not set: nothing is trained on real MNIST");
        return;
    };
    let scratch = Scratch::new();
    let declared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments/task2c.toml");
    let arguments = ["run", declared, "--set", "training.max_epochs=1", "--set", "model.weight_init=fan_in_normal"];
    Ended::with(0, scratch.program(&arguments).env("MNIST_DIR", mnist));
    let record = json(&scratch.run("task2c").join("record.json"));
    assert_eq!(record["dataset"]["name"], "mnist");
    assert!(record["validations"][5]["validation_accuracy"].as_f64().unwrap() > 0.88, "{record}");
}

#[test]
fn seeds_of_weights_and_order_are_crossed_and_reuse_ordinary_runs() {
    let scratch = Scratch::new();
    scratch.stdout(&["run", "task2c", "--seeds", "2"]);
    let ordinary: Vec<_> = scratch.runs();
    let crossed = ["variance", "task2c", "--init", "1..2", "--order", "1..3"];
    let table = scratch.stdout(&crossed);
    assert!(table.contains("Initial weights") && table.contains("2 x 3 seeds"), "{table}");
    assert_eq!(scratch.runs().len(), 6, "two of the six runs existed");
    assert!(ordinary.iter().all(|run| scratch.runs().contains(run)));
    assert!(scratch.path("runs/figures/variance-task2c-2x3-made-up.svg").exists());
    let before = files_of(&scratch.runs()[0]);
    assert_eq!(scratch.stdout(&crossed), table, "finished runs are not trained again");
    assert!(files_of(&scratch.runs()[0]) == before);
    let list = scratch.stdout(&["list"]);
    assert!(list.contains("made-up: 2 finished"), "runs with split seeds are no replicates: {list}");
    let json: Value = serde_json::from_str(&scratch.stdout(&[&crossed[..], &["--json"]].concat())).unwrap();
    assert_eq!((&json[0]["init"], &json[0]["order"]), (&serde_json::json!([1, 2]), &serde_json::json!([1, 2, 3])));
    let page = |arguments: &[&str]| {
        scratch.stdout(&[&["report", "--no-train"], arguments].concat());
        std::fs::read_to_string(scratch.path("report/index.html")).unwrap()
    };
    assert!(!page(&[]).contains("Where variation comes from"), "the report explains that of the standard model");
    scratch.stdout(&["variance", "task3c", "--seeds", "2"]);
    assert!(page(&[]).contains("4 runs of the standard model cross"));
}

#[test]
fn a_cross_of_too_few_or_too_many_runs_is_refused() {
    let scratch = Scratch::new();
    let refused = |arguments: &[&str]| scratch.refusal(&[&["variance", "task2c"], arguments].concat(), 2);
    insta::assert_snapshot!(refused(&["--init", "1", "--order", "5"]), @"
    error: 1 x 1 seeds make 1 run
    hint: an experiment takes from 2 to 10,000 runs
    ");
    insta::assert_snapshot!(refused(&["--seeds", "101"]), @"
    error: 101 x 101 seeds make 10,201 runs
    hint: an experiment takes from 2 to 10,000 runs
    ");
}
