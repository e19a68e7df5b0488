//! Which settings a sweep tries next: a function of its file and of the results so far, and of nothing else.
//!
//! ```text
//! SweepSpec -> Search: round() -> tasks, side by side -> tell(task, outcome) for each -> round() ...
//! ```
//!
//! The tasks of a round may run in any order and at the same time: the next round begins when all have ended.

mod grid;
mod propose;
mod pruning;
mod space;
mod tpe;

use spec::{Settings, SweepSpec};

use propose::Proposer;

/// A search in progress.
#[derive(Debug)]
pub struct Search<'a> {
    sweep: &'a SweepSpec,
    proposer: Proposer<'a>,
    trials: Vec<Trial>,
}

/// Settings and their results so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The settings.
    pub settings: Settings,
    /// The losses after its tasks, one per rung: lower is better, and infinite where there is no score.
    pub losses: Vec<f64>,
    /// Whether it was trained to its end.
    pub is_complete: bool,
}

/// A piece of work: a trial is trained from where it is until this validation, or to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// Which trial.
    pub trial: usize,
    /// Validations, the one before the first step not counted; none trains to the end.
    pub until: Option<usize>,
}

/// The result of a task.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// The mean of the metric over the seeds; none if a seed has none, or the training failed.
    pub score: Option<f64>,
    /// Whether the training ended, so that nothing is left to do.
    pub is_complete: bool,
}

impl Trial {
    fn new(settings: Settings) -> Self {
        Self { settings, losses: Vec::new(), is_complete: false }
    }

    /// The last loss; infinite without one.
    #[must_use]
    pub fn loss(&self) -> f64 {
        self.losses.last().copied().unwrap_or(f64::INFINITY)
    }

    /// Better trials first: those that were trained further, then those with a lower loss.
    fn rank(&self) -> (std::cmp::Reverse<usize>, f64) {
        let depth = if self.is_complete { usize::MAX } else { self.losses.len() };
        (std::cmp::Reverse(depth), self.loss())
    }
}

impl<'a> Search<'a> {
    /// The beginning of a sweep.
    #[must_use]
    pub fn new(sweep: &'a SweepSpec) -> Self {
        Self { sweep, proposer: Proposer::new(sweep), trials: Vec::new() }
    }

    /// The trials so far, in the order in which they were proposed.
    #[must_use]
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// How many trials there will be at most.
    #[must_use]
    pub fn most_trials(&self) -> usize {
        self.proposer.most_trials()
    }

    /// How many rounds may follow the last one, where a training has this many validations.
    #[must_use]
    pub fn most_rounds_left(&self, validations: usize) -> usize {
        let batches = (self.most_trials() - self.trials.len()).div_ceil(self.sweep.method.batch);
        // A batch may be followed by a round for every rung after the first.
        let rungs = self.sweep.pruning.as_ref().map_or(0, |pruning| pruning::rungs_after_first(pruning, validations));
        batches + (batches + 1) * rungs
    }

    /// The next round; empty when the search is over. All tasks of the previous round must have been told.
    pub fn round(&mut self) -> Vec<Task> {
        let pruning = self.sweep.pruning.as_ref();
        let continued = pruning.map_or_else(Vec::new, |pruning| pruning::continued(pruning, &self.trials));
        if !continued.is_empty() {
            return continued;
        }
        let first = self.trials.len();
        self.trials.extend(self.proposer.batch(&self.trials).into_iter().map(Trial::new));
        let until = pruning.map(|pruning| pruning.validations);
        let tasks: Vec<Task> = (first..self.trials.len()).map(|trial| Task { trial, until }).collect();
        match pruning {
            Some(pruning) if tasks.is_empty() => pruning::last_resort(pruning, &self.trials).into_iter().collect(),
            _ => tasks,
        }
    }

    /// The result of a task.
    pub fn tell(&mut self, task: Task, outcome: Outcome) {
        let loss = outcome.score.filter(|score| score.is_finite()).map(|score| self.sweep.objective.loss(score));
        let trial = &mut self.trials[task.trial];
        trial.losses.push(loss.unwrap_or(f64::INFINITY));
        trial.is_complete = outcome.is_complete;
    }

    /// The complete trials with a score, the best first.
    #[must_use]
    pub fn best(&self) -> Vec<usize> {
        let has_score = |trial: &usize| self.trials[*trial].is_complete && self.trials[*trial].loss().is_finite();
        let mut best: Vec<usize> = (0..self.trials.len()).filter(has_score).collect();
        best.sort_by(|one, other| self.trials[*one].loss().total_cmp(&self.trials[*other].loss()));
        best
    }
}
