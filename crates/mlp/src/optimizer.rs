//! `OptimizerConfig`: the choice of an optimizer. A new kind is a new file, a variant here and an arm of each `match`.

mod adam;
mod sgd;

use std::ops::Deref;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use adam::AdamConfig;
pub use sgd::SgdConfig;

/// An optimizer as declared: `[optimizer]` with its `kind`, which is `sgd` in a file that names none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(tag = "kind")]
pub enum OptimizerConfig {
    /// `kind = "sgd"`: stochastic gradient descent, with momentum or without.
    Sgd(SgdConfig),
    /// `kind = "adam"`: a separate step size for every parameter.
    Adam(AdamConfig),
}

/// The state that an optimizer keeps for every parameter from the first step on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateNames {
    /// Tensors in the shape of the parameter.
    pub tensors: &'static [&'static str],
    /// Counters.
    pub counters: &'static [&'static str],
}

/// Describes and builds a kind of optimizer.
pub trait DescribeOptimizer {
    /// Step size.
    fn learning_rate(&self) -> f64;

    /// The state that it keeps for every parameter from the first step on.
    fn state(&self) -> StateNames;

    /// Its kind and settings except the learning rate, in a few words for tables: `SGD, momentum 0.9`.
    fn title(&self) -> String;

    /// Updates a parameter in double precision, for the trace of a training. `state` has the tensors of [`Self::state`], which are
    /// 0 before the first step; `step` counts from 1.
    #[cfg(feature = "burn")]
    fn update(&self, step: i32, weight: &mut [f64], gradient: &[f64], state: &mut [Vec<f64>]);

    /// The network with this optimizer, before its next step; `state` is the optimizer's, if the training is resumed.
    ///
    /// # Panics
    /// If the state does not belong to this kind of optimizer and this network.
    #[cfg(feature = "burn")]
    fn trainer(&self, network: crate::Network, state: Option<&crate::OptimizerState>) -> Box<dyn crate::Trainer>;
}

/// The description of the chosen kind.
impl Deref for OptimizerConfig {
    type Target = dyn DescribeOptimizer;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Sgd(config) => config,
            Self::Adam(config) => config,
        }
    }
}

impl OptimizerConfig {
    /// The kind of a file that names none.
    pub const USUAL_KIND: &str = "sgd";
}
