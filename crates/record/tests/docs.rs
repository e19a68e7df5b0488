//! docs/records.md describes every column of every table.

use mlp::LayerProbe;
use mlp::recorded::{Column, Recorded};
use record::{TestScores, Validation, tables};

fn docs() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/records.md")).expect("docs/records.md")
}

/// The line of a column in the docs.
fn line(column: &Column) -> String {
    let Column { name, quantity, meaning, is_optional } = column;
    let empty = if *is_optional { ", or empty" } else { "" };
    format!("| `{name}` | {}{empty} | {meaning} |", quantity.title())
}

#[test]
fn every_recorded_value_has_a_line() {
    let docs = docs();
    let lines = [Validation::COLUMNS, LayerProbe::COLUMNS, TestScores::COLUMNS].into_iter().flatten().map(line);
    let missing: Vec<String> = lines.filter(|line| !docs.contains(line.as_str())).collect();
    assert!(missing.is_empty(), "docs/records.md lacks:\n{}", missing.join("\n"));
}

#[test]
fn every_column_of_every_table_is_listed_under_its_file() {
    let docs = docs();
    for (file, table) in [
        (tables::STEPS, tables::steps(&[])),
        (tables::VALIDATIONS, tables::validations(&[])),
        (tables::PROBES, tables::probes(&[], &[])),
    ] {
        let section = docs.split(&format!("## `{file}`")).nth(1).unwrap_or_else(|| panic!("no section on {file}"));
        let section = section.split("\n## ").next().expect("the text of the section");
        let header = String::from_utf8(table).expect("text");
        for column in header.trim_end().split(',') {
            assert!(section.contains(&format!("\n| `{column}` |")), "{file}: `{column}`");
        }
    }
}
