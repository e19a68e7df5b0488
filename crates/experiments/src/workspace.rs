//! `Workspace`: what every command works with. It opens the backend and the dataset once, when they are first needed.

use mnist::{Dataset, DatasetName};
use once_cell::sync::OnceCell;
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
    /// Messages to the user.
    pub(crate) terminal: Terminal,
    /// The declared experiments.
    pub(crate) catalog: Catalog,
    /// The shape of the images while the dataset is not open: that of the named dataset, else MNIST's.
    pub(crate) shape: ImageShape,
    /// The records of the runs.
    pub(crate) store: RunStore,
    backend: OnceCell<Backend>,
    dataset: OnceCell<Dataset>,
}

impl Workspace {
    /// The workspace of these options, with nothing open yet.
    pub(crate) fn new(options: Options) -> Self {
        let shape = data::shape(options.dataset.unwrap_or(DatasetName::Mnist).shape());
        Self {
            terminal: Terminal::new(&options),
            catalog: Catalog::new(&options.experiments_dir, shape),
            shape,
            store: RunStore::new(&options.runs_dir),
            options,
            backend: OnceCell::new(),
            dataset: OnceCell::new(),
        }
    }

    /// The backend.
    pub(crate) fn backend(&self) -> Result<&Backend, Failure> {
        self.backend.get_or_try_init(|| Backend::open(self.options.backend.as_deref()))
    }

    /// The dataset. The first call says how many training images the command needs, if not all; only these are kept.
    pub(crate) fn dataset(&self, train_images: Option<usize>) -> Result<&Dataset, Failure> {
        self.dataset.get_or_try_init(|| data::load(&self.options, train_images, &self.terminal))
    }

    /// The records that the options select or, without options, the largest group; tells the user what was chosen.
    pub(crate) fn records(&self) -> Records {
        let (readable, has_damaged) = self.readable();
        let records = Records::choose(readable, self.filter(), backend::default_name());
        records.choice.iter().for_each(|choice| self.terminal.note(choice));
        Records { has_damaged, ..records }
    }

    /// The selection of the options.
    pub(crate) fn filter(&self) -> Filter<'_> {
        Filter { dataset: self.options.dataset, backend: self.options.backend.as_deref() }
    }

    /// All readable records, and whether there are damaged ones; warns about these.
    pub(crate) fn readable(&self) -> (Vec<RunRecord>, bool) {
        let all = self.store.list();
        let count = all.len();
        let warn = |error: &record::StoreError| self.terminal.warning(&error.to_string(), error.hint().as_deref());
        let readable: Vec<RunRecord> = all.into_iter().filter_map(|record| record.inspect_err(warn).ok()).collect();
        let has_damaged = readable.len() < count;
        (readable, has_damaged)
    }
}
