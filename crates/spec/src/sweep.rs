//! `SweepSpec`: a declared search for better settings of an experiment.

mod objective;
mod search;
mod trials;

use mlp::values::{Checked, Count, Optional};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::door::Keyed;
use crate::{Metric, SpecError, explain, name, text};
pub use objective::{Direction, Objective};
pub use search::{Condition, Domain, Parameter, Settings};
pub use trials::Sweep;

/// A valid sweep: what varies, what counts as better, and how the settings to try are chosen.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SweepSpec {
    /// Name of the file without its ending.
    #[serde(with = "Checked::<name::Name>")]
    pub name: String,
    /// Its name in figures and tables.
    #[serde(with = "Checked::<text::Line<100>>")]
    pub title: String,
    /// Name of the experiment whose settings vary.
    #[serde(with = "Checked::<name::Name>")]
    pub base: String,
    /// Every trial is trained with the seeds from 1 to this number; its score is the mean.
    #[serde(default = "crate::spec::one", with = "Checked::<Count<1, 100>>")]
    pub seeds: usize,
    /// What counts as better.
    pub objective: Objective,
    /// The keys that vary, in alphabetical order, so that the order of the lines does not matter.
    #[serde(deserialize_with = "search::parameters")]
    #[schemars(schema_with = "search::schema")]
    pub search: Vec<Parameter>,
    /// How the settings to try are chosen.
    pub method: Method,
    /// When trials that do badly stop; none trains every trial to its end.
    #[serde(default)]
    #[schemars(with = "Pruning")]
    pub pruning: Option<Pruning>,
    /// How the best settings are trained again.
    #[serde(default)]
    pub winner: Winner,
}

/// How the settings to try are chosen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("allOf" = [{
    "if": { "properties": { "kind": { "const": "grid" } } },
    "then": { "not": { "required": ["trials"] } },
    "else": { "required": ["trials"] },
}]))]
pub struct Method {
    /// The method.
    pub kind: MethodKind,
    /// How many settings are tried; none for a grid, which tries all.
    #[serde(default, with = "Checked::<Optional<Count<1, 10_000>>>")]
    pub trials: Option<usize>,
    /// Settings that are chosen at a time, from earlier results. It changes the sequence of the trials; the number of
    /// jobs does not.
    #[serde(default = "usual_batch", with = "Checked::<Count<1, 1_000>>")]
    pub batch: usize,
    /// Seed of the choice.
    #[serde(default = "crate::spec::one", with = "Checked::<Count<1, 1_000_000_000>>")]
    pub seed: usize,
}

/// A method of choosing settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MethodKind {
    /// All combinations.
    Grid,
    /// Independent draws.
    Random,
    /// Draws that fill the space more evenly than random ones.
    QuasiRandom,
    /// A tree-structured Parzen estimator: near good settings, away from bad ones.
    Tpe,
}

/// When trials that do badly stop. Their checkpoints are kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("allOf" = [{
    "if": { "properties": { "kind": { "const": "median" } } },
    "then": { "not": { "required": ["factor"] } },
    "else": { "not": { "required": ["startup"] } },
}]))]
pub struct Pruning {
    /// The rule.
    pub kind: PruningKind,
    /// Validations until trials are compared for the first time, the one before the first step not counted. `median` compares
    /// again after as many, `successive_halving` after `factor` times as many.
    #[serde(with = "Checked::<Count<1, 100_000>>")]
    pub validations: usize,
    /// `successive_halving`: one trial in this many continues.
    #[serde(default, with = "Checked::<Optional<Count<2, 100>>>")]
    pub factor: Option<usize>,
    /// `median`: the first trials, which are not pruned.
    #[serde(default, with = "Checked::<Optional<Count<1, 1_000>>>")]
    pub startup: Option<usize>,
}

/// A rule of pruning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PruningKind {
    /// A trial stops that is worse than the median of the earlier trials at the same validation.
    Median,
    /// The best trials of every rung continue to the next one, also those that stopped there earlier.
    SuccessiveHalving,
}

/// How the best settings are trained again, with seeds that the search has not seen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Winner {
    /// How many of the best settings.
    #[serde(default = "usual_best", with = "Checked::<Count<1, 100>>")]
    pub best: usize,
    /// How many fresh seeds.
    #[serde(default = "usual_seeds", with = "Checked::<Count<1, 100>>")]
    pub seeds: usize,
}

