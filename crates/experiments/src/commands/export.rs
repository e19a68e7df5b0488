//! `experiments export`: networks and curves in the formats of other tools.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use export::mlflow::{Login, Sent, Server};
use export::ro_crate::{self, CrateRun};
use export::{Trained, csv, npz, onnx, pytorch, safetensors, tensorboard};
use record::RunRecord;
use report::{Columns, CurveSets, Plot};

use super::figure::missing;
use crate::command_line::{Seeds, Selection, Weights};
use crate::completion;
use crate::failure::Failure;
use crate::output::{unless_closed, write_file, write_file_with};
use crate::plan;
use crate::workspace::Workspace;

/// Arguments of `export`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Declared experiments by name, or TOML files by path [default for curves: all runs on record]
    #[arg(value_name = "EXPERIMENT", add = completion::experiments())]
    experiments: Vec<String>,

    /// The format and where to write. Networks, of named experiments: onnx, pytorch, safetensors or numpy, into a folder
    /// [default: `export/` in the folder of the records]. Curves: tensorboard DIR, mlflow URI, csv FILE [default: stdout], or
    /// crate, which describes the folder of the records
    #[arg(long, required = true, num_args = 1..=2, value_names = ["FORMAT", "PLACE"])]
    to: Vec<String>,

    /// Which weights of a network
    #[arg(long, value_enum, default_value_t = Weights::Best)]
    weights: Weights,

    /// Replace files that exist with other content
    #[arg(long)]
    force: bool,

    /// Change a setting: `--set model.hidden_units=16`
    #[arg(long = "set", value_name = "KEY=VALUE", add = completion::settings())]
    overrides: Vec<String>,

    /// Seeds: a number, a list `1,4` or a range `1..5` [default: as in the file, else 1; without an experiment all]
    #[arg(long, value_name = "SEEDS")]
    seed: Option<Seeds>,
}

/// A format of another tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Onnx,
    Pytorch,
    Safetensors,
    Numpy,
    Tensorboard,
    Mlflow,
    Csv,
    Crate,
}

/// Pixels across the figure of a run in TensorBoard.
const FIGURE_WIDTH: u32 = 900;

pub(super) fn export(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let name = &arguments.to[0];
    let format = Format::from_str(name, false).map_err(|_| unknown(name))?;
    let place = arguments.to.get(1).map(String::as_str).filter(|place| !place.is_empty());
    let needed = |what: &str| {
        let needs = || Failure::bad_input(format!("`--to {name}` needs {what}: `--to {name} {what}`"));
        place.ok_or_else(needs)
    };
    match format {
        Format::Onnx | Format::Pytorch | Format::Safetensors | Format::Numpy => {
            networks(workspace, arguments, format, place)
        }
        Format::Tensorboard => {
            let folder = needed("DIR")?;
            in_tensorboard(workspace, Path::new(folder), &selected(workspace, arguments)?)
        }
        Format::Mlflow => in_mlflow(workspace, needed("URI")?, &selected(workspace, arguments)?),
        Format::Csv => as_csv(workspace, arguments, place),
        Format::Crate if place.is_some() => {
            let folder = workspace.store.folder().display();
            Err(Failure::bad_input(format!("`--to crate` describes {folder} where it is, and takes no other place")))
        }
        Format::Crate => as_crate(workspace, arguments),
    }
}

fn unknown(name: &str) -> Failure {
    let known: Vec<String> = Format::value_variants()
        .iter()
        .filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()))
        .collect();
    Failure::bad_input(format!("`{name}` is not a format")).with_hint(&format!("the formats are {}", known.join(", ")))
}

