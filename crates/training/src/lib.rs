//! One training with Burn's learner: spec, seed and images in; weights, losses and validations out.
//!
//! Knows nothing about files, terminal or command line: the caller brings the device, the renderer that shows the training,
//! and the handle that stops it.

mod classifier;
mod evaluate;
mod journal;
mod predict;
mod renderer;
mod scores;
mod stopwatch;
mod strategy;
#[cfg(test)]
mod tests;
mod validation_loss;

use std::sync::mpsc::{Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use burn::optim::SgdConfig;
use burn::tensor::Device;
use burn::train::metric::store::{Aggregate, Direction, Split};
use burn::train::renderer::MetricsRenderer;
use burn::train::{
    Interrupter, Learner, MetricEarlyStoppingStrategy, StoppingCondition, SupervisedTraining, TrainingStrategy,
};
use cpu_time::{ProcessTime, ThreadTime};
use inputs::ComputePath;
use kernels::Instructions;
use mlp::{ImageShape, Network, Tensors, Trainer};
use mnist::{BatchLoader, BatchOrder, MnistBatcher};
use record::{History, StopReason, TrainingState};
use spec::{ExperimentSpec, PROBE_IMAGES, Shuffle};
use thiserror::Error;

pub use classifier::Classifier;
pub use evaluate::evaluate;
pub use predict::{Prediction, predict};
pub use renderer::{Display, Renderer};
pub use scores::Scores;

use journal::Journal;
use scores::ScoreMetric;
use stopwatch::Stopwatch;
use strategy::EvenlyValidated;
use validation_loss::ValidationLoss;

/// Images of one evaluation batch on the plain path: enough to spend the time in matrix products, few enough for the cache.
/// The fused kernels take all images at once and split them to the size of the cache themselves.
const PLAIN_EVALUATION_BATCH: usize = 1000;

/// The images of a training, on its device.
#[derive(Debug, Clone)]
pub struct Images {
    /// Their size and classes.
    pub shape: ImageShape,
    /// The training images.
    pub train: MnistBatcher,
    /// The validation images.
    pub validation: MnistBatcher,
    /// The test images, which a training does not use.
    pub test: Option<MnistBatcher>,
}

/// A training to run.
#[derive(Debug, Clone, Copy)]
pub struct Training<'a> {
    /// The experiment.
    pub spec: &'a ExperimentSpec,
    /// Seed of the initial weights.
    pub seed: u64,
    /// Seed of the batch order; that of the initial weights unless the two are to vary separately.
    pub order_seed: u64,
    /// The images that the spec asks for.
    pub images: &'a Images,
    /// The device of the images, on which the training runs.
    pub device: &'a Device,
    /// The path of the network: [`ComputePath::of`] the device, unless another path is to be compared with it.
    pub path: ComputePath,
    /// How much of the processor it may take.
    pub threads: Threads,
    /// The widest vector instructions of the fused path; the result depends on them.
    pub instructions: Instructions,
    /// The state to resume from; `None` starts from the seed's initial weights.
    pub resume: Option<&'a TrainingState>,
    /// It is interrupted after this number of validations, the one before the first step not counted.
    pub until: Option<usize>,
    /// Receives its state after every `checkpoint.every_validations` validations, and when it is interrupted.
    pub checkpoints: Option<&'a SyncSender<TrainingState>>,
    /// Receives what is new in its history, after every validation and at its end.
    pub progress: Option<&'a Sender<History>>,
}

/// How much of the processor a training may take; the result does not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    /// All cores: validations are spread over them.
    All,
    /// One thread, so that trainings can run side by side.
    One,
}

/// The result of a training.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Why it stopped.
    pub stop_reason: StopReason,
    /// Its last state, from which an interrupted training resumes. The processor time in it is that of the whole process
    /// with [`Threads::All`], that of its thread with [`Threads::One`].
    pub state: TrainingState,
}

/// Burn's learner stopped on an error.
#[derive(Debug, Error)]
pub enum TrainingError {
    /// With the learner's message.
    #[error("the training stopped on an error: {0}")]
    Learner(String),
    /// The learner returned without having run the loop.
    #[error("the training ended without a result")]
    NoResult,
}

impl<'a> Training<'a> {
    /// A training from the beginning, on all cores, on the fastest path of its device, without checkpoints.
    #[must_use]
    pub fn new(spec: &'a ExperimentSpec, seed: u64, images: &'a Images, device: &'a Device) -> Self {
        let (path, threads, instructions) = (ComputePath::of(device), Threads::All, Instructions::in_use());
        Self {
            spec,
            seed,
            order_seed: seed,
            images,
            device,
            path,
            threads,
            instructions,
            resume: None,
            until: None,
            checkpoints: None,
            progress: None,
        }
    }
}

