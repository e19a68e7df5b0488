//! Random numbers that are the same bits on every machine.
//!
//! `ChaCha8` is exactly specified, and so are `+ - * /` and `sqrt` of IEEE 754. No other mathematical function is used: a
//! library's sine or exponential may differ in the last bit between platforms.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of random numbers.
pub(super) struct Stream(ChaCha8Rng);

impl Stream {
    /// A stream that is independent of all others: `number` is the stream number of `ChaCha`, `seed` its key.
    pub(super) fn new(seed: u64, number: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(number);
        Self(generator)
    }

    /// Uniform on `[0, 1)`, a multiple of `2^-24`: every such number is an `f32`, so nothing is rounded.
    pub(super) fn unit(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / 16_777_216.0
    }

    /// Uniform between `low` and `high`.
    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Bell-shaped around 0 with this standard deviation, limited to 3.5 of it: the sum of four uniform numbers.
    pub(super) fn bell(&mut self, deviation: f32) -> f32 {
        let sum = self.unit() + self.unit() + self.unit() + self.unit();
        // The sum has mean 2 and variance 4/12.
        (sum - 2.0) * 3.0_f32.sqrt() * deviation
    }

    /// Uniform on `0..n`; the bias of the multiplication, below `n / 2^32`, does not matter here.
    pub(super) fn below(&mut self, n: usize) -> usize {
        let product = u64::from(self.0.next_u32()) * n as u64;
        usize::try_from(product >> 32).expect("below n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_seed_and_by_number() {
        let first = |seed, number| Stream::new(seed, number).unit().to_bits();
        assert_eq!(first(1, 1), first(1, 1));
        assert_ne!(first(1, 1), first(1, 2));
        assert_ne!(first(1, 1), first(2, 1));
    }

    #[test]
    fn numbers_stay_in_their_ranges_and_have_their_moments() {
        let mut stream = Stream::new(1, 1);
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..10_000 {
            assert!((0.0..1.0).contains(&stream.unit()));
            assert!(stream.below(7) < 7);
            let bell = f64::from(stream.bell(2.0));
            sum += bell;
            squares += bell * bell;
        }
        assert!((sum / 10_000.0).abs() < 0.1);
        assert!((squares / 10_000.0 - 4.0).abs() < 0.2);
    }
}
