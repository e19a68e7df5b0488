//! `experiments compare EXPERIMENT FILE…`: whether the curves of another program lie in the band of the seeds, and which mistake
//! they look like.

use std::path::Path;

use mistakes::{Band, Curve, Known, Lineup, Outside, Point, Quantity, TrainLoss, Verdict, can_train};
use record::{DatasetInfo, Detail, RunRecord};
use report::{Columns, ComparedCurve};
use serde_json::json;
use spec::{ExperimentSpec, thousands};

use super::Arguments;
use crate::command_line::Seeds;
use crate::commands::figure::{origin, save_figure, short_hash};
use crate::commands::run::{end, finished};
use crate::commands::stored::stored;
use crate::failure::Failure;
use crate::output::{print, print_json, print_table};
use crate::plan::{PlannedRun, parse_overrides};
use crate::runner::Runner;
use crate::stop::Stop;
use crate::terminal::View;
use crate::trained::one_experiment;
use crate::workspace::Workspace;

/// Size limit of a file with a curve.
const MOST_BYTES: u64 = 1 << 26;
/// What such a file holds.
const FORMAT: &str = "a curve is a CSV file whose first line is `step,train_loss,validation_loss,validation_accuracy`, or a part of it in any order";
/// Mistakes that are listed.
const LISTED: usize = 5;
/// Share of the likelihood below which a mistake is not listed after the first.
const LEAST_SHARE: f64 = 0.001;

/// A curve of another program.
struct Mine {
    name: String,
    curve: Curve,
    outside: Option<Outside>,
}

pub(super) fn compare(workspace: &Workspace, arguments: &Arguments, experiment: &str) -> Result<(), Failure> {
    let stop = Stop::listen()?;
    let curves: Vec<Curve> = arguments.curves.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
    let spec = one_experiment(workspace, experiment, &arguments.overrides)?;
    let train_loss: TrainLoss = arguments.train_loss.into();
    let records = records(workspace, arguments, &spec, &stop)?;
    if stop.is_requested() {
        return end(&records, &stop);
    }
    let every = spec.steps_per_validation();
    let seeds: Vec<Curve> = records.iter().map(|record| of_record(record, every)).collect();
    let Some(band) = Band::of(&seeds, every, train_loss) else {
        let message = format!("a band takes at least 3 finished seeds, and {} has {}", spec.name, seeds.len());
        return Err(Failure::bad_input(message).with_hint("leave out `--no-train`: the missing seeds are trained"));
    };
    let mine: Vec<Mine> = arguments
        .curves
        .iter()
        .zip(curves)
        .map(|(path, curve)| Mine { name: path.display().to_string(), outside: band.first_outside(&curve), curve })
        .collect();
    if let Some(empty) = mine.iter().find(|one| band.compared(&one.curve) == 0) {
        let hint =
            format!("{} validates at step 0 and every {every} steps: write the values of these steps", spec.name);
        return Err(Failure::bad_input(format!("{} has no value at a validation of {}", empty.name, spec.name))
            .with_hint(&hint));
    }
    let dataset = &records[0].dataset;
    let overrides = parse_overrides(&arguments.overrides)?;
    let known = Known::all(&workspace.catalog, (experiment, &spec), &overrides, (&dataset.digest, dataset.shape))?;
    let stored = stored(workspace, &spec)?;
    let lineup = Lineup::new(&known, &stored);
    let own: Vec<Curve> = mine.iter().map(|one| one.curve.clone()).collect();
    let models = lineup.as_ref().and_then(|lineup| lineup.models(&own, train_loss));
    let judged = lineup.as_ref().zip(models.map(|(models, measured)| models.judge(&measured)));
    if arguments.output.json {
        print_json(&to_json(&spec, &band, &mine, judged.as_ref()))?;
    } else {
        print(&band_in_words(&spec, &band, &mine))?;
        print("\n")?;
        match &judged {
            Some((lineup, verdict)) => show_verdict(lineup, verdict, mine.len(), &spec)?,
            None => print(&without_verdict(workspace, arguments, &spec, dataset, lineup.is_some()))?,
        }
    }
    draw(workspace, &spec, &band, &mine, &records)
}

fn read(path: &Path) -> Result<Curve, Failure> {
    let bytes = files::read_bounded(path, MOST_BYTES)
        .map_err(|error| Failure::bad_input(format!("{}: cannot read: {error}", path.display())))?;
    Curve::read(&bytes).map_err(|error| Failure::bad_input(format!("{}: {error}", path.display())).with_hint(FORMAT))
}

