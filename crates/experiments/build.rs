//! Tells the program which commit it was built from, where there is a checkout, and embeds the report's experiments.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The report's experiments.
const EXPERIMENTS: &str = "../../experiments";

/// What the program is made from.
const SOURCES: [&str; 4] = ["..", "../../Cargo.toml", "../../Cargo.lock", EXPERIMENTS];
/// What a commit or a change of branch touches. Not the index, which `git add` and `git status` rewrite.
const COMMIT: [&str; 3] = ["HEAD", "refs/heads", "packed-refs"];

fn main() -> io::Result<()> {
    let in_git = COMMIT.iter().filter_map(|name| git(&["rev-parse", "--git-path", name]));
    // Cargo takes a missing file for a changed one.
    let in_git = in_git.filter(|path| Path::new(path).exists());
    for path in SOURCES.into_iter().map(str::to_owned).chain(in_git) {
        println!("cargo::rerun-if-changed={path}");
    }
    if let Some(commit) = git(&["rev-parse", "HEAD"]) {
        let status = [&["status", "--porcelain", "--untracked-files=no", "--"], &SOURCES[..]].concat();
        let dirty = git(&status).is_some_and(|changes| !changes.is_empty());
        println!("cargo::rustc-env=EXPERIMENTS_GIT_COMMIT={commit}{}", if dirty { "-dirty" } else { "" });
    }
    embed()
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Writes the array of all declared files and schemas: the path below `experiments/`, and the text.
fn embed() -> io::Result<()> {
    let root = fs::canonicalize(EXPERIMENTS)?;
    let mut array = "[\n".to_owned();
    for folder in ["", "extras", "mistakes", "mistakes/curves", "schema", "sweeps"] {
        let entries = root.join(folder).read_dir()?.map(|entry| Ok(entry?.path()));
        let mut paths = entries.collect::<io::Result<Vec<PathBuf>>>()?;
        paths.sort();
        for path in paths.iter().filter(|path| {
            path.extension().is_some_and(|kind| ["toml", "json", "csv"].iter().any(|known| kind == *known))
        }) {
            let name = path.strip_prefix(&root).unwrap_or(path).to_string_lossy().replace('\\', "/");
            array += &format!("    ({name:?}, include_str!({:?})),\n", path.display().to_string());
        }
    }
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join("experiments.rs"), array + "]\n")
}
