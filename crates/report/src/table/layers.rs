//! The layers of a network as a table: the count of task 2d.

use spec::{ImageShape, NetworkConfig, thousands};

use super::Columns;
use crate::document::Table;

/// The parameters of a network, one row per layer; the caption counts them.
#[must_use]
pub fn layer_table(model: &NetworkConfig, shape: ImageShape) -> Table {
    let layers = model.layers(shape);
    let dimensions = |weight: &[usize]| weight.iter().map(ToString::to_string).collect::<Vec<_>>().join(" x ");
    let columns = Columns::of(&layers)
        .words("Layer", |layer| layer.title.clone())
        .numbers("Weights", |layer| dimensions(&layer.weight))
        .numbers("Biases", |layer| layer.biases().to_string())
        .numbers("Parameters", |layer| thousands(layer.parameters()));
    columns.table(&format!("{} parameters", thousands(model.parameters(shape))))
}
