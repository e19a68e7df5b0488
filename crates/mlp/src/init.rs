//! Initial weights, drawn from this project's generator so that a seed means the same weights on every backend.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ImageShape, NamedTensor, NetworkConfig, ParameterShape, Tensors};

/// The stream of the seed's generator for the initial weights; stream n orders the images of epoch n.
const WEIGHT_STREAM: u64 = u64::MAX;

/// Distribution of the initial weights; the bias row is drawn from the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeightInit {
    /// Uniform on `[-1, 1)`: the assignment's baseline.
    Uniform,
    /// Normal with mean 0 and standard deviation `1 / sqrt(fan_in)`, the bias counted as an input.
    ///
    /// Source: LeCun, Bottou, Orr and Müller, "Efficient BackProp" (2012), section 4.6.
    FanInNormal,
    /// Normal with mean 0 and standard deviation `sqrt(2 / fan_in)`, which keeps the size of the outputs of ReLU, off for
    /// half of its inputs, the same from layer to layer.
    ///
    /// Source: He, Zhang, Ren and Sun, "Delving Deep into Rectifiers" (2015), section 2.2.
    HeNormal,
}

impl WeightInit {
    /// The name in tables.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Uniform => "uniform on (-1, 1)",
            Self::FanInNormal => "normal, 1/√fan-in",
            Self::HeNormal => "normal, √(2/fan-in)",
        }
    }

    fn draw(self, fan_in: usize, rng: &mut ChaCha8Rng) -> f32 {
        match self {
            Self::Uniform => rng.random_range(-1.0..1.0),
            Self::FanInNormal => normal_over((fan_in as f64).sqrt(), rng),
            Self::HeNormal => normal_over((fan_in as f64 / 2.0).sqrt(), rng),
        }
    }
}

/// A standard normal number, divided.
fn normal_over(divisor: f64, rng: &mut ChaCha8Rng) -> f32 {
    let normal: f64 = StandardNormal.sample(rng);
    #[expect(clippy::cast_possible_truncation, reason = "drawn in f64, kept as f32")]
    let weight = (normal / divisor) as f32;
    weight
}

impl NetworkConfig {
    /// The initial weights of a seed, parameter by parameter in the order of [`NetworkConfig::shapes`], row-major.
    #[must_use]
    pub fn initial_weights(&self, shape: ImageShape, seed: u64) -> Tensors {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(WEIGHT_STREAM);
        let mut draw = |parameter: ParameterShape| NamedTensor {
            values: (0..parameter.n_values()).map(|_| self.weight_init().draw(parameter.fan_in, &mut rng)).collect(),
            name: parameter.name,
            shape: parameter.shape,
        };
        Tensors(self.shapes(shape).into_iter().map(&mut draw).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Activation, Bias, MlpConfig};

    const SHAPE: ImageShape = ImageShape { height: 28, width: 28, classes: 10 };

    fn weights(weight_init: WeightInit, seed: u64) -> Tensors {
        let (activation, bias) = (Activation::Sigmoid, Bias::FirstLayer);
        let config = MlpConfig { hidden_units: vec![64], activation, weight_init, bias };
        NetworkConfig::Mlp(config).initial_weights(SHAPE, seed)
    }

    #[expect(clippy::cast_possible_truncation, reason = "compared with a tolerance")]
    fn standard_deviation(weights: &Tensors, name: &str) -> f32 {
        let values = &weights.get(name).expect("a parameter").values;
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        (values.iter().map(|value| f64::from(value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt() as f32
    }

    #[test]
    fn fan_in_counts_the_bias_as_an_input() {
        for (init, variance) in [(WeightInit::FanInNormal, 1.0_f32), (WeightInit::HeNormal, 2.0)] {
            let weights = weights(init, 1);
            for (name, fan_in, tolerance) in
                [("layers.0.weight", 785.0, 0.05), ("layers.1.weight", 64.0, 0.05), ("layers.0.bias", 785.0, 0.4)]
            {
                let (measured, expected) = (standard_deviation(&weights, name), (variance / fan_in).sqrt());
                assert!((measured / expected - 1.0).abs() < tolerance, "{name}: {measured} against {expected}");
            }
        }
    }

    #[test]
    fn uniform_weights_fill_the_interval() {
        let weights = weights(WeightInit::Uniform, 1);
        let (low, high) = weights.0[0].values.iter().fold((0f32, 0f32), |(l, h), &w| (l.min(w), h.max(w)));
        assert!((-1.0..-0.999).contains(&low) && (0.999..1.0).contains(&high), "{low} to {high}");
    }

    #[test]
    fn a_seed_fixes_the_weights() {
        assert_eq!(weights(WeightInit::FanInNormal, 3), weights(WeightInit::FanInNormal, 3));
        assert_ne!(weights(WeightInit::FanInNormal, 3), weights(WeightInit::FanInNormal, 4));
    }

    /// The generator and the normal distribution come from libraries: a change there would move every curve.
    #[test]
    fn the_weights_of_seed_one_are_pinned() {
        let first = |init, name| weights(init, 1).get(name).expect("a parameter").values[0];
        let pinned = (first(WeightInit::Uniform, "layers.0.weight"), first(WeightInit::FanInNormal, "layers.1.weight"));
        assert_eq!(pinned, (0.811_072_1, -0.067_068_06));
    }
}
