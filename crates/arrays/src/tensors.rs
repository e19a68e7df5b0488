//! `.safetensors`: a header in JSON, then the numbers.

use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors};

use crate::{Array, Arrays, ArraysError, Numbers};

pub(crate) fn encode(arrays: &Arrays) -> Result<Vec<u8>, ArraysError> {
    let bytes: Vec<Vec<u8>> = arrays.0.values().map(Array::bytes).collect();
    let views = arrays.0.iter().zip(&bytes).map(|((name, array), bytes)| {
        let dtype = match array.numbers {
            Numbers::Whole => Dtype::I64,
            Numbers::Single => Dtype::F32,
            Numbers::Double => Dtype::F64,
        };
        TensorView::new(dtype, array.shape.clone(), bytes).map(|view| (name.as_str(), view))
    });
    let views = views.collect::<Result<Vec<_>, _>>().map_err(damaged)?;
    safetensors::serialize(views, None).map_err(damaged)
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Arrays, ArraysError> {
    let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let read = |(name, view): (String, TensorView<'_>)| {
        let array = numbers(&view)
            .ok_or_else(|| ArraysError::array(&name, format!("has values of type {:?}", view.dtype())))?;
        Ok((name, array))
    };
    file.tensors().into_iter().map(read).collect::<Result<_, _>>().map(Arrays)
}

fn damaged(_: SafeTensorError) -> ArraysError {
    ArraysError::Damaged("it is not in that format".to_owned())
}

fn numbers(view: &TensorView<'_>) -> Option<Array> {
    fn read<const N: usize>(data: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
        data.as_chunks::<N>().0.iter().map(|bytes| number(*bytes)).collect()
    }
    let data = view.data();
    let (numbers, values) = match view.dtype() {
        Dtype::F64 => (Numbers::Double, read(data, f64::from_le_bytes)),
        Dtype::F32 => (Numbers::Single, read(data, |bytes| f32::from_le_bytes(bytes).into())),
        Dtype::I64 => (Numbers::Whole, read(data, |bytes| i64::from_le_bytes(bytes) as f64)),
        Dtype::I32 => (Numbers::Whole, read(data, |bytes| i32::from_le_bytes(bytes).into())),
        Dtype::U8 => (Numbers::Whole, read(data, |[byte]| byte.into())),
        _ => return None,
    };
    Some(Array { shape: view.shape().to_vec(), values, numbers })
}
