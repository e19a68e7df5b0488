//! How fast a training is: its two parts alone, then whole runs through Burn's learner with everything on.
//!
//! `make bench`. On real MNIST where `MNIST_DIR` names it, else on made-up digits; the first line says which.

use std::sync::LazyLock;

use burn::data::dataloader::DataLoader;
use burn::module::Module;
use burn::tensor::Device;
use burn::train::Interrupter;
use divan::{Bencher, black_box};
use mnist::{MnistBatcher, Request, Splits};
use record::{Catalog, Declaration, ExperimentSpec};
use training::{Images, Outcome, Training, Unseen, evaluate, evaluation};

const TRAIN_IMAGES: usize = 20_000;
const VALIDATION_IMAGES: usize = 10_000;
/// Hidden layers of 64 units: the standard model's, and task 4e's.
const HIDDEN_LAYERS: [usize; 2] = [1, 10];
/// Whole runs, of which the median and the fastest are shown.
const REPETITIONS: usize = 5;

static DATA: LazyLock<(&str, Images)> = LazyLock::new(|| {
    let request = Request {
        mnist_dir: std::env::var_os("MNIST_DIR").map(Into::into),
        project_data_dir: Some("../../data".into()),
        cache_dir: mnist::default_cache_dir(),
        offline: true,
        ..Request::default()
    };
    let dataset = mnist::load(&request, &mut |_| {}).expect("the dataset is whole");
    let splits = Splits::new(&dataset, TRAIN_IMAGES, VALIDATION_IMAGES).expect("there are enough images");
    let batcher = |set| MnistBatcher::new(set, &splits.normalization, &Device::flex());
    (dataset.name.title(), Images { train: batcher(&splits.train), validation: batcher(&splits.validation) })
});

fn main() {
    println!("{}, batch 32, {} cores", DATA.0, std::thread::available_parallelism().map_or(1, usize::from));
    divan::main();
    through_the_learner();
}

/// Forward, backward and update of one batch, the batch gathered.
#[divan::bench(args = HIDDEN_LAYERS, sample_count = 10, sample_size = 200)]
fn step(bencher: Bencher<'_, '_>, hidden_layers: usize) {
    let (spec, device) = (spec(hidden_layers, 1, 1), Device::flex());
    let training = Training { spec: &spec, seed: 1, images: &DATA.1, device: &device };
    let (mut learner, loader) = (training.learner(), training.train_loader());
    let mut batches = loader.iter();
    learner.lr_step();
    bencher.bench_local(|| {
        let batch = batches.next().unwrap_or_else(|| {
            batches = loader.iter();
            batches.next().expect("an epoch has batches")
        });
        let output = learner.train_step(batch.expect("the images are resident"));
        learner.optimizer_step(output.grads);
        black_box(output.item)
    });
}

/// Loss and accuracy on 20,000 and 10,000 images.
#[divan::bench(args = HIDDEN_LAYERS, sample_count = 20, sample_size = 1)]
fn validation(bencher: Bencher<'_, '_>, hidden_layers: usize) {
    let (spec, device) = (spec(hidden_layers, 1, 1), Device::flex());
    let network = Training { spec: &spec, seed: 1, images: &DATA.1, device: &device }.learner().model().valid();
    let sets = [evaluation(&DATA.1.train), evaluation(&DATA.1.validation)];
    bencher.bench_local(|| sets.each_ref().map(|set| evaluate(&network, &**set).expect("the images are resident")));
}

/// The same two, and a whole `task3c`, as a run has them: learner, metrics, early stopping, journal.
fn through_the_learner() {
    println!("\nThrough the learner, median (fastest) of {REPETITIONS}");
    for hidden_layers in HIDDEN_LAYERS {
        let (steps, validations) = differences(hidden_layers);
        println!(
            "  {hidden_layers:2} x 64: {} us a step, {} ms a validation",
            show(steps, 1e6),
            show(validations, 1e3)
        );
    }
    let whole = train(&spec(1, 50, 5));
    println!(
        "  task3c, seed 1: {:.2} s wall, {:.2} s CPU for {} steps and {} validations",
        whole.wall.as_secs_f64(),
        whole.cpu.as_secs_f64(),
        whole.step_losses.len(),
        whole.validations.len()
    );
}

/// Seconds of a step and of a validation, from pairs of runs that differ in the number of their validations alone.
fn differences(hidden_layers: usize) -> (Vec<f64>, Vec<f64>) {
    let (few, many) = (spec(hidden_layers, 2, 1), spec(hidden_layers, 2, 25));
    let n_steps = (2 * few.steps_per_epoch()) as f64;
    let pair = |_| {
        let [few, many] = [&few, &many].map(|spec| train(spec).wall.as_secs_f64());
        // 3 validations against 51, the one before the first step included.
        let validation = (many - few) / 48.0;
        ((few - 3.0 * validation) / n_steps, validation)
    };
    (0..REPETITIONS).map(pair).unzip()
}

fn show(mut seconds: Vec<f64>, scale: f64) -> String {
    seconds.sort_by(f64::total_cmp);
    format!("{:.1} ({:.1})", seconds[seconds.len() / 2] * scale, seconds[0] * scale)
}

fn train(spec: &ExperimentSpec) -> Outcome {
    let training = Training { spec, seed: 1, images: &DATA.1, device: &Device::flex() };
    training.run(Box::new(Unseen), &Interrupter::new()).expect("nothing stops it")
}

/// The standard model with other hidden layers.
fn spec(hidden_layers: usize, max_epochs: usize, validations_per_epoch: usize) -> ExperimentSpec {
    let overrides = [
        format!("model.hidden_units={:?}", vec![64; hidden_layers]),
        format!("training.max_epochs={max_epochs}"),
        format!("training.validations_per_epoch={validations_per_epoch}"),
    ];
    let overrides = overrides.map(|text| text.parse().expect("a key and a value"));
    let catalog = Catalog::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments"));
    match catalog.load("task3c", &overrides).expect("task3c is declared") {
        Declaration::Experiment(experiment) => experiment.spec,
        Declaration::Comparison(_) => unreachable!("task3c is an experiment"),
    }
}
