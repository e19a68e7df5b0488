//! Weights as safetensors: named tensors, no code, readable from Python.

use std::collections::HashMap;

use mlp::{DenseWeights, LayerShape, MlpConfig, MlpWeights};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

/// The weights at the end of a run.
pub(crate) const LAST: &str = "last.safetensors";
/// The weights at the lowest validation loss.
pub(crate) const BEST: &str = "best.safetensors";

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

/// The weights of a network from a file of [`encode`].
///
/// # Errors
/// Why the file is none of this network, in words.
pub(crate) fn decode(bytes: &[u8], config: &MlpConfig) -> Result<MlpWeights, String> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| format!("is not a file of weights: {error}"))?;
    let values = |name: String, shape: &[usize]| {
        let tensor = file.tensor(&name).map_err(|error| error.to_string())?;
        if (tensor.dtype(), tensor.shape()) != (Dtype::F32, shape) {
            return Err(format!("`{name}` is {:?} {:?}, expected F32 {shape:?}", tensor.dtype(), tensor.shape()));
        }
        let (numbers, _) = tensor.data().as_chunks();
        Ok(numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect())
    };
    let layer = |(index, shape): (usize, LayerShape)| {
        let bias = format!("layers.{index}.bias");
        Ok(DenseWeights {
            shape,
            weight: values(format!("layers.{index}.weight"), &[shape.n_inputs, shape.n_outputs])?,
            bias: if shape.has_bias { values(bias, &[shape.n_outputs])? } else { Vec::new() },
        })
    };
    let layers = config.layers().into_iter().enumerate().map(layer).collect::<Result<_, String>>()?;
    Ok(MlpWeights { layers })
}

#[cfg(test)]
mod tests {
    use mlp::{Activation, Bias, WeightInit};

    use super::*;

    fn config(hidden_units: &[usize]) -> MlpConfig {
        MlpConfig {
            n_inputs: 5,
            hidden_units: hidden_units.to_vec(),
            n_outputs: 2,
            activation: Activation::Relu,
            weight_init: WeightInit::FanInNormal,
            bias: Bias::FirstLayer,
        }
    }

    #[test]
    fn weights_read_back_equal() {
        let config = config(&[4, 3]);
        let weights = config.initial_weights(1);
        assert_eq!(decode(&encode(&weights).unwrap(), &config), Ok(weights));
    }

    #[test]
    fn what_is_no_file_of_these_weights_is_refused() {
        let bytes = encode(&config(&[4]).initial_weights(1)).unwrap();
        assert!(decode(&bytes, &config(&[5])).unwrap_err().starts_with("`layers.0.weight` is F32 [5, 4], expected"));
        assert!(decode(&bytes, &config(&[4, 3])).is_err());
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length], &config(&[4])).is_err(), "{length}");
        }
    }
}
