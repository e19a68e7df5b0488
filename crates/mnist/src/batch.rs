//! `MnistBatcher`: batches gathered by index from images that stay on the device.

use burn::data::dataloader::batcher::Batcher;
use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::{IMAGE_PIXELS, ImageSet, Normalization};

/// Normalised images with their classes.
#[derive(Debug, Clone)]
pub struct MnistBatch {
    /// `[batch_size, 784]`
    pub images: Tensor<2>,
    /// `[batch_size]`, classes 0 to 9
    pub targets: Tensor<1, Int>,
}

impl MnistBatch {
    /// Images of the batch.
    #[must_use]
    pub fn len(&self) -> usize {
        self.targets.dims()[0]
    }

    /// Whether the batch has no images.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Gathers batches by image index. The images are decoded and normalised once and stay on the device.
#[derive(Debug, Clone)]
pub struct MnistBatcher {
    images: Tensor<2>,
    targets: Tensor<1, Int>,
}

impl MnistBatcher {
    /// Puts all images of a set on the device: four bytes a pixel.
    #[must_use]
    pub fn new(set: &ImageSet, normalization: &Normalization, device: &Device) -> Self {
        let table = normalization.table();
        let pixels: Vec<f32> = set.pixels.iter().map(|&pixel| table[usize::from(pixel)]).collect();
        let classes: Vec<i32> = set.labels.iter().map(|&class| i32::from(class)).collect();
        Self {
            images: Tensor::from_data(TensorData::new(pixels, [set.len(), IMAGE_PIXELS]), device),
            targets: Tensor::from_data(TensorData::new(classes, [set.len()]), device),
        }
    }

    /// Images of the set.
    #[must_use]
    pub fn num_images(&self) -> usize {
        self.targets.dims()[0]
    }

    /// The images from `start` to before `end`, without a copy where the backend can.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> MnistBatch {
        let Self { images, targets } = self.subset(start, end);
        MnistBatch { images, targets }
    }

    /// A batcher of the images from `start` to before `end`.
    #[must_use]
    pub fn subset(&self, start: usize, end: usize) -> Self {
        Self { images: self.images.clone().slice(start..end), targets: self.targets.clone().slice(start..end) }
    }

    /// The same images on another device.
    #[must_use]
    pub fn to_device(&self, device: &Device) -> Self {
        Self { images: self.images.clone().to_device(device), targets: self.targets.clone().to_device(device) }
    }
}

impl Batcher<usize, MnistBatch> for MnistBatcher {
    fn batch(&self, indices: Vec<usize>, device: &Device) -> MnistBatch {
        let count = indices.len();
        let indices: Vec<i32> =
            indices.into_iter().map(|index| i32::try_from(index).expect("a set has fewer than 2^31 images")).collect();
        let indices = Tensor::<1, Int>::from_data(TensorData::new(indices, [count]), device);
        MnistBatch {
            images: self.images.clone().select(0, indices.clone()),
            targets: self.targets.clone().select(0, indices),
        }
    }
}
