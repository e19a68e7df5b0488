//! Tells the program which commit it was built from; a build outside a checkout tells nothing.

use std::process::Command;

fn main() {
    for path in ["../../.git/HEAD", "../../.git/index", "..", "../../Cargo.lock"] {
        println!("cargo::rerun-if-changed={path}");
    }
    if let Some(commit) = git(&["rev-parse", "HEAD"]) {
        let dirty = git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|changes| !changes.is_empty());
        println!("cargo::rustc-env=EXPERIMENTS_GIT_COMMIT={commit}{}", if dirty { "-dirty" } else { "" });
    }
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
