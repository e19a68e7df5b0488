//! Safetensors in this program's own layout, which is also that of Keras' `Dense`: dense weights are `[inputs, units]`.

use record::weights_file;

use crate::Trained;
use crate::about;

/// The weights, with the run that they come from as metadata.
#[must_use]
pub fn file(trained: &Trained<'_>) -> Vec<u8> {
    weights_file::encode_with(trained.weights, &about::origin(trained))
}
