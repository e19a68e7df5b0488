//! `experiments figure`: draws figures from the records, as `run` does at its end.

use std::collections::BTreeSet;

use record::{Detail, RunRecord, StoreError};
use report::{CurveSets, Plot};

use crate::backend;
use crate::command_line::Selection;
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
        let found = workspace.store.load_all(&found.collect::<Result<Vec<_>, _>>()?, Detail::Curves);
        let named = |(run, record): (&PlannedRun, Result<_, _>)| Ok::<_, StoreError>(run.named(record?));
        let found: Vec<RunRecord> = group.runs.iter().zip(found).map(named).collect::<Result<_, _>>()?;
        draw(workspace, group, &found.iter().collect::<Vec<_>>())?;
    }
    Ok(())
}

/// The failure of a run that is not finished; its record may be one of the damaged ones.
pub(super) fn missing(workspace: &Workspace, records: &Records, run: &PlannedRun) -> Failure {
    let origin = records.origin().map_or_else(String::new, |origin| format!(" on {origin}"));
    let folder = workspace.store.folder().display();
    let message = format!("{}{origin} lacks a finished record in {folder}", run.label());
    let has_damaged = workspace.store.list().iter().any(Result::is_err);
    let failure = if has_damaged { Failure::outside(message) } else { Failure::bad_input(message) };
    let overrides = run.overrides.iter().fold(String::new(), |text, given| text + " --set " + given);
    failure.with_hint(&format!("`experiments run {}{overrides} --seed {}` trains it", run.spec.name, run.seed))
}

/// Draws the figure of a group as SVG and PNG, and tells the user where it is.
pub(super) fn draw(workspace: &Workspace, group: &Group, records: &[&RunRecord]) -> Result<(), Failure> {
    let svg = Plot::of_records(&group.title, records, CurveSets::Both).to_svg().map_err(Failure::outside)?;
    save_figure(workspace, &stem(group, records), &svg)
}

/// Writes a figure as SVG and PNG, and tells the user where it is.
pub(super) fn save_figure(workspace: &Workspace, stem: &str, svg: &str) -> Result<(), Failure> {
    let missing = report::without_glyph(svg);
    if !missing.is_empty() {
        let listed = missing.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", ");
        let hint = "a browser draws them from other fonts in the SVG";
        workspace.terminal.warning(&format!("{stem}: boxes in the PNG stand for {listed}"), Some(hint));
    }
    let png = report::to_png(svg, PNG_WIDTH).map_err(Failure::outside)?;
    let stem = workspace.store.folder().join("figures").join(stem);
    write_file(&stem.with_added_extension("svg"), svg.as_bytes())?;
    let png_path = stem.with_added_extension("png");
    write_file(&png_path, &png)?;
    workspace.terminal.note(&format!("figure: {} (and .svg)", png_path.display()));
    Ok(())
}

/// The name of a figure: `task4e`, then the file's folder, overrides, seeds, dataset and backend if they are not the default.
/// Figures of different runs have different names.
fn stem(group: &Group, records: &[&RunRecord]) -> String {
    let mut stem = group.name.clone();
    if let Some(folder) = &group.folder {
        stem += &format!("-{}", short_hash(&folder.to_string_lossy()));
    }
    if let Some(record) = records.last() {
        let is_alone = |run: &PlannedRun| run.spec.baseline.is_some() && run.spec.name == group.name;
        if group.runs.iter().all(is_alone) {
            stem += "-alone";
        }
        if !record.overrides.is_empty() {
            stem += &format!("-{}", short_hash(&format!("{} {:?}", record.id, record.overrides)));
        }
        let seeds: BTreeSet<u64> = records.iter().map(|record| record.seed).collect();
        stem += &seeds_in_name(&seeds.into_iter().collect::<Vec<_>>());
        stem += &origin(record);
    }
    stem
}

/// The dataset and the backend of a record in a figure's name, if they are not the default.
pub(super) fn origin(record: &RunRecord) -> String {
    let (dataset, backend) = (&record.dataset.name, &record.backend.name);
    let is_usual = [dataset == mnist::DatasetName::Mnist.as_str(), Some(backend.as_str()) == backend::default_name()];
    let marks = [dataset, backend].into_iter().zip(is_usual).filter(|(_, is_usual)| !is_usual);
    marks.map(|(mark, _)| ["-", mark].concat()).collect()
}

/// The seeds in a figure's name: nothing for the usual one, `-3-seeds` for 1 to 3, `-seeds-4-to-6`, `-seeds-1-9-11`.
fn seeds_in_name(seeds: &[u64]) -> String {
    /// More than these are a hash, because names of files are limited.
    const MOST: usize = 8;
    let ascend_by_one = seeds.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    match seeds {
        [] | [USUAL_SEED] => String::new(),
        [seed] => format!("-seed{seed}"),
        [USUAL_SEED, ..] if ascend_by_one => format!("-{}-seeds", seeds.len()),
        [first, .., last] if ascend_by_one => format!("-seeds-{first}-to-{last}"),
        seeds if seeds.len() <= MOST => seeds.iter().fold("-seeds".to_owned(), |name, seed| format!("{name}-{seed}")),
        seeds => format!("-{}-seeds-{}", seeds.len(), short_hash(&format!("{seeds:?}"))),
    }
}

/// Eight characters that differ where texts differ.
pub(super) fn short_hash(text: &str) -> String {
    files::sha256(text.as_bytes())[..8].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_different_seeds_have_different_names() {
        let many = [&[3][..], &(10..30).collect::<Vec<_>>()].concat();
        for (seeds, name) in [
            ([1].as_slice(), ""),
            (&[4], "-seed4"),
            (&[1, 2, 3], "-3-seeds"),
            (&[4, 5, 6], "-seeds-4-to-6"),
            (&[1, 9, 11], "-seeds-1-9-11"),
            (&many, "-21-seeds-"),
        ] {
            let named = seeds_in_name(seeds);
            assert!(named == name || name.len() > 9 && named.starts_with(name), "{named}");
        }
    }
}
