//! Stochastic gradient descent: `v = g + momentum v; w -= learning_rate v`.

use serde::{Deserialize, Serialize};

use super::{DescribeOptimizer, StateNames};
use crate::values;

/// Stochastic gradient descent: `v = g + momentum v; w -= learning_rate v`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SgdConfig {
    /// Step size, above 0.
    #[serde(deserialize_with = "values::positive")]
    pub learning_rate: f64,
    /// Share of the previous velocity that is kept, in `[0, 1)`; 0 is plain gradient descent.
    #[serde(deserialize_with = "values::share")]
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
    fn build(&self, path: kernels::ComputePath) -> Box<dyn crate::NetworkOptimizer> {
        use burn::optim::SgdConfig;
        use burn::optim::momentum::MomentumConfig;

        use crate::network_optimizer::Stateful;

        if path == kernels::ComputePath::Fused {
            return Box::new(Stateful::new(kernels::Momentum { momentum: self.momentum }, "", self.learning_rate));
        }
        // Burn dampens by 0.1 by default; the assignment's update is without dampening.
        let momentum = MomentumConfig::new().with_momentum(self.momentum).with_dampening(0.0).with_nesterov(false);
        let momentum = (self.momentum != 0.0).then_some(momentum);
        Box::new(Stateful::new(SgdConfig::new().with_momentum(momentum).build(), "momentum.", self.learning_rate))
    }
}
