//! From a declared sweep to its result, by training or from records only.

use record::{RunRecord, StopReason};
use report::{Retrained, SweepResult, TrialResult, TrialState};
use search::{Outcome, Search, Task};
use spec::{Catalog, Declaration, ExperimentSpec, ImageShape, Settings, Sweep};

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
    trials: Vec<TrialResult>,
    /// The trials that failed: their number, and the reason.
    pub(crate) failures: Vec<(usize, Failure)>,
    sample: Vec<RunRecord>,
    retrained: Vec<Retrained>,
    /// Settings of declared experiments, whose weights are kept.
    declared: Vec<ExperimentSpec>,
    shape: ImageShape,
    /// The runs of the first round that lacks some; none at the end.
    pub(crate) pending: Vec<PlannedRun>,
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
        let (trials, failures, sample, retrained, pending) = Default::default();
        let search = Search::new(&sweep.spec);
        Self { sweep, search, trials, failures, sample, retrained, declared, shape, pending }
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

    /// Searches to the end, then trains the best settings again. `obtain` gets runs of a round, and returns an attempt for each;
    /// where one is missing, the sweep stops with the runs of that round pending.
    pub(crate) fn run(
        &mut self,
        obtain: impl Fn(&Self, &[PlannedRun]) -> Result<Vec<Attempt>, Failure>,
    ) -> Result<(), Failure> {
        loop {
            let tasks = self.search.round();
            if tasks.is_empty() {
                break;
            }
            let proposed = self.search.trials()[self.trials.len()..].iter();
            let proposed: Vec<TrialResult> = proposed.map(|trial| self.untrained(&trial.settings)).collect();
            self.trials.extend(proposed);
            let planned: Vec<_> = tasks.into_iter().map(|task| (task, self.runs_of(task))).collect();
            self.pending = planned.iter().flat_map(|(_, runs)| runs.iter().flatten().cloned()).collect();
            let mut planned = planned.into_iter().peekable();
            // In batches also where no result is waited for, so that `obtain` can report progress.
            while planned.peek().is_some() {
                let batch: Vec<_> = planned.by_ref().take(self.sweep.spec.method.batch).collect();
                let runs: Vec<PlannedRun> = batch.iter().flat_map(|(_, runs)| runs.iter().flatten().cloned()).collect();
                let mut attempts =
                    obtain(self, &runs)?.into_iter().zip(&runs).map(|(attempt, run)| finished(attempt, run));
                for (task, runs) in batch {
                    match runs.map(|runs| attempts.by_ref().take(runs.len()).collect::<Option<Vec<_>>>()) {
                        Ok(Some(attempts)) => self.tell(task, attempts),
                        Ok(None) => return Ok(()),
                        Err(failure) => self.fail(task, failure),
                    }
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
        Ok(PlannedRun::of_trial(Some(trial), &spec, &overrides, &Seeds(self.sweep.spec.trial_seeds())))
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
        let trial = &mut self.trials[task.trial];
        trial.score = mean_score(&seen, self.sweep.spec.objective.metric);
        trial.steps = seen.iter().map(|record| record.steps).sum();
        let validations = seen.iter().map(|record| record.history.validations.len().saturating_sub(1)).max();
        trial.state = if is_complete { TrialState::Complete } else { TrialState::Stopped(validations.unwrap_or(0)) };
        self.search.tell(task, Outcome { score: trial.score, is_complete });
        if self.sample.is_empty() {
            self.sample = seen;
        }
    }

    fn fail(&mut self, task: Task, failure: Failure) {
        let trial = &mut self.trials[task.trial];
        (trial.score, trial.state) = (None, TrialState::Failed(failure.to_string()));
        self.failures.push((task.trial + 1, failure));
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
        let fresh = |trial: usize| TrialRun { number: trial + 1, until: None, keeps_weights: true };
        let runs = rows.iter().map(|(trial, spec, given)| PlannedRun::of_trial(trial.map(fresh), spec, given, &seeds));
        self.pending = runs.flatten().collect();
        let attempts = obtain(self, &self.pending)?;
        let attempts: Vec<Attempt> =
            attempts.into_iter().zip(&self.pending).map(|(attempt, run)| finished(attempt, run)).collect();
        if attempts.iter().all(Option::is_some) {
            self.pending.clear();
        }
        let mut attempts = attempts.into_iter();
        for (trial, spec, _) in rows {
            let of_row = attempts.by_ref().take(seeds.0.len());
            self.retrained.push(Retrained {
                settings: trial.map(|trial| self.search.trials()[trial].settings.clone()),
                search_score: trial.and_then(|trial| self.trials[trial].score),
                fresh: evidence::Replicates { spec, records: of_row.flatten().flatten().collect() },
            });
        }
        Ok(())
    }

    /// How many of its runs there are besides the pending ones: in earlier rounds, and at most in later ones.
    pub(crate) fn other_runs(&self) -> (usize, usize) {
        let (seeds, fresh) = (self.sweep.spec.trial_seeds().len(), self.sweep.spec.fresh_seeds().len());
        let (trials, most) = (self.search.trials().len(), self.search.most_trials());
        if self.retrained.is_empty() {
            let later = (most - trials) * seeds + (self.sweep.spec.winner.best + 1) * fresh;
            return (trials * seeds - self.pending.len(), later);
        }
        (trials * seeds + self.retrained.len() * fresh - self.pending.len(), 0)
    }

    /// How many rounds are left at most.
    pub(crate) fn most_rounds_left(&self) -> usize {
        let validations = self.pending.iter().map(PlannedRun::validations).max();
        match validations {
            None => 0,
            // The pending one, the one that trains the best settings again, and a spare one that makes up for lost tasks.
            Some(validations) if self.retrained.is_empty() => self.search.most_rounds_left(validations) + 3,
            Some(_) => 1,
        }
    }

    /// A trial before its first task.
    fn untrained(&self, settings: &Settings) -> TrialResult {
        let model = self.sweep.experiment(settings).ok().map(|(spec, _)| spec.model);
        TrialResult {
            settings: settings.clone(),
            score: None,
            state: TrialState::Stopped(0),
            steps: 0,
            parameters: model.as_ref().map_or(0, |model| model.parameters(self.shape)),
            hidden_layers: model.map_or(0, |model| model.layers(self.shape).len() - 1),
        }
    }

    /// What is known of it, as plain data.
    pub(crate) fn result(&self) -> SweepResult {
        // Trials of a round that was not finished have no results.
        let told = self.search.trials().iter().zip(&self.trials).filter(|(trial, _)| !trial.losses.is_empty());
        SweepResult {
            spec: self.sweep.spec.clone(),
            trials: told.map(|(_, result)| result.clone()).collect(),
            best: self.search.best(),
            retrained: self.retrained.clone(),
            most_trials: self.search.most_trials(),
            sample: self.sample.clone(),
        }
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