/// The finished runs of the seeds; trains those that are missing, unless the user does not want that.
fn records(
    workspace: &Workspace,
    arguments: &Arguments,
    spec: &ExperimentSpec,
    stop: &Stop,
) -> Result<Vec<RunRecord>, Failure> {
    let runs = PlannedRun::of(spec, &arguments.overrides, &arguments.seeds);
    let runs: Vec<&PlannedRun> = runs.iter().collect();
    if arguments.no_train {
        let known = workspace.known();
        let found: Vec<&RunRecord> = runs.iter().filter_map(|run| known.find(run)).collect();
        return Ok(complete(workspace.store.load_all(&found, Detail::Curves).into_iter().collect::<Result<_, _>>()?));
    }
    if let Some(records) = finished(workspace, &runs) {
        return Ok(complete(records));
    }
    let Seeds(seeds) = &arguments.seeds;
    let words = report::seeds_in_words(seeds);
    workspace
        .terminal
        .note(&format!("{}: training what is missing of {words}, with whose band your curve is compared", spec.name));
    let runner = Runner::open(workspace, [spec], stop)?;
    Ok(complete(runner.records(&runs, arguments.jobs, View::Bars)?))
}

/// Without runs that diverged or were interrupted.
fn complete(mut records: Vec<RunRecord>) -> Vec<RunRecord> {
    records.retain(|record| record.stop_reason.is_complete());
    records
}

/// The curve of a run.
fn of_record(record: &RunRecord, every: usize) -> Curve {
    let losses = &record.history.step_losses;
    let batch_loss = |step: usize| {
        let recent = losses.get(step.checked_sub(every)?..step)?;
        Some(recent.iter().copied().map(f64::from).sum::<f64>() / recent.len() as f64)
    };
    let points = record.history.validations.iter().map(|validation| {
        let point = Point {
            batch_loss: batch_loss(validation.step),
            train_loss: Some(validation.train_loss),
            validation_loss: Some(validation.validation_loss),
            validation_accuracy: Some(validation.validation_accuracy),
        };
        (validation.step, point)
    });
    Curve(points.collect())
}

fn band_in_words(spec: &ExperimentSpec, band: &Band, mine: &[Mine]) -> String {
    let title = &spec.title;
    let mut text = format!(
        "{}: {title}, {} seeds. A correct curve leaves their band about once in {} times.\n",
        spec.name,
        band.seeds,
        band.seeds + 1
    );
    for one in mine {
        text += &format!("{}: {}\n", one.name, outside_in_words(one.outside.as_ref(), band.compared(&one.curve)));
    }
    text
}

fn outside_in_words(outside: Option<&Outside>, compared: usize) -> String {
    match outside {
        None => format!("inside the band, at all {} values", thousands(compared)),
        Some(Outside { step, quantity, value, band: [low, high] }) => {
            let shown = |value: f64| written(*quantity, value);
            let quantity = quantity.title();
            format!(
                "outside the band, first at step {}: {quantity} {}, the seeds {} to {}",
                thousands(*step),
                shown(*value),
                shown(*low),
                shown(*high)
            )
        }
    }
}

/// A loss with three significant digits, an accuracy as a percentage.
fn written(quantity: Quantity, value: f64) -> String {
    if quantity == Quantity::ValidationAccuracy {
        return format!("{:.2} %", 100.0 * value);
    }
    let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
    rounded.to_string()
}

fn show_verdict(lineup: &Lineup, verdict: &Verdict, n_curves: usize, spec: &ExperimentSpec) -> Result<(), Failure> {
    let mistake = |variant: usize| lineup.known[variant].mistake.as_ref().expect("only the first has none");
    let curves = if n_curves == 1 { "this curve looks".to_owned() } else { format!("these {n_curves} curves look") };
    if verdict.is_accused {
        let mut listed = verdict.ranked.clone();
        let mut first = true;
        listed.retain(|one| std::mem::take(&mut first) || one.share >= LEAST_SHARE);
        listed.truncate(LISTED);
        let columns = Columns::of(&listed)
            .words("Most likely mistake", |one| mistake(one.variant).title.clone())
            .numbers("Likelihood", |one| share_in_words(one.share))
            .words("What it is", |one| mistake(one.variant).explains.clone());
        print_table(&columns.table(""))?;
        print(&format!("\nLook first: {}\n", mistake(listed[0].variant).look))?;
    } else {
        print(&format!(
            "None of the {} mistakes that can be told from correct is likely: {curves} correct.\n",
            verdict.ranked.len()
        ))?;
    }
    if !verdict.untellable.is_empty() {
        let titles: Vec<String> = verdict.untellable.iter().map(|&one| mistake(one).title.to_lowercase()).collect();
        let by = if n_curves == 1 { "one curve".to_owned() } else { format!("{n_curves} curves") };
        print(&format!(
            "\nCannot be told from correct by {by}: {}.\n`experiments trace {} --to trace.npz` finds them (docs/compare.md).\n",
            titles.join("; "),
            spec.name
        ))?;
    }
    Ok(())
}

