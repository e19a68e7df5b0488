//! `Workspace`: what every command works with; backend and dataset are opened at first need, once.

use std::sync::OnceLock;

use mnist::{Dataset, DatasetName};
use record::{RunRecord, RunStore};
use spec::{Catalog, ImageShape};

use crate::backend::{self, Backend};
use crate::command_line::Options;
use crate::data;
use crate::failure::Failure;
use crate::records::{Filter, Records};
use crate::terminal::Terminal;

/// What every command works with.
pub(crate) struct Workspace {
    /// The options that every command takes.
    pub(crate) options: Options,
    /// Where the user is told what happens.
    pub(crate) terminal: Terminal,
    /// The declared experiments.
    pub(crate) catalog: Catalog,
    /// The images that networks are described for while no dataset is open: those of the named dataset, else MNIST's.
    pub(crate) shape: ImageShape,
    /// The records of the runs.
    pub(crate) store: RunStore,
    backend: OnceLock<Backend>,
    dataset: OnceLock<Dataset>,
}

impl Workspace {
    /// The workspace that the options name; nothing is opened yet.
    pub(crate) fn new(options: Options) -> Self {
        let shape = data::shape(options.dataset.unwrap_or(DatasetName::Mnist).shape());
        Self {
            terminal: Terminal::new(&options),
            catalog: Catalog::new(&options.experiments_dir, shape),
            shape,
            store: RunStore::new(&options.runs_dir),
            options,
            backend: OnceLock::new(),
            dataset: OnceLock::new(),
        }
    }

    /// The backend that computes.
    pub(crate) fn backend(&self) -> Result<&Backend, Failure> {
        open_once(&self.backend, || Backend::open(self.options.backend.as_deref()))
    }

    /// The dataset. The first call says how many training images the command uses, if not all; the others are not kept.
    pub(crate) fn dataset(&self, train_images: Option<usize>) -> Result<&Dataset, Failure> {
        open_once(&self.dataset, || data::load(&self.options, train_images, &self.terminal))
    }

    /// The records that the options select or, without them, the largest group; the user is told of a choice.
    pub(crate) fn records(&self) -> Records {
        let (readable, has_damaged) = self.readable();
        let records = Records::choose(readable, self.filter(), backend::default_name());
        records.choice.iter().for_each(|choice| self.terminal.note(choice));
        Records { has_damaged, ..records }
    }

    /// Which records the options select.
    pub(crate) fn filter(&self) -> Filter<'_> {
        Filter { dataset: self.options.dataset, backend: self.options.backend.as_deref() }
    }

    /// All readable records, and whether there are damaged ones, of which the user is warned.
    pub(crate) fn readable(&self) -> (Vec<RunRecord>, bool) {
        let all = self.store.list();
        let count = all.len();
        let warn = |error: &record::StoreError| self.terminal.warning(&error.to_string(), error.hint().as_deref());
        let readable: Vec<RunRecord> = all.into_iter().filter_map(|record| record.inspect_err(warn).ok()).collect();
        let has_damaged = readable.len() < count;
        (readable, has_damaged)
    }
}

fn open_once<T>(cell: &OnceLock<T>, open: impl FnOnce() -> Result<T, Failure>) -> Result<&T, Failure> {
    if let Some(opened) = cell.get() {
        return Ok(opened);
    }
    let opened = open()?;
    Ok(cell.get_or_init(|| opened))
}
