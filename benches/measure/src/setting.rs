//! The digits and the networks to measure with, the latter as experiments.

use burn::tensor::Device;
use inputs::ComputePath;
use mlp::ImageShape;
use mnist::{MnistBatcher, Request, Splits};
use spec::{Catalog, Declaration, ExperimentSpec, TrainingSpec};
use training::Images;

/// The images of the report.
pub(crate) const SHAPE: ImageShape = ImageShape { height: 28, width: 28, classes: 10 };
const TRAIN_IMAGES: usize = 20_000;
const VALIDATION_IMAGES: usize = 10_000;

/// The images of the report's tasks.
pub(crate) struct Digits {
    /// The dataset's title.
    pub(crate) title: &'static str,
    pub(crate) splits: Splits,
    pub(crate) device: Device,
    fused: Images,
    plain: Images,
}

impl Digits {
    /// MNIST if `MNIST_DIR` or the project's folder has it, else made-up digits.
    pub(crate) fn load() -> Self {
        let request = Request {
            mnist_dir: std::env::var_os("MNIST_DIR").filter(|dir| !dir.is_empty()).map(Into::into),
            project_data_dir: Some("data".into()),
            cache_dir: mnist::default_cache_dir(),
            offline: true,
            train_images: Some(TRAIN_IMAGES),
            ..Request::default()
        };
        let dataset = mnist::load(&request, &mut |_| {}).expect("the dataset is whole");
        let splits = Splits::new(&dataset, TRAIN_IMAGES, VALIDATION_IMAGES).expect("there are enough images");
        let device = Device::flex();
        let [fused, plain] = [ComputePath::Fused, ComputePath::Plain].map(|path| {
            let batcher = |set| MnistBatcher::new(set, &splits.normalization, &device, path);
            Images { shape: SHAPE, train: batcher(&splits.train), validation: batcher(&splits.validation), test: None }
        });
        Self { title: dataset.name.title(), splits, device, fused, plain }
    }

    /// In the form that suits a path.
    pub(crate) fn images(&self, path: ComputePath) -> &Images {
        if path == ComputePath::Fused { &self.fused } else { &self.plain }
    }
}

/// The report's standard model, or one with more such layers.
pub(crate) fn report(hidden_layers: usize) -> ExperimentSpec {
    experiment(&vec![64; hidden_layers], 32)
}

/// An experiment of one epoch with one validation, without early stopping.
pub(crate) fn experiment(hidden_units: &[usize], batch_size: usize) -> ExperimentSpec {
    let overrides: [&str; 6] = [
        &format!("model.hidden_units={hidden_units:?}"),
        &format!("training.batch_size={batch_size}"),
        "training.max_epochs=1",
        "training.validations_per_epoch=1",
        "training.patience_validations=1000000",
        // Small enough for the widest network.
        "optimizer.learning_rate=0.001",
    ];
    let overrides = overrides.map(|text| text.parse().expect("a key and a value"));
    let catalog = Catalog::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments"), SHAPE);
    match catalog.load("task3c", &overrides).expect("task3c is declared") {
        Declaration::Experiment(experiment) => experiment.spec,
        Declaration::Comparison(_) => unreachable!("task3c is an experiment"),
    }
}

/// The same experiment with another length.
pub(crate) fn lasting(spec: &ExperimentSpec, max_epochs: usize, validations_per_epoch: usize) -> ExperimentSpec {
    let training = TrainingSpec { max_epochs, validations_per_epoch, ..spec.training.clone() };
    ExperimentSpec { training, ..spec.clone() }
}
