//! The embedded default: made-up digits, so that the program works without MNIST.
//!
//! Balanced classes in shuffled order. Every image has its own random stream, so the images depend neither on the number
//! of threads nor on how many images are drawn.

mod hand;
mod pen;
mod skeletons;
mod stream;

use rayon::prelude::*;

use self::skeletons::skeletons;
use self::stream::Stream;
use crate::{ImageSet, ImageShape};

/// Rows, and columns, of a drawing.
const SIDE: usize = 28;
/// Pixels of a drawing.
const PIXELS: usize = SIDE * SIDE;
/// Digits that are drawn.
const DIGITS: u8 = 10;

/// Shape of the made-up digits.
pub(crate) const SHAPE: ImageShape = ImageShape { height: SIDE, width: SIDE, classes: DIGITS as usize };
/// The seed of the made-up digits, the same for every user.
pub(crate) const SEED: u64 = 1;
/// Made-up training images.
pub(crate) const TRAIN_IMAGES: usize = 20_000;
/// Made-up test images.
pub(crate) const TEST_IMAGES: usize = 10_000;

/// SHA-256 of the made-up digits as IDX files, in the order of [`crate::Dataset::files`]: they are the same bytes on every
/// machine, and a cache that holds others is not trusted.
pub(crate) const SHA256: [&str; 4] = [
    "eb3e492e564a85a8247658caaffb01fd096131cc6a6cddf854bbf3bd64435395",
    "7d10988b8cc730fa40294dc1141011b07e8d4834a3b3dd6479eb35069a708ca9",
    "252996e4bb2a3da9fcb8545fb12c078858196b814e254b1e12bdba8ada0cf5b3",
    "4aa8aee38ae53253946aeb3b1f5cb7b75a7daff3930cac6d0a91f1a6a802e9de",
];

/// One of the two sets of made-up digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Split {
    Train,
    Test,
}

impl Split {
    /// The random stream with this index: stream 0 of a split shuffles its labels, the others draw one image each.
    fn stream(self, seed: u64, index: usize) -> Stream {
        Stream::new(seed, ((self as u64) << 32) + index as u64)
    }
}

/// Some made-up digits, drawn at once and kept nowhere.
#[must_use]
pub fn made_up_digits(count: usize) -> ImageSet {
    draw(SEED, Split::Test, count)
}

/// Draws the images of one split.
pub(crate) fn draw(seed: u64, split: Split, count: usize) -> ImageSet {
    let labels = shuffled_labels(count, &mut split.stream(seed, 0));
    let mut pixels = vec![0; count * PIXELS];
    let skeletons = skeletons();
    pixels.par_chunks_exact_mut(PIXELS).zip(&labels).enumerate().for_each(|(index, (image, &label))| {
        let mut stream = split.stream(seed, 1 + index);
        let lines = hand::write(&skeletons[usize::from(label)], &mut stream);
        image.copy_from_slice(&pen::draw(&lines, &mut stream));
    });
    ImageSet { shape: SHAPE, pixels, labels }
}

/// Labels of all classes in equal shares, in random order (Fisher and Yates).
fn shuffled_labels(count: usize, stream: &mut Stream) -> Vec<u8> {
    let mut labels: Vec<u8> = (0..DIGITS).cycle().take(count).collect();
    for last in (1..count).rev() {
        labels.swap(last, stream.below(last + 1));
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_does_not_depend_on_the_number_of_threads() {
        let draw_on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| draw(SEED, Split::Train, 101))
        };
        let on_one_thread = draw_on(1);
        for threads in [2, 3, 16, 200] {
            assert_eq!(draw_on(threads), on_one_thread, "{threads} threads");
        }
    }

    #[test]
    fn splits_and_seeds_differ() {
        let train = draw(1, Split::Train, 20);
        assert_ne!(train.pixels, draw(1, Split::Test, 20).pixels);
        assert_ne!(train.pixels, draw(2, Split::Train, 20).pixels);
    }

    #[test]
    fn classes_are_balanced_and_shuffled() {
        let labels = draw(SEED, Split::Test, 1_000).labels;
        let mut counts = [0; 10];
        for label in &labels {
            counts[usize::from(*label)] += 1;
        }
        assert_eq!(counts, [100; 10]);
        assert!(labels.windows(2).any(|pair| pair[1] != (pair[0] + 1) % DIGITS));
    }

    #[test]
    fn images_look_like_mnist_in_brightness_and_density() {
        let ImageSet { pixels, .. } = draw(SEED, Split::Train, 2_000);
        let inked = pixels.iter().filter(|&&pixel| pixel > 0).count() as f64 / pixels.len() as f64;
        assert!((0.17..0.21).contains(&inked), "{inked} of the pixels are inked");
        let mean = pixels.iter().map(|&pixel| f64::from(pixel)).sum::<f64>() / pixels.len() as f64;
        assert!((28.0..39.0).contains(&mean), "mean {mean}");
    }
}
