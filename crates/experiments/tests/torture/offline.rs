//! Without a network: the program runs, the workspace builds from what is at hand, the tests pass.

use std::process::Command;

use test_support::{Scale, row};

use crate::common::{Scratch, Size, is_root, works};
use crate::process::Process;

/// The workspace.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// How the variables begin in which cargo tells a test of its package.
const TOLD: [&str; 3] = ["CARGO_MANIFEST_", "CARGO_PKG_", "OUT_DIR"];

/// Words before a command that leave it no network at all, where the system allows that.
fn without_network() -> Option<[&'static str; 2]> {
    let words = ["unshare", if is_root() { "-n" } else { "-rn" }];
    works(&[words[0], words[1], "true"]).then_some(words)
}

/// The same with an interface that leads back to this machine, where the tests of downloads have their mirrors.
fn with_loopback_alone() -> Option<[&'static str; 6]> {
    let [unshare, option] = without_network()?;
    let words = [unshare, option, "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"];
    works(&[&words[..], &["true"]].concat()).then_some(words)
}

/// Runs cargo in the workspace, with what it says on the terminal.
fn cargo(wrapper: &[&str], arguments: &[&str]) -> bool {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let words: Vec<&str> = wrapper.iter().copied().chain([cargo.as_str()]).chain(arguments.iter().copied()).collect();
    let mut command = Command::new(words[0]);
    // The tests inside are to be quick ones, in a table of nobody's, and without MNIST: that is what would be fetched.
    command
        .args(&words[1..])
        .current_dir(ROOT)
        .env_remove("TORTURE")
        .env_remove("TORTURE_TABLE")
        .env_remove("MNIST_DIR");
    // What cargo tells a test of its package: build scripts that ask for it would run again, here and after this.
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
    // The second one is not told, and finds out by itself.
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
    const TESTS: &str = "the tests in a network namespace that has a loopback alone";
    if Scale::chosen() == Scale::Quick {
        return;
    }
    let options = ["--locked", "--offline", "--release", "--workspace"];
    let builds = cargo(&[], &[&["build"], &options[..]].concat());
    row(BUILDS, if builds { "exit code 0" } else { "failed" });
    let passes = with_loopback_alone().map(|words| {
        // These tests have rows of their own.
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
fn torture_licences_bans_and_sources_are_as_agreed() {
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
