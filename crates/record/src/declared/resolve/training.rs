//! Rules about the training: its length, and how steps, batches and validations fit together.

use std::ops::{Range, RangeInclusive};

use super::rules::{Rules, TRAIN_IMAGES, grouped};
use crate::declared::error::DeclaredError;
use crate::declared::{DeclaredCheckpoint, DeclaredTraining};
use crate::{CheckpointSpec, TrainingSpec, suggest};

const EPOCHS: RangeInclusive<i64> = 1..=10_000;
const VALIDATIONS: RangeInclusive<i64> = 1..=100_000;
const PATIENCE: RangeInclusive<i64> = 1..=1_000_000;
/// A record keeps the loss of every step and all validations.
const MOST_STEPS: usize = 10_000_000;
const MOST_VALIDATIONS: usize = 100_000;

impl Rules<'_> {
    pub(super) fn training(
        &self,
        training: &DeclaredTraining,
        train_images: usize,
        train_images_span: &Range<usize>,
    ) -> Result<TrainingSpec, DeclaredError> {
        let spec = TrainingSpec {
            batch_size: self.count("training.batch_size", &training.batch_size, 1..=*TRAIN_IMAGES.end())?,
            shuffle: training.shuffle,
            max_epochs: self.count("training.max_epochs", &training.max_epochs, EPOCHS)?,
            validations_per_epoch: self.count(
                "training.validations_per_epoch",
                &training.validations_per_epoch,
                1..=*TRAIN_IMAGES.end(),
            )?,
            patience_validations: self.count(
                "training.patience_validations",
                &training.patience_validations,
                PATIENCE,
            )?,
        };
        let spans = [
            &training.validations_per_epoch.span(),
            &training.batch_size.span(),
            &training.max_epochs.span(),
            train_images_span,
        ];
        if spec.batch_size > train_images {
            let rule = format!("there are {} training images", grouped(train_images));
            return Err(self.broken("training.batch_size", grouped(spec.batch_size), rule, &spans[1..]));
        }
        self.length(&spec, train_images / spec.batch_size, spans)?;
        Ok(spec)
    }

    pub(super) fn checkpoint(&self, checkpoint: Option<&DeclaredCheckpoint>) -> Result<CheckpointSpec, DeclaredError> {
        let Some(DeclaredCheckpoint { every_validations }) = checkpoint else { return Ok(CheckpointSpec::default()) };
        let every_validations = self.count("checkpoint.every_validations", every_validations, VALIDATIONS)?;
        Ok(CheckpointSpec { every_validations })
    }

    fn length(&self, spec: &TrainingSpec, steps: usize, spans: [&Range<usize>; 4]) -> Result<(), DeclaredError> {
        let [validations, batch_size, epochs, train_images] = spans;
        if !steps.is_multiple_of(spec.validations_per_epoch) {
            let near = nearest_divisors(steps, spec.validations_per_epoch);
            let rule = format!("it must divide the {} steps of an epoch evenly", grouped(steps));
            let found = grouped(spec.validations_per_epoch);
            let spans = [validations, batch_size, train_images];
            let error = self.broken("training.validations_per_epoch", found, rule, &spans);
            return Err(error.with_hint(Some(format!("{} would do", suggest::one_of(&near)))));
        }
        let spans = [epochs, validations, batch_size, train_images];
        let too_many = |count: usize, what: &str, most: usize| {
            let rule = format!("that makes {} {what}, and {} is the limit", grouped(count), grouped(most));
            Err(self.broken("training.max_epochs", grouped(spec.max_epochs), rule, &spans))
        };
        let (all_steps, all_validations) = (steps * spec.max_epochs, spec.validations_per_epoch * spec.max_epochs);
        if all_steps > MOST_STEPS {
            too_many(all_steps, "steps", MOST_STEPS)
        } else if all_validations > MOST_VALIDATIONS {
            too_many(all_validations, "validations", MOST_VALIDATIONS)
        } else {
            Ok(())
        }
    }
}

/// The two divisors below and the two above a number that is none.
fn nearest_divisors(number: usize, near: usize) -> Vec<String> {
    let is_divisor = |divisor: &usize| number.is_multiple_of(*divisor);
    let mut below: Vec<usize> = (1..=near.min(number)).rev().filter(is_divisor).take(2).collect();
    below.reverse();
    below.extend((near + 1..=number).filter(is_divisor).take(2));
    below.into_iter().map(grouped).collect()
}
