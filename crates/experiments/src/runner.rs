//! `Runner`: planned runs in, their records out. It trains only runs that are not finished.

use std::num::NonZeroUsize;
use std::time::SystemTime;

use mlp::Network;
use mnist::Dataset;
use record::{Checkpoint, DatasetInfo, OwnedRun, Predictions, RunKey, RunRecord, StoreError, weights_file};
use spec::{ExperimentSpec, run_id, thousands};
use training::{Classifier, Images, Outcome, Threads, Training, evaluation, predict};

use crate::backend::Backend;
use crate::failure::Failure;
use crate::image_cache::ImageCache;
use crate::jobs::side_by_side;
use crate::plan::PlannedRun;
use crate::stop::Stop;
use crate::terminal::{Terminal, View};
use crate::workspace::Workspace;
use crate::{data, host, predictions, saver};

/// Bytes of a GiB.
const GIB: f64 = (1_u64 << 30) as f64;

/// Turns planned runs into records, with one dataset and one backend.
pub(crate) struct Runner<'a> {
    workspace: &'a Workspace,
    pub(crate) backend: Backend,
    pub(crate) dataset: Dataset,
    images: ImageCache,
    stop: &'a Stop,
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
        let dataset = data::load(workspace, specs.into_iter().map(|spec| spec.data.train_images).max())?;
        Ok(Self { workspace, backend, dataset, images: ImageCache::default(), stop })
    }

    /// The records among these that this runner could have made: of its dataset and backend, with the current numerics.
    pub(crate) fn of_its_kind(&self, mut records: Vec<RunRecord>) -> Vec<RunRecord> {
        let backend = self.backend.info().name;
        records.retain(|record| {
            record.dataset.digest == self.dataset.digest
                && record.backend.name == backend
                && record.code.numerics == host::NUMERICS_VERSION
        });
        records
    }

    /// The records of the runs, in their order. Trains and saves the runs that are not finished, `jobs` at a time. A run that
    /// another process is training comes last, and this waits for it. Runs that had not started when the program was stopped
    /// lack a record.
    ///
    /// # Errors
    /// The first run that fails; runs under way are trained to their end.
    pub(crate) fn records(
        &self,
        runs: &[&PlannedRun],
        jobs: Option<NonZeroUsize>,
        view: View,
    ) -> Result<Vec<RunRecord>, Failure> {
        Ok(self.attempts(runs, jobs, view, |_, attempt| attempt)?.into_iter().flatten().collect())
    }

    /// The same, with a place for every run. `judge` turns every record or failure into a result as soon as it is there.
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
        let records = runs.iter().map(|run| self.find_unless_damaged(run)).collect::<Result<Vec<_>, _>>()?;
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
        let trained = side_by_side(&untrained, jobs, continues, |run, is_first| {
            self.find_or_train(run, is_first, threads, view).transpose().map(|attempt| judge(run, attempt)).transpose()
        });
        self.workspace.terminal.end();
        let mut trained = trained?.into_iter();
        results.iter_mut().filter(|result| result.is_none()).for_each(|result| *result = trained.next().flatten());
        Ok(results)
    }

    /// The record of a run that has all that was asked for, by its identity.
    fn find(&self, run: &PlannedRun) -> Result<Option<RunRecord>, StoreError> {
        let found = self.workspace.store.find(&self.id(run))?.filter(|record| run.is_done_by(record));
        let found = found.map(|record| run.named(record));
        if let Some(record) = &found {
            tell_finished(&self.workspace.terminal, run, record);
        }
        Ok(found)
    }

    /// The finished record of a run; none if it is damaged, because only the run's owner may set it aside.
    fn find_unless_damaged(&self, run: &PlannedRun) -> Result<Option<RunRecord>, Failure> {
        self.find(run).or_else(|error| if error.is_damage() { Ok(None) } else { Err(error.into()) })
    }

    /// The same for the run's owner: sets damaged records aside, and tells the user.
    fn find_or_set_aside(&self, run: &PlannedRun) -> Result<Option<RunRecord>, Failure> {
        loop {
            let damage = match self.find(run) {
                Ok(found) => return Ok(found),
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
        let backend = self.backend.info().name;
        let (digest, shape) = (&self.dataset.digest, data::shape(self.dataset.shape));
        run_id(&run.spec, run.seed, digest, shape, &backend, host::NUMERICS_VERSION)
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

    /// Trains a run from its last checkpoint and saves its record.
    fn train(&self, run: &PlannedRun, mut owned: OwnedRun, threads: Threads, view: View) -> Result<RunRecord, Failure> {
        let running = self.stop.running(run.label());
        let started = host::time(SystemTime::now());
        let checkpoint = self.latest(run, &mut owned)?;
        let started_at = checkpoint.as_ref().map_or(started, |checkpoint| checkpoint.started_at.clone());
        let to_checkpoint = |state| Checkpoint {
            id: self.id(run),
            experiment: run.spec.name.clone(),
            seed: run.seed,
            started_at: started_at.clone(),
            state,
        };
        let steps = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.state.history.step_losses.len());
        running.has_saved(steps);
        let (dataset, images) = self.images.get(&run.spec.data, &self.dataset, &self.backend.device)?;
        let outcome = self.workspace.terminal.show(view, (&run.spec, run.label()), steps, &running, |renderer| {
            saver::while_saving(&mut owned, to_checkpoint, &running, |checkpoints| {
                let training = Training {
                    threads,
                    resume: checkpoint.as_ref().map(|checkpoint| &checkpoint.state),
                    until: run.until(),
                    checkpoints: Some(checkpoints),
                    ..Training::new(&run.spec, run.seed, &images, &self.backend.device)
                };
                training.run(renderer, &running)
            })
        })?;
        let outcome = outcome.map_err(|error| Failure::outside(format!("{}: {error}", run.label())))?;
        let predictions = self.predictions(run, &images, &outcome)?;
        let record = self.save(run, started_at.clone(), dataset, outcome, predictions)?;
        if record.stop_reason.is_finished() {
            owned.finish();
        }
        // A trial is reported with its score.
        if run.trial.is_none() {
            self.workspace.terminal.finished(&format!("{}: {}", run.label(), report::run_in_words(&record)));
        }
        Ok(record)
    }

    /// The checkpoint that a run resumes from. Tells the user about it, and warns about damaged ones.
    fn latest(&self, run: &PlannedRun, owned: &mut OwnedRun) -> Result<Option<Checkpoint>, Failure> {
        let terminal = &self.workspace.terminal;
        let (id, shape) = (&self.id(run), data::shape(self.dataset.shape));
        let latest = owned.latest(RunKey { id, spec: &run.spec, seed: run.seed, shape })?;
        latest.damaged.iter().for_each(|error| terminal.warning(&error.to_string(), None));
        if let Some(checkpoint) = &latest.checkpoint {
            let steps = checkpoint.state.history.step_losses.len();
            let words = format!("{}: resumes from step {}", run.label(), thousands(steps));
            // Trials are promoted all the time.
            if run.trial.is_some() { terminal.detail(&words) } else { terminal.note(&words) }
        } else if !latest.damaged.is_empty() {
            terminal.note(&format!("{}: starts from the beginning", run.label()));
        }
        Ok(latest.checkpoint)
    }

    /// Saves the record of a run with its weights.
    fn save(
        &self,
        run: &PlannedRun,
        started_at: String,
        dataset: DatasetInfo,
        Outcome { stop_reason, state }: Outcome,
        predictions: Option<Predictions>,
    ) -> Result<RunRecord, Failure> {
        let record = RunRecord {
            format: RunRecord::FORMAT,
            id: self.id(run),
            spec: run.spec.clone(),
            overrides: run.overrides.clone(),
            seed: run.seed,
            backend: self.backend.info(),
            code: host::code(),
            host: host::host(),
            parameters: run.spec.model.parameters(dataset.shape),
            stop_reason,
            dataset,
            steps: state.history.step_losses.len(),
            started_at,
            wall_seconds: state.wall.as_secs_f64(),
            cpu_seconds: state.cpu.as_secs_f64(),
            history: state.history,
            predictions,
        };
        let weights = [(weights_file::LAST, Some(&state.last)), (weights_file::BEST, state.best.as_ref())];
        let keeps_weights = run.trial.as_ref().is_none_or(|trial| trial.keeps_weights);
        let weights = weights.into_iter().filter(|_| keeps_weights);
        let weights = weights.filter_map(|(file, weights)| Some((file, weights_file::encode(weights?))));
        let folder = self.workspace.store.save(&record, weights)?;
        self.workspace.terminal.detail(&format!("saved in {}", folder.display()));
        Ok(record)
    }

    /// The predictions of a finished run's best network for the validation images.
    fn predictions(
        &self,
        run: &PlannedRun,
        images: &Images,
        outcome: &Outcome,
    ) -> Result<Option<Predictions>, Failure> {
        // They serve to look closely at the weights, which most trials of a sweep do not keep.
        let is_wanted = outcome.stop_reason.is_finished() && run.trial.as_ref().is_none_or(|trial| trial.keeps_weights);
        let Some(best) = outcome.state.best.as_ref().filter(|_| is_wanted) else {
            return Ok(None);
        };
        let network = Network::new(&run.spec.model, images.shape, best, &self.backend.device);
        let validation = evaluation(&images.validation, network.path());
        let predictions = predict(&Classifier { network }, &*validation);
        let predictions = predictions.map_err(|error| Failure::outside(format!("{}: {error}", run.label())))?;
        Ok(Some(predictions::of(&predictions, &self.dataset.test)))
    }
}
