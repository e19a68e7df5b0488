//! `MnistBatcher`: batches gathered by index from images that stay in memory, in the form that suits the device.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use inputs::{ComputePath, Rows, SparseBatch};
use kernels::SparseRows;

use crate::{ImageSet, Normalization};

/// Sparse rows are faster up to this share of pixels that are not background; MNIST has 0.19, Fashion-MNIST 0.50.
const SPARSE_UP_TO: f64 = 0.3;

/// Normalised images with their classes.
#[derive(Debug, Clone)]
pub struct MnistBatch {
    /// `[batch_size, pixels]`, one image per row
    pub images: Rows,
    /// The class of every image, from 0
    pub targets: Vec<u8>,
}

impl MnistBatch {
    /// Images of the batch.
    #[must_use]
    pub fn n_images(&self) -> usize {
        self.targets.len()
    }
}

/// Gathers batches by image index. The images are decoded and normalised once.
#[derive(Debug, Clone)]
pub struct MnistBatcher {
    /// Dense rows take four bytes per pixel on the device; sparse ones two bytes in memory per pixel that is not background.
    images: Rows,
    classes: Arc<[u8]>,
}

impl MnistBatcher {
    /// Keeps the images of a set for a device that takes this path.
    ///
    /// # Panics
    /// If the set has 2^32 images.
    #[must_use]
    pub fn new(set: &ImageSet, normalization: &Normalization, device: &Device, path: ComputePath) -> Self {
        let drawn: usize = set.pixels.iter().map(|&pixel| usize::from(pixel != 0)).sum();
        let density = drawn as f64 / set.pixels.len().max(1) as f64;
        let images = if path == ComputePath::Fused && density <= SPARSE_UP_TO {
            let n_images = u32::try_from(set.len()).expect("a set has fewer than 2^32 images");
            Rows::Sparse(SparseBatch { set: sparse_rows(set, normalization).into(), rows: (0..n_images).collect() })
        } else {
            let table = normalization.table();
            let pixels: Vec<f32> = set.pixels.iter().map(|&pixel| table[usize::from(pixel)]).collect();
            Tensor::from_data(TensorData::new(pixels, [set.len(), set.shape.pixels()]), device).into()
        };
        Self { images, classes: set.labels.as_slice().into() }
    }

    /// Images of the set.
    #[must_use]
    pub fn num_images(&self) -> usize {
        self.classes.len()
    }

    /// The images from `start` to before `end`, without a copy if the backend can.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> MnistBatch {
        MnistBatch { images: self.images.slice(start..end), targets: self.classes[start..end].to_vec() }
    }

    /// The images with these indices, in this order.
    #[must_use]
    pub fn gather(&self, indices: &[usize]) -> MnistBatch {
        let targets = indices.iter().map(|&index| self.classes[index]).collect();
        MnistBatch { images: self.images.select(indices), targets }
    }

    /// A batcher of the images from `start` to before `end`.
    #[must_use]
    pub fn subset(&self, start: usize, end: usize) -> Self {
        let (images, classes) = (self.images.slice(start..end), self.classes[start..end].into());
        Self { images, classes }
    }

    /// The same images on another device.
    #[must_use]
    pub fn to_device(&self, device: &Device) -> Self {
        let images = match &self.images {
            Rows::Sparse(_) if ComputePath::of(device) == ComputePath::Fused => self.images.clone(),
            images => images.to_tensor(device).to_device(device).into(),
        };
        Self { images, classes: self.classes.clone() }
    }
}

/// The images as their pixels that are not background.
fn sparse_rows(set: &ImageSet, normalization: &Normalization) -> SparseRows<f32> {
    /// Pixels compared at once.
    const WORD: usize = 8;
    let mut rows = SparseRows::new(set.shape.pixels(), &normalization.table());
    for image in set.pixels.chunks_exact(set.shape.pixels()) {
        // Most pixels are skipped eight at a time.
        let words = (0..).step_by(WORD).zip(image.chunks(WORD)).filter(|(_, word)| **word != [0; WORD]);
        let pixels = words.flat_map(|(first, word)| (first..).zip(word.iter().copied()));
        rows.push_row(pixels.filter(|&(_, pixel)| pixel != 0));
    }
    rows
}
