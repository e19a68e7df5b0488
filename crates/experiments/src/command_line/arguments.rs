//! Arguments that several commands take.

use clap::{Args, ValueEnum};
use record::weights_file;

use super::seeds::{self, Seeds};
use crate::completion;

/// Experiments, their overrides and seeds.
#[derive(Debug, Clone, Args)]
pub(crate) struct Selection {
    /// Declared experiments by name (task4e), or TOML files by path; for `submit` and `plan` also `report` or `sweep NAME`
    #[arg(required_unless_present = "all", value_name = "EXPERIMENT", add = completion::experiments())]
    pub(crate) experiments: Vec<String>,

    /// All experiments of the report
    #[arg(long, conflicts_with = "experiments")]
    pub(crate) all: bool,

    /// Also the experiments in `extras/`
    #[arg(long, requires = "all")]
    pub(crate) extras: bool,

    /// Change a setting: `--set model.hidden_units=16`; this makes a separate run. Settings of data and training also apply to
    /// the baseline
    #[arg(long = "set", value_name = "KEY=VALUE", add = completion::settings())]
    pub(crate) overrides: Vec<String>,

    /// Only the experiments themselves, not the baselines that they are compared with
    #[arg(long)]
    pub(crate) no_baseline: bool,

    /// Seeds of the weights and the batch order: a number, a list `1,4` or a range `1..5` (1, 2, 3, 4 and 5) [default: as in
    /// the file, else 1]
    #[arg(long, value_name = "SEEDS")]
    pub(crate) seed: Option<Seeds>,

    /// Replicates: the seeds from 1 to this number
    #[arg(long, value_name = "N", conflicts_with = "seed", value_parser = seeds::first)]
    pub(crate) seeds: Option<Seeds>,
}

impl Selection {
    /// The seeds of the command line, else those of the file.
    pub(crate) fn seeds_or(&self, declared: usize) -> Seeds {
        let given = self.seed.as_ref().or(self.seeds.as_ref());
        given.cloned().unwrap_or_else(|| Seeds((1..=declared as u64).collect()))
    }

    /// The selection as it would be typed.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = self.experiments.clone();
        let flags = [(self.all, "--all"), (self.extras, "--extras"), (self.no_baseline, "--no-baseline")];
        words.extend(flags.iter().filter(|(is_given, _)| *is_given).map(|(_, flag)| (*flag).to_owned()));
        for given in &self.overrides {
            words.extend(["--set".to_owned(), given.clone()]);
        }
        if let Some(Seeds(seeds)) = &self.seeds {
            words.extend(["--seeds".to_owned(), seeds.len().to_string()]);
        }
        if let Some(Seeds(seeds)) = &self.seed {
            words.extend(["--seed".to_owned(), seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(",")]);
        }
        words
    }
}

/// Seeds that are added until every claim is decided.
#[derive(Debug, Args)]
pub(crate) struct UntilDecided {
    /// Add seeds where claims are undecided, the cheapest claim first, until all are decided; the verdicts stay valid
    #[arg(long)]
    pub(crate) until_decided: bool,

    /// Seeds of an experiment at most, with `--until-decided` [default: 120]
    #[arg(long, value_name = "N", value_parser = seeds::last)]
    pub(crate) max_seeds: Option<u64>,
}

impl UntilDecided {
    /// Seeds of an experiment at most.
    pub(crate) fn most(&self) -> u64 {
        const USUAL: u64 = 120;
        self.max_seeds.unwrap_or(USUAL)
    }

    /// Whether seeds are added; `--max-seeds` asks for it too.
    pub(crate) fn is_asked(&self) -> bool {
        self.until_decided || self.max_seeds.is_some()
    }
}

/// Output for scripts or documents.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Print JSON on stdout, and nothing else there
    #[arg(long)]
    pub(crate) json: bool,

    /// Print the table as Markdown
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
}

/// Output for scripts.
#[derive(Debug, Args)]
pub(crate) struct Json {
    /// Print JSON on stdout, and nothing else there
    #[arg(long)]
    pub(crate) json: bool,
}

/// Weights of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Weights {
    /// Those at the lowest validation loss
    Best,
    /// Those at the end
    Last,
}

impl Weights {
    /// The name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Last => "last",
        }
    }

    /// The file of a run.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Best => weights_file::BEST,
            Self::Last => weights_file::LAST,
        }
    }
}
