//! Pictures of images and of what networks make of them: weights as images, misclassified digits, the confusion matrix.

mod confusion;
mod digits;
pub(super) mod heat_map;
pub(super) mod parallel;
mod pixels;
mod weights;

pub(crate) use confusion::confusion;
pub(crate) use digits::digits;
pub(crate) use weights::first_layer_weights;
