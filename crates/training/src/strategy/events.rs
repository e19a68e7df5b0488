//! The events of a training for Burn's dashboard and metrics.

use std::time::Instant;

use burn::data::dataloader::Progress;
use burn::train::{EventProcessorTraining, LearnerEvent, TrainingItem};
use record::Validation;

use super::Fit;
use crate::Scores;

impl Fit<'_> {
    /// Reports a validation of the journal, and that the steps to the next one begin.
    pub(super) fn report_validation(&mut self, validation: usize) {
        let Validation { step, validation_loss, validation_accuracy, train_accuracy, .. } =
            self.journal.history.validations[validation];
        let spec = &self.strategy.spec.training;
        let (n_train, per_epoch, max_epochs) = (self.train.num_items(), spec.validations_per_epoch, spec.max_epochs);
        if validation > 0 {
            let within_epoch = (step * spec.batch_size - 1) % n_train + 1;
            let scores = Scores { loss: self.journal.mean_loss_at(step), accuracy: Some(train_accuracy) };
            self.show_train(scores, Progress::new(within_epoch, n_train, None));
            self.send_train(LearnerEvent::EndSplit(validation));
        }
        self.show_validation(validation, Scores { loss: validation_loss, accuracy: Some(validation_accuracy) });
        if validation > 0 && validation.is_multiple_of(per_epoch) {
            self.send_train(LearnerEvent::EndEpoch(validation / per_epoch));
        }
        if validation < max_epochs * per_epoch {
            self.send_train(LearnerEvent::StartSplit { epoch_number: validation + 1, total_items: n_train });
        }
    }

    pub(super) fn show_train(&mut self, scores: Scores, progress: Progress) {
        let item = TrainingItem::new(scores, progress, None, Some(self.strategy.spec.optimizer.learning_rate().into()));
        self.send_train(LearnerEvent::ProcessedItem(item));
        self.shown = Instant::now();
    }

    fn show_validation(&mut self, validation: usize, scores: Scores) {
        let total_items = self.validation.num_items();
        let item = TrainingItem::new(scores, Progress::new(total_items, total_items, None), None, None);
        self.send_validation(LearnerEvent::StartSplit { epoch_number: validation, total_items });
        self.send_validation(LearnerEvent::ProcessedItem(item));
        self.send_validation(LearnerEvent::EndSplit(validation));
    }

    pub(super) fn send_train(&mut self, event: LearnerEvent<Scores>) {
        self.components.interrupter.fail_on_error(self.components.event_processor.process_train(event));
    }

    fn send_validation(&mut self, event: LearnerEvent<Scores>) {
        self.components.interrupter.fail_on_error(self.components.event_processor.process_valid(event));
    }
}
