//! `BatchLoader`: Burn's data loader over resident images, with shuffled batches for training, consecutive ones for
//! evaluation.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::data::dataset::DatasetError;
use burn::tensor::Device;

use crate::{BatchOrder, MnistBatch, MnistBatcher};

/// Batches of resident images; every call of `iter` is one epoch.
#[derive(Debug)]
pub struct BatchLoader {
    batcher: MnistBatcher,
    /// Of training batches; evaluation takes the images as they are stored.
    order: Option<BatchOrder>,
    batch_size: usize,
    epochs_begun: AtomicUsize,
}

impl BatchLoader {
    /// Training batches: every epoch in its order, its last incomplete batch dropped. The first epoch is the one after
    /// `epochs_done`.
    #[must_use]
    pub fn training(batcher: MnistBatcher, order: BatchOrder, batch_size: usize, epochs_done: usize) -> Self {
        Self { batcher, order: Some(order), batch_size, epochs_begun: AtomicUsize::new(epochs_done) }
    }

    /// Evaluation batches: all images as they are stored, the last batch as large as what is left.
    #[must_use]
    pub fn evaluation(batcher: MnistBatcher, batch_size: usize) -> Self {
        Self { batcher, order: None, batch_size, epochs_begun: AtomicUsize::new(0) }
    }

    fn with_batcher(&self, batcher: MnistBatcher) -> Arc<dyn DataLoader<MnistBatch>> {
        let epochs_begun = AtomicUsize::new(self.epochs_begun.load(Ordering::Relaxed));
        Arc::new(Self { batcher, order: self.order, batch_size: self.batch_size, epochs_begun })
    }
}

impl DataLoader<MnistBatch> for BatchLoader {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<MnistBatch> + 'a> {
        let epoch = self.epochs_begun.fetch_add(1, Ordering::Relaxed) + 1;
        let order = self.order.map(|order| order.of_epoch(epoch, self.batcher.num_images()));
        Box::new(Batches { loader: self, order, n_images: self.num_items(), seen: 0 })
    }

    fn num_items(&self) -> usize {
        let n_images = self.batcher.num_images();
        if self.order.is_some() { n_images / self.batch_size * self.batch_size } else { n_images }
    }

    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<MnistBatch>> {
        self.with_batcher(self.batcher.to_device(device))
    }

    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<MnistBatch>> {
        self.with_batcher(self.batcher.subset(start, end))
    }
}

/// The batches of one epoch.
struct Batches<'a> {
    loader: &'a BatchLoader,
    order: Option<Vec<usize>>,
    n_images: usize,
    seen: usize,
}

impl Iterator for Batches<'_> {
    type Item = Result<MnistBatch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let BatchLoader { batcher, batch_size, .. } = self.loader;
        let (start, end) = (self.seen, (self.seen + batch_size).min(self.n_images));
        self.seen = end;
        (start < end).then(|| match &self.order {
            Some(order) => Ok(batcher.gather(&order[start..end])),
            None => Ok(batcher.slice(start, end)),
        })
    }

    /// Skips `n` batches without gathering them: a resumed training begins in the middle of an epoch.
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        self.seen = self.seen.saturating_add(n.saturating_mul(self.loader.batch_size)).min(self.n_images);
        self.next()
    }
}

