//! `Runner`: a planned run in, its record out; trained only where no finished record exists.

use std::time::SystemTime;

use mnist::Dataset;
use record::{DatasetInfo, RunRecord, RunStore, run_id};
use training::{Outcome, Training};

use crate::backend::Backend;
use crate::console::Console;
use crate::data::Shelf;
use crate::failure::Failure;
use crate::plan::PlannedRun;
use crate::stop::Stop;
use crate::view::View;
use crate::{host, weights_file};

/// Turns planned runs into records.
pub(crate) struct Runner<'a> {
    store: RunStore,
    backend: &'a Backend,
    dataset: &'a Dataset,
    shelf: Shelf<'a>,
    stop: &'a Stop,
    view: View,
    console: Console,
}

impl<'a> Runner<'a> {
    /// A runner with this dataset on this backend.
    pub(crate) fn new(
        store: RunStore,
        backend: &'a Backend,
        dataset: &'a Dataset,
        stop: &'a Stop,
        view: View,
        console: Console,
    ) -> Self {
        Self { store, backend, dataset, shelf: Shelf::new(dataset, &backend.device), stop, view, console }
    }

    /// The record of a run: the finished one there is, else one that is trained now and saved.
    pub(crate) fn record(&mut self, run: &PlannedRun) -> Result<RunRecord, Failure> {
        if let Some(record) = self.find(run)? {
            self.console.detail(&format!("{}, seed {}: has a finished record, {}", run.spec.name, run.seed, record.id));
            return Ok(record);
        }
        self.check_writable()?;
        let (started, attached) = (SystemTime::now(), self.stop.attach());
        let (dataset, images) = self.shelf.images(&run.spec.data)?;
        let dataset = dataset.clone();
        let training = Training { spec: &run.spec, seed: run.seed, images, device: &self.backend.device };
        let renderer = self.view.renderer(&run.spec, run.seed, attached.interrupter());
        let outcome = training
            .run(renderer, attached.interrupter())
            .map_err(|error| Failure::outside(format!("{}: {error}", run.spec.name)))?;
        let weights = weight_files(&outcome)?;
        let record = self.describe(run, started, dataset, outcome);
        let weights: Vec<(&str, &[u8])> = weights.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        let folder = self.store.save(&record, &weights)?;
        self.console.detail(&format!("{}: saved in {}", run.spec.name, folder.display()));
        Ok(record)
    }

    /// A folder that cannot take the record is told of before the training, not after it.
    fn check_writable(&self) -> Result<(), Failure> {
        let folder = self.store.folder();
        std::fs::create_dir_all(folder)
            .and_then(|()| tempfile::tempfile_in(folder))
            .map(drop)
            .map_err(|error| Failure::io(folder, "write into the folder", &error))
    }

    /// The finished record of a run, if there is one.
    ///
    /// It may have been trained for another file with the same settings, or under an older title: it carries the names
    /// of the run that was asked for.
    pub(crate) fn find(&self, run: &PlannedRun) -> Result<Option<RunRecord>, Failure> {
        let found = self.store.find(&self.id(run))?.filter(|record| record.stop_reason.is_finished());
        Ok(found.map(|record| RunRecord { spec: run.spec.clone(), overrides: run.overrides.clone(), ..record }))
    }

    fn id(&self, run: &PlannedRun) -> String {
        run_id(&run.spec, run.seed, &self.dataset.digest, &self.backend.info().name, host::NUMERICS_VERSION)
    }

    fn describe(&self, run: &PlannedRun, started: SystemTime, dataset: DatasetInfo, outcome: Outcome) -> RunRecord {
        RunRecord {
            format: RunRecord::FORMAT,
            id: self.id(run),
            spec: run.spec.clone(),
            overrides: run.overrides.clone(),
            seed: run.seed,
            dataset,
            backend: self.backend.info(),
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
        }
    }
}

/// The weight files of a run: those at the end, and the best where there was a validation.
fn weight_files(outcome: &Outcome) -> Result<Vec<(&'static str, Vec<u8>)>, Failure> {
    let best = outcome.best.as_ref().map(|best| ("best.safetensors", best));
    [("last.safetensors", &outcome.last)]
        .into_iter()
        .chain(best)
        .map(|(name, weights)| Ok((name, weights_file::encode(weights)?)))
        .collect::<Result<_, safetensors::SafeTensorError>>()
        .map_err(|error| Failure::outside(error.to_string()))
}
