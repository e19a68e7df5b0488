//! `experiments report`: train what is missing, judge the statements, write the finished report.

use std::num::NonZeroUsize;
use std::path::Path;

use mnist::{Dataset, Splits};
use record::{DatasetInfo, ExperimentSpec, RunRecord};
use report::evidence::Replicates;
use report::{Document, Material};

use super::claims::{declared, judged_and_compared};
use super::{gradcheck, write};
use crate::args::{self, Global};
use crate::backend::Backend;
use crate::close_up;
use crate::console::Console;
use crate::data;
use crate::failure::Failure;
use crate::host;
use crate::plan::PlannedRun;
use crate::runner::Runner;
use crate::seeds::Seeds;
use crate::stop::Stop;
use crate::view::View;

pub(super) fn report(global: &Global, args: &args::Report, console: Console) -> Result<(), Failure> {
    if args.pdf && cfg!(not(feature = "pdf")) {
        return Err(Failure::bad_input("this program is built without PDF").with_hint("`make report-pdf` builds it in"));
    }
    let stop = Stop::listen().map_err(|error| Failure::outside(format!("cannot listen for signals: {error}")))?;
    let specs = judged_and_compared(declared(global, &[])?);
    let backend = Backend::open(global.backend.as_deref()).map_err(Failure::bad_input)?;
    let dataset = data::find(global, specs.iter().map(|spec| spec.data.train_images).max(), console)?;
    let runner = Runner::new(global, &backend, &dataset, &stop, console);
    if !args.no_train {
        train(&runner, &specs, args)?;
    }
    let material = material(global, &runner, &specs, &args.seeds, &dataset)?;
    let document = report::compose(&material)?;
    save(args, &document, console)
}

/// Trains every experiment with every seed that has no finished record.
fn train(runner: &Runner, specs: &[ExperimentSpec], args: &args::Report) -> Result<(), Failure> {
    let planned = |spec: &ExperimentSpec| {
        let run = |&seed: &u64| PlannedRun { spec: spec.clone(), overrides: Vec::new(), seed };
        args.seeds.0.iter().map(run).collect::<Vec<_>>()
    };
    let runs: Vec<PlannedRun> = specs.iter().flat_map(planned).collect();
    let jobs = args.jobs.map_or_else(|| runner.backend.usual_jobs(), NonZeroUsize::get);
    let view = View::choose(false, runner.console);
    runner.records(&runs.iter().collect::<Vec<_>>(), jobs, &view)?;
    if runner.stop.is_requested() { Err(Failure::interrupted()) } else { Ok(()) }
}

/// What the report is made of: the records of the seeds that it is about, and what is computed from their weights.
fn material(
    global: &Global,
    runner: &Runner,
    specs: &[ExperimentSpec],
    seeds: &Seeds,
    dataset: &Dataset,
) -> Result<Material, Failure> {
    let mut records = runner.records.all();
    records.retain(|record| seeds.0.contains(&record.seed));
    Ok(Material {
        experiments: specs.iter().map(|spec| Replicates::among(spec, &records)).collect(),
        seeds: seeds.0.clone(),
        dataset: dataset_info(specs, &records, dataset)?,
        gradient_checks: gradient_checks(global, runner.backend, dataset)?,
        close_up: close_up::of(runner, specs, &records, dataset)?,
        code: host::code(),
        host: host::host(),
    })
}

/// What the runs say about the dataset; where there is none, what they would say.
fn dataset_info(specs: &[ExperimentSpec], records: &[RunRecord], dataset: &Dataset) -> Result<DatasetInfo, Failure> {
    let first = specs.first().ok_or_else(|| Failure::bad_input("nothing is declared"))?;
    let of_first = |record: &&RunRecord| record.spec.data == first.data;
    if let Some(record) = records.iter().find(of_first) {
        return Ok(record.dataset.clone());
    }
    let splits = Splits::new(dataset, first.data.train_images, first.data.validation_images)?;
    Ok(data::info(dataset, &splits.normalization))
}

/// The gradient checks, kept beside the runs: they take longer than the rest of a report whose runs are there.
fn gradient_checks(
    global: &Global,
    backend: &Backend,
    dataset: &Dataset,
) -> Result<Vec<report::GradientCheck>, Failure> {
    if !backend.is_cpu() {
        return Ok(Vec::new());
    }
    let kept = global.runs_dir.join(format!(
        "gradient-checks-{}-{}-{}.json",
        backend.info().name,
        &dataset.digest[..8],
        host::NUMERICS_VERSION
    ));
    if let Some(checks) = kept_checks(&kept) {
        return Ok(checks);
    }
    let checks = gradcheck::checks(dataset, backend, gradcheck::SOME_WEIGHTS, gradcheck::USUAL_SEED)?;
    let json = serde_json::to_vec_pretty(&checks).map_err(|error| Failure::outside(error.to_string()))?;
    write(&kept, &json)?;
    Ok(checks)
}

/// The checks in a file; none where it is no file of them.
fn kept_checks(path: &Path) -> Option<Vec<report::GradientCheck>> {
    const MOST_BYTES: u64 = 1 << 20;
    serde_json::from_slice(&files::read_bounded(path, MOST_BYTES).ok()?).ok()
}

fn save(args: &args::Report, document: &Document, console: Console) -> Result<(), Failure> {
    let path = args.out.join("index.html");
    write(&path, report::to_html(document).as_bytes())?;
    console.note(&format!("report: {}", path.display()));
    if args.pdf {
        save_pdf(&args.out.join("report.pdf"), document, console)?;
    }
    Ok(())
}

#[cfg(feature = "pdf")]
fn save_pdf(path: &Path, document: &Document, console: Console) -> Result<(), Failure> {
    let pdf = report::to_pdf(document).map_err(|error| Failure::outside(error.to_string()))?;
    write(path, &pdf)?;
    console.note(&format!("report: {}", path.display()));
    Ok(())
}

#[cfg(not(feature = "pdf"))]
fn save_pdf(_: &Path, _: &Document, _: Console) -> Result<(), Failure> {
    unreachable!("refused before anything was done")
}
