//! Declared files are found, read and refused, in a new folder per test.

use std::fs;

use spec::{Catalog, Declaration, Override};
use tempfile::TempDir;
use test_support::{DECLARED, SHAPE, declared_with};

use crate::with_hint;

/// A catalogue of these files: name and text.
fn catalog(files: &[(&str, &str)]) -> (TempDir, Catalog) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let catalog = Catalog::new(folder.path(), SHAPE);
    (folder, catalog)
}

/// A valid file with that baseline.
fn after(baseline: &str) -> String {
    declared_with("baseline", &format!("baseline = \"{baseline}\""))
}

fn first() -> String {
    declared_with("baseline", "").split("[[claim]]").next().expect("all but the claim").to_owned()
}

/// The error of a name, without the folder; its hint follows a bar.
fn refused((folder, catalog): &(TempDir, Catalog), name: &str, overrides: &[&str]) -> String {
    let overrides: Vec<Override> = overrides.iter().map(|text| text.parse().expect("an override")).collect();
    let error = catalog.load(name, &overrides).expect_err("a bad declaration");
    with_hint(&error).replace(&folder.path().display().to_string(), "experiments")
}

#[test]
fn names_are_sorted_and_only_of_toml_files() {
    let (_folder, catalog) =
        catalog(&[("b.toml", ""), ("a.toml", ""), (".a.toml", ""), ("a.toml~", ""), ("notes.md", "")]);
    assert_eq!(catalog.names().expect("names"), ["a", "b"]);
}

#[test]
fn an_experiment_is_found_by_name_and_by_path() {
    let (folder, catalog) = catalog(&[("a.toml", &first()), ("b.toml", &after("a"))]);
    let by_name = catalog.load("b", &[]).expect("b");
    let path = folder.path().join("b.toml");
    assert_eq!(Catalog::new("elsewhere", SHAPE).load(path.to_str().expect("a path"), &[]).expect("b"), by_name);
    let Declaration::Experiment(experiment) = by_name else { panic!("not an experiment") };
    assert_eq!(experiment.spec.name, "b");
    assert_eq!(experiment.baseline.expect("a baseline").name, "a");
}

#[test]
fn a_baseline_is_looked_up_next_to_the_file_and_then_in_the_catalogue() {
    let (_folder, catalog) = catalog(&[("a.toml", &first())]);
    let mine = tempfile::tempdir().expect("a folder");
    let path = mine.path().join("mine.toml");
    fs::write(&path, after("a")).expect("a file");
    assert!(catalog.load(path.to_str().expect("a path"), &[]).is_ok());
    fs::write(mine.path().join("a.toml"), "").expect("a file");
    assert!(catalog.load(path.to_str().expect("a path"), &[]).is_err(), "the one next to it comes first");
}

