//! `EvenlyValidated`: the training loop under Burn's learner, with several validations an epoch.
//!
//! Burn's own loop validates, and stops early, once an epoch; the assignment does both every fifth of one, and once
//! before the first step. Everything else is Burn's: steps, optimizer, metrics, dashboard, early stopping, interruption.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use burn::data::dataloader::{DataLoaderIterator, Progress};
use burn::data::dataset::DatasetError;
use burn::train::{
    EventProcessorTraining, Learner, LearnerEvent, SupervisedLearningStrategy, SupervisedTrainingEventProcessor,
    TrainLoader, TrainingComponents, TrainingItem, ValidLoader,
};
use mnist::MnistBatch;
use record::{ExperimentSpec, LayerProbe, StopReason};

use crate::journal::Journal;
use crate::{Classifier, Scores, evaluate};

/// Steps that a point of the training curve in the dashboard is the mean of.
const STEPS_PER_POINT: usize = 25;
/// Time between two such points: often enough for the eye, and the cost of a point does not grow with the speed of steps.
const BETWEEN_POINTS: Duration = Duration::from_millis(50);

/// The training loop of the assignment.
pub(crate) struct EvenlyValidated {
    pub(crate) spec: ExperimentSpec,
    /// What the network is evaluated on beside the validation images.
    pub(crate) train_images: ValidLoader<Classifier>,
    /// What every probe looks at.
    pub(crate) probe_images: MnistBatch,
    /// What the training leaves behind.
    pub(crate) journal: Arc<Mutex<Journal>>,
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
        let mut fit = Fit { strategy: self, learner, components, train, validation, before_last_step: None, shown };
        let stop_reason = fit.run();
        let network = fit.learner.model();
        let mut journal = fit.journal();
        journal.last = Some(network.clone());
        journal.stop_reason = Some(stop_reason);
        journal.error = fit.components.interrupter.error().map(|error| error.to_string());
        drop(journal);
        (network, fit.components.event_processor)
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

    fn epochs(&mut self) -> Flow {
        self.validate(0)?;
        let train = self.train.clone();
        for epoch in 1..=self.strategy.spec.training.max_epochs {
            let mut batches = train.iter();
            for part in 1..=self.strategy.spec.training.validations_per_epoch {
                let validation = (epoch - 1) * self.strategy.spec.training.validations_per_epoch + part;
                self.steps(&mut *batches, validation)?;
                self.validate(validation)?;
            }
            self.tell_train(LearnerEvent::EndEpoch(epoch));
        }
        Flow::Continue(())
    }

    /// The steps between two validations.
    fn steps(&mut self, batches: &mut dyn DataLoaderIterator<MnistBatch>, validation: usize) -> Flow {
        let total_items = self.train.num_items();
        self.tell_train(LearnerEvent::StartSplit { epoch_number: validation, total_items });
        let n_steps = self.strategy.spec.steps_per_validation();
        for step in 1..=n_steps {
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
                let loss = self.journal().mean_of_last_losses(STEPS_PER_POINT);
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
        let n_train = self.train.num_items();
        let epoch = validation as f64 / self.strategy.spec.training.validations_per_epoch as f64;
        let probe = self.probe(&network);
        self.journal().add_validation(epoch, on_train, on_validation, network, probe);

        if validation > 0 {
            let seen = self.journal().step_losses.len() * self.strategy.spec.training.batch_size;
            let within_epoch = (seen - 1) % n_train + 1;
            let loss = self.journal().mean_of_last_losses(STEPS_PER_POINT);
            self.show_train(Scores { loss, ..on_train }, Progress::new(within_epoch, n_train, None));
            self.tell_train(LearnerEvent::EndSplit(validation));
        }
        self.show_validation(validation, on_validation);
        self.stop_early(validation)
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

    fn show_train(&mut self, scores: Scores, progress: Progress) {
        let item = TrainingItem::new(scores, progress, None, Some(self.learner.lr_current()));
        self.tell_train(LearnerEvent::ProcessedItem(item));
        self.shown = Instant::now();
    }

    fn show_validation(&mut self, validation: usize, scores: Scores) {
        let total_items = self.validation.num_items();
        let item = TrainingItem::new(scores, Progress::new(total_items, total_items, None), None, None);
        self.tell_validation(LearnerEvent::StartSplit { epoch_number: validation, total_items });
        self.tell_validation(LearnerEvent::ProcessedItem(item));
        self.tell_validation(LearnerEvent::EndSplit(validation));
    }

    fn tell_train(&mut self, event: LearnerEvent<Scores>) {
        self.components.interrupter.fail_on_error(self.components.event_processor.process_train(event));
    }

    fn tell_validation(&mut self, event: LearnerEvent<Scores>) {
        self.components.interrupter.fail_on_error(self.components.event_processor.process_valid(event));
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.strategy.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
