//! `Workspace`: what every command works with.

use record::{Detail, RunRecord, RunStore, StoreError};
use spec::{Catalog, ImageShape, Metric};

use crate::command_line::Options;
use crate::records::{Filter, Records};
use crate::terminal::Terminal;
use crate::{backend, built_in, data};

/// What every command works with.
pub(crate) struct Workspace {
    /// The options that every command takes.
    pub(crate) options: Options,
    /// Messages to the user.
    pub(crate) terminal: Terminal,
    /// The declared experiments.
    pub(crate) catalog: Catalog,
    /// The shape of the images before a dataset is read: that of the named dataset, else MNIST's.
    pub(crate) shape: ImageShape,
    /// The records of the runs.
    pub(crate) store: RunStore,
}

impl Workspace {
    /// The workspace of these options.
    pub(crate) fn new(options: Options) -> Self {
        options.instructions.into_iter().for_each(kernels::Instructions::limit);
        let shape = data::expected_shape(&options);
        Self {
            terminal: Terminal::new(&options),
            catalog: built_in::catalog(&options.experiments_dir, shape),
            shape,
            store: RunStore::new(&options.runs_dir),
            options,
        }
    }

    /// The same with a separate folder of records, so that quick runs are never mixed with others.
    pub(crate) fn for_quick_runs(&self) -> Self {
        Self::new(Options { runs_dir: self.options.runs_dir.join("quick"), ..self.options.clone() })
    }

    /// The records that the options select or, without options, the largest group, without tables and predictions; tells the user
    /// what was chosen.
    pub(crate) fn records(&self) -> Records {
        let records = Records::choose(self.readable(), self.filter(), backend::default_name());
        records.choice.iter().for_each(|choice| self.terminal.note(choice));
        records
    }

    /// The records that a training would find, without tables and predictions. Damaged ones are left out and not reported: if one
    /// is needed, the training reports it.
    pub(crate) fn known(&self) -> Records {
        let filter = Filter { dataset: data::expected(&self.options), ..self.filter() };
        Records::choose(self.store.list().into_iter().flatten().collect(), filter, backend::default_name())
    }

    /// The selection of the options.
    pub(crate) fn filter(&self) -> Filter<'_> {
        Filter { dataset: self.options.dataset, backend: self.options.backend.as_deref() }
    }

    /// All readable records of ordinary runs, without tables and predictions; warns about damaged ones.
    pub(crate) fn readable(&self) -> Vec<RunRecord> {
        let mut records = self.sound(self.store.list());
        records.retain(|record| record.order_seed.is_none());
        records
    }

    /// These records with tables and predictions; warns about damaged ones and leaves them out.
    pub(crate) fn whole(&self, records: &[RunRecord]) -> Vec<RunRecord> {
        self.with(Detail::All, records)
    }

    /// The same with less than everything that is in their other files.
    pub(crate) fn with(&self, detail: Detail, records: &[RunRecord]) -> Vec<RunRecord> {
        self.sound(self.store.load_all(&records.iter().collect::<Vec<_>>(), detail))
    }

    /// These records, with tables if one of the metrics is computed from them.
    pub(crate) fn measurable(&self, records: Vec<RunRecord>, metrics: impl IntoIterator<Item = Metric>) -> Records {
        let needs_probes = metrics.into_iter().any(Metric::is_of_probes);
        Records::from(if needs_probes { self.with(Detail::Probes, &records) } else { records })
    }

    /// What could be read; warns about the rest.
    pub(crate) fn sound<T>(&self, read: impl IntoIterator<Item = Result<T, StoreError>>) -> Vec<T> {
        let warn = |error: &StoreError| self.terminal.warning(&error.to_string(), error.hint().as_deref());
        read.into_iter().filter_map(|one| one.inspect_err(warn).ok()).collect()
    }
}
