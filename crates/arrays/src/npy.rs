//! One array as NumPy writes it: magic, version, a header that is a Python dictionary, the numbers.
//!
//! Source: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>

use std::io::{self, Read};

use crate::{Array, ArraysError, Numbers};

const MAGIC: &[u8] = b"\x93NUMPY";
/// The header ends at a multiple of this.
const ALIGNMENT: usize = 64;

/// Bytes of a header at most; NumPy writes 128.
const MOST_HEADER: usize = 4_096;

/// What precedes the numbers of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The type of its numbers in NumPy's notation: `|u1`, `<f8`.
    pub descr: String,
    /// Its dimensions.
    pub shape: Vec<usize>,
    /// Whether its numbers are stored column by column.
    pub by_columns: bool,
}

impl Header {
    /// Reads a header, of any of the format's versions.
    ///
    /// # Errors
    /// What is wrong with the array, as the end of a sentence.
    pub fn read(array: &mut impl Read) -> Result<Self, String> {
        let early = |_: io::Error| "ends in its header".to_owned();
        let mut start = [0; 8];
        array.read_exact(&mut start).map_err(early)?;
        let bytes_of_length = match (start.starts_with(MAGIC), start[6]) {
            (true, 1) => 2,
            (true, 2 | 3) => 4,
            _ => return Err("is not in NumPy's format".to_owned()),
        };
        let mut length = [0; 4];
        array.read_exact(&mut length[..bytes_of_length]).map_err(early)?;
        let length = u32::from_le_bytes(length) as usize;
        if length > MOST_HEADER {
            return Err(format!("has a header of {length} bytes, expected at most {MOST_HEADER}"));
        }
        let mut header = vec![0; length];
        array.read_exact(&mut header).map_err(early)?;
        let header = String::from_utf8_lossy(&header);
        Self::parse(&header).ok_or_else(|| format!("has an unclear header: {:?}", header.trim_end()))
    }

    /// The header in a text such as `{'descr': '|u1', 'fortran_order': False, 'shape': (60000, 28, 28), }`.
    fn parse(text: &str) -> Option<Self> {
        let value = |key: &str| Some(text.split_once(&format!("'{key}':"))?.1.trim_start());
        let sides = value("shape")?.strip_prefix('(')?.split_once(')')?.0;
        let sides = sides.split(',').map(str::trim).filter(|side| !side.is_empty());
        Some(Self {
            descr: value("descr")?.strip_prefix('\'')?.split_once('\'')?.0.to_owned(),
            shape: sides.map(str::parse).collect::<Result<_, _>>().ok()?,
            by_columns: value("fortran_order")?.starts_with("True"),
        })
    }
}

/// The bytes of an `.npy` file, version 1.0.
pub(crate) fn encode(array: &Array) -> Vec<u8> {
    let descr = match array.numbers {
        Numbers::Whole => "<i8",
        Numbers::Single => "<f4",
        Numbers::Double => "<f8",
    };
    let sides = array.shape.iter().fold(String::new(), |sides, side| sides + &side.to_string() + ",");
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({sides}), }}");
    let before = MAGIC.len() + 4;
    header += &" ".repeat(ALIGNMENT - 1 - (before + header.len()) % ALIGNMENT);
    header.push('\n');
    let length = u16::try_from(header.len()).expect("a header of a few dimensions is short");
    [MAGIC, &[1, 0], &length.to_le_bytes(), header.as_bytes(), &array.bytes()].concat()
}

/// The array in the bytes of an `.npy` file.
pub(crate) fn decode(name: &str, bytes: &[u8]) -> Result<Array, ArraysError> {
    let mut data = bytes;
    let header = Header::read(&mut data).map_err(|problem| ArraysError::array(name, problem))?;
    let Header { descr, shape, by_columns } = header;
    let (numbers, values) = numbers(&descr, data)
        .ok_or_else(|| ArraysError::array(name, format!("has values of type `{}`", descr.escape_debug())))?;
    if shape.iter().try_fold(1, |n: usize, &side| n.checked_mul(side)) != Some(values.len()) {
        let problem = format!("has {} values, but the shape {shape:?}", values.len());
        return Err(ArraysError::array(name, problem));
    }
    let values = if by_columns { by_rows(&values, &shape) } else { values };
    Ok(Array { shape, values, numbers })
}

