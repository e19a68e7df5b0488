//! Trainings on few made-up digits, compared with the assignment.

mod resume;

use std::sync::LazyLock;

use burn::data::dataloader::DataLoader;
use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::Device;
use burn::train::Interrupter;
use inputs::ComputePath;
use mlp::{Activation, ImageShape, Network, NetworkConfig, OptimizerConfig, SgdConfig, Tensors};
use mnist::{Dataset, DatasetName, MnistBatcher, Request, Splits};
use record::StopReason;
use spec::{Catalog, Declaration, ExperimentSpec, Shuffle};

use crate::classifier::Classifier;
use crate::evaluate::evaluate;
use crate::{Images, Outcome, Renderer, Threads, Training, evaluation, on_threads};

const SHAPE: ImageShape = ImageShape { height: 28, width: 28, classes: 10 };
const TRAIN_IMAGES: usize = 400;
const VALIDATION_IMAGES: usize = 150;

static DIGITS: LazyLock<Dataset> = LazyLock::new(|| {
    let request = Request {
        dataset: Some(DatasetName::MadeUp),
        train_images: Some(TRAIN_IMAGES),
        test_images: Some(VALIDATION_IMAGES),
        ..Request::default()
    };
    mnist::load(&request, &mut |_| {}).unwrap()
});

fn images() -> Images {
    images_for(ComputePath::Fused)
}

fn images_for(path: ComputePath) -> Images {
    let splits = Splits::new(&DIGITS, TRAIN_IMAGES, VALIDATION_IMAGES).unwrap();
    let batcher = |set| MnistBatcher::new(set, &splits.normalization, &Device::flex(), path);
    Images { shape: SHAPE, train: batcher(&splits.train), validation: batcher(&splits.validation), test: None }
}

/// The standard model on few images: two epochs of 25 steps and five validations each.
fn spec() -> ExperimentSpec {
    let overrides = [
        format!("data.train_images={TRAIN_IMAGES}"),
        format!("data.validation_images={VALIDATION_IMAGES}"),
        "model.hidden_units=[16]".to_owned(),
        "training.batch_size=16".to_owned(),
        "training.max_epochs=2".to_owned(),
    ];
    let overrides = overrides.map(|text| text.parse().unwrap());
    declared("task3c", &overrides)
}

/// An experiment of this repository.
fn declared(name: &str, overrides: &[spec::Override]) -> ExperimentSpec {
    let catalog = Catalog::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments"), SHAPE);
    match catalog.load(name, overrides).unwrap() {
        Declaration::Experiment(experiment) => experiment.spec,
        Declaration::Comparison(_) => unreachable!("{name} is an experiment"),
    }
}

/// The settings of stochastic gradient descent, for changing them.
fn sgd(spec: &mut ExperimentSpec) -> &mut SgdConfig {
    let OptimizerConfig::Sgd(sgd) = &mut spec.optimizer else { panic!("the optimizer is not sgd") };
    sgd
}

/// The settings of the dense layers, for changing them.
fn mlp_of(spec: &mut ExperimentSpec) -> &mut mlp::MlpConfig {
    let NetworkConfig::Mlp(mlp) = &mut spec.model else { panic!("the network is not an MLP") };
    mlp
}

fn train(spec: &ExperimentSpec, seed: u64, interrupter: &Interrupter) -> Outcome {
    let (images, device) = (images(), Device::flex());
    Training::new(spec, seed, &images, &device).run(Renderer::silent(), interrupter).unwrap()
}

fn outcome(spec: &ExperimentSpec) -> Outcome {
    train(spec, 1, &Interrupter::new())
}