/// Why no mistake is named, and what to do.
fn without_verdict(
    workspace: &Workspace,
    arguments: &Arguments,
    spec: &ExperimentSpec,
    dataset: &DatasetInfo,
    is_stored: bool,
) -> String {
    let name = arguments.experiment.as_deref().unwrap_or(&spec.name);
    let options = workspace.options.dataset.map(|one| format!(" --dataset {}", one.as_str())).unwrap_or_default();
    let why = format!("The program cannot name a mistake: no curves of mistakes in {} are stored", spec.name);
    if is_stored {
        "The program cannot name a mistake: the stored curves hold the first validations, and yours has none of them.\n"
            .to_owned()
    } else if !can_train(spec) {
        format!("{why}, because mistakes are declared for dense layers with gradient descent only.\n")
    } else if arguments.overrides.is_empty() {
        format!(
            "{why} for {}.\nTrain them once, in some minutes: `experiments mistakes {name}{options}`. Then compare again.\n\
             Without them, `experiments trace {name} --to trace.npz` finds the first number that differs (docs/compare.md).\n",
            dataset.title
        )
    } else {
        format!(
            "{why} with these settings.\nDeclare them in a file, and train its mistakes: `experiments mistakes mine.toml`.\n"
        )
    }
}

fn share_in_words(share: f64) -> String {
    if share > 0.999 { "> 99.9 %".to_owned() } else { format!("{:.1} %", 100.0 * share) }
}

fn to_json(
    spec: &ExperimentSpec,
    band: &Band,
    mine: &[Mine],
    judged: Option<&(&Lineup, Verdict)>,
) -> serde_json::Value {
    let outside = |outside: &Outside| {
        let Outside { step, quantity, value, band } = outside;
        json!({ "step": step, "quantity": quantity.column(), "value": value, "band": band })
    };
    let curve = |one: &Mine| {
        json!({
            "file": one.name,
            "values": band.compared(&one.curve),
            "inside": one.outside.is_none(),
            "first_outside": one.outside.as_ref().map(outside),
        })
    };
    let verdict = judged.map(|(lineup, verdict)| {
        let name = |variant: usize| lineup.known[variant].mistake.as_ref().map(|mistake| &mistake.name);
        let ranked = verdict.ranked.iter().map(|one| json!({ "mistake": name(one.variant), "likelihood": one.share }));
        json!({
            "is_accused": verdict.is_accused,
            "mistakes": ranked.collect::<Vec<_>>(),
            "cannot_be_told": verdict.untellable.iter().map(|&one| name(one)).collect::<Vec<_>>(),
        })
    });
    json!({
        "experiment": spec.name,
        "seeds": band.seeds,
        "curves": mine.iter().map(curve).collect::<Vec<_>>(),
        "verdict": verdict,
    })
}

/// Draws the curves over the band.
fn draw(
    workspace: &Workspace,
    spec: &ExperimentSpec,
    band: &Band,
    mine: &[Mine],
    records: &[RunRecord],
) -> Result<(), Failure> {
    let name = |path: &str| {
        Path::new(path).file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned())
    };
    let curve = |one: &Mine| ComparedCurve {
        label: name(&one.name),
        losses: values(&one.curve, Quantity::ValidationLoss),
        accuracies: values(&one.curve, Quantity::ValidationAccuracy),
    };
    let curves: Vec<ComparedCurve> = mine.iter().map(curve).collect();
    let bands = [Quantity::ValidationLoss, Quantity::ValidationAccuracy].map(|quantity| band.around(quantity));
    let records: Vec<&RunRecord> = records.iter().collect();
    let svg = report::compared_figure(&spec.title, &records, &bands, &curves).map_err(Failure::outside)?;
    let files: Vec<&String> = mine.iter().map(|one| &one.name).collect();
    let stem =
        format!("compare-{}-{}{}", spec.name, short_hash(&format!("{files:?} {}", records[0].id)), origin(records[0]));
    save_figure(workspace, &stem, &svg)
}

fn values(curve: &Curve, quantity: Quantity) -> Vec<(f64, f64)> {
    let known =
        curve.0.iter().filter_map(|(&step, point)| Some((step as f64, quantity.of(point, TrainLoss::Batches)?)));
    known.filter(|(_, value)| value.is_finite()).collect()
}
