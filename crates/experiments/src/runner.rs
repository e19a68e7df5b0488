//! `Runner`: planned runs in, their records out. It trains only runs that are not finished.

mod train;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use kernels::Instructions;
use mnist::Dataset;
use record::{RunRecord, StoreError};
use spec::{ExperimentSpec, ImageShape, run_id};
use training::Threads;

use crate::backend::Backend;
use crate::failure::Failure;
use crate::image_cache::ImageCache;
use crate::jobs::side_by_side;
use crate::plan::PlannedRun;
use crate::stop::Stop;
use crate::terminal::{Terminal, View};
use crate::test_scores::Scorer;
use crate::workspace::Workspace;
use crate::{data, host};

/// Bytes of a GiB.
const GIB: f64 = (1_u64 << 30) as f64;

/// Turns planned runs into records, with one dataset and one backend.
pub(crate) struct Runner<'a> {
    workspace: &'a Workspace,
    pub(crate) backend: Backend,
    pub(crate) dataset: Dataset,
    images: ImageCache,
    stop: &'a Stop,
    /// The folder in which TensorBoard finds the curves of runs under way.
    pub(crate) tensorboard: Option<PathBuf>,
}

/// Tells the user that a run is finished already.
pub(crate) fn tell_finished(terminal: &Terminal, run: &PlannedRun, record: &RunRecord) {
    terminal.detail(&format!("{}: finished already, {}", run.label(), record.id));
}

