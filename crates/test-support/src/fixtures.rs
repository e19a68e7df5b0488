//! A declared file, a specification, a record and a checkpoint for tests to start from.

use std::fs;
use std::sync::LazyLock;
use std::time::Duration;

use mlp::{ImageShape, NamedTensor, OptimizerState, Tensors};
use record::{
    BackendInfo, Checkpoint, CodeInfo, DatasetInfo, History, HostInfo, LayerProbe, Mistake, Predictions, Probe,
    RunRecord, StopReason, TrainingState, Validation,
};
use spec::{Catalog, Declaration, ExperimentSpec, MlpConfig, NetworkConfig, run_id};

/// A declared file, valid next to its baseline. Tests replace single lines of it.
pub const DECLARED: &str = r#"title = "Two layers"
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

/// The shape of MNIST's images.
pub const SHAPE: ImageShape = ImageShape { height: 28, width: 28, classes: 10 };

/// Images of three pixels and two classes, for the [small experiment](small_spec).
pub const SMALL_SHAPE: ImageShape = ImageShape { height: 1, width: 3, classes: 2 };

/// The declared file, with this text instead of the line that begins with `word`.
#[must_use]
pub fn declared_with(word: &str, text: &str) -> String {
    let replace = |line: &'static str| if line.starts_with(word) { text.to_owned() } else { line.to_owned() };
    DECLARED.lines().map(replace).collect::<Vec<_>>().join("\n")
}

/// The experiment that a file declares.
///
/// # Panics
/// If the file is not valid.
#[must_use]
pub fn resolved(name: &str, file: &str) -> ExperimentSpec {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(format!("{name}.toml")), file).expect("written");
    match Catalog::new(folder.path(), SHAPE).load(name, &[]) {
        Ok(Declaration::Experiment(experiment)) => experiment.spec,
        other => panic!("{file}\nis not an experiment: {other:?}"),
    }
}

/// The standard model of the report, task 3c, with its title and baseline.
#[must_use]
pub fn spec() -> ExperimentSpec {
    static SPEC: LazyLock<ExperimentSpec> = LazyLock::new(|| {
        let file = declared_with("hidden_units", "hidden_units = [64]").replace("baseline = \"task3c\"\n", "");
        let experiment = file.split("[[claim]]").next().expect("what comes before the claim");
        resolved("task3c", experiment)
    });
    ExperimentSpec { title: "+ momentum".into(), baseline: Some("task3b".into()), ..SPEC.clone() }
}

/// An experiment with a small network of the same kind: a test can change every byte of its checkpoints.
#[must_use]
pub fn small_spec() -> ExperimentSpec {
    let mut spec = with_hidden_units(spec(), &[2]);
    spec.data.train_images = 40;
    spec.training.batch_size = 4;
    spec.training.max_epochs = 3;
    spec
}

/// The experiment with hidden layers of these units.
///
/// # Panics
/// If its network is not a multilayer perceptron.
#[must_use]
pub fn with_hidden_units(spec: ExperimentSpec, hidden_units: &[usize]) -> ExperimentSpec {
    let config = spec.model.as_mlp().expect("a multilayer perceptron");
    let model = NetworkConfig::Mlp(MlpConfig { hidden_units: hidden_units.to_vec(), ..config.clone() });
    ExperimentSpec { model, ..spec }
}

/// A checkpoint of the [small experiment](small_spec) with the seed 7 after this number of steps; every second one validates.
#[must_use]
pub fn checkpoint(steps: usize) -> Checkpoint {
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
    let weights = |seed| spec.model.initial_weights(SMALL_SHAPE, seed);
    Checkpoint {
        id: run_id(&spec, 7, "d1", SMALL_SHAPE, "flex", 1),
        experiment: spec.name.clone(),
        seed: 7,
        settings: "s1".into(),
        started_at: "2026-01-01T00:00:00Z".into(),
        instructions: vec!["avx2".into()],
        state: TrainingState {
            history: History {
                step_losses: (0_u16..).take(steps).map(|step| 2.0 / (1.1 + f32::from(step))).collect(),
                probes: validations.iter().map(probe).collect(),
                validations,
            },
            last: weights(1),
            optimizer: if steps > 0 { optimizer_state(&spec, &weights(2), steps) } else { OptimizerState::default() },
            best: Some(weights(3)),
            wall: Duration::from_millis(1500),
            cpu: Duration::from_millis(2500),
        },
    }
}

/// A possible state of an experiment's optimizer after this number of steps.
fn optimizer_state(spec: &ExperimentSpec, values: &Tensors, steps: usize) -> OptimizerState {
    let names = spec.optimizer.state();
    let tensors = values.0.iter().flat_map(|tensor| {
        names.tensors.iter().map(|name| NamedTensor { name: format!("{}.{name}", tensor.name), ..tensor.clone() })
    });
    let counters = values
        .0
        .iter()
        .flat_map(|tensor| names.counters.iter().map(|name| (format!("{}.{name}", tensor.name), steps as u64)));
    OptimizerState { tensors: Tensors(tensors.collect()), counters: counters.collect() }
}

/// A run of the standard model that ended after three steps, with numbers that are hard to print exactly.
#[must_use]
pub fn record() -> RunRecord {
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
        id: run_id(&spec, u64::MAX, "d1", SHAPE, "flex", 1),
        parameters: spec.model.parameters(SHAPE),
        predictions: Some(predictions(&spec)),
        spec,
        overrides: vec!["model.hidden_units=[64]".into()],
        seed: u64::MAX,
        order_seed: None,
        dataset: DatasetInfo {
            name: "made-up".into(),
            title: "made-up digits".into(),
            digest: "d1".into(),
            shape: SHAPE,
            pixel_mean: 33.552_7,
            pixel_std: 78.875_5,
        },
        backend: BackendInfo { name: "flex".into(), device: "cpu".into(), instructions: vec!["avx2".into()] },
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
        test: None,
        cpu_seconds: f64::MIN_POSITIVE,
        history: History {
            step_losses: vec![2.000_000_2, 0.1, f32::MIN_POSITIVE],
            validations: vec![validation(0, 2.000_000_000_000_000_4), validation(3, 0.285_714_285_714_285_7)],
            probes: [None, Some(1e-300)].map(|update_rms| Probe { step: 3, layers: layers(update_rms) }).to_vec(),
        },
    }
}

/// Predictions for images of class 3, two of which are misclassified as 5.
fn predictions(spec: &ExperimentSpec) -> Predictions {
    let mut confusion = vec![vec![0; SHAPE.classes]; SHAPE.classes];
    confusion[3][3] = spec.data.validation_images - 2;
    confusion[3][5] = 2;
    let mistake = |image, probability, pixels| Mistake { image, class: 3, predicted: 5, probability, pixels };
    let mistakes = vec![mistake(17, 0.999_999_9, vec![128; SHAPE.pixels()]), mistake(4, 0.1, Vec::new())];
    Predictions { confusion, mistakes }
}

/// Two layers of a network; units of the output layer do not saturate.
fn layers(update_rms: Option<f64>) -> Vec<LayerProbe> {
    let layer = |saturated| LayerProbe { gradient_rms: 0.1 + 0.2, update_rms, weight_rms: 1.0 / 3.0, saturated };
    vec![layer(Some(0.05)), layer(None)]
}
