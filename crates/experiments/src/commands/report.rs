//! `experiments report`: trains what is missing, tests the statements, writes the report.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;
use evidence::{Crossed, Replicates};
use record::{DatasetInfo, RunRecord};
use report::{CheckedNetwork, CloseUp, Demo, Document, Material, SweepResult};
use spec::ExperimentSpec;

use super::claims::{judged_and_compared, scored};
use super::gradcheck;
use crate::command_line::{Seeds, UntilDecided, seeds};
use crate::failure::Failure;
use crate::output::write_file;
use crate::plan::PlannedRun;
use crate::runner::Runner;
use crate::sequential::Sequential;
use crate::stop::Stop;
use crate::sweep::Swept;
use crate::terminal::View;
use crate::work::FIRST_SEEDS;
use crate::workspace::Workspace;
use crate::{close_up, demo, host, typesetter};

/// Arguments of `report`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Replicates of every experiment: the seeds from 1 to this number, and no more unless `--until-decided` is given
    /// [default: 3, and more until every claim is decided]
    #[arg(long, value_name = "N", value_parser = seeds::first)]
    seeds: Option<Seeds>,

    #[command(flatten)]
    until_decided: UntilDecided,

    /// Folder of the report
    #[arg(long, value_name = "DIR", default_value = "report")]
    out: PathBuf,

    /// Write report.pdf as well (needs the program report-pdf, which `make report-pdf` builds)
    #[arg(long)]
    pdf: bool,

    /// Do not train: report the finished runs, and name what is missing
    #[arg(long)]
    no_train: bool,

    /// Trainings at the same time [default: the physical cores; 1 on a graphics processor]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

pub(super) fn report(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let typesetter = arguments.pdf.then(typesetter::find).transpose()?;
    let stop = Stop::listen()?;
    let (specs, end) = judged_and_compared(&workspace.catalog, &[])?;
    end?;
    let first = arguments.seeds.clone().unwrap_or_else(|| Seeds((1..=FIRST_SEEDS).collect()));
    let adds_seeds = arguments.seeds.is_none() || arguments.until_decided.is_asked();
    let mut records = if arguments.no_train {
        workspace.records().all
    } else {
        train(workspace, &specs, arguments, &first, adds_seeds, &stop)?
    };
    let most = arguments.until_decided.most();
    records.retain(|record| first.0.contains(&record.seed) || adds_seeds && record.seed <= most);
    if arguments.no_train {
        records = scored(workspace, &specs, workspace.whole(&records))?;
    }
    let checks = records.first().and_then(|record| kept_checks(&checks_file(workspace, record)));
    let (here, others) = comparable(workspace, &records);
    let demo = demo::of(workspace, &specs, &records)?;
    let material = Material {
        experiments: specs.iter().map(|spec| Replicates::among(spec, &records)).collect(),
        crossed: crossed(workspace, &specs, &here),
        elsewhere: elsewhere(workspace, &specs, others),
        sweeps: sweeps(workspace, here)?,
        seeds: first.0,
        adds_seeds,
        dataset: dataset(workspace, &specs, &records),
        gradient_checks: checks.unwrap_or_default(),
        close_up: close_up(workspace, &specs, &records),
    };
    let document = report::compose(material).map_err(Failure::outside)?;
    save(workspace, &arguments.out, &document, demo.as_ref(), typesetter)
}

/// The records of the experiments with the first seeds, and with more where claims are undecided, if they are to be added.
/// Trains the runs that are not finished, and checks the gradients if the file of the checks is missing: they take longer than
/// the rest of a report whose runs are finished.
fn train(
    workspace: &Workspace,
    specs: &[ExperimentSpec],
    arguments: &Arguments,
    first: &Seeds,
    adds_seeds: bool,
    stop: &Stop,
) -> Result<Vec<RunRecord>, Failure> {
    let runner = Runner::open(workspace, specs, stop)?;
    let runs: Vec<PlannedRun> = specs.iter().flat_map(|spec| PlannedRun::of(spec, &[], first)).collect();
    let mut records = runner.records(&runs.iter().collect::<Vec<_>>(), arguments.jobs, View::Bars)?;
    if stop.is_requested() {
        return Err(Failure::interrupted());
    }
    if adds_seeds {
        records = Sequential::new(workspace, &runner, specs, &arguments.until_decided).train(arguments.jobs, stop)?;
    }
    let checks = records.first().map(|record| checks_file(workspace, record));
    if let Some(missing) = checks.filter(|file| runner.backend.is_cpu() && kept_checks(file).is_none()) {
        let (weights, seed) = (gradcheck::SOME_WEIGHTS, gradcheck::USUAL_SEED);
        let checks = gradcheck::checks(&runner.dataset, &runner.backend, weights, seed)?;
        write_file(&missing, &serde_json::to_vec_pretty(&checks).map_err(Failure::outside)?)?;
    }
    Ok(records)
}

