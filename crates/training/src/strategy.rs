//! `EvenlyValidated`: the training loop under Burn's learner, with several validations an epoch.
//!
//! Burn's own loop validates, and stops early, once an epoch; the assignment does both every fifth of one, and once
//! before the first step. Everything else is Burn's: steps, optimizer, metrics, dashboard, early stopping, interruption.

mod telling;

use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use burn::data::dataloader::DataLoaderIterator;
use burn::data::dataset::DatasetError;
use burn::train::{
    EventProcessorTraining, Learner, LearnerEvent, SupervisedLearningStrategy, SupervisedTrainingEventProcessor,
    TrainLoader, TrainingComponents, ValidLoader,
};
use mnist::MnistBatch;
use record::{ExperimentSpec, LayerProbe, StopReason, TrainingState};

use crate::journal::Journal;
use crate::stopwatch::Stopwatch;
use crate::velocity::Velocities;
use crate::{Classifier, Scores, evaluate};

/// Time between two points of the training curve in the dashboard: often enough for the eye, and the cost of a point does not grow with the speed of steps.
const BETWEEN_POINTS: Duration = Duration::from_millis(50);

/// A checkpoint waits until a run has got on by one part in so many: the history that it holds grows with the run, and a
/// long one would write more than it trains.
const LEAST_PROGRESS: usize = 50;

/// The training loop of the assignment.
pub(crate) struct EvenlyValidated {
    pub(crate) spec: ExperimentSpec,
    /// What the network is evaluated on beside the validation images.
    pub(crate) train_images: ValidLoader<Classifier>,
    /// What every probe looks at.
    pub(crate) probe_images: MnistBatch,
    /// What the training leaves behind; of one that is resumed, what it left before.
    pub(crate) journal: Arc<Mutex<Journal>>,
    /// The state of the learner's optimizer.
    pub(crate) velocities: Velocities,
    /// Where checkpoints go.
    pub(crate) checkpoints: Option<SyncSender<TrainingState>>,
    /// How long it has trained.
    pub(crate) stopwatch: Stopwatch,
}

impl SupervisedLearningStrategy<Classifier> for EvenlyValidated {
    fn fit(
        &self,
        components: TrainingComponents<Classifier>,
        learner: Learner<Classifier>,
        train: TrainLoader<Classifier>,
        validation: ValidLoader<Classifier>,
        _starting_epoch: usize,
    ) -> (Classifier, SupervisedTrainingEventProcessor<Classifier>) {
        let shown = Instant::now();
        let kept_steps = self.journal.lock().unwrap_or_else(PoisonError::into_inner).step_losses.len();
        let before_last_step = None;
        let mut fit =
            Fit { strategy: self, learner, components, train, validation, before_last_step, kept_steps, shown };
        let stop_reason = fit.run();
        let state = fit.state();
        if stop_reason == StopReason::Interrupted {
            // Before the dashboard is put away, which a terminal that hangs never lets happen.
            fit.hand_over(state.clone());
        }
        let mut journal = fit.journal();
        journal.end = Some((stop_reason, state));
        journal.error = fit.components.interrupter.error().map(|error| error.to_string());
        drop(journal);
        (fit.learner.model(), fit.components.event_processor)
    }
}

/// One training under way.
struct Fit<'a> {
    strategy: &'a EvenlyValidated,
    learner: Learner<Classifier>,
    components: TrainingComponents<Classifier>,
    train: TrainLoader<Classifier>,
    validation: ValidLoader<Classifier>,
    /// The network before the last step ahead of a validation: what that step changed.
    before_last_step: Option<Classifier>,
    /// Steps taken when the state was last handed over, or when the training began.
    kept_steps: usize,
    /// When a point of the training curve was last shown.
    shown: Instant,
}

/// What ends a training, or lets it go on.
type Flow = std::ops::ControlFlow<StopReason>;

