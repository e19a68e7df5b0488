//! Made-up but realistic records for the tests of this crate.

use record::{
    Activation, BackendInfo, Bias, CodeInfo, DataSpec, DatasetInfo, ExperimentSpec, HostInfo, MlpConfig, OptimizerSpec,
    PixelScaling, RunRecord, Shuffle, StopReason, TrainingSpec, Validation, WeightInit,
};

/// The shape of a training: losses fall from `start` to a floor, accuracies rise to a ceiling.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Curve {
    /// Loss before the first step.
    pub(crate) start: f64,
    /// Loss on the training images after a long time.
    pub(crate) train_floor: f64,
    /// Loss on the validation images after a long time.
    pub(crate) validation_floor: f64,
    /// Validation accuracy after a long time.
    pub(crate) ceiling: f64,
    /// Steps after which an excess has fallen to a half, at first.
    pub(crate) half_life: f64,
}

impl Curve {
    pub(crate) const BASELINE: Self =
        Self { start: 2.9, train_floor: 0.245, validation_floor: 0.27, ceiling: 0.920, half_life: 520.0 };
    pub(crate) const FAN_IN: Self =
        Self { start: 2.4, train_floor: 0.075, validation_floor: 0.185, ceiling: 0.947, half_life: 260.0 };
    pub(crate) const IMPROVED: Self =
        Self { start: 2.5, train_floor: 0.02, validation_floor: 0.155, ceiling: 0.956, half_life: 150.0 };
    pub(crate) const STANDARD: Self =
        Self { start: 2.5, train_floor: 0.004, validation_floor: 0.135, ceiling: 0.963, half_life: 90.0 };
    pub(crate) const DEEP: Self =
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
pub(crate) fn record(name: &str, title: &str, steps: usize, curve: &Curve) -> RunRecord {
    let mut noise = Noise(name.bytes().map(u64::from).sum());
    let mut record = empty_record(name, title);
    record.steps = steps;
    record.wall_seconds = steps as f64 / 1_000.0;
    record.cpu_seconds = steps as f64 / 900.0;
    record.validations =
        (0..=steps).step_by(125).map(|step| curve.validation(step, step as f64 / 625.0, &mut noise)).collect();
    // A batch of 32 scatters more or less in proportion to its expected loss, never below 0.
    #[expect(clippy::cast_possible_truncation, reason = "records keep single precision")]
    let step_loss = |step| (curve.loss(step, curve.train_floor) * (0.35 * noise.next() - 0.06).exp()) as f32;
    record.step_losses = (0..steps).map(step_loss).collect();
    record
}

/// A run that has not taken a step. The only place in this crate that lists a record's fields.
pub(crate) fn empty_record(name: &str, title: &str) -> RunRecord {
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
        validations: Vec::new(),
        step_losses: Vec::new(),
    }
}

fn spec(name: &str, title: &str) -> ExperimentSpec {
    ExperimentSpec {
        name: name.to_owned(),
        title: title.to_owned(),
        baseline: None,
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
        claims: Vec::new(),
    }
}
