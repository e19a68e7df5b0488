//! A spec, a record and a declared file that tests begin from.

use mlp::{Activation, Bias, LayerProbe, MlpConfig, WeightInit};

use crate::declared::DeclaredFile;
use crate::declared::document::Document;
use crate::{
    BackendInfo, Checkpoint, CheckpointSpec, CodeInfo, DataSpec, DatasetInfo, ExperimentSpec, HostInfo, OptimizerSpec,
    Override, PixelScaling, Probe, RunRecord, Shuffle, StopReason, TrainingSpec, TrainingState, Validation,
};

/// The standard model of the report.
pub(crate) fn spec() -> ExperimentSpec {
    ExperimentSpec {
        name: "task3c".into(),
        title: "+ momentum".into(),
        baseline: Some("task3b".into()),
        data: DataSpec { train_images: 20_000, validation_images: 10_000, pixel_scaling: PixelScaling::TrainMeanStd },
        model: MlpConfig {
            n_inputs: 784,
            hidden_units: vec![64],
            n_outputs: 10,
            activation: Activation::ImprovedSigmoid,
            weight_init: WeightInit::FanInNormal,
            bias: Bias::FirstLayer,
        },
        optimizer: OptimizerSpec { learning_rate: 0.02, momentum: 0.9 },
        training: TrainingSpec {
            batch_size: 32,
            shuffle: Shuffle::EveryEpoch,
            max_epochs: 50,
            validations_per_epoch: 5,
            patience_validations: 50,
        },
        checkpoint: CheckpointSpec::default(),
        claims: Vec::new(),
    }
}

/// A small network of the same kind, whose checkpoints are small enough to change every byte of them.
pub(crate) fn small_spec() -> ExperimentSpec {
    let mut spec = spec();
    spec.model = MlpConfig { n_inputs: 3, hidden_units: vec![2], n_outputs: 2, ..spec.model };
    spec.data.train_images = 40;
    spec.training = TrainingSpec { batch_size: 4, max_epochs: 3, ..spec.training };
    spec
}

/// A checkpoint of the small network after some steps, two of which come before every validation.
pub(crate) fn checkpoint(steps: usize) -> Checkpoint {
    let spec = small_spec();
    let validations = (0..=steps / spec.steps_per_validation()).map(|index| Validation {
        step: index * spec.steps_per_validation(),
        epoch: index as f64 / 5.0,
        validation_loss: 2.0 / (1.0 + index as f64),
        validation_accuracy: 0.1 + 0.2,
        train_loss: 1e-300,
        train_accuracy: 1.0 / 3.0,
    });
    let validations: Vec<Validation> = validations.collect();
    let probe = |validation: &Validation| Probe {
        step: validation.step,
        layers: layers((validation.step > 0).then_some(0.25)),
    };
    Checkpoint {
        id: crate::run_id(&spec, 7, "d1", "flex", 1),
        experiment: spec.name.clone(),
        seed: 7,
        started_at: "2026-01-01T00:00:00Z".into(),
        state: TrainingState {
            step_losses: (0_u16..).take(steps).map(|step| 2.0 / (1.1 + f32::from(step))).collect(),
            probes: validations.iter().map(probe).collect(),
            validations,
            last: spec.model.initial_weights(1),
            velocity: (steps > 0).then(|| spec.model.initial_weights(2)),
            best: Some(spec.model.initial_weights(3)),
            wall: std::time::Duration::from_millis(1500),
            cpu: std::time::Duration::from_millis(2500),
        },
    }
}

/// A run of the standard model that ended after three steps, with numbers that are hard to print.
pub(crate) fn record() -> RunRecord {
    let spec = spec();
    let validation = |step: usize, validation_loss: f64| Validation {
        step,
        epoch: step as f64 / 3.0,
        validation_loss,
        validation_accuracy: 0.1 + 0.2,
        train_loss: 1e-300,
        train_accuracy: 1.0 / 3.0,
    };
    RunRecord {
        format: RunRecord::FORMAT,
        id: crate::run_id(&spec, u64::MAX, "d1", "flex", 1),
        parameters: spec.model.parameters(),
        spec,
        overrides: vec!["model.hidden_units=[64]".into()],
        seed: u64::MAX,
        dataset: DatasetInfo {
            name: "made-up".into(),
            title: "made-up digits".into(),
            digest: "d1".into(),
            pixel_mean: 33.552_7,
            pixel_std: 78.875_5,
        },
        backend: BackendInfo { name: "flex".into(), device: "cpu".into() },
        code: CodeInfo { version: "0.1.0".into(), burn: "0.22.1".into(), git_commit: None, numerics: 1 },
        host: HostInfo {
            name: "host".into(),
            system: "linux x86_64".into(),
            processor: "a \"fast\" one".into(),
            cores: 2,
        },
        stop_reason: StopReason::EarlyStopping,
        steps: 3,
        started_at: "2026-01-01T00:00:00Z".into(),
        wall_seconds: 0.1,
        cpu_seconds: f64::MIN_POSITIVE,
        validations: vec![validation(0, 2.000_000_000_000_000_4), validation(3, 0.285_714_285_714_285_7)],
        step_losses: vec![2.000_000_2, 0.1, f32::MIN_POSITIVE],
        probes: [None, Some(1e-300)].map(|update_rms| Probe { step: 3, layers: layers(update_rms) }).to_vec(),
    }
}

/// Two layers of a network, the output layer without units that saturate.
fn layers(update_rms: Option<f64>) -> Vec<LayerProbe> {
    let layer = |saturated| LayerProbe { gradient_rms: 0.1 + 0.2, update_rms, weight_rms: 1.0 / 3.0, saturated };
    vec![layer(Some(0.05)), layer(None)]
}

/// A declared file, valid, that tests break one line of.
pub(crate) const DECLARED: &str = r#"title = "Two layers"
baseline = "task3c"
[data]
train_images = 20_000
validation_images = 10_000
pixel_scaling = "train_mean_std"
[model]
hidden_units = [64, 64]
activation = "improved_sigmoid"
weight_init = "fan_in_normal"
bias = "first_layer"
[optimizer]
learning_rate = 0.02
momentum = 0.9
[training]
batch_size = 32
shuffle = "every_epoch"
max_epochs = 50
validations_per_epoch = 5
patience_validations = 50
[[claim]]
says = "better"
metric = "steps_to_90_percent_accuracy"
expect = "lower"
margin = 100.0
"#;

/// The declared file with another text in place of the line that begins with a word.
pub(crate) fn declared_with(word: &str, text: &str) -> String {
    let replace = |line: &'static str| if line.starts_with(word) { text.to_owned() } else { line.to_owned() };
    DECLARED.lines().map(replace).collect::<Vec<_>>().join("\n")
}

/// What is said of a file and its overrides, the hint behind a bar.
pub(crate) fn refusal(file: &str, overrides: &[&str]) -> String {
    let overrides: Vec<Override> = overrides.iter().map(|text| text.parse().expect("an override")).collect();
    let document = Document::new("x.toml", file.to_owned(), &overrides);
    let resolved = DeclaredFile::parse(&document).map(|file| match file {
        DeclaredFile::Experiment(declared) => {
            declared.seeds(&document).and_then(|_| declared.resolve("x", &document).map(drop))
        }
        DeclaredFile::Comparison(declared) => declared.resolve("x", &document).map(drop),
    });
    match resolved.flatten() {
        Ok(()) => "valid".into(),
        Err(error) => format!("{error}{}", error.hint().map(|hint| format!(" | {hint}")).unwrap_or_default()),
    }
}
