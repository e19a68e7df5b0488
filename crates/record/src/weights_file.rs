//! Weights as safetensors: named tensors, no code, readable from Python.

use std::collections::HashMap;

use mlp::{DenseWeights, LayerShape, MlpConfig, MlpWeights};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

/// The weights at the end of a run.
pub const LAST: &str = "last.safetensors";
/// The weights at the lowest validation loss.
pub const BEST: &str = "best.safetensors";

/// The bytes of a safetensors file: `layers.0.weight` `[n_inputs, n_outputs]`, `layers.0.bias` and so on, in f32.
///
/// # Panics
/// When weights have not the shapes that they claim.
#[must_use]
pub fn encode(weights: &MlpWeights) -> Vec<u8> {
    serialize(&of_weights("", weights), None)
}

/// The weights of a network from a file of [`encode`].
///
/// # Errors
/// Why the file is none of this network, in words.
pub fn decode(bytes: &[u8], config: &MlpConfig) -> Result<MlpWeights, String> {
    read_weights(&deserialize(bytes)?, "", config)
}

/// A tensor of a file: name, type, shape, bytes.
pub(crate) struct Entry {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Entry {
    /// A tensor of single precision.
    pub(crate) fn f32(name: &str, shape: Vec<usize>, values: &[f32]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { name: name.to_owned(), dtype: Dtype::F32, shape, bytes }
    }

    /// A tensor of double precision.
    pub(crate) fn f64(name: &str, shape: Vec<usize>, values: &[f64]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { name: name.to_owned(), dtype: Dtype::F64, shape, bytes }
    }
}

/// The tensors of a network, their names behind a prefix.
pub(crate) fn of_weights(prefix: &str, weights: &MlpWeights) -> Vec<Entry> {
    weights.named().map(|(name, shape, values)| Entry::f32(&format!("{prefix}{name}"), shape, values)).collect()
}

/// A safetensors file; its metadata is one text under one name, so that its bytes are a function of its content.
pub(crate) fn serialize(entries: &[Entry], metadata: Option<(&str, String)>) -> Vec<u8> {
    let view = |entry| {
        let Entry { name, dtype, shape, bytes }: &Entry = entry;
        let view = TensorView::new(*dtype, shape.clone(), bytes).expect("a tensor has as many values as its shape");
        (name.as_str(), view)
    };
    let metadata = metadata.map(|(name, text)| HashMap::from([(name.to_owned(), text)]));
    safetensors::serialize(entries.iter().map(view), metadata).expect("the format takes any names and sizes in memory")
}

/// A file's tensors, nothing of which is read yet.
pub(crate) fn deserialize(bytes: &[u8]) -> Result<SafeTensors<'_>, String> {
    SafeTensors::deserialize(bytes).map_err(|error| format!("is no safetensors file: {error}"))
}

/// The values of a tensor of single precision and this shape.
pub(crate) fn read_f32(file: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
    let (numbers, _) = read(file, name, Dtype::F32, shape)?.as_chunks();
    Ok(numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect())
}

/// The values of a tensor of double precision and this shape.
pub(crate) fn read_f64(file: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f64>, String> {
    let (numbers, _) = read(file, name, Dtype::F64, shape)?.as_chunks();
    Ok(numbers.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect())
}

fn read<'a>(file: &SafeTensors<'a>, name: &str, dtype: Dtype, shape: &[usize]) -> Result<&'a [u8], String> {
    let tensor = file.tensor(name).map_err(|error| format!("`{name}`: {error}"))?;
    if (tensor.dtype(), tensor.shape()) != (dtype, shape) {
        return Err(format!("`{name}` is {:?} {:?}, expected {dtype:?} {shape:?}", tensor.dtype(), tensor.shape()));
    }
    Ok(tensor.data())
}

/// The weights of a network, their names behind a prefix.
pub(crate) fn read_weights(file: &SafeTensors, prefix: &str, config: &MlpConfig) -> Result<MlpWeights, String> {
    let layer = |(index, shape): (usize, LayerShape)| {
        let name = |what: &str| format!("{prefix}layers.{index}.{what}");
        Ok(DenseWeights {
            shape,
            weight: read_f32(file, &name("weight"), &[shape.n_inputs, shape.n_outputs])?,
            bias: if shape.has_bias { read_f32(file, &name("bias"), &[shape.n_outputs])? } else { Vec::new() },
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
        assert_eq!(decode(&encode(&weights), &config), Ok(weights));
    }

    #[test]
    fn what_is_no_file_of_these_weights_is_refused() {
        let bytes = encode(&config(&[4]).initial_weights(1));
        assert!(
            decode(&bytes, &config(&[5]))
                .expect_err("refused")
                .starts_with("`layers.0.weight` is F32 [5, 4], expected")
        );
        assert!(decode(&bytes, &config(&[4, 3])).is_err());
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length], &config(&[4])).is_err(), "{length}");
        }
    }
}
