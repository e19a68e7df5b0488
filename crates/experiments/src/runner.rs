//! `Runner`: planned runs in, their records out; trained side by side, and only where no finished record exists.

use std::time::SystemTime;

use mnist::Dataset;
use record::{Checkpoint, DatasetInfo, OwnedRun, RunKey, RunRecord, RunStore, weights_file};
use training::{Outcome, Threads, Training};

use crate::args::Global;
use crate::backend::Backend;
use crate::console::Console;
use crate::data::Shelf;
use crate::failure::Failure;
use crate::host;
use crate::jobs::{Work, side_by_side};
use crate::plan::PlannedRun;
use crate::records::Records;
use crate::saver::{self, Origin};
use crate::stop::Stop;
use crate::view::View;

/// Turns planned runs into records.
pub(crate) struct Runner<'a> {
    pub(crate) records: Records<'a>,
    pub(crate) backend: &'a Backend,
    pub(crate) shelf: Shelf<'a>,
    pub(crate) stop: &'a Stop,
    pub(crate) console: Console,
}

impl<'a> Runner<'a> {
    /// A runner on this backend and dataset, with the records of the options' folder.
    pub(crate) fn new(
        global: &Global,
        backend: &'a Backend,
        dataset: &'a Dataset,
        stop: &'a Stop,
        console: Console,
    ) -> Self {
        Self {
            records: Records::new(RunStore::new(&global.runs_dir), backend, dataset),
            backend,
            shelf: Shelf::new(dataset, &backend.device),
            stop,
            console,
        }
    }

    /// The records of the runs, in their order: the finished ones there are, the others trained now, `jobs` at a time, and
    /// saved. A run that another process trains is waited for, after all others. Runs that nobody began because somebody
    /// stopped the program have none.
    pub(crate) fn records(
        &self,
        runs: &[&PlannedRun],
        jobs: usize,
        view: &View,
    ) -> Result<Vec<Option<RunRecord>>, Failure> {
        let mut records = runs.iter().map(|run| self.find(run)).collect::<Result<Vec<_>, _>>()?;
        self.records.tidy(records.iter().flatten());
        let untrained: Vec<usize> = (0..runs.len()).filter(|&index| records[index].is_none()).collect();
        if untrained.is_empty() {
            return Ok(records);
        }
        self.records.check_writable()?;
        let jobs = jobs.min(untrained.len());
        let threads = if jobs > 1 { Threads::One } else { Threads::All };
        let view = view.of_runs(untrained.iter().map(|&index| &runs[index].spec), jobs);
        let goes_on = || !self.stop.is_requested();
        let trained = side_by_side(&untrained, jobs, goes_on, |&index, is_first| {
            self.find_or_train(runs[index], is_first, threads, &view)
        })?;
        for (index, record) in untrained.into_iter().zip(trained) {
            records[index] = record;
        }
        Ok(records)
    }

    fn find(&self, run: &PlannedRun) -> Result<Option<RunRecord>, Failure> {
        let found = self.records.find(run)?;
        if let Some(record) = &found {
            self.console.detail(&format!("{}: has a finished record, {}", run.label(), record.id));
        }
        Ok(found)
    }

    /// Trains a run, unless another process has it.
    fn find_or_train(
        &self,
        run: &PlannedRun,
        is_first: bool,
        threads: Threads,
        view: &View,
    ) -> Result<Work<RunRecord>, Failure> {
        let Some(owned) = self.records.own(run)? else {
            if is_first {
                view.undisturbed(|| self.console.note(&format!("{}: another process trains it", run.label())));
            }
            return Ok(Work::Busy);
        };
        // Whoever had it before may have finished it.
        match view.undisturbed(|| self.find(run))? {
            Some(record) => {
                owned.finish();
                Ok(Work::Done(record))
            }
            None => self.train(run, owned, threads, view).map(Work::Done),
        }
    }