impl DataLoaderIterator<MnistBatch> for Batches<'_> {
    fn progress(&self) -> Progress {
        Progress::new(self.seen, self.n_images, Some("images".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use inputs::ComputePath;

    use super::*;
    use crate::{ImageSet, ImageShape, Normalization};

    const SHAPE: ImageShape = ImageShape { height: 28, width: 28, classes: 10 };

    /// Images whose first pixel is their index and whose class is its last digit, stored dense or sparse.
    fn loader_over(
        n_images: u8,
        batch_size: usize,
        order: BatchOrder,
        path: ComputePath,
    ) -> (BatchLoader, BatchLoader) {
        let pixels = (0..n_images).flat_map(|index| std::iter::once(index).chain([0; 783])).collect();
        let set = ImageSet { shape: SHAPE, pixels, labels: (0..n_images).map(|index| index % 10).collect() };
        let batcher = MnistBatcher::new(&set, &Normalization::identity(), &Device::flex(), path);
        (BatchLoader::training(batcher.clone(), order, batch_size, 0), BatchLoader::evaluation(batcher, batch_size))
    }

    const PATHS: [ComputePath; 2] = [ComputePath::Fused, ComputePath::Plain];

    fn first_pixels(batch: &MnistBatch) -> Vec<f32> {
        let pixels = batch.images.to_tensor(&Device::flex()).slice([0..batch.n_images(), 0..1]);
        pixels.into_data().try_into_vec().unwrap()
    }

    fn all_first_pixels(loader: &dyn DataLoader<MnistBatch>) -> Vec<Vec<f32>> {
        loader.iter().map(|batch| first_pixels(&batch.unwrap())).collect()
    }

    #[test]
    fn training_drops_the_incomplete_batch_and_evaluation_keeps_it() {
        for path in PATHS {
            let (train, evaluation) = loader_over(7, 3, BatchOrder::AsStored, path);
            assert_eq!(all_first_pixels(&train), [[0., 1., 2.], [3., 4., 5.]]);
            assert_eq!(all_first_pixels(&evaluation), [vec![0., 1., 2.], vec![3., 4., 5.], vec![6.]]);
        }
    }

    #[test]
    fn every_iteration_is_the_next_epoch() {
        for path in PATHS {
            let (train, _) = loader_over(20, 4, BatchOrder::Shuffled { seed: 5 }, path);
            for epoch in 1..=2 {
                let expected = BatchOrder::Shuffled { seed: 5 }.of_epoch(epoch, 20);
                let expected: Vec<f32> = expected.into_iter().map(|index| index as f32).collect();
                assert_eq!(all_first_pixels(&train).concat(), expected);
            }
        }
    }

    #[test]
    fn skipped_batches_are_those_of_the_epoch() {
        for (skipped, rest) in [(0, 5), (1, 4), (4, 1), (5, 0), (7, 0)] {
            let loader = || {
                let loader = loader_over(20, 4, BatchOrder::Shuffled { seed: 5 }, ComputePath::Fused).0;
                // The first two epochs.
                let _ = (loader.iter(), loader.iter());
                loader
            };
            let whole = all_first_pixels(&loader());
            let first = BatchOrder::Shuffled { seed: 5 }.of_epoch(3, 20)[0] as f32;
            assert_eq!(whole.concat()[0].to_bits(), first.to_bits());
            let loader = loader();
            let batches: Vec<_> = loader.iter().skip(skipped).map(|batch| first_pixels(&batch.unwrap())).collect();
            assert_eq!((batches.len(), batches.as_slice()), (rest, &whole[skipped.min(5)..]));
        }
    }

    #[test]
    fn images_keep_their_classes() {
        for path in PATHS {
            let (train, evaluation) = loader_over(50, 10, BatchOrder::Shuffled { seed: 1 }, path);
            // The images of a part are counted from its first.
            let part = evaluation.slice(5, 25);
            for batch in train.iter().chain(part.iter()) {
                let batch = batch.unwrap();
                let classes: Vec<f32> = batch.targets.iter().map(|&class| f32::from(class)).collect();
                assert_eq!(first_pixels(&batch).iter().map(|pixel| pixel % 10.0).collect::<Vec<_>>(), classes);
            }
            assert_eq!(all_first_pixels(&*part).concat()[0].to_bits(), 5_f32.to_bits());
        }
    }

    #[test]
    fn sparse_and_dense_images_are_the_same_numbers() {
        let pixels = (0..784 * 3).map(|i| if i % 7 == 0 { u8::try_from(i % 251).unwrap() } else { 0 }).collect();
        let set = ImageSet { shape: SHAPE, pixels, labels: vec![1, 2, 3] };
        let normalization = Normalization::of(&set).unwrap();
        let [sparse, dense] = PATHS.map(|path| {
            let images = MnistBatcher::new(&set, &normalization, &Device::flex(), path).slice(0, 3).images;
            assert_eq!(matches!(images, inputs::Rows::Sparse(_)), path == ComputePath::Fused);
            images.to_tensor(&Device::flex()).into_data()
        });
        sparse.assert_approx_eq::<f32>(&dense, burn::tensor::Tolerance::absolute(1e-6));
    }
}
