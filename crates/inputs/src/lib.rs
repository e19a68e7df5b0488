//! The input of a network: [`Rows`], as a tensor or for the fused kernels, and [`ComputePath`], which of the two a device takes.
//!
//! Data and models meet here: `mnist` makes rows, `mlp` computes with them, and `kernels` knows no tensors.

use std::any::Any;
use std::ops::Range;
use std::sync::Arc;

use burn::backend::Flex;
use burn::tensor::{Device, Element, Int, Tensor, TensorData};
use kernels::{Input, Real, SparseRows};

/// How a network is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComputePath {
    /// By the fused kernels.
    Fused,
    /// By Burn's modules, operation by operation: the reference, and the only path of every backend but flex.
    Plain,
}

impl ComputePath {
    /// The fastest path of a device. It is chosen only here.
    #[must_use]
    pub fn of(device: &Device) -> Self {
        if device.clone().inner() == Device::flex() { Self::Fused } else { Self::Plain }
    }
}

/// The input of a network: `[batch_size, n_inputs]`.
#[derive(Debug, Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "a batch is used as soon as it is made; a box would cost an allocation per step"
)]
pub enum Rows {
    /// A tensor.
    Dense(Tensor<2>),
    /// Rows of a sparse set, only for [`ComputePath::Fused`].
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

    /// The rows as the kernels take them.
    ///
    /// # Panics
    /// If they are not on the flex backend, or in another precision than `T`.
    #[must_use]
    pub fn with_input<T: Real + Element, R>(&self, work: impl FnOnce(Input<'_, T>) -> R) -> R {
        match self {
            Self::Dense(tensor) => {
                let tensor = if tensor.device().is_autodiff() { tensor.clone().inner() } else { tensor.clone() };
                let tensor = tensor.try_into_primitive::<Flex>().expect("the kernels compute on the flex backend");
                let tensor = if tensor.is_contiguous() { tensor } else { tensor.to_contiguous() };
                work(Input::Dense(tensor.as_slice().expect("it is contiguous")))
            }
            Self::Sparse(SparseBatch { set, rows }) => {
                let set: &dyn Any = &**set;
                work(Input::Sparse(set.downcast_ref().expect("sparse batches are in single precision"), rows))
            }
        }
    }

    /// The rows with these indices, in this order.
    ///
    /// # Panics
    /// If there are 2^31 rows.
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        match self {
            Self::Dense(tensor) => {
                let rows = indices.iter().map(|&index| i32::try_from(index).expect("a set has fewer than 2^31 rows"));
                let rows = TensorData::new(rows.collect(), [indices.len()]);
                Self::Dense(tensor.clone().select(0, Tensor::<1, Int>::from_data(rows, &tensor.device())))
            }
            Self::Sparse(SparseBatch { set, rows }) => {
                let rows = indices.iter().map(|&index| rows[index]).collect();
                Self::Sparse(SparseBatch { set: set.clone(), rows })
            }
        }
    }

    /// The rows of a range, without a copy if the backend can.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        match self {
            Self::Dense(tensor) => Self::Dense(tensor.clone().slice(range)),
            Self::Sparse(SparseBatch { set, rows }) => {
                Self::Sparse(SparseBatch { set: set.clone(), rows: rows[range].into() })
            }
        }
    }
}

impl From<Tensor<2>> for Rows {
    fn from(tensor: Tensor<2>) -> Self {
        Self::Dense(tensor)
    }
}
