//! The result of a sweep as plain data, and as tables.

use std::cmp::Reverse;

use evidence::{Centre, Replicates};
use record::RunRecord;
use serde_json::Value;
use spec::{Metric, Settings, SweepSpec};

use crate::document::Table;
use crate::format::{NOTHING, capitalized, plain_text, seeds_in_words};
use crate::measure;
use crate::table::Columns;

/// Rows of the table of trials.
const MOST_ROWS: usize = 10;

/// A sweep with its trials, and what became of the best ones.
#[derive(Debug, Clone)]
pub struct SweepResult {
    /// The sweep.
    pub spec: SweepSpec,
    /// The trials in the order in which they were proposed.
    pub trials: Vec<TrialResult>,
    /// Positions of the complete trials, the best first.
    pub best: Vec<usize>,
    /// The best settings and those of the base experiment, trained again; empty before the search is over.
    pub retrained: Vec<Retrained>,
    /// How many trials there are at the end.
    pub most_trials: usize,
    /// The records of a trial, for dataset, protocol and seeds; none before the first.
    pub sample: Vec<RunRecord>,
}

/// A trial.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialResult {
    /// The settings.
    pub settings: Settings,
    /// The mean of the metric over the seeds, where the training is.
    pub score: Option<f64>,
    /// How far it came.
    pub state: TrialState,
    /// Steps taken, over all seeds.
    pub steps: usize,
    /// Weights and biases of the network.
    pub parameters: usize,
    /// Hidden layers.
    pub hidden_layers: usize,
}

/// How far a trial came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrialState {
    /// Trained to its end.
    Complete,
    /// Stopped after this number of validations, because others were better.
    Stopped(usize),
    /// Without a score, for this reason.
    Failed(String),
}

/// Settings that were trained again with fresh seeds.
#[derive(Debug, Clone)]
pub struct Retrained {
    /// The settings; none for those of the base experiment.
    pub settings: Option<Settings>,
    /// The score in the search; none for the base experiment, unless it was a trial.
    pub search_score: Option<f64>,
    /// The runs.
    pub fresh: Replicates,
}

impl SweepResult {
    /// The keys that take more than one value.
    #[must_use]
    pub fn varied(&self) -> Vec<&str> {
        let varies = |one: &&spec::Parameter| one.domain.listed().is_none_or(|values| values.len() > 1);
        self.spec.search.iter().filter(varies).map(|one| one.key.as_str()).collect()
    }

    /// Trials that were stopped early.
    #[must_use]
    pub fn n_stopped(&self) -> usize {
        self.trials.iter().filter(|trial| matches!(trial.state, TrialState::Stopped(_))).count()
    }

    /// What was tried and found, on a line.
    #[must_use]
    pub fn in_words(&self) -> String {
        let stopped = match self.n_stopped() {
            0 => String::new(),
            stopped => format!(", {stopped} stopped early"),
        };
        let best = self.best.first().map(|&best| &self.trials[best]);
        let best = best.map_or_else(String::new, |trial| {
            format!("; best {} with {}", self.score_in_words(trial.score), self.varied_in_words(&trial.settings))
        });
        format!("{} of {} trials{stopped}{best}", self.trials.len(), self.most_trials)
    }

    /// What fresh seeds made of the best score, in a sentence; none before.
    pub(crate) fn luck_in_words(&self) -> Option<String> {
        let metric = self.spec.objective.metric;
        let best = self.retrained.iter().find(|row| row.search_score.is_some())?;
        let (score, fresh) = (best.search_score?, best.mean(metric)?);
        let base = self.retrained.iter().find(|row| row.settings.is_none()).and_then(|row| row.mean(metric));
        let base = base.map_or_else(String::new, |base| {
            let gain = measure::difference(metric, fresh - base);
            format!(
                " The declared settings have {} with the same seeds; the search made a difference of {gain}.",
                measure::value(metric, base)
            )
        });
        let (score, fresh) = (measure::value(metric, score), measure::value(metric, fresh));
        Some(format!("The best settings had {score} in the search and have {fresh} with fresh seeds.{base}"))
    }

    pub(crate) fn score_in_words(&self, score: Option<f64>) -> String {
        score.map_or_else(|| NOTHING.to_owned(), |score| measure::value(self.spec.objective.metric, score))
    }

