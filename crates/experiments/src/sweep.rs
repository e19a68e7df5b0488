//! From a declared sweep to its result, by training or from records only.

use record::{RunRecord, StopReason};
use report::{Retrained, SweepResult, TrialResult, TrialState};
use search::{Outcome, Search, Task, Trial};
use spec::{Catalog, Declaration, ExperimentSpec, ImageShape, Sweep};

use crate::command_line::Seeds;
use crate::failure::Failure;
use crate::plan::{PlannedRun, TrialRun};
use crate::records::Records;

/// A record, why its run failed, or nothing if the run was not started or is not finished.
pub(crate) type Attempt = Option<Result<RunRecord, Failure>>;

/// A sweep, as far as its runs are there.
pub(crate) struct Swept<'a> {
    sweep: &'a Sweep,
    search: Search<'a>,
    details: Vec<Details>,
    sample: Vec<RunRecord>,
    retrained: Vec<Retrained>,
    /// Settings of declared experiments, whose weights are kept.
    declared: Vec<ExperimentSpec>,
    shape: ImageShape,
    /// Whether all its runs were there.
    pub(crate) is_over: bool,
}

/// What a trial has besides its losses.
#[derive(Default)]
struct Details {
    steps: usize,
    validations: usize,
    score: Option<f64>,
    failure: Option<Failure>,
}

impl<'a> Swept<'a> {
    /// A sweep before its first run.
    pub(crate) fn new(sweep: &'a Sweep, catalog: &Catalog, shape: ImageShape) -> Self {
        let load = |name: &String| match catalog.load(name, &[]) {
            Ok(Declaration::Experiment(experiment)) => Some(experiment.spec),
            // Files that are wrong are reported by the commands that use them.
            _ => None,
        };
        let declared = catalog.all_names().unwrap_or_default().iter().filter_map(load).collect();
        let (details, retrained) = (Vec::new(), Vec::new());
        let search = Search::new(&sweep.spec);
        Self { sweep, search, details, sample: Vec::new(), retrained, declared, shape, is_over: false }
    }

    /// The sweep as far as these records go.
    pub(crate) fn among(sweep: &'a Sweep, catalog: &Catalog, shape: ImageShape, records: &Records) -> Self {
        let mut swept = Self::new(sweep, catalog, shape);
        let find = |run: &PlannedRun| Some(Ok(run.named(records.find(run)?.clone())));
        let obtain = |_: &Self, runs: &[PlannedRun]| Ok(runs.iter().map(find).collect());
        // Nothing that it calls fails.
        let _ = swept.run(obtain);
        swept
    }

    /// Searches to the end, then trains the best settings again. `obtain` gets the runs of a round, and returns an attempt for
    /// each; where one is missing, the sweep stops and is not over.
    pub(crate) fn run(
        &mut self,
        obtain: impl Fn(&Self, &[PlannedRun]) -> Result<Vec<Attempt>, Failure>,
    ) -> Result<(), Failure> {
        loop {
            let tasks = self.search.round();
            if tasks.is_empty() {
                break;
            }
            self.details.resize_with(self.search.trials().len(), Details::default);
            let planned: Vec<Result<Vec<PlannedRun>, Failure>> = tasks.iter().map(|task| self.runs_of(*task)).collect();
            let runs: Vec<PlannedRun> = planned.iter().flatten().flatten().cloned().collect();
            let mut attempts = obtain(self, &runs)?.into_iter().zip(&runs).map(|(attempt, run)| finished(attempt, run));
            for (task, planned) in tasks.into_iter().zip(planned) {
                match planned.map(|runs| attempts.by_ref().take(runs.len()).collect::<Option<Vec<_>>>()) {
                    Ok(Some(attempts)) => self.tell(task, attempts),
                    Ok(None) => return Ok(()),
                    Err(failure) => self.fail(task, failure),
                }
            }
        }
        self.retrain(obtain)
    }

    /// The runs of a task, one per seed.
    fn runs_of(&self, task: Task) -> Result<Vec<PlannedRun>, Failure> {
        let (spec, overrides) = self.sweep.experiment(&self.search.trials()[task.trial].settings)?;
        let keeps_weights = self.declared.iter().any(|declared| declared.has_settings_of(&spec));
        let trial = TrialRun { number: task.trial + 1, until: task.until, keeps_weights };
        let runs = PlannedRun::of(&spec, &overrides, &Seeds(self.sweep.spec.trial_seeds())).into_iter();
        Ok(runs.map(|run| PlannedRun { trial: Some(trial.clone()), ..run }).collect())
    }

    fn tell(&mut self, task: Task, attempts: Vec<Result<RunRecord, Failure>>) {
        let records = match attempts.into_iter().collect::<Result<Vec<_>, _>>() {
            Ok(records) => records,
            Err(failure) => return self.fail(task, failure),
        };
        let seen: Vec<RunRecord> = records
            .iter()
            .map(|record| task.until.map_or_else(|| record.clone(), |until| record.until(until)))
            .collect();
        // A record may come from a run that continued after this task; whether it had ended then is a matter of its steps.
        let ended =
            |(record, seen): (&RunRecord, &RunRecord)| record.stop_reason.is_finished() && record.steps <= seen.steps;
        let is_complete = records.iter().zip(&seen).all(ended);
        let has_diverged = |pair: &(&RunRecord, &RunRecord)| ended(*pair) && pair.0.stop_reason == StopReason::Diverged;
        if let Some((record, _)) = records.iter().zip(&seen).find(has_diverged) {
            return self.fail(task, diverged(record));
        }
        let details = &mut self.details[task.trial];
        details.score = mean_score(&seen, self.sweep.spec.objective.metric);
        details.steps = seen.iter().map(|record| record.steps).sum();
        details.validations =
            seen.iter().map(|record| record.history.validations.len().saturating_sub(1)).max().unwrap_or(0);
        self.search.tell(task, Outcome { score: details.score, is_complete });
        if self.sample.is_empty() {
            self.sample = seen;
        }
    }

