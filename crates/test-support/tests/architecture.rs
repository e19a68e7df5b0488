//! The invariants of ARCHITECTURE.md: which crate may know what, and that every file it names exists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The names of the crates under `crates/`.
fn crates() -> Vec<String> {
    let folders = root().join("crates").read_dir().expect("the folder of the crates");
    let mut names: Vec<String> =
        folders.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// What a crate depends on directly, tests not counted.
fn dependencies(name: &str) -> BTreeSet<String> {
    let manifest = std::fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).expect("a manifest");
    let is_product = |section: &&str| section.starts_with("dependencies]") || section.contains(".dependencies]");
    let sections = manifest.split("\n[").filter(is_product);
    let keys = sections.flat_map(str::lines).filter_map(|line| line.split_once('=')).map(|(key, _)| key.trim());
    keys.map(str::to_owned).collect()
}

/// The crates that depend directly on one of these.
fn who_knows(known: &[&str]) -> Vec<String> {
    let depends = |name: &String| known.iter().any(|known| dependencies(name).contains(*known));
    crates().into_iter().filter(depends).collect()
}

#[test]
fn each_library_is_known_where_it_belongs() {
    assert_eq!(who_knows(&["toml"]), ["spec"], "only `spec` knows TOML");
    assert_eq!(who_knows(&["skrifa", "resvg", "maud"]), ["report"], "only `report` draws");
    assert_eq!(who_knows(&["typst"]), ["pdf"], "only `pdf` typesets");
    assert_eq!(who_knows(&["minijinja", "pulldown-cmark"]), ["report"], "only `report` has templates");
    assert_eq!(who_knows(&["comfy-table"]), ["report"], "only `report` lays out tables");
    assert_eq!(who_knows(&["prost", "crc32c"]), ["export"], "only `export` knows the formats of other tools");
    assert_eq!(who_knows(&["statrs"]), ["evidence", "search"], "only these compute statistics");
    assert_eq!(who_knows(&["csv"]), ["mistakes", "record"], "only these read and write tables");
    assert_eq!(who_knows(&["safetensors"]), ["arrays", "record"], "only these write tensors");
    assert_eq!(who_knows(&["zip"]), ["arrays", "mnist"], "only these know archives");
    assert_eq!(
        who_knows(&["clap", "crossterm", "indicatif", "miette"]),
        ["experiments"],
        "only the program has a terminal"
    );
    assert_eq!(who_knows(&["burn"]), ["experiments", "inputs", "mistakes", "mlp", "mnist", "training"]);
}

#[test]
fn arrows_point_in_one_direction() {
    for (name, others) in [
        ("kernels", &["inputs", "mlp", "mnist", "spec", "record", "evidence", "training", "report", "experiments"][..]),
        ("inputs", &["mlp", "mnist", "spec", "record", "evidence", "training", "report", "experiments"]),
        ("mlp", &["mnist", "spec", "record", "evidence", "training", "report", "experiments"]),
        ("mnist", &["mlp", "spec", "record", "evidence", "training", "report", "experiments"]),
        ("spec", &["mnist", "inputs", "kernels", "record", "evidence", "training", "report", "experiments"]),
        ("record", &["mnist", "inputs", "kernels", "evidence", "training", "report", "experiments"]),
        ("evidence", &["mlp", "mnist", "inputs", "kernels", "training", "report", "experiments"]),
        (
            "arrays",
            &["mlp", "mnist", "inputs", "kernels", "spec", "record", "evidence", "training", "report", "experiments"],
        ),
        (
            "trace",
            &["mlp", "mnist", "inputs", "kernels", "spec", "record", "evidence", "training", "report", "experiments"],
        ),
        ("search", &["mlp", "mnist", "inputs", "kernels", "record", "evidence", "training", "report", "experiments"]),
        ("report", &["mnist", "inputs", "kernels", "training", "experiments"]),
        (
            "pdf",
            &["mlp", "mnist", "inputs", "kernels", "spec", "record", "evidence", "report", "training", "experiments"],
        ),
        ("export", &["mnist", "inputs", "kernels", "evidence", "report", "training", "experiments"]),
        ("training", &["evidence", "report", "experiments"]),
        ("mistakes", &["inputs", "kernels", "record", "evidence", "training", "report", "experiments"]),
    ] {
        let known = dependencies(name);
        assert!(!known.is_empty(), "the manifest of `{name}` was read");
        let wrong: Vec<_> = others.iter().filter(|other| known.contains(**other)).collect();
        assert!(wrong.is_empty(), "`{name}` depends on {wrong:?}");
        assert!(!known.contains("test-support"), "`{name}` depends on the crate for tests");
    }
}

/// Whatever reads records needs records only: Burn does not come in through a crate in between either.
#[test]
fn what_reads_records_has_no_burn() {
    for name in ["files", "spec", "record", "evidence", "search", "report", "export", "arrays", "trace"] {
        let tree = Command::new(env!("CARGO"))
            .args(["tree", "--locked", "--offline", "--edges", "normal", "--prefix", "none", "--package", name])
            .current_dir(root())
            .output()
            .expect("cargo runs");
        assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
        let tree = String::from_utf8_lossy(&tree.stdout);
        assert!(tree.starts_with(name), "{tree}");
        let burn: Vec<&str> = tree.lines().filter(|line| line.starts_with("burn")).collect();
        assert!(burn.is_empty(), "`{name}` depends on {burn:?}");
    }
}

/// Task numbers are in `experiments/`, in the report's chapters and in texts.
#[test]
fn no_task_number_is_in_the_code_below_the_report() {
    for name in
        ["files", "kernels", "inputs", "mlp", "mnist", "spec", "record", "evidence", "search", "training", "export"]
    {
        for file in sources(&root().join("crates").join(name).join("src")) {
            let text = std::fs::read_to_string(&file).expect("a source file");
            let product = text.split("#[cfg(test)]").next().unwrap_or_default();
            // Examples of a key's values name a task.
            let code =
                product.lines().filter(|line| !line.trim_start().starts_with("//") && !line.contains("baseline"));
            let found = code.filter(|line| (2..5).any(|task| line.contains(&format!("\"task{task}"))));
            assert_eq!(found.count(), 0, "{}", file.display());
        }
    }
}

/// The source files of a folder, tests not counted.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.file_stem().and_then(|stem| stem.to_str()) {
            Some("tests") => {}
            _ if path.is_dir() => files.extend(sources(&path)),
            _ => files.push(path),
        }
    }
    files
}

#[test]
fn every_file_that_the_architecture_names_exists() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the page");
    let words = text.split('`').skip(1).step_by(2);
    let is_path = |word: &&str| {
        word.contains('/') && !word.contains(['<', '*', ' ']) && word.starts_with(|c: char| c.is_ascii_lowercase())
    };
    let mut count = 0;
    for path in words.filter(is_path).filter(|path| path.contains('.') || path.ends_with('/')) {
        count += 1;
        assert!(root().join(path).exists(), "ARCHITECTURE.md names `{path}`");
    }
    assert!(count > 30, "{count} paths were found");
}
