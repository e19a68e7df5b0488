//! Multilayer perceptrons of the report: their plain configuration, and (feature `burn`) the Burn modules.
//!
//! Knows nothing of images, tasks or training.

mod activation;
mod config;
#[cfg(feature = "burn")]
mod gradient_check;
mod init;
#[cfg(feature = "burn")]
mod loss;
#[cfg(feature = "burn")]
mod module;
mod probe;
#[cfg(feature = "burn")]
mod reference;
mod weights;

pub use activation::Activation;
pub use config::{Bias, LayerShape, MlpConfig};
#[cfg(feature = "burn")]
pub use gradient_check::{GradientCheck, LayerCheck, WeightSelection, check_gradients};
pub use init::WeightInit;
#[cfg(feature = "burn")]
pub use loss::{cross_entropy, n_correct};
#[cfg(feature = "burn")]
pub use module::Mlp;
pub use probe::LayerProbe;
#[cfg(feature = "burn")]
pub use reference::{Examples, ReferenceMlp};
pub use weights::{DenseWeights, MlpWeights};