/// The finished runs of the named experiments, else all runs on record. Damaged ones among all of them are left out, with a warning.
fn selected(workspace: &Workspace, arguments: &Arguments) -> Result<Vec<RunRecord>, Failure> {
    let mut records = workspace.records();
    if arguments.experiments.is_empty() {
        if !arguments.overrides.is_empty() {
            return Err(Failure::bad_input("`--set` needs an experiment"));
        }
        let seeds = arguments.seed.as_ref();
        records.all.retain(|record| seeds.is_none_or(|seeds| seeds.0.contains(&record.seed)));
        if records.all.is_empty() {
            let folder = workspace.store.folder().display();
            let none = Failure::bad_input(format!("{folder} has no records of these runs"));
            return Err(none.with_hint("`experiments run --all` trains the experiments of the report"));
        }
        return Ok(records.all);
    }
    let selection = Selection {
        experiments: arguments.experiments.clone(),
        all: false,
        extras: false,
        overrides: arguments.overrides.clone(),
        no_baseline: true,
        seed: arguments.seed.clone(),
        seeds: None,
    };
    let groups = plan::groups(&workspace.catalog, &selection)?;
    let found = plan::runs(&groups).into_iter().map(|run| {
        let record = records.find(run).ok_or_else(|| missing(workspace, &records, run))?;
        Ok(record.clone())
    });
    found.collect()
}

/// Writes the networks of the selected experiments.
fn networks(workspace: &Workspace, arguments: &Arguments, format: Format, place: Option<&str>) -> Result<(), Failure> {
    if arguments.experiments.is_empty() {
        let name = &arguments.to[0];
        let missing = Failure::bad_input("name the experiment whose network is to be exported");
        return Err(missing.with_hint(&format!("experiments export {} --to {name}", place.unwrap_or("task3c"))));
    }
    let records = selected(workspace, arguments)?;
    let (file, which) = (arguments.weights.file(), arguments.weights.name());
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    let folder = place.map_or_else(|| workspace.store.folder().join("export"), PathBuf::from);
    for record in &records {
        let weights = workspace.store.tensors(record, file)?;
        let trained = Trained { record, weights: &weights, which };
        let path = |extension: &str| folder.join(trained.name()).with_added_extension(extension);
        files.extend(match format {
            Format::Pytorch => vec![
                (path("safetensors"), pytorch::state_dict(&trained)),
                (path("py"), pytorch::module(&trained).into_bytes()),
            ],
            Format::Numpy => vec![(path("npz"), npz::file(&trained).map_err(Failure::outside)?)],
            Format::Safetensors => vec![(path("safetensors"), safetensors::file(&trained))],
            _ => vec![(path("onnx"), onnx::file(&trained))],
        });
    }
    write_all(workspace, &files, arguments.force)
}

/// Writes files, or none of them if one exists with other content.
fn write_all(workspace: &Workspace, files: &[(PathBuf, Vec<u8>)], force: bool) -> Result<(), Failure> {
    let differs = |(path, bytes): &&(PathBuf, Vec<u8>)| {
        path.exists() && files::read_bounded(path, bytes.len() as u64).ok().as_ref() != Some(bytes)
    };
    if let Some((path, _)) = files.iter().find(differs).filter(|_| !force) {
        let exists = Failure::bad_input(format!("{} exists, with other content", path.display()));
        return Err(exists.with_hint("`--force` replaces it"));
    }
    for (path, bytes) in files {
        write_file(path, bytes)?;
        workspace.terminal.note(&format!("written: {}", path.display()));
    }
    Ok(())
}

/// The records with what is in their other files, one after the other, because a folder may have more than fit into memory. Damaged
/// ones are left out, with a warning, unless all are.
fn whole<'a>(
    workspace: &'a Workspace,
    records: &'a [RunRecord],
) -> Result<impl Iterator<Item = RunRecord> + 'a, Failure> {
    let mut whole = records.iter().flat_map(|record| workspace.whole(std::slice::from_ref(record))).peekable();
    if whole.peek().is_none() {
        check_complete(0, records)?;
    }
    Ok(whole)
}

/// Fails if records were left out.
fn check_complete(exported: usize, records: &[RunRecord]) -> Result<(), Failure> {
    match records.len() - exported {
        0 => Ok(()),
        damaged => Err(Failure::outside(format!("{damaged} of {} runs are damaged and were left out", records.len()))),
    }
}

