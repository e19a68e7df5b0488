//! `Rows`: what enters a network, dense or sparse, and `ComputePath`: whether it is computed by fused kernels.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use crate::SparseRows;

/// How a network is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComputePath {
    /// By this crate's kernels.
    Fused,
    /// By Burn's modules, operation by operation: the reference, and the way of every backend but flex.
    Plain,
}

impl ComputePath {
    /// The fastest path of a device. This is the one place where it is chosen.
    #[must_use]
    pub fn of(device: &Device) -> Self {
        if device.clone().inner() == Device::flex() { Self::Fused } else { Self::Plain }
    }
}

/// What enters a network: `[batch_size, n_inputs]`.
#[derive(Debug, Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "a batch is made and used up at once; a box would cost an allocation a step"
)]
pub enum Rows {
    /// A tensor.
    Dense(Tensor<2>),
    /// Rows of a sparse set, for [`ComputePath::Fused`] alone.
    Sparse(SparseBatch),
}

/// Some rows of a sparse set.
#[derive(Debug, Clone)]
pub struct SparseBatch {
    /// The set.
    pub set: Arc<SparseRows<f32>>,
    /// Which of its rows.
    pub rows: Arc<[u32]>,
}

impl Rows {
    /// The rows as a tensor on this device.
    #[must_use]
    pub fn to_tensor(&self, device: &Device) -> Tensor<2> {
        match self {
            Self::Dense(tensor) => tensor.clone(),
            Self::Sparse(SparseBatch { set, rows }) => {
                Tensor::from_data(TensorData::new(set.to_dense(rows), [rows.len(), set.n_columns()]), device)
            }
        }
    }
}

impl From<Tensor<2>> for Rows {
    fn from(tensor: Tensor<2>) -> Self {
        Self::Dense(tensor)
    }
}
