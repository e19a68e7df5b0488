//! The JSON Schemas: stored as the program prints them, and of one mind with the reader of the files.

mod validator;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use spec::{Catalog, ClusterSpec, FileKind, ImageShape, MistakeSpec};

use crate::validator::refusal;

const SHAPE: ImageShape = ImageShape { height: 28, width: 28, classes: 10 };

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A change of a declared file, and what becomes of it; `tests/interop/schema.py` reads the same list.
#[derive(Deserialize)]
struct Case {
    file: String,
    old: String,
    new: String,
}

#[derive(Deserialize)]
struct Cases {
    cluster: String,
    taken: Vec<Case>,
    refused: Vec<Case>,
    only_the_reader_refuses: Vec<Case>,
}

impl Cases {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema/cases.toml");
        toml::from_str(&read(&path)).expect("cases")
    }

    fn text(&self, case: &Case) -> String {
        let text = if case.file == "cluster.toml" { self.cluster.clone() } else { read(&root().join(&case.file)) };
        assert!(text.contains(&case.old), "{} lacks {:?}", case.file, case.old);
        text.replacen(&case.old, &case.new, 1)
    }
}

fn kind_of(file: &str, text: &str) -> FileKind {
    match file {
        "cluster.toml" => FileKind::Cluster,
        sweep if sweep.contains("sweeps/") => FileKind::Sweep,
        mistake if mistake.contains("mistakes/") => FileKind::Mistake,
        _ if text.contains("\nruns = ") => FileKind::Comparison,
        _ => FileKind::Experiment,
    }
}

/// Why the schema and the reader refuse a text.
fn verdicts(file: &str, text: &str) -> [Option<String>; 2] {
    let kind = kind_of(file, text);
    let value: Value = toml::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("changed.toml");
    fs::write(&path, text).expect("written");
    let catalog = Catalog::new(root().join("experiments"), SHAPE);
    let path = path.to_str().expect("UTF-8");
    let reader = match kind {
        FileKind::Cluster => ClusterSpec::read(Path::new(path)).map(drop),
        FileKind::Sweep => catalog.sweep(path).map(drop),
        FileKind::Mistake => MistakeSpec::read(Path::new(path)).map(drop),
        FileKind::Experiment | FileKind::Comparison => catalog.load(path, &[]).map(drop),
    };
    [refusal(&kind.schema(), &value), reader.err().map(|error| error.to_string())]
}

#[test]
fn stored_schemas_are_those_that_the_program_prints() {
    for kind in FileKind::ALL {
        let path = root().join(format!("experiments/schema/{}.json", kind.as_str()));
        let printed = serde_json::to_string_pretty(&kind.schema()).expect("JSON") + "\n";
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            fs::write(&path, &printed).expect("written");
        }
        let name = kind.as_str();
        assert!(read(&path) == printed, "experiments schema {name} > experiments/schema/{name}.json");
    }
}

#[test]
fn every_declared_file_names_its_schema_and_keeps_it() {
    let folder = root().join("experiments");
    let mut files = 0;
    for (subfolder, to_schema) in
        [("", "./schema"), ("extras", "../schema"), ("sweeps", "../schema"), ("mistakes", "../schema")]
    {
        for entry in folder.join(subfolder).read_dir().expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let (file, text) = (path.display().to_string(), read(&path));
                let kind = kind_of(&file, &text);
                let first = format!("#:schema {to_schema}/{}.json\n", kind.as_str());
                assert!(text.starts_with(&first), "{file} does not begin with {first}");
                let value = toml::from_str(&text).expect("TOML");
                assert_eq!(refusal(&kind.schema(), &value), None, "{file}");
                files += 1;
            }
        }
    }
    assert!(files > 20);
}

#[test]
fn what_the_schema_takes_the_reader_takes() {
    let cases = Cases::read();
    for case in &cases.taken {
        assert_eq!(verdicts(&case.file, &cases.text(case)), [None, None], "{}: {}", case.file, case.new);
    }
}

#[test]
fn what_the_schema_refuses_the_reader_refuses() {
    let cases = Cases::read();
    for case in &cases.refused {
        let [schema, reader] = verdicts(&case.file, &cases.text(case));
        assert!(schema.is_some(), "the schema takes {}: {}", case.file, case.new);
        assert!(reader.is_some(), "the reader takes {}: {}", case.file, case.new);
    }
}

#[test]
fn rules_across_tables_and_files_are_the_readers() {
    let cases = Cases::read();
    for case in &cases.only_the_reader_refuses {
        let [schema, reader] = verdicts(&case.file, &cases.text(case));
        assert_eq!(schema, None, "{}: {}", case.file, case.new);
        assert!(reader.is_some(), "the reader takes {}: {}", case.file, case.new);
    }
}

/// Every number of every table is tried at its bounds and beyond them.
#[test]
fn bounds_of_the_schema_are_those_of_the_reader() {
    let mut tried = 0;
    for (file, table) in [
        ("experiments/task4e.toml", "data"),
        ("experiments/task4e.toml", "training"),
        ("experiments/task4e.toml", "optimizer"),
        ("experiments/extras/adam.toml", "optimizer"),
        ("experiments/extras/lenet.toml", "model"),
        ("experiments/task4e.toml", "checkpoint"),
    ] {
        let text = read(&root().join(file));
        let value: toml::Table = toml::from_str(&text).expect("TOML");
        for (key, setting) in value[table].as_table().expect("a table") {
            let bounds = match setting {
                toml::Value::Integer(_) => ["-1", "0", "60_000_000", "2.5", "\"2\""].as_slice(),
                toml::Value::Float(_) => &["-0.1", "1e60", "true", "\"0.5\"", "[0.5]"],
                toml::Value::String(_) => &["\"unknown\"", "3", "[]"],
                _ => &["0", "[0]", "[2.5]", "\"64\""],
            };
            for bad in bounds {
                let mut changed = value.clone();
                let bad: toml::Value =
                    toml::from_str::<toml::Table>(&format!("bad = {bad}")).expect("TOML")["bad"].clone();
                changed[table][key] = bad.clone();
                let [schema, reader] = verdicts(file, &toml::to_string(&changed).expect("TOML"));
                assert_eq!(schema.is_some(), reader.is_some(), "{table}.{key} = {bad}: {schema:?} {reader:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 60);
}
