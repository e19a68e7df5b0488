//! Made-up but realistic records for the tests of evidence, tables and figures.

use record::{
    BackendInfo, CodeInfo, DatasetInfo, History, HostInfo, LayerProbe, Probe, RunRecord, StopReason, Validation,
};
use spec::{
    Activation, Bias, ExperimentSpec, ImageShape, MlpConfig, NetworkConfig, OptimizerConfig, SgdConfig, WeightInit,
};

/// MNIST's.
pub const SHAPE: ImageShape = ImageShape { height: 28, width: 28, classes: 10 };

/// The shape of a training: losses fall from `start` to a floor, accuracies rise to a ceiling.
#[derive(Debug, Clone, Copy)]
pub struct Curve {
    /// Loss before the first step.
    pub start: f64,
    /// Loss on the training images after a long time.
    pub train_floor: f64,
    /// Loss on the validation images after a long time.
    pub validation_floor: f64,
    /// Validation accuracy after a long time.
    pub ceiling: f64,
    /// Steps after which an excess has fallen to a half, at first.
    pub half_life: f64,
}

impl Curve {
    /// The report's baseline.
    pub const BASELINE: Self =
        Self { start: 2.9, train_floor: 0.245, validation_floor: 0.27, ceiling: 0.920, half_life: 520.0 };
    /// With fan-in weights.
    pub const FAN_IN: Self =
        Self { start: 2.4, train_floor: 0.075, validation_floor: 0.185, ceiling: 0.947, half_life: 260.0 };
    /// With the improved sigmoid.
    pub const IMPROVED: Self =
        Self { start: 2.5, train_floor: 0.02, validation_floor: 0.155, ceiling: 0.956, half_life: 150.0 };
    /// The standard model.
    pub const STANDARD: Self =
        Self { start: 2.5, train_floor: 0.004, validation_floor: 0.135, ceiling: 0.963, half_life: 90.0 };
    /// Ten hidden layers.
    pub const DEEP: Self =
        Self { start: 2.35, train_floor: 0.03, validation_floor: 0.19, ceiling: 0.951, half_life: 120.0 };

    /// A power law, which falls steeply at first and slowly for ever: `floor + excess / (1 + step / half_life)`.
    fn loss(&self, step: usize, floor: f64) -> f64 {
        floor + (self.start - floor) / (1.0 + step as f64 / self.half_life)
    }

    fn validation(&self, step: usize, epoch: f64, noise: &mut Noise) -> Validation {
        let validation_loss =
            self.loss(step, self.validation_floor) * (1.0 + 0.012 * noise.next()) + 6e-7 * step as f64;
        let rise = 1.0 / (1.0 + 0.35 * step as f64 / self.half_life);
        let accuracy = self.ceiling - (self.ceiling - 0.1) * rise + 0.0012 * noise.next();
        let gap = 0.6 * (1.0 - self.ceiling) * (1.0 - rise);
        Validation {
            step,
            epoch,
            validation_loss,
            validation_accuracy: accuracy,
            train_loss: self.loss(step, self.train_floor),
            train_accuracy: accuracy + gap,
        }
    }
}

