//! Pictures of images and of what networks make of them: weights as images, misclassified digits, the confusion matrix.

mod confusion;
mod digits;
mod pixels;
mod weights;

pub use confusion::confusion;
pub use digits::digits;
pub use weights::first_layer_weights;
