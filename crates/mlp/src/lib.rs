//! The networks of the report: their plain configuration, activations, initial weights and optimizers, and (feature `burn`)
//! the Burn modules, with their gradient check.
//!
//! Knows nothing about image files, tasks or training.

mod activation;
#[cfg(feature = "burn")]
mod gradient_check;
mod init;
mod layer;
#[cfg(feature = "burn")]
mod loss;
mod network;
mod operation;
mod optimizer;
#[cfg(feature = "burn")]
mod parameters;
#[cfg(feature = "burn")]
mod precise;
mod probe;
pub mod recorded;
#[cfg(feature = "burn")]
mod reference;
mod shape;
mod tensors;
#[cfg(feature = "burn")]
mod trace;
#[cfg(feature = "burn")]
mod trainer;
pub mod values;

pub use activation::{Activation, Elementary};
#[cfg(feature = "burn")]
pub use gradient_check::{GradientCheck, check_gradients};
pub use init::WeightInit;
pub use layer::Layer;
#[cfg(feature = "burn")]
pub use loss::{cross_entropy, score_sums};
pub use network::*;
pub use operation::Operation;
pub use optimizer::*;
#[cfg(feature = "burn")]
pub use precise::Precise;
pub use probe::LayerProbe;
#[cfg(feature = "burn")]
pub use reference::Examples;
pub use shape::ImageShape;
pub use tensors::{NamedTensor, OptimizerState, ParameterShape, Tensors};
#[cfg(feature = "burn")]
pub use trace::Traced;
#[cfg(feature = "burn")]
pub use trainer::Trainer;
