//! `Runner`: planned runs in, their records out; trained side by side, and only where no finished record exists.

use std::time::SystemTime;

use kernels::Path;
use record::{DatasetInfo, RunRecord};
use training::{Outcome, Threads, Training};

use crate::backend::Backend;
use crate::console::Console;
use crate::data::Shelf;
use crate::failure::Failure;
use crate::jobs::side_by_side;
use crate::plan::PlannedRun;
use crate::records::Records;
use crate::stop::Stop;
use crate::view::View;
use crate::{host, weights_file};

/// Turns planned runs into records.
pub(crate) struct Runner<'a> {
    pub(crate) records: Records<'a>,
    pub(crate) backend: &'a Backend,
    pub(crate) shelf: Shelf<'a>,
    pub(crate) stop: &'a Stop,
    pub(crate) console: Console,
}

impl Runner<'_> {
    /// The records of the runs, in their order: the finished ones there are, the others trained now, `jobs` at a time, and
    /// saved. Runs that nobody began because somebody stopped the program have none.
    pub(crate) fn records(
        &self,
        runs: &[&PlannedRun],
        jobs: usize,
        view: &View,
    ) -> Result<Vec<Option<RunRecord>>, Failure> {
        let mut records = runs.iter().map(|run| self.find(run)).collect::<Result<Vec<_>, _>>()?;
        let untrained: Vec<usize> = (0..runs.len()).filter(|&index| records[index].is_none()).collect();
        if untrained.is_empty() {
            return Ok(records);
        }
        self.records.check_writable()?;
        let jobs = jobs.min(untrained.len());
        let threads = if jobs > 1 { Threads::One } else { Threads::All };
        let view = view.of_runs(untrained.iter().map(|&index| &runs[index].spec), jobs);
        let goes_on = || !self.stop.is_requested();
        let trained = side_by_side(&untrained, jobs, goes_on, |&index| self.train(runs[index], threads, &view))?;
        for (index, record) in untrained.into_iter().zip(trained) {
            records[index] = record;
        }
        Ok(records)
    }

    fn find(&self, run: &PlannedRun) -> Result<Option<RunRecord>, Failure> {
        let found = self.records.find(run)?;
        if let Some(record) = &found {
            self.console.detail(&format!("{}, seed {}: has a finished record, {}", run.spec.name, run.seed, record.id));
        }
        Ok(found)
    }

    fn train(&self, run: &PlannedRun, threads: Threads, view: &View) -> Result<RunRecord, Failure> {
        let (started, attached) = (SystemTime::now(), self.stop.attach());
        let (dataset, images) = self.shelf.images(&run.spec.data)?;
        let device = &self.backend.device;
        let path = Path::of(device);
        let training = Training { spec: &run.spec, seed: run.seed, images: &images, device, path, threads };
        let renderer = view.renderer(&run.spec, run.seed, attached.interrupter());
        let outcome = training
            .run(renderer, attached.interrupter())
            .map_err(|error| Failure::outside(format!("{}: {error}", run.spec.name)))?;
        let weights = weight_files(&outcome)?;
        let record = self.describe(run, started, dataset, outcome);
        let weights: Vec<(&str, &[u8])> = weights.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        let folder = self.records.save(&record, &weights)?;
        view.undisturbed(|| {
            self.console.detail(&format!("{}, seed {}: saved in {}", run.spec.name, run.seed, folder.display()));
        });
        Ok(record)
    }

    fn describe(&self, run: &PlannedRun, started: SystemTime, dataset: DatasetInfo, outcome: Outcome) -> RunRecord {
        RunRecord {
            format: RunRecord::FORMAT,
            id: self.records.id(run),
            spec: run.spec.clone(),
            overrides: run.overrides.clone(),
            seed: run.seed,
            dataset,
            backend: self.records.backend(),
            code: host::code(),
            host: host::host(),
            parameters: run.spec.model.parameters(),
            stop_reason: outcome.stop_reason,
            steps: outcome.step_losses.len(),
            started_at: humantime::format_rfc3339_seconds(started).to_string(),
            wall_seconds: outcome.wall.as_secs_f64(),
            cpu_seconds: outcome.cpu.as_secs_f64(),
            validations: outcome.validations,
            step_losses: outcome.step_losses,
            probes: outcome.probes,
        }
    }
}

/// The weight files of a run: those at the end, and the best where there was a validation.
fn weight_files(outcome: &Outcome) -> Result<Vec<(&'static str, Vec<u8>)>, Failure> {
    let best = outcome.best.as_ref().map(|best| (weights_file::BEST, best));
    [(weights_file::LAST, &outcome.last)]
        .into_iter()
        .chain(best)
        .map(|(name, weights)| Ok((name, weights_file::encode(weights)?)))
        .collect::<Result<_, safetensors::SafeTensorError>>()
        .map_err(|error| Failure::outside(error.to_string()))
}
