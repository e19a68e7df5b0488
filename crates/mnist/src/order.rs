//! The order of a run's training images: a function of the seed and the epoch, the same on every backend.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// How the images of an epoch are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchOrder {
    /// A new permutation for every epoch.
    Shuffled {
        /// Seed of the run.
        seed: u64,
    },
    /// The order of the set in every epoch.
    AsStored,
}

impl BatchOrder {
    /// The image indices of an epoch (from 1), in the order in which they are seen.
    #[must_use]
    pub fn of_epoch(self, epoch: usize, n_images: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n_images).collect();
        if let Self::Shuffled { seed } = self {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            // One stream per epoch, so that the order depends only on the epoch. The initial weights use the last stream.
            rng.set_stream(epoch as u64);
            order.shuffle(&mut rng);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_sees_every_image_once() {
        let mut order = BatchOrder::Shuffled { seed: 1 }.of_epoch(3, 1000);
        assert_ne!(order, (0..1000).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn epochs_and_seeds_differ_and_repeat() {
        let order = |seed, epoch| BatchOrder::Shuffled { seed }.of_epoch(epoch, 100);
        assert_eq!(order(1, 1), order(1, 1));
        assert_ne!(order(1, 1), order(1, 2));
        assert_ne!(order(1, 1), order(2, 1));
    }

    /// The shuffle comes from a library: a change of its algorithm would move every curve.
    #[test]
    fn the_order_of_seed_one_is_pinned() {
        assert_eq!(BatchOrder::Shuffled { seed: 1 }.of_epoch(1, 8), [6, 5, 2, 3, 0, 4, 7, 1]);
    }
}