/// Roughly normal noise of mean 0 and standard deviation 1, from a linear congruential generator.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 32).unwrap()) / f64::from(u32::MAX)
    }

    fn next(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// A run of so many steps: validated every 125 of them, stopped early.
#[must_use]
pub fn record(name: &str, title: &str, steps: usize, curve: &Curve) -> RunRecord {
    noisy_record(name, title, steps, curve, &mut Noise(name.bytes().map(u64::from).sum()))
}

/// Runs that differ in their seed, from 1 on: in their noise, a little in where they end, and in when they stop.
///
/// # Panics
/// With more seeds or layers than 32 bits can count.
#[must_use]
pub fn replicates(name: &str, title: &str, steps: usize, curve: &Curve, count: u64) -> Vec<RunRecord> {
    let run = |seed: u64| {
        let mut noise = Noise(1_000 * seed + name.bytes().map(u64::from).sum::<u64>());
        let level = 1.0 + 0.03 * noise.next();
        let curve = Curve {
            train_floor: level * curve.train_floor,
            validation_floor: level * curve.validation_floor,
            ceiling: curve.ceiling + 0.001 * noise.next(),
            half_life: curve.half_life * (1.0 + 0.08 * noise.next()),
            ..*curve
        };
        let shorter = usize::try_from((seed - 1) * 3 % 5).unwrap() * steps / 20;
        let steps = (steps - shorter) / 125 * 125;
        RunRecord { seed, ..noisy_record(name, title, steps, &curve, &mut noise) }
    };
    (1..=count).map(run).collect()
}

/// The run with hidden layers of so many units.
#[must_use]
pub fn with_units(units: &[usize], mut record: RunRecord) -> RunRecord {
    hidden_units_of(&mut record).clone_from(&units.to_vec());
    record.parameters = record.spec.model.parameters(record.dataset.shape);
    record
}

/// The run with a probe at every validation, in which each layer's gradient is so many times that of the next.
///
/// # Panics
/// With more seeds or layers than 32 bits can count.
#[must_use]
pub fn with_probes(shrinking: f64, mut record: RunRecord) -> RunRecord {
    let n_layers = record.layers().len();
    let mut noise = Noise(record.seed);
    let mut layer = |validation: &Validation, index: usize| {
        let above = i32::try_from(n_layers - 1 - index).unwrap();
        let gradient_rms = 0.01 * validation.train_loss * shrinking.powi(above) * (0.4 * noise.next()).exp();
        let update_rms = (validation.step > 0).then_some(0.1 * gradient_rms);
        LayerProbe { gradient_rms, update_rms, weight_rms: 0.1, saturated: (above > 0).then_some(0.05) }
    };
    let mut layers = |validation: &Validation| (0..n_layers).map(|index| layer(validation, index)).collect();
    let probe = |validation: &Validation| Probe { step: validation.step, layers: layers(validation) };
    record.history.probes = record.history.validations.iter().map(probe).collect();
    record
}

fn noisy_record(name: &str, title: &str, steps: usize, curve: &Curve, noise: &mut Noise) -> RunRecord {
    let mut record = empty_record(name, title);
    record.steps = steps;
    record.wall_seconds = steps as f64 / 1_000.0;
    record.cpu_seconds = steps as f64 / 900.0;
    record.history.validations =
        (0..=steps).step_by(125).map(|step| curve.validation(step, step as f64 / 625.0, noise)).collect();
    // A batch of 32 scatters more or less in proportion to its expected loss, never below 0.
    #[expect(clippy::cast_possible_truncation, reason = "records keep single precision")]
    let step_loss = |step| (curve.loss(step, curve.train_floor) * (0.35 * noise.next() - 0.06).exp()) as f32;
    record.history.step_losses = (0..steps).map(step_loss).collect();
    record
}

/// A run that has not taken a step.
#[must_use]
pub fn empty_record(name: &str, title: &str) -> RunRecord {
    RunRecord {
        format: 1,
        id: "0123456789abcdef".to_owned(),
        spec: spec(name, title),
        overrides: Vec::new(),
        seed: 1,
        dataset: DatasetInfo {
            name: "mnist".to_owned(),
            title: "MNIST".to_owned(),
            digest: "00".to_owned(),
            shape: SHAPE,
            pixel_mean: 33.5527,
            pixel_std: 78.8755,
        },
        backend: BackendInfo { name: "flex".to_owned(), device: "CPU".to_owned() },
        code: CodeInfo { version: "0.1.0".to_owned(), burn: "0.22.1".to_owned(), git_commit: None, numerics: 1 },
        host: HostInfo {
            name: "host".to_owned(),
            system: "linux x86_64".to_owned(),
            processor: "a processor".to_owned(),
            cores: 2,
        },
        parameters: 50_880,
        stop_reason: StopReason::EarlyStopping,
        steps: 0,
        started_at: "2026-01-01T00:00:00Z".to_owned(),
        wall_seconds: 0.0,
        cpu_seconds: 0.0,
        history: History::default(),
        predictions: None,
    }
}

/// The experiment of the assignment that has this name, else the standard model.
fn spec(name: &str, title: &str) -> ExperimentSpec {
    let (activation, weight_init, learning_rate, momentum) = match name {
        "task2c" => (Activation::Sigmoid, WeightInit::Uniform, 0.1, 0.0),
        "task3a" => (Activation::Sigmoid, WeightInit::FanInNormal, 0.1, 0.0),
        "task3b" => (Activation::ImprovedSigmoid, WeightInit::FanInNormal, 0.1, 0.0),
        _ => (Activation::ImprovedSigmoid, WeightInit::FanInNormal, 0.02, 0.9),
    };
    let (hidden_units, bias) = (hidden_units(name), Bias::FirstLayer);
    ExperimentSpec {
        name: name.to_owned(),
        title: title.to_owned(),
        baseline: None,
        model: NetworkConfig::Mlp(MlpConfig { hidden_units, activation, weight_init, bias }),
        optimizer: OptimizerConfig::Sgd(SgdConfig { learning_rate, momentum }),
        ..crate::spec()
    }
}

/// The hidden layers of a record's network, to be changed.
///
/// # Panics
/// If the network is not a multilayer perceptron.
pub fn hidden_units_of(record: &mut RunRecord) -> &mut Vec<usize> {
    let NetworkConfig::Mlp(config) = &mut record.spec.model else {
        panic!("the synthetic records are of multilayer perceptrons");
    };
    &mut config.hidden_units
}

fn hidden_units(name: &str) -> Vec<usize> {
    match name {
        "task4a" => vec![32],
        "task4b" => vec![128],
        "task4d" => vec![60, 60],
        "task4e" => vec![64; 10],
        _ => vec![64],
    }
}
