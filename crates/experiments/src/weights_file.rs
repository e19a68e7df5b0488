//! Weights as safetensors: named tensors, no code, readable from Python.

use std::collections::HashMap;

use mlp::MlpWeights;
use safetensors::tensor::{Dtype, TensorView};

/// The bytes of a safetensors file: `layers.0.weight` `[n_inputs, n_outputs]`, `layers.0.bias` and so on, in f32.
///
/// # Errors
/// What the format refuses; it refuses no network.
pub(crate) fn encode(weights: &MlpWeights) -> Result<Vec<u8>, safetensors::SafeTensorError> {
    let bytes: Vec<(String, Vec<usize>, Vec<u8>)> = weights
        .named()
        .map(|(name, shape, values)| (name, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect()))
        .collect();
    let views = bytes
        .iter()
        .map(|(name, shape, bytes)| Ok((name.as_str(), TensorView::new(Dtype::F32, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
    safetensors::serialize(views, None::<HashMap<String, String>>)
}
