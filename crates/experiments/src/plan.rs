//! The plan of a command: its runs, and the groups in which they are shown.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use record::RunRecord;
use spec::{Catalog, Declaration, Experiment, ExperimentSpec, ImageShape, Override, RunSeeds, run_id};

use crate::command_line::{Seeds, Selection, Shard};
use crate::failure::Failure;

/// A run: an experiment with a seed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlannedRun {
    pub(crate) spec: ExperimentSpec,
    pub(crate) overrides: Vec<String>,
    pub(crate) seed: u64,
    /// Seed of the batch order, if it is another one than that of the initial weights.
    pub(crate) order_seed: Option<u64>,
    /// Set in a sweep.
    pub(crate) trial: Option<TrialRun>,
}

/// What a run is in a sweep.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TrialRun {
    /// Number of the trial, from 1.
    pub(crate) number: usize,
    /// It is paused after this number of validations, the one before the first step not counted.
    pub(crate) until: Option<usize>,
    /// Whether its record keeps the weights.
    pub(crate) keeps_weights: bool,
}

impl PlannedRun {
    /// The runs of an experiment, one per seed.
    pub(crate) fn of(spec: &ExperimentSpec, overrides: &[String], seeds: &Seeds) -> Vec<Self> {
        Self::of_trial(None, spec, overrides, seeds)
    }

    /// The same in a sweep.
    pub(crate) fn of_trial(
        trial: Option<TrialRun>,
        spec: &ExperimentSpec,
        overrides: &[String],
        seeds: &Seeds,
    ) -> Vec<Self> {
        let run = Self { spec: spec.clone(), overrides: overrides.to_vec(), seed: 0, order_seed: None, trial };
        seeds.0.iter().map(|&seed| Self { seed, ..run.clone() }).collect()
    }

    /// The experiment's name and the seed: `task4e, seed 1`, or `task4e, seed 1, order seed 3`; in a sweep `trial 12, seed 1`.
    pub(crate) fn label(&self) -> String {
        let name =
            self.trial.as_ref().map_or_else(|| self.spec.name.clone(), |trial| format!("trial {}", trial.number));
        let order = self.order_seed.map_or_else(String::new, |order| format!(", order seed {order}"));
        format!("{name}, seed {}{order}", self.seed)
    }

    /// Its two seeds.
    pub(crate) fn seeds(&self) -> RunSeeds {
        RunSeeds::new(self.seed, self.order_seed)
    }

    /// The validation after which it is paused; none if it ends by then.
    pub(crate) fn until(&self) -> Option<usize> {
        self.trial.as_ref().and_then(|trial| trial.until).filter(|until| *until < self.validations())
    }

    /// Its validations at most, the one before the first step not counted.
    pub(crate) fn validations(&self) -> usize {
        self.spec.training.max_epochs * self.spec.training.validations_per_epoch
    }

    /// Steps after which it is paused or ends, unless it ends sooner.
    pub(crate) fn most_steps(&self) -> usize {
        let validations = self.validations();
        self.spec.max_steps() * self.until().unwrap_or(validations) / validations
    }

    /// Whether a record of this run has all that was asked for.
    pub(crate) fn is_done_by(&self, record: &RunRecord) -> bool {
        let has = |until| record.history.validations.len() > until;
        record.stop_reason.is_finished() || self.until().is_some_and(has)
    }

    /// Whether this is a record of the run under its own name.
    pub(crate) fn has(&self, record: &RunRecord) -> bool {
        (self.seeds(), &self.overrides, &self.spec) == (record.seeds(), &record.overrides, &record.spec)
    }

    /// Whether a record is of this run, perhaps trained for another file with the same settings.
    pub(crate) fn is_that_of(&self, record: &RunRecord) -> bool {
        record.seeds() == self.seeds() && record.spec.has_settings_of(&self.spec)
    }

    /// Equal for runs that are the same on any dataset, by any backend.
    pub(crate) fn settings_hash(&self) -> String {
        let any = ImageShape { height: 1, width: 1, classes: 1 };
        run_id(&self.spec, self.seeds(), "", any, "", 0)
    }

    /// A record of this run, which may have been trained for another file with the same settings, with this run's name.
    pub(crate) fn named(&self, record: RunRecord) -> RunRecord {
        RunRecord { spec: self.spec.clone(), overrides: self.overrides.clone(), ..record }
    }
}

/// Runs that are shown together, in a table and a figure: a baseline and an experiment, or a comparison, with all seeds.
#[derive(Debug)]
pub(crate) struct Group {
    /// Name of the experiment or comparison on the command line.
    pub(crate) name: String,
    /// The file's folder, if the experiment was named by a path into another folder than the current one.
    pub(crate) folder: Option<PathBuf>,
    /// Title of the figure.
    pub(crate) title: String,
    pub(crate) runs: Vec<PlannedRun>,
}

impl Group {
    /// Adds the seeds of its experiments that these records have besides.
    pub(crate) fn add_seeds(&mut self, records: &[RunRecord]) {
        for run in self.runs.clone() {
            for record in records.iter().filter(|record| record.spec.has_settings_of(&run.spec)) {
                let added = PlannedRun { seed: record.seed, ..run.clone() };
                if !self.runs.contains(&added) {
                    self.runs.push(added);
                }
            }
        }
    }
}

/// The names of a selection.
pub(crate) fn names(catalog: &Catalog, selection: &Selection) -> Result<Vec<String>, Failure> {
    Ok(match (selection.all, selection.extras) {
        (false, _) => selection.experiments.clone(),
        (true, false) => catalog.names()?,
        (true, true) => catalog.all_names()?,
    })
}

