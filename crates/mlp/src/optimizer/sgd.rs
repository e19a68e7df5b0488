//! Stochastic gradient descent: `v = g + momentum v; w -= learning_rate v`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DescribeOptimizer, StateNames};
use crate::values::{Checked, Positive, Share};

/// Stochastic gradient descent: `v = g + momentum v; w -= learning_rate v`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SgdConfig {
    /// Step size, above 0.
    #[serde(with = "Checked::<Positive>")]
    pub learning_rate: f64,
    /// Share of the previous velocity that is kept, in `[0, 1)`; 0 is plain gradient descent.
    #[serde(with = "Checked::<Share>")]
    pub momentum: f64,
}

impl DescribeOptimizer for SgdConfig {
    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn state(&self) -> StateNames {
        StateNames { tensors: if self.momentum == 0.0 { &[] } else { &["velocity"] }, counters: &[] }
    }

    fn title(&self) -> String {
        if self.momentum == 0.0 { "SGD".to_owned() } else { format!("SGD, momentum {}", self.momentum) }
    }

    #[cfg(feature = "burn")]
    fn update(&self, _step: i32, weight: &mut [f64], gradient: &[f64], state: &mut [Vec<f64>]) {
        if let [velocity] = state {
            velocity.iter_mut().zip(gradient).for_each(|(v, g)| *v = g + self.momentum * *v);
        }
        let by = state.first().map_or(gradient, Vec::as_slice);
        weight.iter_mut().zip(by).for_each(|(weight, v)| *weight -= self.learning_rate * v);
    }

    #[cfg(feature = "burn")]
    fn trainer(&self, network: crate::Network, state: Option<&crate::OptimizerState>) -> Box<dyn crate::Trainer> {
        use burn::optim::SgdConfig;
        use burn::optim::momentum::MomentumConfig;
        use inputs::ComputePath;
        use kernels::Descent;

        use crate::trainer::{ByModules, Fused};

        let Self { learning_rate, momentum } = *self;
        let network = match network {
            crate::Network::Mlp(mlp) if crate::Compute::path(&mlp) == ComputePath::Fused => {
                return Box::new(Fused::new(mlp, Descent { learning_rate, momentum }, state));
            }
            network => network,
        };
        // Burn dampens by 0.1 by default; the assignment's update is without dampening.
        let config = MomentumConfig::new().with_momentum(momentum).with_dampening(0.0).with_nesterov(false);
        let optimizer = SgdConfig::new().with_momentum((momentum != 0.0).then_some(config)).build();
        Box::new(ByModules::new(network, optimizer, "momentum.", learning_rate, state))
    }
}
