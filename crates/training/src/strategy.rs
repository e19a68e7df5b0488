//! `EvenlyValidated`: the training loop under Burn's learner, with several validations an epoch.
//!
//! Burn's own loop validates, and may stop early, once per epoch; the assignment does both five times per epoch, and once
//! before the first step. Everything else is Burn's: optimizers, metrics, dashboard, early stopping, interruption.

mod events;
mod validation;

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use burn::data::dataloader::DataLoaderIterator;
use burn::data::dataset::DatasetError;
use burn::train::{
    Learner, SupervisedLearningStrategy, SupervisedTrainingEventProcessor, TrainLoader, TrainingComponents, ValidLoader,
};
use kernels::Instructions;
use mlp::{Network, OptimizerState, Trainer};
use mnist::MnistBatch;
use record::{History, StopReason, TrainingState};
use spec::ExperimentSpec;

use crate::journal::Journal;
use crate::stopwatch::Stopwatch;
use crate::validation_loss::ValidationLoss;
use crate::{Classifier, Scores};
use validation::{Evaluated, Moment};

/// Time between two points of the training curve in the dashboard: smooth enough for the eye, and the cost does not grow
/// with the speed of the steps.
const BETWEEN_POINTS: Duration = Duration::from_millis(50);

/// A checkpoint waits until the run has advanced by 2 %, one part in this many: a checkpoint holds the whole history, so a
/// long run would otherwise spend more time on writing than on training.
const LEAST_PROGRESS: usize = 50;

/// The training loop of the assignment.
pub(crate) struct EvenlyValidated {
    pub(crate) spec: ExperimentSpec,
    /// The training images, for evaluation.
    pub(crate) train_images: ValidLoader<Classifier>,
    /// The images of every probe.
    pub(crate) probe_images: MnistBatch,
    /// Those of evaluations.
    pub(crate) instructions: Instructions,
    /// The record of the training; that of a resumed training has its past.
    pub(crate) journal: Arc<Mutex<Journal>>,
    /// The optimizer's state, if the training is resumed.
    pub(crate) optimizer: Option<OptimizerState>,
    /// The last validation loss, for early stopping.
    pub(crate) validation_loss: ValidationLoss,
    /// It is interrupted after this number of validations.
    pub(crate) until: Option<usize>,
    /// The receiver of checkpoints.
    pub(crate) checkpoints: Option<SyncSender<TrainingState>>,
    /// The receiver of what is new in the history.
    pub(crate) progress: Option<Sender<History>>,
    /// The time spent on the training.
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
        // Nothing else reads it before the end.
        let journal = std::mem::take(&mut *self.journal.lock().unwrap_or_else(PoisonError::into_inner));
        let mut fit = Fit {
            strategy: self,
            trainer: self.spec.optimizer.trainer(learner.model().network, self.optimizer.as_ref()),
            saved_steps: journal.steps(),
            sent: (journal.steps(), journal.history.validations.len()),
            journal,
            components,
            train,
            validation,
            moment: None,
            ahead: Vec::new(),
            before_last_step: None,
            shown: Instant::now(),
        };
        let stop_reason = match fit.epochs() {
            Flow::Break(reason) => reason,
            Flow::Continue(()) => StopReason::MaxEpochs,
        };
        fit.send_progress();
        let state = fit.state();
        if stop_reason == StopReason::Interrupted {
            // Before the dashboard closes, because a terminal that hangs never lets it close.
            fit.hand_over(state.clone());
        }
        fit.journal.end = Some((stop_reason, state));
        fit.journal.error = fit.components.interrupter.error().map(|error| error.to_string());
        *self.journal.lock().unwrap_or_else(PoisonError::into_inner) = fit.journal;
        (Classifier { network: fit.trainer.network() }, fit.components.event_processor)
    }
}

/// A training in progress.
struct Fit<'a> {
    strategy: &'a EvenlyValidated,
    trainer: Box<dyn Trainer>,
    /// The record that the training keeps.
    journal: Journal,
    components: TrainingComponents<Classifier>,
    train: TrainLoader<Classifier>,
    validation: ValidLoader<Classifier>,
    /// The training at a validation that is not in the journal yet, and in the end at the one that stopped it.
    moment: Option<Arc<Moment>>,
    /// The losses of the steps taken since then. If that validation stops the training, they count for nothing.
    ahead: Vec<f32>,
    /// The network before the last step ahead of a validation, to see what that step changed.
    before_last_step: Option<Network>,
    /// Steps taken when the state was last handed over, or when the training began.
    saved_steps: usize,
    /// Steps and validations of the history that the receiver of progress has.
    sent: (usize, usize),
    /// When a point of the training curve was last shown.
    shown: Instant,
}

/// Whether a training continues, or why it stops.
type Flow = ControlFlow<StopReason>;

