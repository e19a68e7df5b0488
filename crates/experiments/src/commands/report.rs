//! `experiments report`: trains what is missing, tests the statements, writes the report.

use std::path::{Path, PathBuf};

use evidence::Replicates;
use record::{DatasetInfo, RunRecord};
use report::{CheckedNetwork, Document, Material};
use spec::ExperimentSpec;

use super::claims::{declared, judged_and_compared};
use super::gradcheck;
use crate::close_up;
use crate::command_line::arguments;
use crate::failure::Failure;
use crate::host;
use crate::output::write_file;
use crate::plan::PlannedRun;
use crate::records::Records;
use crate::runner::Runner;
use crate::stop::Stop;
use crate::terminal::View;
use crate::typesetter::Typesetter;
use crate::workspace::Workspace;

pub(super) fn report(workspace: &Workspace, arguments: &arguments::Report) -> Result<(), Failure> {
    let typesetter = arguments.pdf.then(Typesetter::find).transpose()?;
    let stop = Stop::listen()?;
    let specs = judged_and_compared(declared(&workspace.catalog, &[])?);
    let runner = if arguments.no_train { None } else { Some(train(workspace, &specs, arguments, &stop)?) };
    let mut records = match &runner {
        Some(runner) => runner.all(),
        None => workspace.records(),
    };
    records.all.retain(|record| arguments.seeds.0.contains(&record.seed));
    let material = Material {
        experiments: specs.iter().map(|spec| Replicates::among(spec, &records.all)).collect(),
        seeds: arguments.seeds.0.clone(),
        dataset: dataset(workspace, &specs, &records),
        gradient_checks: gradient_checks(workspace, runner.as_ref(), &records)?,
        close_up: close_up::of(&workspace.store, &specs, &records.all)?,
    };
    save(workspace, &arguments.out, &report::compose(material)?, typesetter)
}

/// Trains the experiments with these seeds, unless they are finished.
fn train<'a>(
    workspace: &'a Workspace,
    specs: &[ExperimentSpec],
    arguments: &arguments::Report,
    stop: &'a Stop,
) -> Result<Runner<'a>, Failure> {
    let runs: Vec<PlannedRun> = specs.iter().flat_map(|spec| PlannedRun::of(spec, &[], &arguments.seeds)).collect();
    let runs: Vec<&PlannedRun> = runs.iter().collect();
    let runner = Runner::open(workspace, &runs, stop)?;
    runner.records(&runs, arguments.jobs, View::Bars)?;
    if stop.is_requested() { Err(Failure::interrupted()) } else { Ok(runner) }
}

/// The dataset of the first experiment's runs, else of any run.
fn dataset(workspace: &Workspace, specs: &[ExperimentSpec], records: &Records) -> DatasetInfo {
    let is_of_first = |record: &&RunRecord| specs.first().is_some_and(|first| record.spec.data == first.data);
    let record = records.all.iter().find(is_of_first).or(records.all.first());
    // Without runs, the report only names what is missing.
    let none = || DatasetInfo {
        name: "none".to_owned(),
        title: "no runs".to_owned(),
        digest: "unknown".to_owned(),
        shape: workspace.shape,
        pixel_mean: f64::NAN,
        pixel_std: f64::NAN,
    };
    record.map_or_else(none, |record| record.dataset.clone())
}

/// The gradient checks, from a file next to the runs. If the file is missing, a runner does the checks and writes it: they
/// take longer than the rest of a report whose runs are finished.
fn gradient_checks(
    workspace: &Workspace,
    runner: Option<&Runner>,
    records: &Records,
) -> Result<Vec<CheckedNetwork>, Failure> {
    let Some(kept) = records.all.first().map(|record| checks_file(workspace, record)) else { return Ok(Vec::new()) };
    if let Some(checks) = kept_checks(&kept) {
        return Ok(checks);
    }
    let Some(runner) = runner.filter(|runner| runner.backend.is_cpu()) else { return Ok(Vec::new()) };
    let (weights, seed) = (gradcheck::SOME_WEIGHTS, gradcheck::USUAL_SEED);
    let checks = gradcheck::checks(runner.dataset, runner.backend, weights, seed)?;
    let json = serde_json::to_vec_pretty(&checks).map_err(|error| Failure::outside(error.to_string()))?;
    write_file(&kept, &json)?;
    Ok(checks)
}

/// The file of the gradient checks for a record's dataset and backend.
fn checks_file(workspace: &Workspace, record: &RunRecord) -> PathBuf {
    let (backend, digest) = (&record.backend.name, &record.dataset.digest);
    let digest = digest.get(..8).unwrap_or(digest);
    let name = format!("gradient-checks-{backend}-{digest}-{}.json", host::NUMERICS_VERSION);
    workspace.store.folder().join(name)
}

/// The checks in a file; none if it is missing or unreadable.
fn kept_checks(path: &Path) -> Option<Vec<CheckedNetwork>> {
    const MOST_BYTES: u64 = 1 << 20;
    serde_json::from_slice(&files::read_bounded(path, MOST_BYTES).ok()?).ok()
}

/// Writes the page and, with a typesetter, the PDF.
fn save(workspace: &Workspace, out: &Path, document: &Document, typesetter: Option<Typesetter>) -> Result<(), Failure> {
    let save = |name: &str, bytes: &[u8]| {
        let path = out.join(name);
        write_file(&path, bytes)?;
        workspace.terminal.note(&format!("report: {}", path.display()));
        Ok::<(), Failure>(())
    };
    save("index.html", report::to_html(document)?.as_bytes())?;
    typesetter.map_or(Ok(()), |typesetter| save("report.pdf", &typesetter.pdf(document)?))
}