impl<'a> Runner<'a> {
    /// Opens the backend and the dataset for runs of these experiments.
    pub(crate) fn open<'s>(
        workspace: &'a Workspace,
        specs: impl IntoIterator<Item = &'s ExperimentSpec>,
        stop: &'a Stop,
    ) -> Result<Self, Failure> {
        let backend = Backend::open(workspace.options.backend.as_deref())?;
        if let Some(asked) = workspace.options.instructions.filter(|asked| !asked.is_available()) {
            let sentence = format!("this processor does not have the instructions `{asked}`");
            let hint = format!("its widest are `{}`", Instructions::widest());
            return Err(Failure::outside(sentence).with_hint(&hint));
        }
        let dataset = data::load_for(workspace, specs)?;
        Ok(Self { workspace, backend, dataset, images: ImageCache::default(), stop, tensorboard: None })
    }

    /// The records among these that this runner could have made: of its dataset and backend, with the current numerics.
    pub(crate) fn of_its_kind(&self, mut records: Vec<RunRecord>) -> Vec<RunRecord> {
        let backend = &self.backend.name;
        records.retain(|record| {
            record.dataset.digest == self.dataset.digest
                && record.backend.name == *backend
                && record.code.numerics == host::NUMERICS_VERSION
        });
        records
    }

    /// The records of the runs, in their order, with scores on the test images. Trains and saves the runs that are not finished,
    /// `jobs` at a time. A run that another process is training comes last, and this waits for it. Runs that had not started
    /// when the program was stopped lack a record.
    ///
    /// # Errors
    /// The first run that fails; runs under way are trained to their end.
    pub(crate) fn records(
        &self,
        runs: &[&PlannedRun],
        jobs: Option<NonZeroUsize>,
        view: View,
    ) -> Result<Vec<RunRecord>, Failure> {
        let attempts = self.attempts(runs, jobs, view, |_, attempt| attempt)?;
        let mut records: Vec<RunRecord> = attempts.into_iter().flatten().collect();
        self.scorer().add_missing(&mut records);
        Ok(records)
    }

    /// What scores finished runs of its dataset.
    pub(crate) fn scorer(&self) -> Scorer<'_> {
        Scorer { workspace: self.workspace, dataset: &self.dataset, backend: &self.backend, images: &self.images }
    }

    /// The records with a place for every run. `judge` turns every record or failure into a result as soon as it is there.
    ///
    /// # Errors
    /// The first error of `judge`; runs under way are trained to their end.
    pub(crate) fn attempts<R: Send>(
        &self,
        runs: &[&PlannedRun],
        jobs: Option<NonZeroUsize>,
        view: View,
        judge: impl Fn(&PlannedRun, Result<RunRecord, Failure>) -> Result<R, Failure> + Sync,
    ) -> Result<Vec<Option<R>>, Failure> {
        let ids: Vec<String> = runs.iter().map(|run| self.id(run)).collect();
        let found = self.workspace.store.find_all(&ids.iter().map(String::as_str).collect::<Vec<_>>())?;
        let records = runs.iter().zip(found).map(|(run, found)| self.unless_damaged(run, found));
        let records = records.collect::<Result<Vec<_>, _>>()?;
        let finished = records.iter().flatten().filter(|record| record.stop_reason.is_finished());
        self.workspace.store.tidy(finished.map(|record| record.id.as_str()));
        let untrained = runs.iter().zip(&records).filter(|(_, record)| record.is_none());
        let untrained: Vec<&PlannedRun> = untrained.map(|(run, _)| *run).collect();
        let found = runs.iter().zip(records);
        let found = found.map(|(run, record)| record.map(|record| judge(run, Ok(record))).transpose());
        let mut results: Vec<Option<R>> = found.collect::<Result<_, _>>()?;
        if untrained.is_empty() {
            return Ok(results);
        }
        self.check_writable()?;
        let jobs = jobs.map_or_else(|| self.backend.usual_jobs(), NonZeroUsize::get).min(untrained.len());
        let threads = if jobs > 1 { Threads::One } else { Threads::All };
        let specs: Vec<_> = untrained.iter().map(|run| &run.spec).collect();
        self.check_memory(&specs, jobs)?;
        let view = self.workspace.terminal.begin(view, &specs, jobs);
        let continues = || !self.stop.is_requested();
        let order = longest_first(&specs, data::shape(self.dataset.shape), jobs);
        let trained = side_by_side(&order, jobs, continues, |&at, is_first| {
            let run = untrained[at];
            self.find_or_train(run, is_first, threads, view).transpose().map(|attempt| judge(run, attempt)).transpose()
        });
        self.workspace.terminal.end();
        let mut trained: BTreeMap<usize, Option<R>> = order.into_iter().zip(trained?).collect();
        let mut in_order = (0..untrained.len()).map(|at| trained.remove(&at).flatten());
        results.iter_mut().filter(|result| result.is_none()).for_each(|result| *result = in_order.next().flatten());
        Ok(results)
    }

    /// The record of a run if it has all that was asked for, with the run's name; tells the user.
    fn finished(&self, run: &PlannedRun, found: Option<RunRecord>) -> Option<RunRecord> {
        let found = found.filter(|record| run.is_done_by(record)).map(|record| run.named(record));
        found.inspect(|record| tell_finished(&self.workspace.terminal, run, record))
    }

    /// The finished record of a run; none if it is damaged, because only the run's owner may set it aside.
    fn unless_damaged(
        &self,
        run: &PlannedRun,
        found: Result<Option<RunRecord>, StoreError>,
    ) -> Result<Option<RunRecord>, Failure> {
        match found {
            Err(error) if !error.is_damage() => Err(error.into()),
            found => Ok(self.finished(run, found.unwrap_or(None))),
        }
    }

    /// The finished record of a run, for the run's owner: sets damaged records aside, and tells the user.
    fn find_or_set_aside(&self, run: &PlannedRun) -> Result<Option<RunRecord>, Failure> {
        loop {
            let damage = match self.workspace.store.find(&self.id(run)) {
                Ok(found) => return Ok(self.finished(run, found)),
                Err(error) => error,
            };
            let what = damage.to_string();
            let place = self.workspace.store.set_aside(damage)?;
            let hint = format!("the record is now in {}; the run is trained again", place.display());
            self.workspace.terminal.warning(&what, Some(&hint));
        }
    }

    /// The identity of a run.
    fn id(&self, run: &PlannedRun) -> String {
        let backend = &self.backend.name;
        let (digest, shape) = (&self.dataset.digest, data::shape(self.dataset.shape));
        run_id(&run.spec, run.seeds(), digest, shape, backend, host::NUMERICS_VERSION)
    }

    /// Fails before the training, not after it, if records cannot be written.
    fn check_writable(&self) -> Result<(), Failure> {
        let folder = self.workspace.store.folder();
        std::fs::create_dir_all(folder)
            .and_then(|()| tempfile::tempfile_in(folder))
            .map(drop)
            .map_err(|error| Failure::io(folder, "write into the folder", &error))
    }

    /// Fails if the system refuses the memory that the largest training takes at least, times `jobs`.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of sizes, far below 2^53")]
    fn check_memory(&self, specs: &[&ExperimentSpec], jobs: usize) -> Result<(), Failure> {
        let shape = data::shape(self.dataset.shape);
        let bytes = specs.iter().map(|spec| spec.training_bytes(shape)).fold(0.0, f64::max) * jobs as f64;
        let refused = |_| {
            let sentence = format!("the system refuses the {:.1} GiB of memory that the training needs", bytes / GIB);
            let hint =
                "raise the limit of memory (`ulimit -v`), or use a smaller network, a smaller batch or fewer `--jobs`";
            Failure::outside(sentence).with_hint(hint)
        };
        Vec::<u8>::new().try_reserve_exact(bytes as usize).map_err(refused)
    }

    /// Trains a run; none if another process is training it.
    fn find_or_train(
        &self,
        run: &PlannedRun,
        is_first: bool,
        threads: Threads,
        view: View,
    ) -> Result<Option<RunRecord>, Failure> {
        let Some(owned) = self.workspace.store.own(&self.id(run))? else {
            if is_first {
                self.workspace.terminal.note(&format!("{}: another process is training it", run.label()));
            }
            return Ok(None);
        };
        // Its previous owner may have finished it.
        match self.find_or_set_aside(run)? {
            Some(record) => {
                if record.stop_reason.is_finished() {
                    owned.finish();
                }
                Ok(Some(record))
            }
            None => self.train(run, owned, threads, view).map(Some),
        }
    }
}

/// The positions of trainings in the order in which they start: several at a time, the longest first, so that the cores end
/// together.
fn longest_first(specs: &[&ExperimentSpec], shape: ImageShape, jobs: usize) -> Vec<usize> {
    let work: Vec<f64> = specs.iter().map(|spec| spec.training_work(shape)).collect();
    let mut order: Vec<usize> = (0..specs.len()).collect();
    if jobs > 1 {
        order.sort_by(|&one, &other| work[other].total_cmp(&work[one]));
    }
    order
}
