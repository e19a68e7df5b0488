//! Fused operations of small dense networks for Burn's CPU backend, flex.
//!
//! [`slices`] holds the kernels as loops over slices. [`linear`], [`cross_entropy`], [`network_scores`] and [`Momentum`] are
//! the same operations on Burn's tensors, with their backward passes. [`ComputePath::of`] says whether a device has them; on
//! any other device, Burn's modules do the same work.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the function that has an instruction set does not use it"
)]

// `#[derive(RecordState)]` looks for these names at the root of the crate.
use burn::optim::{RecordState, StateSink, StateSource};

mod rows;
pub mod slices;
mod tensors;

pub use rows::{ComputePath, Rows, SparseBatch};
pub use slices::{Nonlinearity, ScoreSums, SparseRows};
pub use tensors::{Momentum, MomentumState, cross_entropy, linear, network_scores};
