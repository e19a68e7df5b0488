//! Adam, by Burn's operations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DescribeOptimizer, StateNames};
use crate::values::{Checked, Positive, Share};

/// Adam: `m = beta_1 m + (1 - beta_1) g; v = beta_2 v + (1 - beta_2) g^2`, both divided by `1 - beta^t` after step `t`, and
/// `w -= learning_rate m / (sqrt(v) + epsilon)`.
///
/// Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015), algorithm 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdamConfig {
    /// Step size, above 0.
    #[serde(with = "Checked::<Positive>")]
    pub learning_rate: f64,
    /// Share of the mean gradient that is kept, in `[0, 1)`.
    #[serde(with = "Checked::<Share>")]
    pub beta_1: f64,
    /// Share of the mean squared gradient that is kept, in `[0, 1)`.
    #[serde(with = "Checked::<Share>")]
    pub beta_2: f64,
    /// Keeps the quotient finite; above 0.
    #[serde(with = "Checked::<Positive>")]
    pub epsilon: f64,
}

impl DescribeOptimizer for AdamConfig {
    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn state(&self) -> StateNames {
        StateNames { tensors: &["moment_1", "moment_2"], counters: &["time"] }
    }

    fn title(&self) -> String {
        format!("Adam, {} and {}", self.beta_1, self.beta_2)
    }

    #[cfg(feature = "burn")]
    fn update(&self, step: i32, weight: &mut [f64], gradient: &[f64], state: &mut [Vec<f64>]) {
        let Self { learning_rate, beta_1, beta_2, epsilon } = *self;
        let [mean, square] = state else { unreachable!("the state has both moments") };
        for (((weight, g), m), v) in weight.iter_mut().zip(gradient).zip(mean).zip(square) {
            *m = beta_1 * *m + (1.0 - beta_1) * g;
            *v = beta_2 * *v + (1.0 - beta_2) * g * g;
            let (m, v) = (*m / (1.0 - beta_1.powi(step)), *v / (1.0 - beta_2.powi(step)));
            *weight -= learning_rate * m / (v.sqrt() + epsilon);
        }
    }

    #[cfg(feature = "burn")]
    fn trainer(&self, network: crate::Network, state: Option<&crate::OptimizerState>) -> Box<dyn crate::Trainer> {
        #[expect(clippy::cast_possible_truncation, reason = "Burn computes in f32")]
        let single = |value: f64| value as f32;
        let adam = burn::optim::AdamConfig::new()
            .with_beta_1(single(self.beta_1))
            .with_beta_2(single(self.beta_2))
            .with_epsilon(single(self.epsilon));
        Box::new(crate::trainer::ByModules::new(network, adam.build(), "momentum.", self.learning_rate, state))
    }
}
