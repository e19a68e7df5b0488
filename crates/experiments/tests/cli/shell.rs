//! Completion in real shells, manual pages, the version, schemas.

use std::path::Path;
use std::process::Command;

use crate::common::{Ended, Scratch};

/// What bash offers at the end of a line.
fn offered(scratch: &Scratch, words: &[&str]) -> Vec<String> {
    let script = scratch.file("completions.bash", &scratch.stdout(&["completions", "bash"]));
    // As readline sets them: the last word is the current one.
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let ask = format!(
        "source '{script}'; COMP_WORDS=({}); COMP_CWORD={}; COMP_TYPE=9; \
         _clap_complete_experiments experiments {} x; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        quoted.join(" "),
        words.len() - 1,
        quoted[words.len() - 1],
    );
    let program = Path::new(env!("CARGO_BIN_EXE_experiments")).parent().unwrap().display().to_string();
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", &ask]).current_dir(scratch.path("."));
    bash.env("PATH", format!("{program}:{}", std::env::var("PATH").unwrap()));
    let lines = Ended::with(0, &mut bash).stdout;
    lines.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_experiments_settings_and_their_words() {
    let scratch = Scratch::new();
    std::fs::copy(scratch.path("experiments/task4e.toml"), scratch.path("experiments/mine.toml")).unwrap();
    let offered = |words: &[&str]| offered(&scratch, words);
    assert_eq!(offered(&["experiments", "cl"]), ["claims"]);
    assert_eq!(offered(&["experiments", "run", "mi"]), ["mine"]);
    assert_eq!(offered(&["experiments", "run", "task4a"]), ["task4a", "task4ab"]);
    assert_eq!(offered(&["experiments", "show", "relu_"]), ["relu_deep", "relu_he"]);
    assert_eq!(offered(&["experiments", "run", "experiments/mi"]), ["experiments/mine.toml"]);
    let settings = offered(&["experiments", "run", "mine", "--set", "optimizer.b"]);
    assert_eq!(settings, ["optimizer.beta_1=", "optimizer.beta_2="]);
    // Bash splits words at `=` and completes what follows it.
    let words = offered(&["experiments", "run", "mine", "--set", "model.bias", "=", "f"]);
    assert_eq!(words, ["first_layer"]);
    let words = offered(&["experiments", "run", "mine", "--set", "model.kind", "="]);
    assert_eq!(words, ["mlp", "lenet"]);
    assert_eq!(offered(&["experiments", "list", "--dataset", "q"]), ["qmnist"]);
    assert!(offered(&["experiments", "list", "--off"]).contains(&"--offline".to_owned()));
}

#[test]
fn names_come_from_the_folder_that_the_line_names_or_from_the_program() {
    let scratch = Scratch::new();
    std::fs::rename(scratch.path("experiments"), scratch.path("others")).unwrap();
    std::fs::rename(scratch.path("others/task2c.toml"), scratch.path("others/first.toml")).unwrap();
    let line = ["experiments", "--experiments-dir", "others", "run", "fi"];
    assert_eq!(offered(&scratch, &line), ["first"]);
    assert_eq!(offered(&scratch, &["experiments", "run", "task2"]), ["task2c"]);
    assert_eq!(offered(&scratch, &["experiments", "sweep", "width"]), ["width_depth"]);
}

#[test]
fn scripts_of_other_shells_are_read_where_the_shell_is_installed() {
    let scratch = Scratch::new();
    for (shell, check) in [("zsh", "-n"), ("fish", "--no-execute"), ("bash", "-n")] {
        let script = scratch.file("script", &scratch.stdout(&["completions", shell]));
        match Command::new(shell).args([check, &script]).status() {
            Ok(status) => assert!(status.success(), "{shell}"),
            Err(_) => eprintln!("skipped: {shell} is not installed"),
        }
    }
    // No space follows `key=`.
    assert!(scratch.stdout(&["completions", "zsh"]).contains("other -S ''"));
    assert!(scratch.stdout(&["completions", "powershell"]).contains("Register-ArgumentCompleter"));
    assert!(scratch.refusal(&["completions", "tcsh"], 2).contains("bash, zsh, fish, powershell"));
}

#[test]
fn every_command_has_a_manual_page() {
    let scratch = Scratch::new();
    scratch.stdout(&["man", "pages/man1"]);
    let page = |name: &str| std::fs::read_to_string(scratch.path("pages/man1").join(name)).expect(name);
    assert!(page("experiments.1").contains(concat!("experiments ", env!("CARGO_PKG_VERSION"), "\"")));
    for command in ["run", "sweep", "claims", "init", "schema", "completions", "man"] {
        assert!(page("experiments.1").contains(&format!("experiments\\-{command}(1)")), "{command}");
        let (own, name) = (page(&format!("experiments-{command}.1")), format!("experiments\\-{command}"));
        assert!(own.contains(&name) && own.contains("\\-\\-runs\\-dir"), "{own}");
    }
}

#[test]
fn version_names_commit_and_backends() {
    let scratch = Scratch::new();
    for option in ["--version", "-V"] {
        let version = scratch.stdout(&[option]);
        let lines: Vec<&str> = version.lines().collect();
        assert_eq!(lines[0], concat!("experiments ", env!("CARGO_PKG_VERSION")));
        let commit = lines[1].strip_prefix("commit ").unwrap().trim_end_matches("-dirty");
        assert!(commit == "unknown" || commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()), "{commit}");
        assert!(lines[2].starts_with("Burn 0.") && lines[2].contains("backends: flex"), "{version}");
    }
}

#[test]
fn schemas_are_those_next_to_the_experiments() {
    let scratch = Scratch::new();
    for kind in ["experiment", "comparison", "sweep", "mistake", "cluster"] {
        let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../experiments/schema/{kind}.json"));
        let is_stored = scratch.stdout(&["schema", kind]) == std::fs::read_to_string(stored).unwrap();
        assert!(is_stored, "`experiments schema {kind} > experiments/schema/{kind}.json` brings it up to date");
    }
    assert!(scratch.refusal(&["schema", "record"], 2).contains("experiment, comparison, sweep, mistake, cluster"));
}
