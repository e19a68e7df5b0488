//! Named tensors as safetensors, a format that cannot contain code and that Python can read.

use std::collections::HashMap;

use mlp::{NamedTensor, ParameterShape, Tensors};
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors};

use crate::Defect;
use crate::defect::ensure;

/// The weights at the end of a run.
pub const LAST: &str = "last.safetensors";
/// The weights at the lowest validation loss.
pub const BEST: &str = "best.safetensors";

/// A safetensors file with every tensor under its name, `layers.0.weight`, in f32.
///
/// # Panics
/// If a tensor does not have as many values as its shape says.
#[must_use]
pub fn encode(tensors: &Tensors) -> Vec<u8> {
    serialize(&entries("", tensors), None)
}

/// The same with metadata: these names and values as one JSON text under `experiments`.
///
/// # Panics
/// As [`encode`].
#[must_use]
pub fn encode_with(tensors: &Tensors, about: &[(&str, String)]) -> Vec<u8> {
    let about: serde_json::Map<String, _> =
        about.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
    serialize(&entries("", tensors), Some(("experiments", serde_json::Value::from(about).to_string())))
}

/// The tensors with these names and shapes from a file that [`encode`] wrote.
///
/// # Errors
/// The file does not have such tensors.
pub fn decode(bytes: &[u8], shapes: &[ParameterShape]) -> Result<Tensors, Defect> {
    read_tensors(&deserialize(bytes)?, "", shapes)
}

/// A tensor of a file: name, type, shape, bytes.
pub(crate) struct Entry {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Entry {
    /// A tensor in single precision.
    pub(crate) fn f32(name: String, shape: Vec<usize>, values: &[f32]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { name, dtype: Dtype::F32, shape, bytes }
    }

    /// A tensor in double precision.
    pub(crate) fn f64(name: String, shape: Vec<usize>, values: impl Iterator<Item = f64>) -> Self {
        Self { name, dtype: Dtype::F64, shape, bytes: values.flat_map(f64::to_le_bytes).collect() }
    }
}

/// Tensors with a prefix before their names.
pub(crate) fn entries(prefix: &str, tensors: &Tensors) -> Vec<Entry> {
    let entry =
        |tensor: &NamedTensor| Entry::f32(format!("{prefix}{}", tensor.name), tensor.shape.clone(), &tensor.values);
    tensors.0.iter().map(entry).collect()
}

/// A safetensors file. Its metadata is a single text, so that the same content always gives the same bytes.
pub(crate) fn serialize(entries: &[Entry], metadata: Option<(&str, String)>) -> Vec<u8> {
    let view = |entry| {
        let Entry { name, dtype, shape, bytes }: &Entry = entry;
        let view = TensorView::new(*dtype, shape.clone(), bytes).expect("a tensor has as many values as its shape");
        (name.as_str(), view)
    };
    let metadata = metadata.map(|(name, text)| HashMap::from([(name.to_owned(), text)]));
    safetensors::serialize(entries.iter().map(view), metadata).expect("the format takes any names and sizes in memory")
}

/// A file whose tensors are not read yet.
pub(crate) fn deserialize(bytes: &[u8]) -> Result<SafeTensors<'_>, Defect> {
    SafeTensors::deserialize(bytes).map_err(not_safetensors)
}

/// Says that a file does not have the format; its reader does not name a place.
pub(crate) fn not_safetensors(_: SafeTensorError) -> Defect {
    Defect::rule("is not a safetensors file")
}

/// The tensors with these names, after a prefix, and shapes, in single precision.
pub(crate) fn read_tensors(file: &SafeTensors, prefix: &str, shapes: &[ParameterShape]) -> Result<Tensors, Defect> {
    let tensor = |ParameterShape { name, shape, .. }: &ParameterShape| {
        let values = read_f32(file, &format!("{prefix}{name}"), shape)?;
        Ok(NamedTensor { name: name.clone(), shape: shape.clone(), values })
    };
    shapes.iter().map(tensor).collect::<Result<_, _>>().map(Tensors)
}

/// The values of a tensor in single precision with this shape.
pub(crate) fn read_f32(file: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f32>, Defect> {
    let (numbers, _) = read(file, name, Dtype::F32, shape)?.as_chunks();
    Ok(numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect())
}

/// The values of a tensor in double precision with this shape.
pub(crate) fn read_f64(file: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f64>, Defect> {
    let (numbers, _) = read(file, name, Dtype::F64, shape)?.as_chunks();
    Ok(numbers.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect())
}

fn read<'a>(file: &SafeTensors<'a>, name: &str, dtype: Dtype, shape: &[usize]) -> Result<&'a [u8], Defect> {
    let tensor = file.tensor(name).map_err(|_| Defect::MissingTensor(name.to_owned()))?;
    let found = (tensor.dtype(), tensor.shape());
    ensure!(found == (dtype, shape), "`{name}` is {:?} {:?}, but must be {dtype:?} {shape:?}", found.0, found.1);
    Ok(tensor.data())
}
