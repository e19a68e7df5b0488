//! Pictures of images and of what networks make of them: weights as images, misclassified digits, the confusion matrix,
//! the sources of variation.

mod confusion;
mod digits;
pub(super) mod heat_map;
pub(super) mod parallel;
mod pixels;
mod sheet;
mod sources;
mod weights;

pub(crate) use confusion::confusion;
pub(crate) use digits::digits;
pub use sheet::PixelSheet;
pub use sources::variance_figure;
pub(crate) use weights::first_layer_weights;
