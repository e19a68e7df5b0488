//! `experiments figure`: draw again from the records. The same drawing ends every `run`.

use record::{RunRecord, RunStore};
use report::{CurveSets, Figure};

use super::write;
use crate::args::{self, Global};
use crate::console::Console;
use crate::failure::Failure;
use crate::plan::{Group, Plan};
use crate::records::Records;
use crate::{backend::Backend, data};

/// Pixels across a PNG: twice the width of a text column, for sharp screens.
const PNG_WIDTH: u32 = 1800;
/// The seed that a figure's name does not mention.
const USUAL_SEED: u64 = 1;

pub(super) fn figure(global: &Global, args: &args::Figure, console: Console) -> Result<(), Failure> {
    let plan = Plan::new(global, &args.selection)?;
    let backend = Backend::open(global.backend.as_deref()).map_err(Failure::bad_input)?;
    let dataset = data::find(global, plan.train_images(), console)?;
    let records = Records::new(RunStore::new(&global.runs_dir), &backend, &dataset);
    for group in &plan.groups {
        let found = group.runs.iter().map(|run| {
            records.find(run)?.ok_or_else(|| {
                let what = format!("{}, seed {} on {}", run.spec.name, run.seed, dataset.name.title());
                Failure::bad_input(format!("{what} has no finished record in {}", global.runs_dir.display()))
                    .with_hint("`experiments run` trains it")
            })
        });
        let found: Vec<RunRecord> = found.collect::<Result<_, _>>()?;
        draw(global, group, &found.iter().collect::<Vec<_>>(), console)?;
    }
    Ok(())
}

/// Draws the figure of a group as SVG and PNG and says where it lies.
pub(super) fn draw(global: &Global, group: &Group, records: &[&RunRecord], console: Console) -> Result<(), Failure> {
    let svg = Figure::of_records(&group.title, records, CurveSets::Both).to_svg()?;
    let png = report::to_png(&svg, PNG_WIDTH)?;
    let stem = global.runs_dir.join("figures").join(stem(group, records));
    write(&stem.with_added_extension("svg"), svg.as_bytes())?;
    let png_path = stem.with_added_extension("png");
    write(&png_path, &png)?;
    console.note(&format!("figure: {} (and .svg)", png_path.display()));
    Ok(())
}

/// `task4e`, and behind it what sets the figure apart: another seed, overrides, another dataset.
fn stem(group: &Group, records: &[&RunRecord]) -> String {
    let mut stem = group.name.clone();
    if let Some(record) = records.last() {
        if !record.overrides.is_empty() {
            stem += &format!("-{}", &record.id[..8]);
        }
        match seeds(records).as_slice() {
            [USUAL_SEED] => {}
            [seed] => stem += &format!("-seed{seed}"),
            seeds => stem += &format!("-{}-seeds", seeds.len()),
        }
        if record.dataset.name != mnist::DatasetName::Mnist.as_str() {
            stem += &format!("-{}", record.dataset.name);
        }
    }
    stem
}

/// The seeds of some records, each once.
fn seeds(records: &[&RunRecord]) -> Vec<u64> {
    let mut seeds: Vec<u64> = records.iter().map(|record| record.seed).collect();
    seeds.sort_unstable();
    seeds.dedup();
    seeds
}
