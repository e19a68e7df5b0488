//! `Plan`: which runs a command needs, each once, and which of them are shown together.

use std::collections::HashMap;

use record::RunRecord;
use spec::{Catalog, Declaration, Experiment, ExperimentSpec, Override};

use crate::command_line::Seeds;
use crate::command_line::arguments::Selection;
use crate::failure::Failure;

/// A run: an experiment with a seed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlannedRun {
    pub(crate) spec: ExperimentSpec,
    pub(crate) overrides: Vec<String>,
    pub(crate) seed: u64,
}

impl PlannedRun {
    /// The experiment with each of the seeds.
    pub(crate) fn of(spec: &ExperimentSpec, overrides: &[String], seeds: &Seeds) -> Vec<Self> {
        seeds.0.iter().map(|&seed| Self { spec: spec.clone(), overrides: overrides.to_vec(), seed }).collect()
    }

    /// The experiment's name and the seed: `task4e, seed 1`.
    pub(crate) fn label(&self) -> String {
        format!("{}, seed {}", self.spec.name, self.seed)
    }

    /// A record of this run, which may have been trained for another file with the same settings, under this run's name.
    pub(crate) fn named(&self, record: RunRecord) -> RunRecord {
        RunRecord { spec: self.spec.clone(), overrides: self.overrides.clone(), ..record }
    }
}

/// Runs that are shown together, in a table and a figure: an experiment after its baseline, or a comparison, each with all
/// its seeds.
#[derive(Debug)]
pub(crate) struct Group {
    /// Name of the experiment or comparison that was asked for.
    pub(crate) name: String,
    /// Heading of the figure.
    pub(crate) title: String,
    pub(crate) runs: Vec<PlannedRun>,
}

/// Everything a command asks for.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) groups: Vec<Group>,
}

impl Plan {
    /// Resolves what was selected; one group for every experiment or comparison, with all its seeds.
    pub(crate) fn new(catalog: &Catalog, selection: &Selection) -> Result<Self, Failure> {
        let overrides = parse_overrides(&selection.overrides)?;
        let mut names = if selection.all { catalog.names()? } else { selection.experiments.clone() };
        if selection.extras {
            names.extend(catalog.extras()?);
        }
        let group = |name: &String| {
            let declaration = catalog.load(name, &overrides)?;
            Ok(group(&declaration, |seeds| selection.seeds_or(seeds)))
        };
        Ok(Self { groups: names.iter().map(group).collect::<Result<_, Failure>>()? })
    }

    /// The runs, each once, in the order in which they are first needed.
    pub(crate) fn runs(&self) -> Vec<&PlannedRun> {
        let mut runs: Vec<&PlannedRun> = Vec::new();
        // Ten thousand seeds of everything are too many to compare each run with all others.
        let mut known: HashMap<(&str, u64), Vec<&PlannedRun>> = HashMap::new();
        for run in self.groups.iter().flat_map(|group| &group.runs) {
            let known = known.entry((&run.spec.name, run.seed)).or_default();
            if !known.contains(&run) {
                known.push(run);
                runs.push(run);
            }
        }
        runs
    }
}

/// The overrides of the command line.
pub(crate) fn parse_overrides(overrides: &[String]) -> Result<Vec<Override>, Failure> {
    Ok(overrides.iter().map(|text| text.parse()).collect::<Result<_, _>>()?)
}

fn group(declaration: &Declaration, seeds: impl Fn(usize) -> Seeds) -> Group {
    let (name, title, seeds, experiments) = match declaration {
        Declaration::Experiment(experiment) => {
            let baseline = experiment.baseline.iter().map(|spec| (spec, &[][..]));
            let both = baseline.chain([own(experiment)]).collect::<Vec<_>>();
            (&experiment.spec.name, &experiment.spec.title, seeds(experiment.spec.seeds), both)
        }
        Declaration::Comparison(comparison) => {
            let runs = comparison.runs.iter().map(own).collect();
            (&comparison.spec.name, &comparison.spec.title, seeds(comparison.spec.seeds), runs)
        }
    };
    let runs = experiments.into_iter().flat_map(|(spec, overrides)| PlannedRun::of(spec, overrides, &seeds)).collect();
    Group { name: name.clone(), title: title.clone(), runs }
}

fn own(experiment: &Experiment) -> (&ExperimentSpec, &[String]) {
    (&experiment.spec, &experiment.overrides)
}