/// The close-up; without it, and with a warning, if its weights are damaged.
fn close_up(workspace: &Workspace, specs: &[ExperimentSpec], records: &[RunRecord]) -> Option<CloseUp> {
    let warn = |failure: &Failure| workspace.terminal.warning(&failure.to_string(), None);
    close_up::of(&workspace.store, specs, records).inspect_err(warn).ok().flatten()
}

/// The dataset of the first experiment's runs, else of any run.
fn dataset(workspace: &Workspace, specs: &[ExperimentSpec], records: &[RunRecord]) -> DatasetInfo {
    let is_of_first =
        |record: &&RunRecord| specs.first().is_some_and(|first| record.spec.data.trains_like(&first.data));
    let record = records.iter().find(is_of_first).or(records.first());
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

/// All records of the backend and the numerics of these: those on the same dataset, and those on others. Damaged ones have been
/// reported already.
fn comparable(workspace: &Workspace, records: &[RunRecord]) -> (Vec<RunRecord>, Vec<RunRecord>) {
    let Some(one) = records.first() else { return Default::default() };
    let is_like =
        |record: &RunRecord| record.backend.name == one.backend.name && record.code.numerics == one.code.numerics;
    let listed = workspace.store.list().into_iter().flatten().filter(is_like);
    listed.partition(|record| record.dataset.digest == one.dataset.digest)
}

/// The experiments of which there are runs with split seeds.
fn crossed(workspace: &Workspace, specs: &[ExperimentSpec], here: &[RunRecord]) -> Vec<Crossed> {
    let crossed = |spec: &ExperimentSpec| {
        let runs: Vec<RunRecord> = here.iter().filter(|run| run.spec.has_settings_of(spec)).cloned().collect();
        runs.iter().any(|run| run.order_seed.is_some()).then(|| Crossed::among(spec, &workspace.whole(&runs)))?
    };
    specs.iter().filter_map(crossed).collect()
}

/// The declared sweeps of which there are trials.
fn sweeps(workspace: &Workspace, here: Vec<RunRecord>) -> Result<Vec<SweepResult>, Failure> {
    let Some(shape) = here.first().map(|record| record.dataset.shape) else { return Ok(Vec::new()) };
    let catalog = &workspace.catalog;
    let sweeps = catalog.sweeps()?.iter().map(|name| catalog.sweep(name)).collect::<Result<Vec<_>, _>>()?;
    // The records of sweeps have other seeds than those of the report.
    let records = workspace.measurable(here, sweeps.iter().map(|sweep| sweep.spec.objective.metric));
    let results = sweeps.iter().map(|sweep| Swept::among(sweep, catalog, shape, &records).result());
    Ok(results.filter(|result| !result.trials.is_empty()).collect())
}

/// The experiments on other datasets, by the title of each.
fn elsewhere(
    workspace: &Workspace,
    specs: &[ExperimentSpec],
    mut records: Vec<RunRecord>,
) -> Vec<(String, Vec<Replicates>)> {
    // Those of sweeps are not read.
    records.retain(|record| specs.iter().any(|spec| record.spec.has_settings_of(spec)));
    let mut others: BTreeMap<String, Vec<RunRecord>> = BTreeMap::new();
    for record in workspace.whole(&records) {
        others.entry(record.dataset.title.clone()).or_default().push(record);
    }
    let replicates = |records: Vec<RunRecord>| specs.iter().map(|spec| Replicates::among(spec, &records)).collect();
    others.into_iter().map(|(title, records)| (title, replicates(records))).collect()
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
fn save(
    workspace: &Workspace,
    out: &Path,
    document: &Document,
    demo: Option<&Demo>,
    typesetter: Option<PathBuf>,
) -> Result<(), Failure> {
    let save = |name: &str, bytes: &[u8]| {
        let path = out.join(name);
        write_file(&path, bytes)?;
        workspace.terminal.note(&format!("report: {}", path.display()));
        Ok::<(), Failure>(())
    };
    save("index.html", report::to_html(document, demo).map_err(Failure::outside)?.as_bytes())?;
    typesetter.map_or(Ok(()), |program| save("report.pdf", &typesetter::pdf(&program, document)?))
}
