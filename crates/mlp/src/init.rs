//! Initial weights, drawn from a generator of our own so that a seed means the same weights on every backend.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use crate::{DenseWeights, LayerShape, MlpConfig, MlpWeights};

/// Stream of the seed's generator that the initial weights come from; stream n orders the images of epoch n.
const WEIGHT_STREAM: u64 = u64::MAX;

/// Distribution of the initial weights; the bias row is drawn from the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightInit {
    /// Uniform on `[-1, 1)`: the assignment's baseline.
    Uniform,
    /// Normal with mean 0 and standard deviation `1 / sqrt(fan_in)`, the bias counted as an input.
    ///
    /// Source: LeCun, Bottou, Orr and Müller, "Efficient BackProp" (2012), section 4.6.
    FanInNormal,
    /// Normal with mean 0 and standard deviation `sqrt(2 / fan_in)`, which keeps the size of what ReLU, off for half of its
    /// inputs, hands on.
    ///
    /// Source: He, Zhang, Ren and Sun, "Delving Deep into Rectifiers" (2015), section 2.2.
    HeNormal,
}

impl WeightInit {
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

impl MlpConfig {
    /// The initial weights of a seed: layer by layer, the weight matrix row by row, then the bias.
    #[must_use]
    pub fn initial_weights(&self, seed: u64) -> MlpWeights {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(WEIGHT_STREAM);
        let layers = self.layers().into_iter().map(|shape| draw_layer(shape, self.weight_init, &mut rng)).collect();
        MlpWeights { layers }
    }
}

fn draw_layer(shape: LayerShape, init: WeightInit, rng: &mut ChaCha8Rng) -> DenseWeights {
    let mut draw = |count: usize| (0..count).map(|_| init.draw(shape.fan_in(), rng)).collect();
    let weight = draw(shape.n_inputs * shape.n_outputs);
    let bias = draw(if shape.has_bias { shape.n_outputs } else { 0 });
    DenseWeights { shape, weight, bias }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Activation, Bias};

    fn config(weight_init: WeightInit) -> MlpConfig {
        MlpConfig {
            n_inputs: 784,
            hidden_units: vec![64],
            n_outputs: 10,
            activation: Activation::Sigmoid,
            weight_init,
            bias: Bias::FirstLayer,
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "compared with a tolerance")]
    fn standard_deviation(values: &[f32]) -> f32 {
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        (values.iter().map(|value| f64::from(value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt() as f32
    }

    #[test]
    fn fan_in_counts_the_bias_as_an_input() {
        for (init, variance) in [(WeightInit::FanInNormal, 1.0_f32), (WeightInit::HeNormal, 2.0)] {
            let weights = config(init).initial_weights(1);
            let expected = [(variance / 785.0).sqrt(), (variance / 64.0).sqrt()];
            for (layer, expected) in weights.layers.iter().zip(expected) {
                let measured = standard_deviation(&layer.weight);
                assert!((measured / expected - 1.0).abs() < 0.05, "{measured} against {expected}");
            }
            assert!((standard_deviation(&weights.layers[0].bias) / expected[0] - 1.0).abs() < 0.4);
        }
    }

    #[test]
    fn uniform_weights_fill_the_interval() {
        let weights = config(WeightInit::Uniform).initial_weights(1);
        let (low, high) = weights.layers[0].weight.iter().fold((0f32, 0f32), |(l, h), &w| (l.min(w), h.max(w)));
        assert!((-1.0..-0.999).contains(&low) && (0.999..1.0).contains(&high), "{low} to {high}");
    }

    #[test]
    fn a_seed_fixes_the_weights() {
        let config = config(WeightInit::FanInNormal);
        assert_eq!(config.initial_weights(3), config.initial_weights(3));
        assert_ne!(config.initial_weights(3), config.initial_weights(4));
    }

    /// The generator and the normal distribution come from libraries: a change of theirs would move every curve.
    #[test]
    fn the_weights_of_seed_one_are_pinned() {
        let uniform = config(WeightInit::Uniform).initial_weights(1).layers[0].weight[0];
        let normal = config(WeightInit::FanInNormal).initial_weights(1).layers[1].weight[0];
        assert_eq!((uniform, normal), (0.811_072_1, -0.067_068_06));
    }
}
