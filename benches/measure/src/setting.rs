//! What is measured on: the digits, and the networks as experiments.

use burn::tensor::Device;
use kernels::Path;
use mnist::{MnistBatcher, Request, Splits};
use record::{Catalog, Declaration, ExperimentSpec};
use training::Images;

const TRAIN_IMAGES: usize = 20_000;
const VALIDATION_IMAGES: usize = 10_000;

/// The images of the report's tasks.
pub(crate) struct Digits {
    /// Of the dataset.
    pub(crate) title: &'static str,
    pub(crate) splits: Splits,
    fused: Images,
    plain: Images,
}

impl Digits {
    /// MNIST where it is at hand, else made-up digits.
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
        let images = |path| {
            let batcher = |set| MnistBatcher::new(set, &splits.normalization, &Device::flex(), path);
            Images { train: batcher(&splits.train), validation: batcher(&splits.validation) }
        };
        Self { title: dataset.name.title(), fused: images(Path::Fused), plain: images(Path::Plain), splits }
    }

    /// As a path takes them.
    pub(crate) fn images(&self, path: Path) -> &Images {
        match path {
            Path::Fused => &self.fused,
            Path::Plain => &self.plain,
        }
    }
}

/// A network and how it is trained.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) hidden_units: Vec<usize>,
    pub(crate) batch_size: usize,
    pub(crate) max_epochs: usize,
    pub(crate) validations_per_epoch: usize,
}

impl Setting {
    /// The report's standard model, or one with more such layers.
    pub(crate) fn report(hidden_layers: usize) -> Self {
        Self { hidden_units: vec![64; hidden_layers], batch_size: 32, max_epochs: 1, validations_per_epoch: 1 }
    }

    /// As an experiment that early stopping does not end.
    pub(crate) fn spec(&self) -> ExperimentSpec {
        let Self { hidden_units, batch_size, max_epochs, validations_per_epoch } = self;
        let overrides = [
            format!("model.hidden_units={hidden_units:?}"),
            format!("training.batch_size={batch_size}"),
            format!("training.max_epochs={max_epochs}"),
            format!("training.validations_per_epoch={validations_per_epoch}"),
            "training.patience_validations=1000000".to_owned(),
            // Small enough for the widest network.
            "optimizer.learning_rate=0.001".to_owned(),
        ];
        let overrides = overrides.map(|text| text.parse().expect("a key and a value"));
        let catalog = Catalog::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments"));
        match catalog.load("task3c", &overrides).expect("task3c is declared") {
            Declaration::Experiment(experiment) => experiment.spec,
            Declaration::Comparison(_) => unreachable!("task3c is an experiment"),
        }
    }
}
