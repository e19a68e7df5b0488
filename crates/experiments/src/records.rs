//! `Records`: where the records of one backend and one dataset are found and saved.

use std::path::PathBuf;

use mnist::Dataset;
use record::{BackendInfo, OwnedRun, RunRecord, RunStore, run_id};

use crate::backend::Backend;
use crate::console::Console;
use crate::failure::Failure;
use crate::host;
use crate::plan::PlannedRun;

/// All readable records of a store; a damaged one is told of and passed over.
pub(crate) fn readable(store: &RunStore) -> Vec<RunRecord> {
    let readable = |record: Result<RunRecord, _>| {
        record
            .inspect_err(|error: &record::StoreError| Console::warning(&error.to_string(), error.hint().as_deref()))
            .ok()
    };
    store.list().into_iter().filter_map(readable).collect()
}

/// The records of the runs on this backend and dataset.
pub(crate) struct Records<'a> {
    store: RunStore,
    backend: BackendInfo,
    dataset: &'a Dataset,
}

impl<'a> Records<'a> {
    /// The records in a store.
    pub(crate) fn new(store: RunStore, backend: &Backend, dataset: &'a Dataset) -> Self {
        Self { store, backend: backend.info(), dataset }
    }

    /// The finished record of a run, if there is one.
    ///
    /// It may have been trained for another file with the same settings, or under an older title: it carries the names
    /// of the run that was asked for.
    pub(crate) fn find(&self, run: &PlannedRun) -> Result<Option<RunRecord>, Failure> {
        let found = self.store.find(&self.id(run))?.filter(|record| record.stop_reason.is_finished());
        Ok(found.map(|record| RunRecord { spec: run.spec.clone(), overrides: run.overrides.clone(), ..record }))
    }

    /// Makes a run this process's own; none when another one trains it.
    pub(crate) fn own(&self, run: &PlannedRun) -> Result<Option<OwnedRun>, Failure> {
        Ok(self.store.own(&self.id(run))?)
    }

    /// Deletes the checkpoints of finished runs that processes which died have left.
    pub(crate) fn tidy<'r>(&self, finished: impl IntoIterator<Item = &'r RunRecord>) {
        self.store.tidy(finished.into_iter().map(|record| record.id.as_str()));
    }

    /// All records of this backend, dataset and version of the numerics.
    pub(crate) fn all(&self) -> Vec<RunRecord> {
        let mut records = readable(&self.store);
        records.retain(|record| {
            record.dataset.digest == self.dataset.digest
                && record.backend.name == self.backend.name
                && record.code.numerics == host::NUMERICS_VERSION
        });
        records
    }

    /// A file that was saved with a record, verified.
    pub(crate) fn file(&self, record: &RunRecord, file: &str) -> Result<Vec<u8>, Failure> {
        Ok(self.store.weights(record, file)?)
    }

    /// Everything that can move the curve of a run, in one digest.
    pub(crate) fn id(&self, run: &PlannedRun) -> String {
        run_id(&run.spec, run.seed, &self.dataset.digest, &self.backend.name, host::NUMERICS_VERSION)
    }

    /// What a record says about the backend.
    pub(crate) fn backend(&self) -> BackendInfo {
        self.backend.clone()
    }

    /// Saves a record with its files; its folder is the answer.
    pub(crate) fn save(&self, record: &RunRecord, files: &[(&str, &[u8])]) -> Result<PathBuf, Failure> {
        Ok(self.store.save(record, files)?)
    }

    /// A folder that cannot take a record is told of before the training, not after it.
    pub(crate) fn check_writable(&self) -> Result<(), Failure> {
        let folder = self.store.folder();
        std::fs::create_dir_all(folder)
            .and_then(|()| tempfile::tempfile_in(folder))
            .map(drop)
            .map_err(|error| Failure::io(folder, "write into the folder", &error))
    }
}