    /// The settings without those that are the same in all trials.
    fn varied_in_words(&self, settings: &Settings) -> String {
        let varied = self.varied();
        let shown = settings.iter().filter(|(key, _)| varied.contains(&key.as_str()));
        settings_in_words(&shown.map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

impl Retrained {
    /// The mean of a metric over the fresh seeds.
    pub(crate) fn mean(&self, metric: Metric) -> Option<f64> {
        match self.fresh.summary(metric)?.centre {
            Centre::Mean(mean) => Some(mean),
            Centre::Median(_) | Centre::MoreThan(_) => None,
        }
    }
}

/// Settings in words: `learning rate 0.05, momentum 0.9`.
#[must_use]
pub fn settings_in_words(settings: &Settings) -> String {
    let words = settings.iter().map(|(key, value)| format!("{} {}", key_in_words(key), value_in_words(value)));
    words.collect::<Vec<_>>().join(", ")
}

/// A key without its table, `learning rate`; kinds with it, `optimizer kind`.
pub(crate) fn key_in_words(key: &str) -> String {
    let name = key.rsplit('.').next().unwrap_or_default();
    if name == "kind" { key.replace('.', " ") } else { name.replace('_', " ") }
}

/// A value: `0.05`, `fan in normal`, `64, 64`.
pub(crate) fn value_in_words(value: &Value) -> String {
    match value {
        Value::String(word) => plain_text(&word.replace('_', " ")),
        Value::Array(values) => values.iter().map(value_in_words).collect::<Vec<_>>().join("-"),
        value => value.to_string(),
    }
}

/// The best trials, those that were trained further first.
#[must_use]
pub fn trial_table(result: &SweepResult) -> Table {
    let depth =
        |trial: &TrialResult| if let TrialState::Stopped(validations) = trial.state { validations } else { usize::MAX };
    let rank = |trial: &TrialResult| {
        (Reverse(depth(trial)), trial.score.map_or(f64::INFINITY, |score| result.spec.objective.loss(score)))
    };
    let scored = result.trials.iter().enumerate().filter(|(_, trial)| trial.score.is_some());
    let mut rows: Vec<(usize, &TrialResult)> = scored.collect();
    rows.sort_by(|(_, one), (_, other)| {
        let ((depth, loss), (other_depth, other_loss)) = (rank(one), rank(other));
        depth.cmp(&other_depth).then(loss.total_cmp(&other_loss))
    });
    rows.truncate(MOST_ROWS);
    let mut columns = Columns::of(&rows).numbers("Trial", |(index, _)| (index + 1).to_string());
    for key in result.varied() {
        let value = |(_, trial): &(usize, &TrialResult)| {
            trial.settings.get(key).map_or_else(|| NOTHING.to_owned(), value_in_words)
        };
        columns = columns.numbers(&capitalized(&key_in_words(key)), value);
    }
    let metric = result.spec.objective.metric;
    columns = columns.numbers(&capitalized(&metric.title()), |(_, trial)| result.score_in_words(trial.score));
    if result.n_stopped() > 0 {
        columns = columns.numbers("Validations", |(_, trial)| match trial.state {
            TrialState::Stopped(validations) => validations.to_string(),
            TrialState::Complete | TrialState::Failed(_) => "to the end".to_owned(),
        });
    }
    columns.table(&trials_in_words(result, rows.len()))
}

/// `The best 10 of 40 trials, seed 1; 31 stopped early, 1 failed.`
fn trials_in_words(result: &SweepResult, shown: usize) -> String {
    let failed = result.trials.iter().filter(|trial| trial.score.is_none()).count();
    let counts = [(result.n_stopped(), "stopped early"), (failed, "failed")];
    let counts = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let counts = counts.collect::<Vec<_>>().join(", ");
    let separator = if counts.is_empty() { "" } else { "; " };
    let seeds = seeds_in_words(&result.spec.trial_seeds());
    format!("The best {shown} of {} trials, {seeds}{separator}{counts}.", result.trials.len())
}

/// The best settings trained again: how much of their score was luck, and their score on the test images.
#[must_use]
pub fn winner_table(result: &SweepResult) -> Table {
    let metric = result.spec.objective.metric;
    let of = |row: &Retrained, metric| measure::of(&row.fresh, metric).unwrap_or_else(|| NOTHING.to_owned());
    let settings = |row: &Retrained| match &row.settings {
        Some(settings) => result.varied_in_words(settings),
        None => format!("those of {}", row.fresh.spec.name),
    };
    let luck = |row: &Retrained| {
        let luck = row.search_score.and_then(|score| Some(score - row.mean(metric)?));
        luck.map_or_else(|| NOTHING.to_owned(), |luck| measure::difference(metric, luck))
    };
    let columns = Columns::of(&result.retrained)
        .words("Settings", settings)
        .numbers("In the search", |row| result.score_in_words(row.search_score))
        .numbers("Fresh seeds", |row| of(row, metric))
        .numbers("Difference", luck)
        .numbers("Test images", |row| {
            metric.on_test_images().map_or_else(|| NOTHING.to_owned(), |metric| of(row, metric))
        });
    let seeds = seeds_in_words(&result.spec.fresh_seeds());
    let title = capitalized(&metric.title());
    columns.table(&format!(
        "{title}: in the search, where the best of many is partly luck, and with fresh {seeds} (mean with its 95 % confidence interval), \
         also on the test images, which no search sees."
    ))
}