#[test]
fn unknown_names_are_refused_with_the_nearest() {
    let comparison = "title = \"x\"\nruns = [\"task1\"]";
    let files = catalog(&[("task1.toml", &first()), ("both.toml", comparison), ("task2.toml", &after("task9"))]);
    insta::assert_snapshot!(refused(&files, "tsk1", &[]), @"experiments: no experiment or comparison is called `tsk1` | did you mean `task1`?");
    insta::assert_snapshot!(refused(&files, "other", &[]), @"experiments: no experiment or comparison is called `other` | there are both, task1 and task2");
    insta::assert_snapshot!(refused(&files, "task2", &[]), @r#"experiments/task2.toml:2: `baseline` is "task9", but no experiment in experiments has that name | did you mean `task1`?"#);
    insta::assert_snapshot!(refused(&files, "task2", &["baseline=both"]), @r#"--set baseline=both: `baseline` is "both", but that is a comparison, not an experiment"#);
    insta::assert_snapshot!(refused(&files, "task2", &["baseline=../task1"]), @r#"--set baseline=../task1: `baseline` is "../task1", but must be the name of an experiment: a name begins with a letter or a digit (a-z, A-Z, 0-9)"#);
    assert!(refused(&files, "none/task1.toml", &[]).starts_with("none/task1.toml: cannot read: "));
    insta::assert_snapshot!(refused(&files, "none/nul.toml", &[]), @"none/nul.toml: an experiment cannot be called `nul`: Windows cannot keep a file of that name");
}

#[test]
fn a_circle_of_baselines_is_refused() {
    let files =
        catalog(&[("a.toml", &after("b")), ("b.toml", &after("c")), ("c.toml", &after("b")), ("d.toml", &after("d"))]);
    insta::assert_snapshot!(refused(&files, "a", &[]), @r#"experiments/c.toml:2: `baseline` is "b", but baselines must not form a circle: a → b → c → b"#);
    insta::assert_snapshot!(refused(&files, "d", &[]), @r#"experiments/d.toml:2: `baseline` is "d", but baselines must not form a circle: d → d"#);
}

#[test]
fn a_chain_of_baselines_has_a_length_limit() {
    let files: Vec<(String, String)> =
        (0..103).map(|index| (format!("a{index}.toml"), after(&format!("a{}", index + 1)))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let files = catalog(&files);
    insta::assert_snapshot!(refused(&files, "a0", &[]), @r#"experiments/a99.toml:2: `baseline` is "a100", but a chain of baselines has at most 100 experiments"#);
}

#[test]
fn only_toml_files_are_experiments() {
    let files = catalog(&[]);
    fs::create_dir(files.0.path().join("folder.toml")).expect("a folder");
    let path = |name: &str| files.0.path().join(name).display().to_string();
    insta::assert_snapshot!(refused(&files, &path("folder.toml"), &[]), @"experiments/folder.toml: cannot read: it is not a regular file");
    insta::assert_snapshot!(refused(&files, &path("plain"), &[]), @"experiments/plain: is not a TOML file; an experiment is declared in one | for example experiments/plain.toml");
}

#[test]
fn an_overridden_experiment_may_be_compared_with_the_declared_one() {
    let (_folder, catalog) = catalog(&[("a.toml", &first())]);
    let overrides = ["model.hidden_units=[16]", "baseline=a"].map(|text| text.parse().expect("an override"));
    let Declaration::Experiment(experiment) = catalog.load("a", &overrides).expect("a") else {
        panic!("not an experiment")
    };
    assert_eq!(experiment.spec.model.as_mlp().expect("an MLP").hidden_units, [16]);
    assert_eq!(experiment.baseline.expect("a baseline").model.as_mlp().expect("an MLP").hidden_units, [64, 64]);
    assert_eq!(experiment.overrides, ["model.hidden_units=[16]", "baseline=a"]);
}

#[test]
fn overrides_of_a_comparison_go_to_each_run() {
    let comparison = "title = \"x\"\nruns = [\"b\", \"a\"]";
    let (_folder, catalog) = catalog(&[("a.toml", &first()), ("b.toml", &after("a")), ("ab.toml", comparison)]);
    let overrides = ["training.max_epochs=2".parse().expect("an override")];
    let Declaration::Comparison(comparison) = catalog.load("ab", &overrides).expect("ab") else {
        panic!("not a comparison")
    };
    let runs: Vec<_> =
        comparison.runs.iter().map(|run| (run.spec.name.as_str(), run.spec.training.max_epochs)).collect();
    assert_eq!(runs, [("b", 2), ("a", 2)]);
}

#[test]
fn only_small_text_files_are_read() {
    let files = catalog(&[("large.toml", &" ".repeat(1 << 20)), ("larger.toml", &" ".repeat((1 << 20) + 1))]);
    fs::write(files.0.path().join("binary.toml"), b"title\xff").expect("a file");
    insta::assert_snapshot!(refused(&files, "large", &[]), @"experiments/large.toml: declares nothing: an experiment needs `title` and the tables [data], [model], [optimizer] and [training]");
    insta::assert_snapshot!(refused(&files, "larger", &[]), @"experiments/larger.toml: cannot read: it is larger than 1,048,576 bytes, the limit for such a file");
    insta::assert_snapshot!(refused(&files, "binary", &[]), @"experiments/binary.toml: is not UTF-8 text (byte 5)");
}

#[test]
fn the_span_of_an_error_covers_the_bad_value() {
    let (_folder, catalog) = catalog(&[("a.toml", &DECLARED.replace("[64, 64]", "[64, 0]"))]);
    let marked = |overrides: &[Override]| {
        let error = catalog.load("a", overrides).expect_err("a bad value");
        let excerpt = error.excerpt.expect("a text");
        excerpt.text[excerpt.span].to_owned()
    };
    assert_eq!(marked(&[]), "0");
    assert_eq!(marked(&["model.hidden_units=[8, -1]".parse().expect("an override")]), "-1");
    assert_eq!(marked(&["model.bias=some".parse().expect("an override")]), "some");
}
