//! Burn data loaders over resident images: shuffled batches for training, consecutive ones for evaluation.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::data::dataset::DatasetError;
use burn::tensor::Device;

use crate::{BatchOrder, MnistBatch, MnistBatcher};

/// Training batches: every call of `iter` is the next epoch, its last incomplete batch dropped.
#[derive(Debug)]
pub struct TrainLoader {
    batcher: MnistBatcher,
    device: Device,
    order: BatchOrder,
    batch_size: usize,
    epochs_begun: AtomicUsize,
}

impl TrainLoader {
    /// Batches of `batch_size` images, which lie on `device`.
    #[must_use]
    pub fn new(batcher: MnistBatcher, device: Device, order: BatchOrder, batch_size: usize) -> Self {
        Self { batcher, device, order, batch_size, epochs_begun: AtomicUsize::new(0) }
    }

    /// The same batches, starting with the epoch after `epochs`.
    #[must_use]
    pub fn after_epochs(self, epochs: usize) -> Self {
        Self { epochs_begun: AtomicUsize::new(epochs), ..self }
    }

    fn with_batcher(&self, batcher: MnistBatcher, device: Device) -> Arc<dyn DataLoader<MnistBatch>> {
        let epochs_begun = AtomicUsize::new(self.epochs_begun.load(Ordering::Relaxed));
        Arc::new(Self { batcher, device, order: self.order, batch_size: self.batch_size, epochs_begun })
    }
}

impl DataLoader<MnistBatch> for TrainLoader {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<MnistBatch> + 'a> {
        let epoch = self.epochs_begun.fetch_add(1, Ordering::Relaxed) + 1;
        let mut order = self.order.of_epoch(epoch, self.batcher.num_images());
        order.truncate(self.num_items());
        let gather = move |start: usize, end: usize| self.batcher.batch(order[start..end].to_vec(), &self.device);
        Box::new(Batches { gather, n_images: self.num_items(), batch_size: self.batch_size, seen: 0 })
    }

    fn num_items(&self) -> usize {
        self.batcher.num_images() / self.batch_size * self.batch_size
    }

    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<MnistBatch>> {
        self.with_batcher(self.batcher.to_device(device), device.clone())
    }

    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<MnistBatch>> {
        self.with_batcher(self.batcher.subset(start, end), self.device.clone())
    }
}

/// Evaluation batches: all images in the order of the set, the last batch as large as what is left.
#[derive(Debug, Clone)]
pub struct EvaluationLoader {
    batcher: MnistBatcher,
    batch_size: usize,
}

impl EvaluationLoader {
    /// Batches of `batch_size` images.
    #[must_use]
    pub fn new(batcher: MnistBatcher, batch_size: usize) -> Self {
        Self { batcher, batch_size }
    }
}

impl DataLoader<MnistBatch> for EvaluationLoader {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<MnistBatch> + 'a> {
        let gather = |start, end| self.batcher.slice(start, end);
        Box::new(Batches { gather, n_images: self.num_items(), batch_size: self.batch_size, seen: 0 })
    }

    fn num_items(&self) -> usize {
        self.batcher.num_images()
    }

    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<MnistBatch>> {
        Arc::new(Self::new(self.batcher.to_device(device), self.batch_size))
    }

    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<MnistBatch>> {
        Arc::new(Self::new(self.batcher.subset(start, end), self.batch_size))
    }
}

/// Walks over `n_images` images in batches that `gather(start, end)` makes.
struct Batches<F> {
    gather: F,
    n_images: usize,
    batch_size: usize,
    seen: usize,
}

impl<F: Fn(usize, usize) -> MnistBatch> Iterator for Batches<F> {
    type Item = Result<MnistBatch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (start, end) = (self.seen, (self.seen + self.batch_size).min(self.n_images));
        self.seen = end;
        (start < end).then(|| Ok((self.gather)(start, end)))
    }

    /// Skips `n` batches without gathering them: a resumed training begins in the middle of an epoch.
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        self.seen = self.seen.saturating_add(n.saturating_mul(self.batch_size)).min(self.n_images);
        self.next()
    }
}

impl<F: Fn(usize, usize) -> MnistBatch> DataLoaderIterator<MnistBatch> for Batches<F> {
    fn progress(&self) -> Progress {
        Progress::new(self.seen, self.n_images, Some("images".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use kernels::ComputePath;

    use super::*;
    use crate::{ImageSet, ImageShape, Normalization};

    const SHAPE: ImageShape = ImageShape { height: 28, width: 28, classes: 10 };

    /// Images whose first pixel is their index and whose class is its last digit, kept densely or sparsely.
    fn loader_over(
        n_images: u8,
        batch_size: usize,
        order: BatchOrder,
        path: ComputePath,
    ) -> (TrainLoader, EvaluationLoader) {
        let pixels = (0..n_images).flat_map(|index| std::iter::once(index).chain([0; 783])).collect();
        let set = ImageSet { shape: SHAPE, pixels, labels: (0..n_images).map(|index| index % 10).collect() };
        let batcher = MnistBatcher::new(&set, &Normalization::identity(), &Device::flex(), path);
        (
            TrainLoader::new(batcher.clone(), Device::flex(), order, batch_size),
            EvaluationLoader::new(batcher, batch_size),
        )
    }

    const PATHS: [ComputePath; 2] = [ComputePath::Fused, ComputePath::Plain];

    fn first_pixels(batch: &MnistBatch) -> Vec<f32> {
        let pixels = batch.images.to_tensor(&Device::flex()).slice([0..batch.len(), 0..1]);
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
            let loader = || loader_over(20, 4, BatchOrder::Shuffled { seed: 5 }, ComputePath::Fused).0.after_epochs(2);
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
            // A part of a set counts its images from its own first one.
            let part = evaluation.slice(5, 25);
            for batch in train.iter().chain(part.iter()) {
                let batch = batch.unwrap();
                let classes: Vec<f32> = batch.targets.clone().float().into_data().try_into_vec().unwrap();
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
            assert_eq!(matches!(images, kernels::Rows::Sparse(_)), path == ComputePath::Fused);
            images.to_tensor(&Device::flex()).into_data()
        });
        sparse.assert_approx_eq::<f32>(&dense, burn::tensor::Tolerance::absolute(1e-6));
    }
}
