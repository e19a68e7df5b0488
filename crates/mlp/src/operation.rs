//! `Operation`: one step from an image to the logits, as other frameworks describe networks.

use crate::Layer;

/// One operation of a network. The values of an image are maps, `[maps, rows, columns]`, until [`Operation::Flatten`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Puts the values of an image into one row, map by map and row by row.
    Flatten,
    /// `x W + b`, with `W` of shape `[inputs, units]`.
    Dense(Layer),
    /// A convolution with stride 1 of an image with this padding of zeros on all sides.
    Convolution(Layer, usize),
    /// The network's activation on every value.
    Activation,
    /// The largest of every two times two neighbours; an odd last row or column is left out.
    MaxPool,
}

impl Operation {
    /// Dense layers with the activation between them.
    pub(crate) fn dense(layers: impl IntoIterator<Item = Layer>) -> impl Iterator<Item = Self> {
        layers.into_iter().flat_map(|layer| {
            let activation = (layer.n_activations > 0).then_some(Self::Activation);
            [Self::Dense(layer)].into_iter().chain(activation)
        })
    }
}
