//! `MnistBatcher`: batches gathered by index from images that stay in memory as the device takes them best.

use std::ops::Range;
use std::sync::Arc;

use burn::data::dataloader::batcher::Batcher;
use burn::tensor::{Device, Int, Tensor, TensorData};
use kernels::{ComputePath, Rows, SparseBatch, SparseRows};

use crate::{ImageSet, Normalization};

/// Share of pixels that are not background up to which sparse rows are faster; MNIST has 0.19, Fashion-MNIST 0.50.
const SPARSE_UP_TO: f64 = 0.3;

/// Normalised images with their classes.
#[derive(Debug, Clone)]
pub struct MnistBatch {
    /// `[batch_size, pixels]`, an image a row
    pub images: Rows,
    /// `[batch_size]`, classes from 0
    pub targets: Tensor<1, Int>,
}

impl MnistBatch {
    /// Images of the batch.
    #[must_use]
    pub fn len(&self) -> usize {
        self.targets.dims()[0]
    }

    /// Whether the batch is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Gathers batches by image index. The images are decoded and normalised once.
#[derive(Debug, Clone)]
pub struct MnistBatcher {
    store: Store,
}

#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "there are two of them")]
enum Store {
    /// On the device: four bytes a pixel.
    Dense { images: Tensor<2>, targets: Tensor<1, Int> },
    /// In memory: six bytes a pixel that is not background. `range` is what this batcher has of the set.
    Sparse { set: Arc<SparseRows<f32>>, classes: Arc<[i32]>, range: Range<usize>, device: Device },
}

impl MnistBatcher {
    /// Keeps the images of a set for a device that computes by this path.
    #[must_use]
    pub fn new(set: &ImageSet, normalization: &Normalization, device: &Device, path: ComputePath) -> Self {
        let classes: Vec<i32> = set.labels.iter().map(|&class| i32::from(class)).collect();
        let drawn: usize = set.pixels.iter().map(|&pixel| usize::from(pixel != 0)).sum();
        let density = drawn as f64 / set.pixels.len().max(1) as f64;
        // Sparse rows number their columns with 16 bits.
        let fits = u16::try_from(set.shape.pixels()).is_ok();
        let store = if path == ComputePath::Fused && density <= SPARSE_UP_TO && fits {
            let rows = Arc::new(sparse_rows(set, normalization));
            Store::Sparse { range: 0..set.len(), set: rows, classes: classes.into(), device: device.clone() }
        } else {
            let table = normalization.table();
            let pixels: Vec<f32> = set.pixels.iter().map(|&pixel| table[usize::from(pixel)]).collect();
            Store::Dense {
                images: Tensor::from_data(TensorData::new(pixels, [set.len(), set.shape.pixels()]), device),
                targets: Tensor::from_data(TensorData::new(classes, [set.len()]), device),
            }
        };
        Self { store }
    }

    /// Images of the set.
    #[must_use]
    pub fn num_images(&self) -> usize {
        match &self.store {
            Store::Dense { targets, .. } => targets.dims()[0],
            Store::Sparse { range, .. } => range.len(),
        }
    }

    /// The images from `start` to before `end`, without a copy where the backend can.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> MnistBatch {
        match self.subset(start, end).store {
            Store::Dense { images, targets } => MnistBatch { images: images.into(), targets },
            Store::Sparse { set, classes, range, device } => sparse_batch(&set, &classes, range, &device),
        }
    }

    /// A batcher of the images from `start` to before `end`.
    #[must_use]
    pub fn subset(&self, start: usize, end: usize) -> Self {
        let store = match self.store.clone() {
            Store::Dense { images, targets } => {
                Store::Dense { images: images.slice(start..end), targets: targets.slice(start..end) }
            }
            Store::Sparse { set, classes, range, device } => {
                Store::Sparse { range: range.start + start..range.start + end, set, classes, device }
            }
        };
        Self { store }
    }

    /// The same images on another device.
    #[must_use]
    pub fn to_device(&self, device: &Device) -> Self {
        let MnistBatch { images, targets } = match &self.store {
            Store::Sparse { .. } if ComputePath::of(device) == ComputePath::Fused => return self.clone(),
            _ => self.slice(0, self.num_images()),
        };
        let store =
            Store::Dense { images: images.to_tensor(device).to_device(device), targets: targets.to_device(device) };
        Self { store }
    }
}

impl Batcher<usize, MnistBatch> for MnistBatcher {
    fn batch(&self, indices: Vec<usize>, device: &Device) -> MnistBatch {
        match &self.store {
            Store::Dense { images, targets } => {
                let count = indices.len();
                let indices: Vec<i32> = indices.into_iter().map(row_number).collect();
                let indices = Tensor::<1, Int>::from_data(TensorData::new(indices, [count]), device);
                MnistBatch {
                    images: images.clone().select(0, indices.clone()).into(),
                    targets: targets.clone().select(0, indices),
                }
            }
            Store::Sparse { set, classes, range, .. } => {
                let indices = indices.into_iter().map(|index| range.start + index);
                sparse_batch(set, classes, indices, device)
            }
        }
    }
}

fn sparse_batch(
    set: &Arc<SparseRows<f32>>,
    classes: &[i32],
    indices: impl ExactSizeIterator<Item = usize> + Clone,
    device: &Device,
) -> MnistBatch {
    let count = indices.len();
    let targets: Vec<i32> = indices.clone().map(|index| classes[index]).collect();
    MnistBatch {
        images: Rows::Sparse(SparseBatch { set: set.clone(), rows: indices.map(row_number).collect() }),
        targets: Tensor::from_data(TensorData::new(targets, [count]), device),
    }
}

fn row_number<I: TryFrom<usize>>(index: usize) -> I {
    I::try_from(index).unwrap_or_else(|_| panic!("a set has fewer than 2^31 images"))
}

/// The images as differences from the normalised background.
fn sparse_rows(set: &ImageSet, normalization: &Normalization) -> SparseRows<f32> {
    /// Pixels that are compared at once.
    const WORD: usize = 8;
    let table = normalization.table();
    let mut rows = SparseRows::new(set.shape.pixels(), table[0]);
    for image in set.pixels.chunks_exact(set.shape.pixels()) {
        // Most pixels are passed by eight at a time.
        let words = (0..).step_by(WORD).zip(image.chunks(WORD)).filter(|(_, word)| **word != [0; WORD]);
        let pixels = words.flat_map(|(first, word)| (first..).zip(word)).filter(|&(_, &pixel)| pixel != 0);
        rows.push_row(pixels.map(|(column, &pixel)| (column, table[usize::from(pixel)] - table[0])));
    }
    rows
}
