//! Without a network: the program runs, the workspace builds from local files, the tests pass.

use std::process::Command;

use test_support::{Scale, row};

use crate::common::{Scratch, Size, is_root, works};
use crate::process::Process;

/// The workspace.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Prefix of the variables that cargo sets for tests.
const TOLD: [&str; 3] = ["CARGO_MANIFEST_", "CARGO_PKG_", "OUT_DIR"];

/// Words before a command that run it without any network; none if the system does not allow this.
fn without_network() -> Option<[&'static str; 2]> {
    let words = ["unshare", if is_root() { "-n" } else { "-rn" }];
    works(&[words[0], words[1], "true"]).then_some(words)
}

/// The same with only the loopback interface, which the tests of downloads need.
fn with_only_loopback() -> Option<[&'static str; 6]> {
    let [unshare, option] = without_network()?;
    let words = [unshare, option, "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"];
    works(&[&words[..], &["true"]].concat()).then_some(words)
}

/// Runs cargo in the workspace; its output goes to the terminal.
fn cargo(wrapper: &[&str], arguments: &[&str]) -> bool {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let words: Vec<&str> = wrapper.iter().copied().chain([cargo.as_str()]).chain(arguments.iter().copied()).collect();
    let mut command = Command::new(words[0]);
    // The tests inside run in their quick form, without a table, and without MNIST, which they would otherwise download.
    command
        .args(&words[1..])
        .current_dir(ROOT)
        .env_remove("TORTURE")
        .env_remove("TORTURE_TABLE")
        .env_remove("MNIST_DIR");
    // Cargo's variables for tests: build scripts that depend on them would run again, now and afterwards.
    for (name, _) in std::env::vars_os() {
        if TOLD.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command.status().is_ok_and(|status| status.success())
}

#[test]
fn torture_the_program_trains_without_a_network() {
    const WHAT: &str = "a run in a network namespace without interfaces";
    let Some(words) = without_network() else {
        row(WHAT, "not run: needs a network namespace");
        return;
    };
    let scratch = Scratch::new();
    let mut commands = [(); 2].map(|()| scratch.under(&words, &Size::TINY.arguments()));
    // The second one does not have `--offline`, and notices on its own.
    commands[1].env_remove("EXPERIMENTS_OFFLINE");
    for command in commands {
        let ended = Process::start(command).ended().expect("it ends");
        assert_eq!(ended.code, Some(0), "{}", ended.said);
    }
    row(WHAT, "exit code 0");
}

#[test]
fn torture_the_workspace_builds_and_passes_its_tests_without_a_network() {
    const BUILDS: &str = "cargo build --locked --offline --workspace";
    const TESTS: &str = "the tests in a network namespace with only a loopback";
    if Scale::chosen() == Scale::Quick {
        return;
    }
    let options = ["--locked", "--offline", "--release", "--workspace"];
    let builds = cargo(&[], &[&["build"], &options[..]].concat());
    row(BUILDS, if builds { "exit code 0" } else { "failed" });
    let passes = with_only_loopback().map(|words| {
        // These tests have their own rows.
        cargo(&words, &[&["test"], &options[..], &["--", "--skip", "torture_"]].concat())
    });
    row(
        TESTS,
        passes
            .map_or("not run: needs a network namespace and `ip`", |passes| if passes { "all pass" } else { "failed" }),
    );
    assert!(builds && passes.unwrap_or(true));
}

#[test]
fn torture_licences_bans_and_sources_keep_the_rules() {
    const WHAT: &str = "cargo deny: licences, bans, sources";
    if Scale::chosen() == Scale::Quick {
        return;
    }
    if !works(&["cargo-deny", "--version"]) {
        row(WHAT, "not run: needs cargo-deny");
        return;
    }
    let passes = cargo(&[], &["deny", "--locked", "--offline", "check", "licenses", "bans", "sources"]);
    row(WHAT, if passes { "exit code 0" } else { "failed" });
    assert!(passes);
}
