//! `experiments mistakes`: the declared mistakes; of an experiment, how well curves tell them apart.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;

use clap::Args;
use mistakes::{Known, Lineup, PreparedImages, Rates, Stored, TrainLoss, can_train, train};
use report::{Columns, Table, to_markdown};
use serde_json::json;
use spec::ExperimentSpec;

use super::stored::{path_of, stored};
use crate::backend::Backend;
use crate::command_line::Output;
use crate::completion;
use crate::data;
use crate::failure::Failure;
use crate::jobs::side_by_side;
use crate::output::{print, print_json, print_table, write_file};
use crate::stop::Stop;
use crate::trained::one_experiment;
use crate::workspace::Workspace;

/// Arguments of `mistakes`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A declared experiment by name, or a TOML file by path [default: only list the mistakes]
    #[arg(add = completion::experiments())]
    experiment: Option<String>,

    /// Seeds of every mistake; without a mistake there are four times as many
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(5..=100))]
    seeds: u64,

    /// Trainings at the same time [default: the physical cores; 1 on a graphics processor]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    output: Output,
}

/// A correct training has this many times the seeds of a mistake: it is accused at most once in as many curves.
const CORRECT_TIMES: u64 = 4;
/// Numbers of curves for which mistakes are told apart.
const N_CURVES: [usize; 2] = [1, 5];

pub(super) fn mistakes(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let Some(name) = &arguments.experiment else { return list(workspace, arguments) };
    let stop = Stop::listen()?;
    let spec = one_experiment(workspace, name, &[])?;
    if !can_train(&spec) {
        let hint = "choose an experiment with `kind = \"mlp\"` and `kind = \"sgd\"`";
        return Err(Failure::bad_input("mistakes are trained in dense layers with gradient descent").with_hint(hint));
    }
    let path = path_of(workspace, &spec)?;
    let dataset = data::load(workspace, None)?;
    let known = Known::all(&workspace.catalog, (name, &spec), &[], (&dataset.digest, data::shape(dataset.shape)))?;
    let mut curves = stored(workspace, &spec)?;
    // What was trained for other settings is not written again.
    curves.0.retain(|key, _| known.iter().any(|one| one.key == *key));
    let training = Training { workspace, spec: &spec, known: &known, dataset: &dataset, path: &path, stop: &stop };
    training.add_missing(&mut curves, arguments)?;
    let lineup = Lineup::new(&known, &curves).expect("the correct one is trained");
    let models = lineup.whole(TrainLoss::Batches).expect("all have the same validations");
    let confusion = N_CURVES.map(|n_curves| (n_curves, models.confusion(n_curves)));
    if arguments.output.json {
        let table =
            |(n_curves, rates): &(usize, Vec<Rates>)| json!({ "curves": n_curves, "rates": to_json(&lineup, rates) });
        return print_json(&confusion.iter().map(table).collect::<Vec<_>>());
    }
    let table = confusion_table(&lineup, &confusion);
    if arguments.output.markdown { print(&to_markdown(&table)) } else { print_table(&table) }
}

/// The declared mistakes.
fn list(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let mistakes = workspace.catalog.mistakes()?;
    if arguments.output.json {
        let entry = |one: &spec::MistakeSpec| json!({ "name": one.name, "title": one.title, "explains": one.explains, "look": one.look });
        return print_json(&mistakes.iter().map(entry).collect::<Vec<_>>());
    }
    let table = Columns::of(&mistakes)
        .words("Mistake", |one| one.title.clone())
        .words("What it is", |one| one.explains.clone())
        .words("What to look at", |one| one.look.clone())
        .table("");
    if arguments.output.markdown { print(&to_markdown(&table)) } else { print_table(&table) }
}

/// The trainings that are missing.
struct Training<'a> {
    workspace: &'a Workspace,
    spec: &'a ExperimentSpec,
    known: &'a [Known],
    dataset: &'a mnist::Dataset,
    /// The file of the curves.
    path: &'a Path,
    stop: &'a Stop,
}

