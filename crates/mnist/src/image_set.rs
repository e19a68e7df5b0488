//! Images and their labels in memory.

use std::fmt;

/// Image size and number of classes of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ImageShape {
    /// Rows of an image.
    pub height: usize,
    /// Columns of an image.
    pub width: usize,
    /// Number of classes: the labels are 0 to `classes - 1`.
    pub classes: usize,
}

impl ImageShape {
    /// Pixels of an image: `height * width`.
    #[must_use]
    pub const fn pixels(self) -> usize {
        self.height * self.width
    }
}

/// Images with one label each.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ImageSet {
    /// Size and classes of the images.
    pub shape: ImageShape,
    /// Grey values, where 0 is the background: `[n_images, height, width]` in row-major order.
    pub pixels: Vec<u8>,
    /// Classes, from 0: `[n_images]`.
    pub labels: Vec<u8>,
}

impl ImageSet {
    /// Number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The pixels of one image: `[height, width]` in row-major order.
    ///
    /// # Panics
    /// If `index` is not below the number of images.
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        &self.pixels[index * self.shape.pixels()..][..self.shape.pixels()]
    }

    /// A copy of the first `count` images, or of all if there are fewer.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        let count = count.min(self.len());
        Self {
            shape: self.shape,
            pixels: self.pixels[..count * self.shape.pixels()].to_vec(),
            labels: self.labels[..count].to_vec(),
        }
    }

    /// A copy of the last `count` images, or of all if there are fewer.
    #[must_use]
    pub fn last(&self, count: usize) -> Self {
        let left_out = self.len().saturating_sub(count);
        Self {
            shape: self.shape,
            pixels: self.pixels[left_out * self.shape.pixels()..].to_vec(),
            labels: self.labels[left_out..].to_vec(),
        }
    }
}

impl ImageSet {
    /// The same with rows and columns exchanged.
    pub(crate) fn transposed(self) -> Self {
        let ImageShape { height, width, classes } = self.shape;
        let shape = ImageShape { height: width, width: height, classes };
        let turned = |image: &[u8]| (0..width * height).map(|at| image[at % height * width + at / height]).collect();
        let images = self.pixels.chunks_exact(self.shape.pixels());
        Self { pixels: images.flat_map(|image| -> Vec<u8> { turned(image) }).collect(), shape, ..self }
    }
}

/// Only the number of images, so that a failed assertion does not fill the terminal with pixels.
impl fmt::Debug for ImageSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ImageSet").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: ImageShape = ImageShape { height: 2, width: 3, classes: 10 };

    fn three() -> ImageSet {
        ImageSet { shape: SHAPE, pixels: (0..3).flat_map(|image| [image; 6]).collect(), labels: vec![7, 8, 9] }
    }

    #[test]
    fn image_is_found_by_its_index() {
        assert_eq!(three().image(2), [2; 6]);
    }

    #[test]
    fn first_images_are_a_prefix_or_all() {
        assert_eq!(three().first(1), ImageSet { shape: SHAPE, pixels: vec![0; 6], labels: vec![7] });
        assert_eq!(three().first(9), three());
        assert!(three().first(0).is_empty());
    }

    #[test]
    fn transposing_exchanges_rows_and_columns_of_every_image() {
        let set = ImageSet { shape: SHAPE, pixels: vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], labels: vec![0, 1] };
        let turned = set.clone().transposed();
        assert_eq!((turned.shape.height, turned.shape.width), (3, 2));
        assert_eq!(turned.pixels, [1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12]);
        assert_eq!(turned.transposed(), set);
    }

    #[test]
    fn last_images_are_the_end_or_all() {
        assert_eq!(three().last(1), ImageSet { shape: SHAPE, pixels: vec![2; 6], labels: vec![9] });
        assert_eq!(three().last(9), three());
        assert!(three().last(0).is_empty());
    }
}