/// The values of a type; none if they are not numbers or do not fill whole ones.
fn numbers(descr: &str, data: &[u8]) -> Option<(Numbers, Vec<f64>)> {
    fn read<const N: usize>(data: &[u8], number: impl Fn([u8; N]) -> f64) -> Option<Vec<f64>> {
        let (whole, rest) = data.as_chunks::<N>();
        rest.is_empty().then(|| whole.iter().map(|bytes| number(*bytes)).collect())
    }
    use Numbers::{Double, Single, Whole};
    let (kind, values) = match descr {
        "<f8" => (Double, read(data, f64::from_le_bytes)),
        "<f4" => (Single, read(data, |bytes| f32::from_le_bytes(bytes).into())),
        "<i8" => (Whole, read(data, |bytes| i64::from_le_bytes(bytes) as f64)),
        "<u8" => (Whole, read(data, |bytes| u64::from_le_bytes(bytes) as f64)),
        "<i4" => (Whole, read(data, |bytes| i32::from_le_bytes(bytes).into())),
        "<u4" => (Whole, read(data, |bytes| u32::from_le_bytes(bytes).into())),
        "<i2" => (Whole, read(data, |bytes| i16::from_le_bytes(bytes).into())),
        "<u2" => (Whole, read(data, |bytes| u16::from_le_bytes(bytes).into())),
        "|i1" => (Whole, read(data, |bytes| i8::from_le_bytes(bytes).into())),
        "|u1" | "|b1" => (Whole, read(data, |[byte]| byte.into())),
        _ => return None,
    };
    Some((kind, values?))
}

/// Values that are stored column by column, row by row.
fn by_rows(values: &[f64], shape: &[usize]) -> Vec<f64> {
    let strides: Vec<usize> = shape
        .iter()
        .scan(1, |stride, side| {
            let this = *stride;
            *stride *= side;
            Some(this)
        })
        .collect();
    let place = |mut at: usize| {
        shape.iter().zip(&strides).rev().fold(0, |sum, (side, stride)| {
            let index = at % side;
            at /= side;
            sum + index * stride
        })
    };
    (0..values.len()).map(|at| values[place(at)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `numpy.save` of `numpy.array([[1, 2, 3], [4, 5, 6]], dtype="<f4", order="F")`.
    fn by_numpy(descr: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
        [MAGIC, &[2, 0], &u32::try_from(header.len()).unwrap().to_le_bytes(), header.as_bytes(), data].concat()
    }

    #[test]
    fn columns_become_rows() {
        let data: Vec<u8> = [1_f32, 4.0, 2.0, 5.0, 3.0, 6.0].iter().flat_map(|value| value.to_le_bytes()).collect();
        let array = decode("a", &by_numpy("<f4", "True", "(2, 3)", &data)).unwrap();
        let expected = Array { numbers: Numbers::Single, ..Array::new(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]) };
        assert_eq!(array, expected);
    }

    #[test]
    fn every_kind_of_whole_number_is_read() {
        for (descr, data) in
            [("|u1", &[200][..]), ("<i2", &[200, 0]), ("<u4", &[200, 0, 0, 0]), ("<i8", &[200, 0, 0, 0, 0, 0, 0, 0])]
        {
            assert_eq!(decode("a", &by_numpy(descr, "False", "(1,)", data)).unwrap(), Array::whole([200]), "{descr}");
        }
    }

    #[test]
    fn values_begin_at_a_multiple_of_64() {
        for shape in [[].as_slice(), &[1], &[784, 64], &[16, 6, 5, 5]] {
            let bytes = encode(&Array::single(shape, &vec![0.5; shape.iter().product()]));
            let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
            assert_eq!(((10 + header) % ALIGNMENT, bytes[9 + header]), (0, b'\n'));
            let read = Header { descr: "<f4".to_owned(), shape: shape.to_vec(), by_columns: false };
            assert_eq!(Header::read(&mut &*bytes), Ok(read));
        }
    }

    #[test]
    fn what_is_not_numbers_is_refused_with_its_name() {
        for (descr, shape, data, message) in [
            ("<U3", "(1,)", &[0; 12][..], "the array `a` has values of type `<U3`"),
            (">f8", "(1,)", &[0; 8], "the array `a` has values of type `>f8`"),
            ("<f8", "(2,)", &[0; 8], "the array `a` has 1 values, but the shape [2]"),
            (
                "<f8",
                "(x,)",
                &[0; 8],
                "the array `a` has an unclear header: \"{'descr': '<f8', 'fortran_order': False, 'shape': (x,), }\"",
            ),
        ] {
            assert_eq!(decode("a", &by_numpy(descr, "False", shape, data)).unwrap_err().to_string(), message);
        }
    }
}
