//! `Plan`: which runs a command needs, each once, and which of them are shown together.

use std::collections::HashMap;

use record::{Catalog, Declaration, Experiment, ExperimentSpec, Override};

use crate::args::{Global, Selection};
use crate::failure::Failure;
use crate::seeds::Seeds;

/// A run: an experiment with a seed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlannedRun {
    pub(crate) spec: ExperimentSpec,
    pub(crate) overrides: Vec<String>,
    pub(crate) seed: u64,
}

impl PlannedRun {
    /// What people are told of it by: `task4e, seed 1`.
    pub(crate) fn label(&self) -> String {
        format!("{}, seed {}", self.spec.name, self.seed)
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
    pub(crate) fn new(global: &Global, selection: &Selection) -> Result<Self, Failure> {
        let catalog = Catalog::new(&global.experiments_dir);
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
        // Ten thousand seeds of everything are too many to compare each with all.
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

    /// The most training images that any run sees.
    pub(crate) fn train_images(&self) -> Option<usize> {
        self.runs().iter().map(|run| run.spec.data.train_images).max()
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
            (&experiment.spec.name, &experiment.spec.title, seeds(experiment.seeds), both)
        }
        Declaration::Comparison(comparison) => {
            let runs = comparison.runs.iter().map(own).collect();
            (&comparison.spec.name, &comparison.spec.title, seeds(comparison.spec.seeds), runs)
        }
    };
    let of_experiment = |(spec, overrides): (&ExperimentSpec, &[String])| {
        let planned = |&seed: &u64| PlannedRun { spec: spec.clone(), overrides: overrides.to_vec(), seed };
        seeds.0.iter().map(planned).collect::<Vec<_>>()
    };
    let runs = experiments.into_iter().flat_map(of_experiment).collect();
    Group { name: name.clone(), title: title.clone(), runs }
}

fn own(experiment: &Experiment) -> (&ExperimentSpec, &[String]) {
    (&experiment.spec, &experiment.overrides)
}
