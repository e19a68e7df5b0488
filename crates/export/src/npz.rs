//! NumPy's `.npz`.

use arrays::{Array, Arrays, ArraysError};

use crate::Trained;

/// The weights in this program's layout, and the scalars `pixel_mean` and `pixel_std` if the pixels are standardised.
///
/// # Errors
/// An array is larger than a zip archive can hold.
pub fn file(trained: &Trained<'_>) -> Result<Vec<u8>, ArraysError> {
    let weights = trained.weights.0.iter();
    let weights = weights.map(|tensor| (tensor.name.clone(), Array::single(&tensor.shape, &tensor.values)));
    let scaling =
        trained.standardisation().into_iter().flat_map(|values| ["pixel_mean", "pixel_std"].into_iter().zip(values));
    let scaling = scaling.map(|(name, value)| (name.to_owned(), Array::new(&[], &[value])));
    Arrays(weights.chain(scaling).collect()).to_npz()
}
