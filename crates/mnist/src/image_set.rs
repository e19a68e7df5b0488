//! Images and their labels in memory.

use std::fmt;

/// Rows, and columns, of an image.
pub const IMAGE_SIDE: usize = 28;
/// Pixels of an image.
pub const IMAGE_PIXELS: usize = IMAGE_SIDE * IMAGE_SIDE;
/// Classes: the labels are 0 to 9.
pub const N_CLASSES: u8 = 10;

/// Images and labels, one label an image.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ImageSet {
    /// Grey values, 0 the background: `[n_images, 28, 28]` in row-major order.
    pub pixels: Vec<u8>,
    /// Classes 0 to 9: `[n_images]`.
    pub labels: Vec<u8>,
}

impl ImageSet {
    /// Number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no image.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The pixels of one image: `[28, 28]` in row-major order.
    ///
    /// # Panics
    /// If there is no image at `index`.
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        &self.pixels[index * IMAGE_PIXELS..][..IMAGE_PIXELS]
    }

    /// A copy of the first `count` images, or of all if there are fewer.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        let count = count.min(self.len());
        Self { pixels: self.pixels[..count * IMAGE_PIXELS].to_vec(), labels: self.labels[..count].to_vec() }
    }
}

/// The number of images alone: a failed assertion would fill the terminal with pixels otherwise.
impl fmt::Debug for ImageSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ImageSet").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> ImageSet {
        ImageSet { pixels: (0..3).flat_map(|image| [image; IMAGE_PIXELS]).collect(), labels: vec![7, 8, 9] }
    }

    #[test]
    fn image_is_found_by_its_index() {
        assert_eq!(three().image(2), [2; IMAGE_PIXELS]);
    }

    #[test]
    fn first_images_are_a_prefix_or_all() {
        assert_eq!(three().first(1), ImageSet { pixels: vec![0; IMAGE_PIXELS], labels: vec![7] });
        assert_eq!(three().first(9), three());
        assert!(three().first(0).is_empty());
    }
}
