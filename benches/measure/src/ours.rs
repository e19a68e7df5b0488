//! This project's training: a bare loop over its steps, and the whole training through Burn's learner.

use std::hint::black_box;
use std::iter;

use burn::data::dataloader::DataLoader;
use burn::module::Module;
use burn::train::Interrupter;
use inputs::ComputePath;
use record::TrainingState;
use spec::ExperimentSpec;
use training::{Classifier, Renderer, Threads, Training, evaluate, evaluation};

use crate::setting::{Digits, lasting};
use crate::timing::Timing;

/// Epochs of the longer training through the learner; this divides an epoch of 625 steps evenly.
const EPOCHS: usize = 5;

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

/// Seconds per step of a whole training: the difference of two trainings with the same number of validations.
///
/// On one thread, because on several a validation costs no time: the training continues meanwhile.
pub(crate) fn steps_through_the_learner(digits: &Digits, spec: &ExperimentSpec, path: ComputePath) -> Timing {
    let (long, short) = (lasting(spec, EPOCHS, 1), lasting(spec, 1, EPOCHS));
    let seconds = |spec| {
        let threads = if path == ComputePath::Fused { Threads::One } else { Threads::All };
        train(&Training { threads, ..training(spec, digits, path) }).wall.as_secs_f64()
    };
    let (long, short) = (0..7).map(|_| (seconds(&long), seconds(&short))).unzip();
    Timing::new(long).less(&Timing::new(short), (EPOCHS - 1) * spec.steps_per_epoch())
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

/// The last state of a whole run.
pub(crate) fn train(training: &Training<'_>) -> TrainingState {
    training.run(Renderer::silent(), &Interrupter::new()).expect("nothing stops it").state
}

/// A training on all cores.
pub(crate) fn training<'a>(spec: &'a ExperimentSpec, digits: &'a Digits, path: ComputePath) -> Training<'a> {
    Training { path, ..Training::new(spec, 1, digits.images(path), &digits.device) }
}
