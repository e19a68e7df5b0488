//! `experiments figure`: draws figures from the records, as `run` does at its end.

use std::collections::BTreeSet;

use record::RunRecord;
use report::{CurveSets, Plot};

use crate::command_line::arguments::Selection;
use crate::failure::Failure;
use crate::output::write_file;
use crate::plan::{Group, PlannedRun, groups};
use crate::records::Records;
use crate::workspace::Workspace;

/// Pixels across a PNG: twice the width of a text column, for sharp screens.
const PNG_WIDTH: u32 = 1800;
/// The seed that is left out of a figure's name.
const USUAL_SEED: u64 = 1;

pub(super) fn figure(workspace: &Workspace, selection: &Selection) -> Result<(), Failure> {
    let groups = groups(&workspace.catalog, selection)?;
    let records = workspace.records();
    for group in &groups {
        let found = group.runs.iter().map(|run| records.find(run).ok_or_else(|| missing(workspace, &records, run)));
        let found: Vec<RunRecord> = found.collect::<Result<_, _>>()?;
        draw(workspace, group, &found.iter().collect::<Vec<_>>())?;
    }
    Ok(())
}

/// The failure of a run that is not finished; its record may be one of the damaged ones.
fn missing(workspace: &Workspace, records: &Records, run: &PlannedRun) -> Failure {
    let origin = records.origin().map_or_else(String::new, |origin| format!(" on {origin}"));
    let folder = workspace.store.folder().display();
    let message = format!("{}{origin} lacks a finished record in {folder}", run.label());
    let has_damaged = workspace.store.list().iter().any(Result::is_err);
    let failure = if has_damaged { Failure::outside(message) } else { Failure::bad_input(message) };
    failure.with_hint("`experiments run` trains it")
}

/// Draws the figure of a group as SVG and PNG, and tells the user where it is.
pub(super) fn draw(workspace: &Workspace, group: &Group, records: &[&RunRecord]) -> Result<(), Failure> {
    let svg = Plot::of_records(&group.title, records, CurveSets::Both).to_svg().map_err(Failure::outside)?;
    let png = report::to_png(&svg, PNG_WIDTH).map_err(Failure::outside)?;
    let stem = workspace.store.folder().join("figures").join(stem(group, records));
    write_file(&stem.with_added_extension("svg"), svg.as_bytes())?;
    let png_path = stem.with_added_extension("png");
    write_file(&png_path, &png)?;
    workspace.terminal.note(&format!("figure: {} (and .svg)", png_path.display()));
    Ok(())
}

/// The name of a figure: `task4e`, then the overrides, seeds and dataset if they are not the default.
fn stem(group: &Group, records: &[&RunRecord]) -> String {
    let mut stem = group.name.clone();
    if let Some(record) = records.last() {
        if !record.overrides.is_empty() {
            stem += &format!("-{}", &record.id[..8]);
        }
        let seeds: BTreeSet<u64> = records.iter().map(|record| record.seed).collect();
        match seeds.len() {
            1 if record.seed == USUAL_SEED => {}
            1 => stem += &format!("-seed{}", record.seed),
            n_seeds => stem += &format!("-{n_seeds}-seeds"),
        }
        if record.dataset.name != mnist::DatasetName::Mnist.as_str() {
            stem += &format!("-{}", record.dataset.name);
        }
    }
    stem
}
