//! This project's training: a bare loop over its steps, and the whole training through Burn's learner.

use std::hint::black_box;
use std::iter;

use burn::data::dataloader::DataLoader;
use burn::module::Module;
use burn::train::Interrupter;
use kernels::ComputePath;
use spec::ExperimentSpec;
use training::{Classifier, Outcome, Renderer, Training, evaluate, evaluation};

use crate::setting::{Digits, lasting};
use crate::timing::Timing;

/// Epochs of steps that are timed through the learner.
const EPOCHS: usize = 8;
/// Validations that are timed through the learner; one more than these divides an epoch of 625 steps evenly.
const VALIDATIONS: usize = 24;

/// Seconds per step without the learner's loop: batch, forward, backward, update.
pub(crate) fn bare_steps(digits: &Digits, spec: &ExperimentSpec, path: ComputePath, count: usize) -> Timing {
    let training = training(spec, digits, path);
    let (mut trainer, loader) = (training.trainer(), training.train_loader());
    let mut batches = iter::repeat_with(|| loader.iter()).flatten();
    Timing::of(7, count, || {
        for batch in batches.by_ref().take(count) {
            let batch = batch.expect("the images are in memory");
            black_box(trainer.step(&batch.images, &batch.targets));
        }
    })
}

/// Seconds per step and per validation of a whole training, from the differences between runs with more or fewer of them.
pub(crate) fn through_the_learner(digits: &Digits, spec: &ExperimentSpec, path: ComputePath) -> (Timing, Timing) {
    let (long, often) = (lasting(spec, 1 + EPOCHS, 1), lasting(spec, 1, 1 + VALIDATIONS));
    let n_steps = (EPOCHS * spec.steps_per_epoch()) as f64;
    let seconds = (0..7).map(|_| {
        let [short, long, often] = [spec, &long, &often].map(|spec| train(spec, digits, path).state.wall.as_secs_f64());
        let validation = (often - short) / VALIDATIONS as f64;
        ((long - short - EPOCHS as f64 * validation) / n_steps, validation)
    });
    let (steps, validations) = seconds.unzip();
    (Timing::new(steps), Timing::new(validations))
}

/// Seconds for loss and accuracy on 20,000 and 10,000 images, without the learner.
pub(crate) fn bare_validations(digits: &Digits, spec: &ExperimentSpec, path: ComputePath) -> Timing {
    let network = Classifier { network: training(spec, digits, path).trainer().network().valid() };
    let images = digits.images(path);
    let sets = [&images.train, &images.validation].map(|images| evaluation(images, path));
    Timing::of(15, 1, || {
        black_box(sets.each_ref().map(|set| evaluate(&network, &**set).expect("the images are in memory")));
    })
}

/// A whole run.
pub(crate) fn train(spec: &ExperimentSpec, digits: &Digits, path: ComputePath) -> Outcome {
    training(spec, digits, path).run(Renderer::silent(), &Interrupter::new()).expect("nothing stops it")
}

fn training<'a>(spec: &'a ExperimentSpec, digits: &'a Digits, path: ComputePath) -> Training<'a> {
    Training { path, ..Training::new(spec, 1, digits.images(path), &digits.device) }
}
