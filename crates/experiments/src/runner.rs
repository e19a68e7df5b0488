//! `Runner`: planned runs in, their records out. It trains only runs that are not finished.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::SystemTime;

use export::tensorboard::{EventFile, Run};
use kernels::Instructions;
use mlp::Network;
use mnist::Dataset;
use record::{
    BackendInfo, Checkpoint, DatasetInfo, History, OwnedRun, Predictions, RunKey, RunRecord, RunStore, StoreError,
    TestScores, weights_file,
};
use spec::{ExperimentSpec, ImageShape, run_id, thousands};
use training::{Classifier, Images, Outcome, Threads, Training, evaluation, predict};

use crate::backend::Backend;
use crate::failure::Failure;
use crate::image_cache::ImageCache;
use crate::jobs::side_by_side;
use crate::plan::PlannedRun;
use crate::stop::Stop;
use crate::terminal::{Terminal, View};
use crate::test_scores::Scorer;
use crate::workspace::Workspace;
use crate::{data, host, live, predictions, saver};

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

    /// Trains a run from its last checkpoint and saves its record.
    fn train(&self, run: &PlannedRun, mut owned: OwnedRun, threads: Threads, view: View) -> Result<RunRecord, Failure> {
        let running = self.stop.running(run.label());
        let started = host::time(SystemTime::now());
        let (checkpoint, computed_by) = self.resumption(run, &mut owned)?;
        let started_at = checkpoint.as_ref().map_or(started, |checkpoint| checkpoint.started_at.clone());
        let instructions = all_instructions(checkpoint.as_ref(), computed_by);
        let computed_by = computed_by.unwrap_or_else(Instructions::in_use);
        let to_checkpoint = |state| Checkpoint {
            id: self.id(run),
            experiment: run.spec.name.clone(),
            seed: run.seed,
            settings: run.settings_hash(),
            started_at: started_at.clone(),
            instructions: instructions.clone(),
            state,
        };
        let steps = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.state.history.step_losses.len());
        running.has_saved(steps);
        let (dataset, images) = self.images.get(&run.spec.data, &self.dataset, &self.backend.device)?;
        let past = checkpoint.as_ref().map(|checkpoint| &checkpoint.state.history);
        let curves = self.curves(run, &dataset, &started_at, past)?;
        let (outcome, unwritten) =
            self.workspace.terminal.show(view, (&run.spec, run.label()), steps, &running, |renderer| {
                live::while_writing(curves, |progress| {
                    saver::while_saving(&mut owned, to_checkpoint, &running, |checkpoints| {
                        let training = Training {
                            progress,
                            threads,
                            instructions: computed_by,
                            resume: checkpoint.as_ref().map(|checkpoint| &checkpoint.state),
                            until: run.until(),
                            checkpoints: Some(checkpoints),
                            order_seed: run.seeds().order,
                            ..Training::new(&run.spec, run.seed, &images, &self.backend.device)
                        };
                        training.run(renderer, &running)
                    })
                })
            });
        if let Some(error) = unwritten {
            let words = format!("{}: its curves for TensorBoard cannot be written: {error}", run.label());
            self.workspace
                .terminal
                .warning(&words, Some("`experiments export --to tensorboard` writes them from the record"));
        }
        let outcome = outcome?;
        let outcome = outcome.map_err(|error| Failure::outside(format!("{}: {error}", run.label())))?;
        let predictions = computed_by.within(|| self.predictions(run, &images, &outcome))?;
        let test = computed_by.within(|| self.test_scores(run, &images, &outcome))?;
        let backend = self.backend.info(instructions.clone());
        let record = self.save(run, (started_at.clone(), backend), dataset, outcome, predictions, test)?;
        if record.stop_reason.is_finished() {
            owned.finish();
        }
        // A trial is reported with its score.
        if run.trial.is_none() {
            self.workspace.terminal.finished(&format!("{}: {}", run.label(), report::run_in_words(&record)));
        }
        Ok(record)
    }

    /// The event file of a run for TensorBoard, if the user wants one.
    fn curves(
        &self,
        run: &PlannedRun,
        dataset: &DatasetInfo,
        started_at: &str,
        past: Option<&History>,
    ) -> Result<Option<EventFile>, Failure> {
        let Some(folder) = &self.tensorboard else { return Ok(None) };
        let name = RunStore::folder_name(&run.spec.name, run.seed, &self.id(run));
        let of = Run {
            name: &name,
            spec: &run.spec,
            seed: run.seed,
            dataset: &dataset.title,
            shape: dataset.shape,
            started_at,
        };
        live::begin(folder, &of, past).map(Some).map_err(|error| Failure::io(&folder.join(&name), "write", &error))
    }

    /// The checkpoint that a run resumes from, and the instructions that compute the rest: those that computed its beginning, on
    /// which its bits depend. Where this processor lacks them, or the user asks for others, the run begins again, unless the user
    /// lets them mix. Tells the user.
    fn resumption(
        &self,
        run: &PlannedRun,
        owned: &mut OwnedRun,
    ) -> Result<(Option<Checkpoint>, Option<Instructions>), Failure> {
        let options = &self.workspace.options;
        let (checkpoint, usual) = (self.latest(run, owned)?, self.backend.instructions(&run.spec));
        let began = checkpoint.as_ref().and_then(|checkpoint| checkpoint.instructions.last());
        let (Some(began), Some(ours)) = (began, usual) else { return Ok((self.resumed(run, checkpoint, ""), usual)) };
        if *began == ours.to_string() {
            return Ok((self.resumed(run, checkpoint, ""), usual));
        }
        if options.mix_instructions {
            let how = format!(", computed with {began} so far and with {ours} from here on");
            return Ok((self.resumed(run, checkpoint, &how), usual));
        }
        let same = began.parse::<Instructions>().ok().filter(|began| began.is_available());
        if let Some(same) = same.filter(|_| options.instructions.is_none() && self.backend.computes_fused(&run.spec)) {
            let how = format!(", computed with {same} as it began");
            return Ok((self.resumed(run, checkpoint, &how), Some(same)));
        }
        let label = run.label();
        let note =
            format!("{label}: starts from the beginning with {ours}, because its checkpoint was computed with {began}");
        self.workspace.terminal.note(&note);
        owned.begin_again()?;
        Ok((None, usual))
    }

    /// Tells the user from where a run resumes.
    fn resumed(&self, run: &PlannedRun, checkpoint: Option<Checkpoint>, how: &str) -> Option<Checkpoint> {
        if let Some(checkpoint) = &checkpoint {
            let steps = thousands(checkpoint.state.history.step_losses.len());
            let words = format!("{}: resumes from step {steps}{how}", run.label());
            let terminal = &self.workspace.terminal;
            // Trials are promoted all the time.
            if run.trial.is_some() { terminal.detail(&words) } else { terminal.note(&words) }
        }
        checkpoint
    }

    /// The newest checkpoint of a run. Warns about damaged ones.
    fn latest(&self, run: &PlannedRun, owned: &mut OwnedRun) -> Result<Option<Checkpoint>, Failure> {
        let terminal = &self.workspace.terminal;
        let (id, shape) = (&self.id(run), data::shape(self.dataset.shape));
        let latest = owned.latest(RunKey { id, spec: &run.spec, seed: run.seed, shape })?;
        latest.damaged.iter().for_each(|error| terminal.warning(&error.to_string(), None));
        if latest.checkpoint.is_none() && !latest.damaged.is_empty() {
            terminal.note(&format!("{}: starts from the beginning", run.label()));
        }
        Ok(latest.checkpoint)
    }

    /// Saves the record of a run with its weights.
    fn save(
        &self,
        run: &PlannedRun,
        (started_at, backend): (String, BackendInfo),
        dataset: DatasetInfo,
        Outcome { stop_reason, state }: Outcome,
        predictions: Option<Predictions>,
        test: Option<TestScores>,
    ) -> Result<RunRecord, Failure> {
        let record = RunRecord {
            format: RunRecord::FORMAT,
            id: self.id(run),
            spec: run.spec.clone(),
            overrides: run.overrides.clone(),
            seed: run.seed,
            order_seed: run.order_seed,
            backend,
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
            test,
        };
        let weights = [(weights_file::LAST, Some(&state.last)), (weights_file::BEST, state.best.as_ref())];
        let keeps_weights = run.trial.as_ref().is_none_or(|trial| trial.keeps_weights);
        let weights = weights.into_iter().filter(|_| keeps_weights);
        let weights = weights.filter_map(|(file, weights)| Some((file, weights_file::encode(weights?))));
        let folder = self.workspace.store.save(&record, weights)?;
        self.workspace.terminal.detail(&format!("saved in {}", folder.display()));
        Ok(record)
    }

    /// The scores of a complete run on its test images.
    fn test_scores(&self, run: &PlannedRun, images: &Images, outcome: &Outcome) -> Result<Option<TestScores>, Failure> {
        match &outcome.state.best {
            Some(best) if outcome.stop_reason.is_complete() => {
                self.scorer().of_weights(&run.spec, images, best, &outcome.state.last)
            }
            _ => Ok(None),
        }
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

/// The instructions that computed a run, in their order: those of its checkpoint, then others. Unknown ones stay unknown.
fn all_instructions(checkpoint: Option<&Checkpoint>, now: Option<Instructions>) -> Vec<String> {
    let now = now.map(|now| now.to_string());
    let Some(Checkpoint { instructions, .. }) = checkpoint else { return now.into_iter().collect() };
    let is_new = |now: &String| instructions.last().is_some_and(|last| last != now);
    instructions.iter().cloned().chain(now.filter(is_new)).collect()
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