impl Fit<'_> {
    /// All epochs, or the remaining ones of a resumed training.
    fn epochs(&mut self) -> Flow {
        self.replay()?;
        if self.journal.history.validations.is_empty() {
            self.validate()?;
        }
        let (per_epoch, spec) = (self.strategy.spec.training.validations_per_epoch, &self.strategy.spec);
        self.pause()?;
        let epochs_done = self.journal.steps() / spec.steps_per_epoch();
        let train = self.train.clone();
        for epoch in epochs_done + 1..=spec.training.max_epochs {
            let mut batches = train.iter();
            let steps_before = (epoch - 1) * spec.steps_per_epoch();
            let seen = self.journal.steps() - steps_before;
            if seen > 0 {
                batches.nth(seen - 1);
            }
            let next = self.next_validation() + usize::from(self.moment.is_some());
            for _ in next..=epoch * per_epoch {
                self.steps_and_validation(&mut *batches)?;
                self.validate()?;
            }
        }
        Flow::Continue(())
    }

    /// Reports the past validations of a resumed training to Burn: the dashboard shows their curves, and early stopping
    /// counts them.
    fn replay(&mut self) -> Flow {
        for validation in 0..self.next_validation() {
            self.report_validation(validation);
            self.stop_early(validation)?;
        }
        Flow::Continue(())
    }

    /// The steps up to the next validation, while another thread evaluates the one before if that is still to be done.
    fn steps_and_validation(&mut self, batches: &mut dyn DataLoaderIterator<MnistBatch>) -> Flow {
        let (sender, evaluated) = channel();
        let flow = rayon::in_place_scope(|scope| {
            if let Some(moment) = self.moment.clone() {
                let (strategy, validation) = (self.strategy, self.validation.clone());
                // It is received as long as the scope lasts.
                scope.spawn(move |_| drop(sender.send(strategy.evaluate(&moment, &*validation))));
            }
            self.steps(batches, &evaluated)
        });
        if let Ok(evaluated) = evaluated.try_recv() {
            self.enter(evaluated)?;
        }
        flow
    }

    /// The steps between two validations, or the remaining ones.
    fn steps(&mut self, batches: &mut dyn DataLoaderIterator<MnistBatch>, evaluated: &Receiver<Evaluated>) -> Flow {
        let n_steps = self.strategy.spec.steps_per_validation();
        let done = self.journal.steps() % n_steps;
        for step in done + 1..=n_steps {
            if let Ok(evaluated) = evaluated.try_recv() {
                self.enter(evaluated)?;
            }
            if step == n_steps {
                self.before_last_step = Some(self.trainer.network());
            }
            match batches.next() {
                Some(Ok(batch)) => self.step(&batch)?,
                Some(Err(error)) => return Flow::Break(self.fail(error)),
                None => break,
            }
            // Points come in the order of the steps, and the one after the last step comes with the validation.
            if self.shown.elapsed() >= BETWEEN_POINTS && step < n_steps && self.moment.is_none() {
                let loss = self.journal.mean_loss_at(self.journal.steps());
                let progress = batches.progress();
                self.show_train(Scores { loss, accuracy: None }, progress);
            }
        }
        Flow::Continue(())
    }

    /// One parameter update, unless the loss becomes NaN or infinite or the training is interrupted.
    fn step(&mut self, batch: &MnistBatch) -> Flow {
        if self.components.interrupter.should_stop() {
            return Flow::Break(StopReason::Interrupted);
        }
        let loss = self.trainer.step(&batch.images, &batch.targets);
        let losses = if self.moment.is_some() { &mut self.ahead } else { &mut self.journal.history.step_losses };
        #[expect(clippy::cast_possible_truncation, reason = "the loss was computed in f32")]
        losses.push(loss as f32);
        if loss.is_finite() { Flow::Continue(()) } else { Flow::Break(StopReason::Diverged) }
    }

    /// Sends what is new in the history.
    fn send_progress(&mut self) {
        if let Some(progress) = &self.strategy.progress {
            let history = &self.journal.history;
            let new = history.since(self.sent.0, self.sent.1);
            self.sent = (history.step_losses.len(), history.validations.len());
            // A receiver that is gone has failed; the training does not depend on it.
            let _ = progress.send(new);
        }
    }

    /// Interrupts the training once it has the validations that it was to have.
    fn pause(&self) -> Flow {
        let is_due = self.strategy.until.is_some_and(|until| self.next_validation() > until);
        if is_due { Flow::Break(StopReason::Interrupted) } else { Flow::Continue(()) }
    }

    /// Hands the state over, after every `checkpoint.every_validations` validations.
    fn checkpoint(&mut self, validation: usize) {
        let steps = self.journal.steps();
        let is_due = self.strategy.checkpoints.is_some()
            && validation > 0
            && validation.is_multiple_of(self.strategy.spec.checkpoint.every_validations);
        if is_due && (steps - self.saved_steps) * LEAST_PROGRESS >= steps {
            self.saved_steps = steps;
            let state = self.state();
            self.hand_over(state);
        }
    }

    /// Hands a state to the thread that saves it; the training waits only if that thread has not taken the previous one.
    fn hand_over(&self, state: TrainingState) {
        if let Some(checkpoints) = &self.strategy.checkpoints {
            // A saver that accepts no more states has failed, and stops the training itself.
            let _ = checkpoints.send(state);
        }
    }

    fn state(&self) -> TrainingState {
        let (wall, cpu) = self.strategy.stopwatch.read();
        let now = self.moment.clone().unwrap_or_else(|| Arc::new(self.moment_here()));
        TrainingState {
            history: self.journal.history.clone(),
            last: now.network.weights(),
            optimizer: now.optimizer.clone(),
            best: self.journal.best.as_ref().map(Network::weights),
            wall,
            cpu,
        }
    }

    fn fail(&self, error: DatasetError) -> StopReason {
        self.components.interrupter.fail(error);
        StopReason::Interrupted
    }

    fn stop_early(&mut self, validation: usize) -> Flow {
        self.strategy.validation_loss.set(self.journal.history.validations[validation].validation_loss);
        let Some(early_stopping) = &mut self.components.early_stopping else { return Flow::Continue(()) };
        if early_stopping.should_stop(validation, &self.components.event_store) {
            Flow::Break(StopReason::EarlyStopping)
        } else {
            Flow::Continue(())
        }
    }
}