/// The groups of a selection: one per experiment or comparison, with all seeds.
pub(crate) fn groups(catalog: &Catalog, selection: &Selection) -> Result<Vec<Group>, Failure> {
    let overrides = parse_overrides(&selection.overrides)?;
    let names = names(catalog, selection)?;
    let of =
        |name: &String| Ok(Group { folder: folder_of(name), ..group(&catalog.load(name, &overrides)?, selection) });
    names.iter().map(of).collect()
}

/// What these names declare. Files that are wrong are shown, once where others need them, and left out with those; then the second
/// value is the failure to end with.
pub(crate) fn declarations(catalog: &Catalog, names: &[String]) -> (Vec<(String, Declaration)>, Result<(), Failure>) {
    let (mut declared, mut wrong) = (Vec::new(), HashSet::new());
    for name in names {
        match catalog.load(name, &[]).map_err(Failure::from) {
            Ok(declaration) => declared.push((name.clone(), declaration)),
            Err(failure) if wrong.insert(failure.to_text()) => drop(failure.show()),
            Err(_) => {}
        }
    }
    let end = match wrong.len() {
        0 => Ok(()),
        wrong => Err(Failure::bad_input(format!("{wrong} of {} files are wrong", names.len()))),
    };
    (declared, end)
}

/// Shortens the runs to a few steps, by a protocol that fits, and marks them.
pub(crate) fn shorten(groups: &mut [Group]) {
    for group in groups {
        group.title += " (quick run)";
        for run in &mut group.runs {
            run.spec = run.spec.shortened();
            run.overrides.push("--quick".to_owned());
        }
    }
}

/// The runs of all groups, each once, in the order in which they are first needed.
pub(crate) fn runs(groups: &[Group]) -> Vec<&PlannedRun> {
    let mut runs: Vec<&PlannedRun> = Vec::new();
    // With ten thousand seeds, comparing each run with all others would take too long.
    let mut known: HashMap<(&str, u64), Vec<&PlannedRun>> = HashMap::new();
    for run in groups.iter().flat_map(|group| &group.runs) {
        let known = known.entry((&run.spec.name, run.seed)).or_default();
        if !known.contains(&run) {
            known.push(run);
            runs.push(run);
        }
    }
    runs
}

/// The runs in this number of shares, equally many runs each. Shares are disjoint, also where two files declare the same run, and
/// the same whatever is finished.
pub(crate) fn shares<'a>(runs: &[&'a PlannedRun], count: usize) -> Vec<Vec<&'a PlannedRun>> {
    let mut shares = vec![Vec::new(); count];
    let mut positions: HashMap<String, usize> = HashMap::new();
    for run in runs {
        let next = positions.len();
        let position = *positions.entry(run.settings_hash()).or_insert(next);
        shares[position % count].push(*run);
    }
    shares
}

/// One share of the runs, or all of them.
pub(crate) fn share_of(runs: Vec<&PlannedRun>, shard: Option<Shard>) -> Vec<&PlannedRun> {
    match shard {
        None => runs,
        Some(shard) => shares(&runs, shard.count).swap_remove(shard.number - 1),
    }
}

/// The overrides of the command line.
pub(crate) fn parse_overrides(overrides: &[String]) -> Result<Vec<Override>, Failure> {
    Ok(overrides.iter().map(|text| text.parse()).collect::<Result<_, _>>()?)
}

fn group(declaration: &Declaration, selection: &Selection) -> Group {
    let (name, title, seeds, experiments) = match declaration {
        Declaration::Experiment(experiment) => {
            let baseline = experiment.baseline.iter().filter(|_| !selection.no_baseline);
            let baseline = baseline.map(|spec| (spec, &experiment.baseline_overrides[..]));
            let both = baseline.chain([own(experiment)]).collect::<Vec<_>>();
            (&experiment.spec.name, &experiment.spec.title, experiment.spec.seeds, both)
        }
        Declaration::Comparison(comparison) => {
            let runs = comparison.runs.iter().map(own).collect();
            (&comparison.spec.name, &comparison.spec.title, comparison.spec.seeds, runs)
        }
    };
    let seeds = selection.seeds_or(seeds);
    let runs = experiments.into_iter().flat_map(|(spec, overrides)| PlannedRun::of(spec, overrides, &seeds)).collect();
    Group { name: name.clone(), folder: None, title: title.clone(), runs }
}

/// The folder in a path, if it has one other than the current folder.
fn folder_of(name: &str) -> Option<PathBuf> {
    let folder = std::path::absolute(name).ok()?.parent()?.to_owned();
    let is_current = std::env::current_dir().is_ok_and(|current| current == folder);
    (!is_current).then_some(folder)
}

fn own(experiment: &Experiment) -> (&ExperimentSpec, &[String]) {
    (&experiment.spec, &experiment.overrides)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use test_support::{spec, with_hidden_units};

    use super::*;

    #[test]
    fn shares_are_disjoint_and_together_everything() {
        let one = spec();
        let same = ExperimentSpec { name: "same".into(), ..spec() };
        let other = ExperimentSpec { name: "other".into(), ..with_hidden_units(spec(), &[8]) };
        let seeds = Seeds((1..=20).collect());
        let runs: Vec<PlannedRun> =
            [one, same, other].iter().flat_map(|spec| PlannedRun::of(spec, &[], &seeds)).collect();
        let runs: Vec<&PlannedRun> = runs.iter().collect();
        for count in [1, 2, 7, 16, 100] {
            let shares = shares(&runs, count);
            assert_eq!(shares.iter().map(Vec::len).sum::<usize>(), runs.len());
            let settings =
                |share: &Vec<&PlannedRun>| share.iter().map(|run| run.settings_hash()).collect::<BTreeSet<_>>();
            let distinct: usize = shares.iter().map(|share| settings(share).len()).sum();
            assert_eq!(distinct, 40, "no setting is in two of {count} shares");
        }
    }
}