#[test]
fn validations_come_before_the_first_step_and_evenly_after() {
    let outcome = outcome(&spec());
    let steps: Vec<usize> = outcome.state.history.validations.iter().map(|validation| validation.step).collect();
    assert_eq!(steps, [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
    let epochs: Vec<f64> = outcome.state.history.validations.iter().map(|validation| validation.epoch).collect();
    assert_eq!((epochs[1], epochs[10]), (0.2, 2.0));
    assert_eq!((outcome.stop_reason, outcome.state.history.step_losses.len()), (StopReason::MaxEpochs, 50));
}

#[test]
fn every_validation_has_a_probe_of_every_layer() {
    let outcome = outcome(&spec());
    let steps = |outcome: &Outcome| {
        outcome.state.history.validations.iter().map(|validation| validation.step).collect::<Vec<_>>()
    };
    assert_eq!(outcome.state.history.probes.iter().map(|probe| probe.step).collect::<Vec<_>>(), steps(&outcome));
    assert!(outcome.state.history.probes[0].layers.iter().all(|layer| layer.update_rms.is_none()));
    for probe in &outcome.state.history.probes[1..] {
        assert_eq!(probe.layers.len(), 2);
        for layer in &probe.layers {
            let update = layer.update_rms.expect("there was a step");
            assert!(layer.gradient_rms > 0.0 && update > 0.0 && update < 0.1 * layer.weight_rms, "{probe:?}");
        }
    }
}

#[test]
fn digits_are_learned() {
    let outcome = outcome(&spec());
    let (first, last) = (outcome.state.history.validations[0], outcome.state.history.validations[10]);
    assert!(last.validation_loss < 0.6 * first.validation_loss, "{first:?} {last:?}");
    assert!(last.train_accuracy > 0.75 && last.validation_accuracy > 0.6, "{last:?}");
}

/// `v = g + momentum v; w -= learning_rate v`, written out, without fused kernels, Burn's optimizer or its learner.
fn plain_loop(spec: &ExperimentSpec, seed: u64, n_steps: usize) -> (Vec<f32>, Tensors) {
    let (images, device) = (images_for(ComputePath::Plain), Device::flex());
    let training = Training { path: ComputePath::Plain, ..Training::new(spec, seed, &images, &device) };
    let mut weights = spec.model.initial_weights(SHAPE, seed);
    let mut velocity = weights.clone();
    velocity.0.iter_mut().for_each(|tensor| tensor.values.fill(0.0));
    let OptimizerConfig::Sgd(SgdConfig { learning_rate, momentum }) = spec.optimizer else { panic!("not sgd") };
    #[expect(clippy::cast_possible_truncation, reason = "Burn's optimizer computes in f32 as well")]
    let (momentum, learning_rate) = (momentum as f32, learning_rate as f32);
    let mut losses = Vec::new();
    for batch in training.train_loader().iter().take(n_steps) {
        let batch = batch.unwrap();
        let network =
            Network::new(&spec.model, SHAPE, &weights, &device.clone().autodiff()).with_path(ComputePath::Plain);
        let loss = network.loss(batch.images, &batch.targets);
        losses.push(loss.clone().into_scalar::<f32>());
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        let gradients = gradients_as_weights(&network, gradients);
        for ((weights, velocity), gradient) in weights.0.iter_mut().zip(&mut velocity.0).zip(&gradients.0) {
            for ((w, v), g) in weights.values.iter_mut().zip(&mut velocity.values).zip(&gradient.values) {
                *v = g + momentum * *v;
                *w -= learning_rate * *v;
            }
        }
    }
    (losses, weights)
}

/// The gradients in the shape of the weights: a network whose parameters are replaced by their gradients.
fn gradients_as_weights(network: &Network, gradients: GradientsParams) -> Tensors {
    struct Replace(GradientsParams);
    impl burn::module::ModuleMapper for Replace {
        fn map_float<const D: usize>(
            &mut self,
            param: burn::module::Param<burn::tensor::Tensor<D>>,
        ) -> burn::module::Param<burn::tensor::Tensor<D>> {
            let gradient = self.0.remove::<D>(param.id).expect("every parameter has a gradient");
            param.map(|_| gradient)
        }
    }
    network.valid().map(&mut Replace(gradients)).weights()
}

#[test]
fn the_learner_takes_the_assignments_steps() {
    for momentum in [0.0, 0.9] {
        let mut spec = spec();
        sgd(&mut spec).momentum = momentum;
        spec.training.max_epochs = 1;
        let (losses, weights) = plain_loop(&spec, 1, 25);
        let outcome = outcome(&spec);
        for (step, (learner, plain)) in outcome.state.history.step_losses.iter().zip(&losses).enumerate() {
            assert!((learner - plain).abs() < 1e-4, "momentum {momentum}, step {step}: {learner} against {plain}");
        }
        for (learner, plain) in outcome.state.last.0.iter().zip(&weights.0) {
            for (learner, plain) in learner.values.iter().zip(&plain.values) {
                assert!((learner - plain).abs() < 1e-4, "momentum {momentum}: {learner} against {plain}");
            }
        }
    }
}

#[test]
fn early_stopping_counts_validations_without_a_new_lowest_loss() {
    let mut spec = spec();
    // Far too fast: the loss falls at first and then jumps around.
    sgd(&mut spec).learning_rate = 0.5;
    spec.training.max_epochs = 100;
    spec.training.patience_validations = 7;
    let outcome = outcome(&spec);
    assert_eq!(outcome.stop_reason, StopReason::EarlyStopping);

    let losses: Vec<f64> =
        outcome.state.history.validations.iter().map(|validation| validation.validation_loss).collect();
    let mut best = 0;
    for (index, loss) in losses.iter().enumerate() {
        if *loss < losses[best] {
            best = index;
        }
        let has_seen_enough = index - best == 7;
        assert_eq!(has_seen_enough, index == losses.len() - 1, "validation {index} of {losses:?}");
    }
}

#[test]
fn best_weights_are_those_of_the_lowest_validation_loss() {
    let mut spec = spec();
    sgd(&mut spec).learning_rate = 0.5;
    let outcome = outcome(&spec);
    let lowest =
        outcome.state.history.validations.iter().map(|validation| validation.validation_loss).fold(f64::MAX, f64::min);
    assert!(lowest < outcome.state.history.validations[10].validation_loss, "the last validation is not the best here");

    let of = |weights: &Tensors| {
        let network = Classifier { network: Network::new(&spec.model, SHAPE, weights, &Device::flex()) };
        evaluate(&network, &*evaluation(&images().validation, ComputePath::Fused)).unwrap().loss.to_bits()
    };
    assert_eq!(of(outcome.state.best.as_ref().unwrap()), lowest.to_bits());
    assert_eq!(of(&outcome.state.last), outcome.state.history.validations[10].validation_loss.to_bits());
}

#[test]
fn a_loss_that_is_not_finite_stops_the_training_at_its_step() {
    let mut spec = spec();
    // The outputs of ReLU are unbounded, so the logits grow until they overflow.
    mlp_of(&mut spec).activation = Activation::Relu;
    sgd(&mut spec).learning_rate = 1e30;
    let outcome = outcome(&spec);
    assert_eq!(outcome.stop_reason, StopReason::Diverged);
    let (last, before) = outcome.state.history.step_losses.split_last().unwrap();
    assert!(!last.is_finite() && before.iter().all(|loss| loss.is_finite()), "{:?}", outcome.state.history.step_losses);
    assert!(outcome.state.history.validations.iter().all(|validation| validation.validation_loss.is_finite()));
    assert!(outcome.state.best.is_some());
}

#[test]
fn an_interrupted_training_stops_before_its_next_step() {
    let interrupter = Interrupter::new();
    interrupter.stop(Some("test"));
    let outcome = train(&spec(), 1, &interrupter);
    assert_eq!((outcome.stop_reason, outcome.state.history.step_losses.len()), (StopReason::Interrupted, 0));
    assert_eq!(outcome.state.last, spec().model.initial_weights(SHAPE, 1));
}

#[test]
fn the_same_training_gives_the_same_bits_alone_or_side_by_side() {
    let same = |a: &Outcome, b: &Outcome| {
        a.state.history.step_losses == b.state.history.step_losses
            && a.state.history.validations == b.state.history.validations
            && a.state.last == b.state.last
            && a.state.best == b.state.best
    };
    let alone = outcome(&spec());
    let side_by_side: Vec<Outcome> = std::thread::scope(|scope| {
        let trainings: Vec<_> =
            (1..=4).map(|seed| scope.spawn(move || train(&spec(), seed, &Interrupter::new()))).collect();
        trainings.into_iter().map(|training| training.join().unwrap()).collect()
    });
    assert!(same(&alone, &side_by_side[0]));
    assert!(!same(&alone, &side_by_side[1]));
}

#[test]
fn images_that_are_not_shuffled_keep_their_order() {
    let mut spec = spec();
    spec.training.shuffle = Shuffle::Never;
    let (losses, _) = plain_loop(&spec, 1, 1);
    let first = outcome(&spec).state.history.step_losses[0];
    assert!((first - losses[0]).abs() < 1e-5);
    let batch = images().train.slice(0, 16);
    let network = Network::new(&spec.model, SHAPE, &spec.model.initial_weights(SHAPE, 1), &Device::flex());
    assert!((network.loss(batch.images, &batch.targets).into_scalar::<f32>() - first).abs() < 1e-5);
}

/// With a second thread, evaluations run during the steps that follow; those after the validation that stopped the training must
/// leave no trace.
#[test]
fn one_thread_gives_the_bits_of_many() {
    let (images, device) = (images(), Device::flex());
    let all_epochs = spec();
    let mut early = spec();
    sgd(&mut early).learning_rate = 0.5;
    early.training.max_epochs = 100;
    early.training.patience_validations = 7;
    let mut diverging = spec();
    mlp_of(&mut diverging).activation = Activation::Relu;
    sgd(&mut diverging).learning_rate = 1e30;
    for (spec, until, reason) in [
        (&all_epochs, None, StopReason::MaxEpochs),
        (&all_epochs, Some(3), StopReason::Interrupted),
        (&early, None, StopReason::EarlyStopping),
        (&diverging, None, StopReason::Diverged),
    ] {
        let train = |threads| {
            let training = Training { threads, until, ..Training::new(spec, 1, &images, &device) };
            let run = || training.run(Renderer::silent(), &Interrupter::new()).unwrap();
            let Outcome { stop_reason, mut state } = on_threads(2, run);
            assert_eq!(stop_reason, reason);
            (state.wall, state.cpu) = Default::default();
            // A loss may be NaN, which equals nothing.
            let losses = std::mem::take(&mut state.history.step_losses);
            (losses.into_iter().map(f32::to_bits).collect::<Vec<_>>(), state)
        };
        assert_eq!(train(Threads::All), train(Threads::One), "{reason:?}");
    }
}

/// The report's standard model, trained with the fused kernels and with Burn's modules. Rounding makes their trajectories
/// diverge, so they agree as two runs do, not bit by bit.
#[test]
fn a_whole_run_on_mnist_ends_where_the_plain_path_ends() {
    let Some(mnist_dir) = test_support::mnist_dir() else { return };
    let request = Request { mnist_dir: Some(mnist_dir), offline: true, ..Request::default() };
    let dataset = mnist::load(&request, &mut |_| {}).unwrap();
    let splits = Splits::new(&dataset, 20_000, 10_000).unwrap();
    let (spec, device) = (declared("task3c", &[]), Device::flex());
    let [fused, plain] = [ComputePath::Fused, ComputePath::Plain].map(|path| {
        let batcher = |set| MnistBatcher::new(set, &splits.normalization, &device, path);
        let images =
            Images { shape: SHAPE, train: batcher(&splits.train), validation: batcher(&splits.validation), test: None };
        let training = Training { path, ..Training::new(&spec, 1, &images, &device) };
        training.run(Renderer::silent(), &Interrupter::new()).unwrap()
    });
    for (fused, plain) in fused.state.history.step_losses.iter().zip(&plain.state.history.step_losses).take(50) {
        assert!((fused - plain).abs() < 1e-4, "the first steps are the same: {fused} and {plain}");
    }
    let accuracy = |outcome: &Outcome| outcome.state.history.validations.last().unwrap().validation_accuracy;
    assert!((accuracy(&fused) - accuracy(&plain)).abs() < 0.003, "{} and {}", accuracy(&fused), accuracy(&plain));
}
