//! The kernels themselves: loops over slices, without tensors.
//!
//! Each runs with the instruction set of the processor (AVX-512, AVX2, NEON, or none of them), found at run time. There is
//! no unsafe code here: `pulp` has it.

mod activation;
mod lanes;
mod linear;
mod loss;
mod momentum;
mod network;
mod product;
mod sparse;
#[cfg(test)]
mod tests;

pub use activation::Nonlinearity;
pub use lanes::Real;
pub use linear::{Input, Linear, LinearGradients};
pub use loss::{ScoreSums, softmax_cross_entropy};
pub use momentum::momentum_step;
pub use network::network_scores;
pub use sparse::SparseRows;
