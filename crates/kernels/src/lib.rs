//! Training and evaluation of dense networks on the CPU, each as one operation.
//!
//! A [`Network`] owns its weights, velocities and buffers. [`Network::step`] is a training step of all layers,
//! [`Network::scores`] an evaluation, [`Network::gradients`] only the gradient. Every loop uses the vector instructions of
//! the processor (AVX-512, AVX2, NEON, or none), found at run time. This crate has no unsafe code; `pulp` contains it.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the function that has an instruction set does not use it"
)]

mod activation;
mod instructions;
mod lanes;
mod loss;
mod matrix;
mod network;
mod parameter;
mod product;
mod sparse;
#[cfg(test)]
mod tests;
mod tile;

pub use activation::Nonlinearity;
pub use instructions::Instructions;
pub use lanes::Real;
pub use loss::ScoreSums;
pub use network::{Input, LayerWeights, Network};
pub use parameter::Descent;
pub use sparse::SparseRows;