impl Fit<'_> {
    fn run(&mut self) -> StopReason {
        match self.epochs() {
            Flow::Break(reason) => reason,
            Flow::Continue(()) => StopReason::MaxEpochs,
        }
    }

    /// All epochs, or those that a resumed training has left.
    fn epochs(&mut self) -> Flow {
        self.replay()?;
        if self.journal().validations.is_empty() {
            self.validate(0)?;
        }
        let (per_epoch, spec) = (self.strategy.spec.training.validations_per_epoch, &self.strategy.spec);
        let epochs_done = self.journal().step_losses.len() / spec.steps_per_epoch();
        let train = self.train.clone();
        for epoch in epochs_done + 1..=spec.training.max_epochs {
            let mut batches = train.iter();
            let steps_before = (epoch - 1) * spec.steps_per_epoch();
            let seen = self.journal().step_losses.len() - steps_before;
            if seen > 0 {
                batches.nth(seen - 1);
            }
            let next = self.journal().validations.len();
            for validation in next..=epoch * per_epoch {
                self.steps(&mut *batches, validation)?;
                self.validate(validation)?;
                self.checkpoint(validation);
            }
        }
        Flow::Continue(())
    }

    /// Tells Burn of the validations that a resumed training has behind it: the dashboard shows their curves, and early
    /// stopping counts them.
    fn replay(&mut self) -> Flow {
        let total_items = self.train.num_items();
        let past = self.journal().validations.len();
        for validation in 0..past {
            self.tell_train(LearnerEvent::StartSplit { epoch_number: validation, total_items });
            self.tell_validation_of(validation);
            self.stop_early(validation)?;
        }
        Flow::Continue(())
    }

    /// The steps between two validations, or those that are left of them.
    fn steps(&mut self, batches: &mut dyn DataLoaderIterator<MnistBatch>, validation: usize) -> Flow {
        let total_items = self.train.num_items();
        self.tell_train(LearnerEvent::StartSplit { epoch_number: validation, total_items });
        let n_steps = self.strategy.spec.steps_per_validation();
        let done = self.journal().step_losses.len() % n_steps;
        for step in done + 1..=n_steps {
            if step == n_steps {
                self.before_last_step = Some(self.learner.model());
            }
            match batches.next() {
                Some(Ok(batch)) => self.step(batch)?,
                Some(Err(error)) => return Flow::Break(self.fail(error)),
                None => break,
            }
            // The point after the last step comes with the validation.
            if self.shown.elapsed() >= BETWEEN_POINTS && step < n_steps {
                let taken = self.journal().step_losses.len();
                let loss = self.mean_loss_at(taken);
                let progress = batches.progress();
                self.show_train(Scores { loss, accuracy: None }, progress);
            }
        }
        Flow::Continue(())
    }

    /// One parameter update, unless the loss is not finite or somebody wants to stop.
    fn step(&mut self, batch: MnistBatch) -> Flow {
        if self.components.interrupter.should_stop() {
            return Flow::Break(StopReason::Interrupted);
        }
        let output = self.learner.train_step(batch);
        #[expect(clippy::cast_possible_truncation, reason = "the loss was computed in f32")]
        self.journal().step_losses.push(output.item.loss as f32);
        if !output.item.loss.is_finite() {
            return Flow::Break(StopReason::Diverged);
        }
        self.learner.lr_step();
        self.learner.optimizer_step(output.grads);
        Flow::Continue(())
    }

    /// Loss and accuracy on both sets, and whether early stopping has seen enough.
    fn validate(&mut self, validation: usize) -> Flow {
        let network = self.learner.model();
        let (on_train, on_validation) = self.evaluate_both(&network)?;
        let epoch = validation as f64 / self.strategy.spec.training.validations_per_epoch as f64;
        let probe = self.probe(&network);
        self.journal().add_validation(epoch, on_train, on_validation, network, probe);
        self.tell_validation_of(validation);
        self.stop_early(validation)
    }

    /// Hands over where the training stands, after every so many validations.
    fn checkpoint(&mut self, validation: usize) {
        let steps = self.journal().step_losses.len();
        let is_due = self.strategy.checkpoints.is_some()
            && validation.is_multiple_of(self.strategy.spec.checkpoint.every_validations);
        if is_due && (steps - self.kept_steps) * LEAST_PROGRESS >= steps {
            self.kept_steps = steps;
            let state = self.state();
            self.hand_over(state);
        }
    }

    /// Gives a state to whoever keeps it. Who does has time to: only when the one before is still not taken does the
    /// training wait.
    fn hand_over(&self, state: TrainingState) {
        if let Some(checkpoints) = &self.strategy.checkpoints {
            // Who does not take it any more has failed and stops the training.
            let _ = checkpoints.send(state);
        }
    }

    fn state(&mut self) -> TrainingState {
        let model = &self.strategy.spec.model;
        let last = self.learner.model().mlp.weights(model);
        let velocity = self.strategy.velocities.read(&mut self.learner, &last);
        let (wall, cpu) = self.strategy.stopwatch.read();
        let journal = self.journal();
        TrainingState {
            step_losses: journal.step_losses.clone(),
            validations: journal.validations.clone(),
            probes: journal.probes.clone(),
            last,
            velocity,
            best: journal.best.as_ref().map(|best| best.mlp.weights(model)),
            wall,
            cpu,
        }
    }

    fn probe(&self, network: &Classifier) -> Vec<LayerProbe> {
        let MnistBatch { images, targets } = &self.strategy.probe_images;
        let previous = self.before_last_step.as_ref().map(|network| &network.mlp);
        network.mlp.probe(previous, images, targets.clone())
    }

    fn evaluate_both(&self, network: &Classifier) -> std::ops::ControlFlow<StopReason, (Scores, Scores)> {
        use std::ops::ControlFlow::{Break, Continue};

        let network = burn::module::Module::valid(network);
        let train = evaluate(&network, &*self.strategy.train_images);
        let validation = evaluate(&network, &*self.validation);
        match (train, validation) {
            (Ok(train), Ok(validation)) if train.loss.is_finite() && validation.loss.is_finite() => {
                Continue((train, validation))
            }
            (Ok(_), Ok(_)) => Break(StopReason::Diverged),
            (Err(error), _) | (_, Err(error)) => Break(self.fail(error)),
        }
    }

    fn fail(&self, error: DatasetError) -> StopReason {
        self.components.interrupter.fail(error);
        StopReason::Interrupted
    }

    fn stop_early(&mut self, validation: usize) -> Flow {
        self.components.interrupter.fail_on_error(self.components.event_processor.flush());
        let Some(early_stopping) = &mut self.components.early_stopping else { return Flow::Continue(()) };
        if early_stopping.should_stop(validation, &self.components.event_store) {
            Flow::Break(StopReason::EarlyStopping)
        } else {
            Flow::Continue(())
        }
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.strategy.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