/// Writes an event file per run for TensorBoard.
pub(super) fn in_tensorboard(workspace: &Workspace, folder: &Path, records: &[RunRecord]) -> Result<(), Failure> {
    let mut exported = 0;
    for record in whole(workspace, records)? {
        let title = format!("{}, seed {}", record.spec.title, record.seed);
        let svg = Plot::of_records(&title, &[&record], CurveSets::Both).to_svg().map_err(Failure::outside)?;
        let figure = report::to_png(&svg, FIGURE_WIDTH).map_err(Failure::outside)?;
        let written = tensorboard::write(folder, &record, &figure);
        written.map_err(|error| Failure::io(&folder.join(record.folder_name()), "write", &error))?;
        exported += 1;
    }
    workspace.terminal.note(&format!("curves of {exported} runs: tensorboard --logdir {}", folder.display()));
    check_complete(exported, records)
}

/// Sends the runs to an MLflow server.
fn in_mlflow(workspace: &Workspace, address: &str, records: &[RunRecord]) -> Result<(), Failure> {
    let server = Server::new(address, login())?;
    let (mut now, mut before) = (0, 0);
    for record in whole(workspace, records)? {
        let Some(files) = workspace.sound([workspace.store.files(&record)]).pop() else { continue };
        match server.send(&record, &files)? {
            Sent::Now => {
                now += 1;
                // A server takes about a thousand values a second.
                workspace.terminal.note(&format!("sent: {}", record.folder_name()));
            }
            Sent::Before => before += 1,
        }
    }
    workspace.terminal.note(&format!("{}: {now} runs sent, {before} were there already", server.address()));
    check_complete(now + before, records)
}

/// The login in the variables of MLflow's own client.
fn login() -> Option<Login> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let password = || variable("MLFLOW_TRACKING_PASSWORD").unwrap_or_default();
    let name = || Some(Login::Name(variable("MLFLOW_TRACKING_USERNAME")?, password()));
    variable("MLFLOW_TRACKING_TOKEN").map(Login::Token).or_else(name)
}

/// Writes a table of all values, to stdout unless a file is named.
fn as_csv(workspace: &Workspace, arguments: &Arguments, place: Option<&str>) -> Result<(), Failure> {
    let records = selected(workspace, arguments)?;
    let (mut whole, mut exported) = (whole(workspace, &records)?, 0);
    let mut write = |out: &mut dyn Write| {
        let mut out = BufWriter::new(out);
        out.write_all(csv::HEADER.as_bytes())?;
        for record in &mut whole {
            csv::write_run(&mut out, &record)?;
            exported += 1;
        }
        out.flush()
    };
    let Some(place) = place else {
        let written = write(&mut io::stdout().lock());
        let is_whole = written.is_ok();
        unless_closed(written)?;
        return if is_whole { check_complete(exported, &records) } else { Ok(()) };
    };
    let path = Path::new(place);
    if path.exists() && !arguments.force {
        return Err(Failure::bad_input(format!("{place} exists")).with_hint("`--force` replaces it"));
    }
    write_file_with(path, |file| write(file))?;
    workspace.terminal.note(&format!("table: {place}"));
    check_complete(exported, &records)
}

/// Describes the folder of the records as an RO-Crate.
fn as_crate(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let records = selected(workspace, arguments)?;
    let mut runs = Vec::new();
    for record in whole(workspace, &records)? {
        let files = workspace.sound([workspace.store.files(&record)]).pop();
        runs.extend(files.map(|files| CrateRun::new(record, &files)));
    }
    if runs.is_empty() {
        return check_complete(0, &records);
    }
    let results = report::runs_in_rows(&runs.iter().map(|run| &run.record).collect::<Vec<_>>());
    let datasets = Columns::of(&ro_crate::datasets(&runs))
        .words("Dataset", |dataset| dataset.title.clone())
        .words("Images", |dataset| ro_crate::shape_words(dataset))
        .words("SHA-256", |dataset| dataset.digest.clone())
        .table("The training images.");
    let card = ro_crate::card(&report::to_markdown(&datasets), &report::to_markdown(&results));
    let metadata = ro_crate::metadata(&runs, &card);
    let folder = workspace.store.folder();
    // The metadata, which lists the card, comes last.
    let files = [(ro_crate::CARD, card), (ro_crate::METADATA, metadata)];
    let files = files.map(|(name, text)| (folder.join(name), text.into_bytes()));
    write_all(workspace, &files, arguments.force)?;
    check_complete(runs.len(), &records)
}
