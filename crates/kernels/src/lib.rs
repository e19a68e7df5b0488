//! Fused operations of small dense networks for Burn's CPU backend, flex.
//!
//! [`slices`] holds the kernels as loops over slices; [`linear`], [`cross_entropy`], [`network_scores`] and [`Momentum`]
//! are the same on Burn's tensors, with their own backward passes. Who uses them asks [`ComputePath::of`] whether a device has
//! them; where it has not, Burn's own modules do the same work.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the function that has an instruction set does not use it"
)]

mod rows;
pub mod slices;
mod tensors;

pub use rows::{ComputePath, Rows, SparseBatch};
pub use slices::{Nonlinearity, ScoreSums, SparseRows};
pub use tensors::{Momentum, MomentumState, cross_entropy, linear, network_scores};
