//! The kernels on tensors of the flex backend.

mod cross_entropy;
mod linear;
mod momentum;
mod network;

pub use cross_entropy::cross_entropy;
pub use linear::linear;
pub use momentum::{Momentum, MomentumState};
pub use network::network_scores;

use burn::backend::flex::FlexTensor;
use burn::backend::{Autodiff, Flex, TensorMetadata};
use burn::tensor::{Element, Int, IntDType, Tensor, TensorData};

use crate::Nonlinearity;
use crate::slices::{Linear, Real};

/// The backend of tensors that record operations for the backward pass.
type Tracked = Autodiff<Flex>;

const NOT_FLEX: &str = "only the flex backend has the fused path";

/// Runs code with `T` the tensor's floating-point type.
macro_rules! with_float {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            burn::tensor::DType::F32 => {
                type $T = f32;
                $body
            }
            burn::tensor::DType::F64 => {
                type $T = f64;
                $body
            }
            other => panic!("the fused path computes in f32 and f64, not in {other:?}"),
        }
    };
}
use with_float;

/// The numbers of a contiguous tensor, row-major.
fn numbers<T: Real + Element>(tensor: &FlexTensor) -> &[T] {
    tensor.as_slice().expect("a parameter, and what this crate makes, is contiguous")
}

/// The same tensor, contiguous.
fn contiguous(tensor: FlexTensor) -> FlexTensor {
    if tensor.is_contiguous() { tensor } else { tensor.to_contiguous() }
}

/// The kernel of a layer with these contiguous parameters.
fn kernel<'a, T: Real + Element>(
    weight: &'a FlexTensor,
    bias: Option<&'a FlexTensor>,
    nonlinearity: Nonlinearity,
) -> Linear<'a, T> {
    let (n_outputs, bias) = (weight.shape()[1], bias.map_or(&[][..], numbers));
    Linear { weight: numbers(weight), bias, n_outputs, nonlinearity }
}

fn new_tensor<T: Element, const D: usize>(numbers: Vec<T>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(numbers, shape))
}

/// The tensor of this backend, tracked or not.
fn primitive<const D: usize>(tensor: Tensor<D>) -> FlexTensor {
    let tensor = if tensor.device().is_autodiff() { tensor.inner() } else { tensor };
    tensor.try_into_primitive::<Flex>().expect(NOT_FLEX)
}

/// Classes as bytes.
///
/// # Panics
/// If a class is not between 0 and 255.
fn classes(targets: Tensor<1, Int>) -> Vec<u8> {
    let targets = if targets.device().is_autodiff() { targets.inner() } else { targets };
    let targets = contiguous(targets.cast(IntDType::I64).try_into_primitive::<Flex>().expect(NOT_FLEX));
    let targets = targets.as_slice::<i64>().expect("it is contiguous");
    targets.iter().map(|&class| u8::try_from(class).expect("a class is from 0 to 255")).collect()
}
