//! The suite's own training: a bare loop over its step, and the whole of it through Burn's learner.

use std::hint::black_box;

use burn::data::dataloader::DataLoader;
use burn::module::Module;
use burn::tensor::Device;
use burn::train::Interrupter;
use kernels::Path;
use record::ExperimentSpec;
use training::{Outcome, Training, Unseen, evaluate, evaluation};

use crate::setting::{Digits, Setting};
use crate::timing::Timing;

/// Epochs whose steps are timed through the learner.
const EPOCHS: usize = 8;
/// Validations that are timed through the learner; with one more they part an epoch of 625 steps evenly.
const VALIDATIONS: usize = 24;

/// Seconds of a step without the learner's loop: batch, forward, backward, update.
pub(crate) fn bare_steps(digits: &Digits, setting: &Setting, path: Path, count: usize) -> Timing {
    let (spec, device) = (setting.spec(), Device::flex());
    let training = training(&spec, digits, &device, path);
    let (mut learner, loader) = (training.learner(), training.train_loader());
    let mut batches = loader.iter();
    learner.lr_step();
    Timing::of(7, count, || {
        for _ in 0..count {
            let batch = batches.next().unwrap_or_else(|| {
                batches = loader.iter();
                batches.next().expect("an epoch has batches")
            });
            let output = learner.train_step(batch.expect("the images are in memory"));
            learner.optimizer_step(output.grads);
            black_box(output.item);
        }
    })
}

/// Seconds of a step and of a validation with everything on: the differences of runs by their number of each.
pub(crate) fn through_the_learner(digits: &Digits, setting: &Setting, path: Path) -> (Timing, Timing) {
    let short = setting.spec();
    let long = Setting { max_epochs: 1 + EPOCHS, ..setting.clone() }.spec();
    let often = Setting { validations_per_epoch: 1 + VALIDATIONS, ..setting.clone() }.spec();
    let n_steps = (EPOCHS * short.steps_per_epoch()) as f64;
    let seconds = (0..7).map(|_| {
        let [short, long, often] =
            [&short, &long, &often].map(|spec| train(spec, digits, path).state.wall.as_secs_f64());
        let validation = (often - short) / VALIDATIONS as f64;
        ((long - short - EPOCHS as f64 * validation) / n_steps, validation)
    });
    let (steps, validations): (Vec<f64>, Vec<f64>) = seconds.unzip();
    (Timing::new(steps.into_iter()), Timing::new(validations.into_iter()))
}

/// Seconds of loss and accuracy on 20,000 and 10,000 images, without the learner.
pub(crate) fn bare_validations(digits: &Digits, setting: &Setting, path: Path) -> Timing {
    let (spec, device) = (setting.spec(), Device::flex());
    let network = training(&spec, digits, &device, path).learner().model().valid();
    let images = digits.images(path);
    let sets = [&images.train, &images.validation].map(|images| evaluation(images, path));
    Timing::of(15, 1, || {
        black_box(sets.each_ref().map(|set| evaluate(&network, &**set).expect("the images are in memory")));
    })
}

/// A whole run.
pub(crate) fn train(spec: &ExperimentSpec, digits: &Digits, path: Path) -> Outcome {
    training(spec, digits, &Device::flex(), path).run(Box::new(Unseen), &Interrupter::new()).expect("nothing stops it")
}

fn training<'a>(spec: &'a ExperimentSpec, digits: &'a Digits, device: &'a Device, path: Path) -> Training<'a> {
    Training { path, ..Training::new(spec, 1, digits.images(path), device) }
}