impl Training<'_> {
    /// Trains from the seed's initial weights, or from the state to resume, until early stopping, the last epoch, a loss
    /// that is NaN or infinite, or an interruption through `interrupter`, which is checked before every step.
    ///
    /// The same training gives the same bits with any renderer, on any number of threads and after any number of
    /// interruptions.
    ///
    /// # Errors
    /// If Burn's learner stops on an error.
    pub fn run(&self, renderer: Box<dyn MetricsRenderer>, interrupter: &Interrupter) -> Result<Outcome, TrainingError> {
        let run = |cpu_time| self.instructions.within(|| self.run_here(renderer, interrupter, cpu_time));
        match self.threads {
            Threads::All => on_threads(rayon::current_num_threads(), || run(|| ProcessTime::now().as_duration())),
            Threads::One => on_threads(1, || run(|| ThreadTime::now().as_duration())),
        }
    }

    fn run_here(
        &self,
        renderer: Box<dyn MetricsRenderer>,
        interrupter: &Interrupter,
        cpu_time: fn() -> Duration,
    ) -> Result<Outcome, TrainingError> {
        let before = self.resume.map_or_else(Default::default, |state| (state.wall, state.cpu));
        let stopwatch = Stopwatch::start(cpu_time, before);
        let network = |weights: &Tensors| self.network(weights);
        let journal = self.resume.map_or_else(Journal::default, |state| Journal::resumed(state, network));
        let journal = Arc::new(Mutex::new(journal));
        self.launch(renderer, interrupter, &journal, stopwatch);
        let journal = std::mem::take(&mut *journal.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(error) = journal.error {
            return Err(TrainingError::Learner(error));
        }
        let (stop_reason, state) = journal.end.ok_or(TrainingError::NoResult)?;
        Ok(Outcome { stop_reason, state })
    }

    fn launch(
        &self,
        renderer: Box<dyn MetricsRenderer>,
        interrupter: &Interrupter,
        journal: &Arc<Mutex<Journal>>,
        stopwatch: Stopwatch,
    ) {
        let (classifier, validation_loss) = (Classifier { network: self.initial_network() }, ValidationLoss::default());
        let path = classifier.network.path();
        let strategy = EvenlyValidated {
            spec: self.spec.clone(),
            train_images: evaluation(&self.images.train, path),
            probe_images: self.images.train.slice(0, PROBE_IMAGES.min(self.images.train.num_images())),
            instructions: self.instructions,
            journal: journal.clone(),
            optimizer: self.resume.map(|state| state.optimizer.clone()),
            validation_loss: validation_loss.clone(),
            until: self.until,
            checkpoints: self.checkpoints.cloned(),
            progress: self.progress.cloned(),
            stopwatch,
        };
        // Burn's own loggers and checkpoints would write into the folder; without them nothing does.
        let training =
            SupervisedTraining::new("", Arc::new(self.train_loader()), evaluation(&self.images.validation, path))
                .metrics((ScoreMetric::loss(), ScoreMetric::accuracy()))
                .with_metric_logger(validation_loss)
                .with_application_logger(None)
                .with_interrupter(interrupter.clone())
                .early_stopping(early_stopping(self.spec))
                .num_epochs(self.spec.training.max_epochs)
                .with_training_strategy(TrainingStrategy::Custom(Arc::new(strategy)))
                .label(&format!("{}, seed {}", self.spec.name, self.seed))
                .renderer(renderer);
        // The learner needs an optimizer; the strategy uses another one, whose state can be read.
        drop(training.launch(Learner::new(classifier, SgdConfig::new().init(), self.spec.optimizer.learning_rate())));
    }

    /// Network and optimizer before the first step, or in the state to resume from.
    #[must_use]
    pub fn trainer(&self) -> Box<dyn Trainer> {
        self.spec.optimizer.trainer(self.initial_network(), self.resume.map(|state| &state.optimizer))
    }

    fn initial_network(&self) -> Network {
        match self.resume {
            Some(state) => self.network(&state.last),
            None => self.network(&self.spec.model.initial_weights(self.images.shape, self.seed)),
        }
    }

    fn network(&self, weights: &Tensors) -> Network {
        let device = self.device.clone().autodiff();
        Network::new(&self.spec.model, self.images.shape, weights, &device).with_path(self.path)
    }

    /// The training batches: one epoch per iteration, from the epoch that the training has reached.
    #[must_use]
    pub fn train_loader(&self) -> BatchLoader {
        let order = match self.spec.training.shuffle {
            Shuffle::EveryEpoch => BatchOrder::Shuffled { seed: self.order_seed },
            Shuffle::Never => BatchOrder::AsStored,
        };
        let epochs = self.resume.map_or(0, |state| state.history.step_losses.len() / self.spec.steps_per_epoch());
        BatchLoader::training(self.images.train.clone(), order, self.spec.training.batch_size, epochs)
    }
}

/// Does some work on a new thread, which is also the first of the threads of its parallel loops.
///
/// # Panics
/// If the work does, or if the system refuses a thread.
pub fn on_threads<R: Send>(n_threads: usize, work: impl FnOnce() -> R + Send) -> R {
    let on_new_thread = || {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).use_current_thread().build();
        let _pool = pool.expect("the system has room for the threads of a training");
        work()
    };
    let answer = std::thread::scope(|scope| scope.spawn(on_new_thread).join());
    answer.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// All images of a set, in batches of a size that suits evaluation.
#[must_use]
pub fn evaluation(images: &MnistBatcher, path: ComputePath) -> Arc<BatchLoader> {
    let batch_size = match path {
        ComputePath::Fused => images.num_images(),
        ComputePath::Plain => PLAIN_EVALUATION_BATCH,
    };
    Arc::new(BatchLoader::evaluation(images.clone(), batch_size))
}

fn early_stopping(spec: &ExperimentSpec) -> MetricEarlyStoppingStrategy {
    // What the learner counts as epochs are validations here.
    let condition = StoppingCondition::NoImprovementSince { n_epochs: spec.training.patience_validations };
    MetricEarlyStoppingStrategy::new(&ScoreMetric::loss(), Aggregate::Mean, Direction::Lowest, Split::Valid, condition)
}
