//! The experiment files that the README and docs/experiments.md show are valid, and every metric is documented.

use std::path::{Path, PathBuf};

use spec::{Catalog, Metric};
use test_support::SHAPE;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The TOML blocks of a page.
fn toml_blocks(page: &str) -> Vec<&str> {
    page.split("\n```toml\n").skip(1).map(|rest| rest.split("```").next().expect("the block")).collect()
}

#[test]
fn every_experiment_file_shown_is_valid() {
    let catalog = Catalog::new(root().join("experiments"), SHAPE);
    let scratch = tempfile::tempdir().unwrap();
    let mine = scratch.path().join("mine.toml");
    for (path, count) in [("README.md", 1), ("docs/experiments.md", 2)] {
        let page = page(path);
        let blocks = toml_blocks(&page);
        assert_eq!(blocks.len(), count, "{path}");
        for block in blocks {
            std::fs::write(&mine, block).unwrap();
            if let Err(error) = catalog.load(mine.to_str().unwrap(), &[]) {
                panic!("{path}: {error}");
            }
        }
    }
}

#[test]
fn every_sweep_file_shown_is_valid() {
    let scratch = tempfile::tempdir().unwrap();
    let mine = scratch.path().join("mine.toml");
    let page = page("docs/sweeps.md");
    let blocks = toml_blocks(&page);
    assert_eq!(blocks.len(), 1);
    std::fs::write(&mine, blocks[0]).unwrap();
    if let Err(error) = Catalog::new(root().join("experiments"), SHAPE).sweep(mine.to_str().unwrap()) {
        panic!("{error}");
    }
}

#[test]
fn every_metric_is_listed() {
    let page = page("docs/experiments.md");
    for metric in Metric::ALL {
        let name = metric.name();
        assert!(page.contains(&format!("\n| `{name}` | ")), "docs/experiments.md lacks `{name}`");
    }
}