impl Default for Winner {
    fn default() -> Self {
        Self { best: usual_best(), seeds: usual_seeds() }
    }
}

fn usual_batch() -> usize {
    4
}

fn usual_best() -> usize {
    3
}

fn usual_seeds() -> usize {
    5
}

impl SweepSpec {
    /// The sweep of a JSON value.
    ///
    /// # Errors
    /// A key is missing or unknown, a value is not valid, or values do not fit together.
    pub(crate) fn from_value(value: &Value) -> Result<Self, SpecError> {
        // Read on its own first, because its errors name the keys inside.
        value.get("search").map(search::read).transpose()?;
        let spec = explain::read(value, |value| Self::deserialize(Keyed::root(value)))?;
        spec.check()?;
        Ok(spec)
    }

    /// The rules across keys.
    fn check(&self) -> Result<(), SpecError> {
        let Self { method, pruning, .. } = self;
        let (is_grid, has_trials) = (method.kind == MethodKind::Grid, method.trials.is_some());
        if let Some(endless) = self.search.iter().find(|one| is_grid && !has_trials && one.domain.listed().is_none()) {
            let sentence = format!("a grid needs the values of `{}`, not only their bounds", endless.key);
            let hint = "list them: { values = [0.01, 0.1] }".to_owned();
            return Err(SpecError::rule(&[&endless.place()], sentence).with_hint(hint));
        }
        let prunes = |kind| pruning.as_ref().filter(|pruning| pruning.kind == kind);
        let has_factor = prunes(PruningKind::Median).is_some_and(|pruning| pruning.factor.is_some());
        let has_startup = prunes(PruningKind::SuccessiveHalving).is_some_and(|pruning| pruning.startup.is_some());
        let is_of_steps = pruning.is_some() && self.objective.metric == Metric::Steps;
        let rules = [
            (is_grid && has_trials, "method.trials", "`method.trials` is given, but a grid tries all combinations"),
            (!is_grid && !has_trials, "method", "[method] lacks `trials`: how many settings to try"),
            (
                is_grid && self.combinations() > MOST_COMBINATIONS,
                "search",
                "the grid has more than 10,000 combinations, which is the limit",
            ),
            (has_factor, "pruning.factor", "`pruning.factor` is not a key with `kind = \"median\"`"),
            (has_startup, "pruning.startup", "`pruning.startup` is not a key with `kind = \"successive_halving\"`"),
            (
                is_of_steps,
                "objective.metric",
                "pruning compares trials after equally many steps, so `objective.metric` cannot be \"steps\"",
            ),
        ];
        let broken = rules.into_iter().find(|(is_broken, ..)| *is_broken);
        broken.map_or(Ok(()), |(_, key, sentence)| Err(SpecError::rule(&[key], sentence.to_owned())))
    }

    /// How many combinations the listed values have; conditions are not considered.
    fn combinations(&self) -> usize {
        let counts = self.search.iter().filter_map(|one| one.domain.listed()).map(|values| values.len());
        counts.fold(1, usize::saturating_mul)
    }

    /// The settings of `[data]` and `[training]` that all trials have, and that the base experiment gets to be comparable.
    #[must_use]
    pub fn protocol(&self) -> Settings {
        let is_of_protocol = |one: &&Parameter| one.key.starts_with("data.") || one.key.starts_with("training.");
        let only = |one: &Parameter| match one.domain.listed()?.as_slice() {
            [value] => Some((one.key.clone(), value.clone())),
            _ => None,
        };
        self.search.iter().filter(is_of_protocol).filter_map(only).collect()
    }

    /// Whether what is tried next depends on results, so that trials come in batches.
    #[must_use]
    pub fn has_feedback(&self) -> bool {
        self.method.kind == MethodKind::Tpe || self.pruning.is_some()
    }

    /// The seeds with which the best settings are trained again.
    #[must_use]
    pub fn fresh_seeds(&self) -> Vec<u64> {
        (self.seeds as u64 + 1..=(self.seeds + self.winner.seeds) as u64).collect()
    }

    /// The seeds of a trial.
    #[must_use]
    pub fn trial_seeds(&self) -> Vec<u64> {
        (1..=self.seeds as u64).collect()
    }
}

/// Combinations of a grid at most.
const MOST_COMBINATIONS: usize = 10_000;
