//! Made-up but realistic records for tests of evidence, tables and figures.

use record::{DatasetInfo, History, LayerProbe, Probe, RunRecord, Validation};
use spec::{Activation, Bias, ExperimentSpec, MlpConfig, NetworkConfig, OptimizerConfig, SgdConfig, WeightInit};

/// The curves of a training: losses fall from `start` to a floor, accuracies rise to a ceiling.
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
    /// Steps after which the excess over the floor has halved for the first time.
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

    /// A power law, steep at first, then ever slower: `floor + excess / (1 + step / half_life)`.
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

/// A run of this number of steps, with a validation every 125 steps, that ended by early stopping.
#[must_use]
pub fn record(name: &str, title: &str, steps: usize, curve: &Curve) -> RunRecord {
    noisy_record(name, title, steps, curve, &mut Noise(name.bytes().map(u64::from).sum()))
}

/// Runs with the seeds from 1 on, which differ in their noise, a little in their final values, and in their length.
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

/// Runs of the standard model that cross these seeds of the initial weights, from 1 on, with these of the batch order.
#[must_use]
pub fn crossed_records(init: u64, order: u64) -> Vec<RunRecord> {
    let pairs = (1..=init).flat_map(|init| (1..=order).map(move |order| (init, order)));
    let run = |(init, order): (u64, u64)| {
        let mut run = record("task3c", "The standard model", 1_250, &Curve::STANDARD);
        (run.seed, run.order_seed) = (init, (order != init).then_some(order));
        let shift =
            0.003 * (init * init % 5) as f64 + 0.001 * (order * order % 5) as f64 + 0.0005 * (init * order % 3) as f64;
        run.history.validations.iter_mut().for_each(|validation| validation.validation_accuracy -= shift);
        run
    };
    pairs.map(run).collect()
}

/// The run with hidden layers of these units.
#[must_use]
pub fn with_units(units: &[usize], mut record: RunRecord) -> RunRecord {
    hidden_units_of(&mut record).clone_from(&units.to_vec());
    record.parameters = record.spec.model.parameters(record.dataset.shape);
    record
}

/// The run with a probe at every validation, in which each layer's gradient is `shrinking` times that of the next.
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
    // The loss of a batch of 32 scatters roughly in proportion to its expected value, and is never below 0.
    #[expect(clippy::cast_possible_truncation, reason = "records keep single precision")]
    let step_loss = |step| (curve.loss(step, curve.train_floor) * (0.35 * noise.next() - 0.06).exp()) as f32;
    record.history.step_losses = (0..steps).map(step_loss).collect();
    record
}

/// A run before its first step.
#[must_use]
pub fn empty_record(name: &str, title: &str) -> RunRecord {
    let record = crate::record();
    let (name_of_data, title_of_data) = ("mnist".to_owned(), "MNIST".to_owned());
    RunRecord {
        spec: spec(name, title),
        overrides: Vec::new(),
        seed: 1,
        dataset: DatasetInfo { name: name_of_data, title: title_of_data, ..record.dataset },
        steps: 0,
        wall_seconds: 0.0,
        cpu_seconds: 0.0,
        history: History::default(),
        predictions: None,
        ..record
    }
}

/// The experiment of the assignment with this name, else the standard model.
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

/// The hidden layers of a record's network, to change them.
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