    fn fail(&mut self, task: Task, failure: Failure) {
        self.details[task.trial].score = None;
        self.details[task.trial].failure = Some(failure);
        self.search.tell(task, Outcome { score: None, is_complete: true });
    }

    /// Trains the best settings and those of the base experiment again, with fresh seeds.
    fn retrain(
        &mut self,
        obtain: impl Fn(&Self, &[PlannedRun]) -> Result<Vec<Attempt>, Failure>,
    ) -> Result<(), Failure> {
        let best: Vec<usize> = self.search.best().into_iter().take(self.sweep.spec.winner.best).collect();
        let mut rows: Vec<(Option<usize>, ExperimentSpec, Vec<String>)> = Vec::new();
        for trial in best {
            let (spec, overrides) = self.sweep.experiment(&self.search.trials()[trial].settings)?;
            rows.push((Some(trial), spec, overrides));
        }
        let (base, overrides) = self.sweep.experiment(&self.sweep.spec.protocol())?;
        if !rows.iter().any(|(_, spec, _)| spec.has_settings_of(&base)) {
            rows.push((None, base, overrides));
        }
        let seeds = Seeds(self.sweep.spec.fresh_seeds());
        let runs: Vec<PlannedRun> =
            rows.iter().flat_map(|(_, spec, overrides)| PlannedRun::of(spec, overrides, &seeds)).collect();
        let attempts = obtain(self, &runs)?;
        let mut attempts = attempts.into_iter().zip(&runs).map(|(attempt, run)| finished(attempt, run));
        let mut is_over = true;
        for (trial, spec, _) in rows {
            let of_row: Vec<Attempt> = attempts.by_ref().take(seeds.0.len()).collect();
            is_over &= of_row.iter().all(Option::is_some);
            let records: Vec<RunRecord> = of_row.into_iter().flatten().flatten().collect();
            self.retrained.push(Retrained {
                settings: trial.map(|trial| self.search.trials()[trial].settings.clone()),
                search_score: trial.and_then(|trial| self.details[trial].score),
                fresh: evidence::Replicates { spec, records },
            });
        }
        self.is_over = is_over;
        Ok(())
    }

    /// What is known of it, as plain data.
    pub(crate) fn result(&self) -> SweepResult {
        let trial = |(trial, details): (&Trial, &Details)| {
            let experiment = self.sweep.experiment(&trial.settings).ok().map(|(spec, _)| spec);
            let layers = experiment.as_ref().map_or_else(Vec::new, |spec| spec.model.layers(self.shape));
            TrialResult {
                settings: trial.settings.clone(),
                score: details.score,
                state: match &details.failure {
                    Some(failure) => TrialState::Failed(failure.to_string()),
                    None if trial.is_complete => TrialState::Complete,
                    None => TrialState::Stopped(details.validations),
                },
                steps: details.steps,
                parameters: experiment.map_or(0, |spec| spec.model.parameters(self.shape)),
                hidden_layers: layers.len().saturating_sub(1),
            }
        };
        // Trials of a round that was not finished have no results.
        let told = self.search.trials().iter().zip(&self.details).filter(|(trial, _)| !trial.losses.is_empty());
        SweepResult {
            spec: self.sweep.spec.clone(),
            trials: told.map(trial).collect(),
            best: self.search.best(),
            retrained: self.retrained.clone(),
            most_trials: self.search.most_trials(),
            sample: self.sample.clone(),
        }
    }

    /// The trials that failed: their number and the reason.
    pub(crate) fn failures(&self) -> impl Iterator<Item = (usize, &Failure)> {
        self.details.iter().enumerate().filter_map(|(trial, details)| Some((trial + 1, details.failure.as_ref()?)))
    }
}

/// The attempt, if its record has all that was asked for.
fn finished(attempt: Attempt, run: &PlannedRun) -> Attempt {
    attempt.filter(|attempt| attempt.as_ref().map_or(true, |record| run.is_done_by(record)))
}

/// The failure of a run whose loss became NaN or infinite.
pub(crate) fn diverged(record: &RunRecord) -> Failure {
    let steps = record.steps;
    Failure::diverged(format!("seed {}: the loss became NaN or infinite at step {steps}", record.seed))
}

/// The mean of a metric over the seeds; none if a seed has none.
fn mean_score(records: &[RunRecord], metric: spec::Metric) -> Option<f64> {
    let score = |record: &RunRecord| record.measure(metric)?.exactly().filter(|value| value.is_finite());
    let scores: Vec<f64> = records.iter().map(score).collect::<Option<_>>()?;
    Some(scores.iter().sum::<f64>() / scores.len() as f64)
}
