//! A training step by step, as arrays with names: their files, and where two of them begin to differ.
//!
//! ```text
//! file (.npz, .safetensors) -> Arrays -> first_difference -> Difference (which array, how it differs, what it depends on)
//! ```

mod arrays;
mod difference;
mod formula;
mod npy;
mod npz;
mod relation;
mod tensors;

pub use arrays::{Array, Arrays, Numbers, TraceError};
pub use difference::{Comparison, Difference, compare};
pub use relation::Relation;