impl Training<'_> {
    /// Trains the curves that are missing, and saves them after every mistake.
    fn add_missing(&self, curves: &mut Stored, arguments: &Arguments) -> Result<(), Failure> {
        let backend = Backend::open(self.workspace.options.backend.as_deref())?;
        let jobs = arguments.jobs.map_or_else(|| backend.usual_jobs(), std::num::NonZeroUsize::get);
        for one in self.known {
            let times = if one.key == self.known[0].key { CORRECT_TIMES } else { 1 };
            let wanted = times * arguments.seeds;
            let of_key = curves.0.entry(one.key.clone()).or_default();
            let missing: Vec<u64> =
                (1..=wanted).filter(|seed| of_key.iter().all(|replicate| replicate.seed != *seed)).collect();
            if missing.is_empty() {
                continue;
            }
            let title = one.mistake.as_ref().map_or("no mistake", |mistake| &mistake.title);
            self.workspace.terminal.note(&format!("{}: {title}: training {} seeds", self.spec.name, missing.len()));
            let images = PreparedImages::new(&one.spec, one.slip(), self.dataset, &backend.device)?;
            let continues = || !self.stop.is_requested();
            let trained = side_by_side(&missing, jobs, continues, |&seed, _| {
                Ok(Some(training::on_threads(1, || train(&one.spec, one.slip(), &images, seed))))
            })?;
            of_key.extend(trained.into_iter().flatten());
            of_key.sort_by_key(|replicate| replicate.seed);
            if self.stop.is_requested() {
                return Err(Failure::interrupted());
            }
            write_file(self.path, &curves.write(&self.names()))?;
        }
        Ok(())
    }

    /// The names of the mistakes by the keys of their curves.
    fn names(&self) -> BTreeMap<String, String> {
        // The correct training comes last, because a mistake in early stopping only has its curves.
        let name = |one: &Known| one.mistake.as_ref().map_or_else(|| "none".to_owned(), |mistake| mistake.name.clone());
        self.known.iter().rev().map(|one| (one.key.clone(), name(one))).collect()
    }
}

fn title(lineup: &Lineup, variant: usize) -> String {
    lineup.known[variant].mistake.as_ref().map_or_else(|| "No mistake".to_owned(), |mistake| mistake.title.clone())
}

/// For every mistake how often its own curves are named first, at one and at five curves.
fn confusion_table(lineup: &Lineup, confusion: &[(usize, Vec<Rates>); 2]) -> Table {
    let rows: Vec<usize> = (0..lineup.known.len()).collect();
    let share =
        |rates: &Rates, named: Option<usize>| match (rates.get(&named).unwrap_or(&0), rates.values().sum::<usize>()) {
            (_, 0) => "-".to_owned(),
            (count, trials) => format!("{:.0} %", 100.0 * *count as f64 / trials as f64),
        };
    let mut columns = Columns::of(&rows).words("Mistake", |&row| title(lineup, row));
    for (n_curves, rates) in confusion {
        let curves = if *n_curves == 1 { "1 curve".to_owned() } else { format!("{n_curves} curves") };
        columns = columns
            .numbers(&format!("Named first, {curves}"), |&row| share(&rates[row], Some(row)))
            .numbers(&format!("Taken for correct, {curves}"), |&row| share(&rates[row], None))
            .words(&format!("Else taken for, {curves}"), |&row| {
                let other = others(row, &rates[row]).max_by_key(|(_, count)| *count);
                other.map_or_else(String::new, |(other, _)| {
                    format!("{} ({})", title(lineup, other), share(&rates[row], Some(other)))
                })
            });
    }
    columns.table("Each curve was judged by the others. A mistake whose curves are told from correct ones in fewer than half of the cases is never named.")
}

/// The other mistakes that the curves of one were taken for, and how often.
fn others(variant: usize, rates: &Rates) -> impl Iterator<Item = (usize, usize)> {
    rates.iter().filter_map(|(named, count)| Some(((*named)?, *count))).filter(move |(named, _)| *named != variant)
}

fn to_json(lineup: &Lineup, rates: &[Rates]) -> serde_json::Value {
    let name = |variant: usize| lineup.known[variant].mistake.as_ref().map(|mistake| &mistake.name);
    let row = |(variant, rates): (usize, &Rates)| {
        let others = others(variant, rates).map(|(other, count)| json!({ "mistake": name(other), "count": count }));
        json!({
            "mistake": name(variant),
            "trials": rates.values().sum::<usize>(),
            "named": rates.get(&Some(variant)).unwrap_or(&0),
            "as_correct": rates.get(&None).unwrap_or(&0),
            "others": others.collect::<Vec<_>>(),
        })
    };
    rates.iter().enumerate().map(row).collect::<Vec<_>>().into()
}