    /// Trains a run from its last checkpoint on, and saves its record.
    fn train(
        &self,
        run: &PlannedRun,
        mut owned: OwnedRun,
        threads: Threads,
        view: &View,
    ) -> Result<RunRecord, Failure> {
        let (started, attached) = (SystemTime::now(), self.stop.attach());
        let id = self.records.id(run);
        let checkpoint = self.latest(run, &id, &mut owned, view)?;
        let started_at = checkpoint.as_ref().map(|checkpoint| checkpoint.started_at.clone());
        let origin = Origin {
            id,
            experiment: run.spec.name.clone(),
            seed: run.seed,
            started_at: started_at.unwrap_or_else(|| humantime::format_rfc3339_seconds(started).to_string()),
        };
        let (dataset, images) = self.shelf.images(&run.spec.data)?;
        let taken = view.take_terminal();
        let renderer = view.renderer(&run.spec, run.seed, attached.interrupter());
        let outcome = saver::beside(&mut owned, &origin, attached.interrupter(), |checkpoints| {
            let training = Training {
                threads,
                resume: checkpoint.as_ref().map(|checkpoint| &checkpoint.state),
                checkpoints: Some(checkpoints),
                ..Training::new(&run.spec, run.seed, &images, &self.backend.device)
            };
            training.run(renderer, attached.interrupter())
        });
        drop(taken);
        let outcome = outcome?;
        let outcome = outcome.map_err(|error| Failure::outside(format!("{}: {error}", run.label())))?;
        self.save(run, owned, &origin, dataset, outcome, view)
    }

    /// The checkpoint that a run goes on from; people are told of it, and of damaged ones.
    fn latest(
        &self,
        run: &PlannedRun,
        id: &str,
        owned: &mut OwnedRun,
        view: &View,
    ) -> Result<Option<Checkpoint>, Failure> {
        let latest = owned.latest(RunKey { id, spec: &run.spec, seed: run.seed })?;
        let goes_on = match &latest.checkpoint {
            Some(checkpoint) => format!("goes on from step {}", checkpoint.state.step_losses.len()),
            None => "begins anew".to_owned(),
        };
        view.undisturbed(|| {
            for error in &latest.damaged {
                Console::warning(&error.to_string(), None);
            }
            if latest.checkpoint.is_some() || !latest.damaged.is_empty() {
                self.console.note(&format!("{}: {goes_on}", run.label()));
            }
        });
        Ok(latest.checkpoint)
    }

    /// Saves the record; the checkpoints of a run that is finished go.
    fn save(
        &self,
        run: &PlannedRun,
        owned: OwnedRun,
        origin: &Origin,
        dataset: DatasetInfo,
        outcome: Outcome,
        view: &View,
    ) -> Result<RunRecord, Failure> {
        let weights = weight_files(&outcome);
        let weights: Vec<(&str, &[u8])> = weights.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        let record = self.describe(run, origin, dataset, outcome);
        let folder = self.records.save(&record, &weights)?;
        if record.stop_reason.is_finished() {
            owned.finish();
        }
        view.undisturbed(|| {
            self.console.detail(&format!("{}: saved in {}", run.label(), folder.display()));
        });
        Ok(record)
    }

    fn describe(&self, run: &PlannedRun, origin: &Origin, dataset: DatasetInfo, outcome: Outcome) -> RunRecord {
        let Outcome { stop_reason, state } = outcome;
        RunRecord {
            format: RunRecord::FORMAT,
            id: origin.id.clone(),
            spec: run.spec.clone(),
            overrides: run.overrides.clone(),
            seed: run.seed,
            dataset,
            backend: self.records.backend(),
            code: host::code(),
            host: host::host(),
            parameters: run.spec.model.parameters(),
            stop_reason,
            steps: state.step_losses.len(),
            started_at: origin.started_at.clone(),
            wall_seconds: state.wall.as_secs_f64(),
            cpu_seconds: state.cpu.as_secs_f64(),
            validations: state.validations,
            step_losses: state.step_losses,
            probes: state.probes,
        }
    }
}

/// The weight files of a run: those at the end, and the best where there was a validation.
fn weight_files(outcome: &Outcome) -> Vec<(&'static str, Vec<u8>)> {
    let best = outcome.state.best.as_ref().map(|best| (weights_file::BEST, best));
    let both = [(weights_file::LAST, &outcome.state.last)].into_iter().chain(best);
    both.map(|(name, weights)| (name, weights_file::encode(weights))).collect()
}
