//! `ImageShape`: what a network has to know about a dataset.

use serde::{Deserialize, Serialize};

use crate::values::{Checked, Count};

/// Image size and number of classes of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageShape {
    /// Rows of an image.
    #[serde(with = "Checked::<Count<1, 4_096>>")]
    pub height: usize,
    /// Columns of an image.
    #[serde(with = "Checked::<Count<1, 4_096>>")]
    pub width: usize,
    /// Number of classes, one logit each.
    #[serde(with = "Checked::<Count<2, 256>>")]
    pub classes: usize,
}

impl ImageShape {
    /// Pixels of an image: the inputs of a dense network.
    #[must_use]
    pub fn pixels(self) -> usize {
        self.height * self.width
    }
}
