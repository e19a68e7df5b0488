//! `Tamper`: random changes of bytes, like a fuzzer's: flips, cuts, repetitions, splices, extreme numbers.

use std::ops::Range;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Pieces that often break parsers.
const DICTIONARY: [&[u8]; 24] = [
    b"\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"\x1f\x8b\x08",
    b"\xef\xbb\xbf",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\x1b[2J",
    b"\r\n",
    b"[[",
    b"]]",
    b"{",
    b"}",
    b"\"\"\"",
    b"=",
    b"-0",
    b"1e999",
    b"nan",
    b"99999999999999999999",
    b"-9223372036854775808",
    b"../../",
    b"\\u0000",
    b",",
];

/// A source of random changes; the same seed gives the same changes.
pub struct Tamper {
    rng: ChaCha8Rng,
}

impl Tamper {
    /// A source with this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// A random number below a bound; 0 if the bound is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { self.rng.random_range(0..bound) }
    }

    /// One of the samples with one to eight changes; sometimes random bytes instead.
    ///
    /// # Panics
    /// `samples` is empty.
    pub fn changed(&mut self, samples: &[Vec<u8>]) -> Vec<u8> {
        assert!(!samples.is_empty(), "there is nothing to change");
        if self.below(64) == 0 {
            return self.noise();
        }
        let mut bytes = samples[self.below(samples.len())].clone();
        for _ in 0..=self.below(8) {
            let donor = self.below(samples.len());
            self.change(&mut bytes, &samples[donor]);
        }
        bytes
    }

    fn noise(&mut self) -> Vec<u8> {
        let length = self.below(200);
        (0..length).map(|_| self.rng.random()).collect()
    }

    fn change(&mut self, bytes: &mut Vec<u8>, donor: &[u8]) {
        let (at, part) = (self.below(bytes.len() + 1), self.part(bytes.len()));
        match self.below(8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(part)),
            2 => {
                let repeated = bytes[part].to_vec();
                bytes.splice(at..at, repeated);
            }
            3 => {
                let piece = DICTIONARY[self.below(DICTIONARY.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            4 => {
                let piece = DICTIONARY[self.below(DICTIONARY.len())];
                bytes.splice(at..(at + piece.len()).min(bytes.len()), piece.iter().copied());
            }
            5 => {
                let piece = donor[self.part(donor.len())].to_vec();
                bytes.splice(part, piece);
            }
            6 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << self.rng.random_range(0..8);
                }
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = self.rng.random();
                }
            }
        }
    }

    /// Up to 64 bytes somewhere.
    fn part(&mut self, length: usize) -> Range<usize> {
        let start = self.below(length + 1);
        let most = (length - start).min(64);
        start..start + self.below(most + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_changes_and_most_inputs_differ() {
        let samples = vec![b"title = \"x\"\nruns = [\"a\"]\n".to_vec(), b"[data]\n".to_vec()];
        let inputs = |seed| {
            let mut tamper = Tamper::new(seed);
            (0..1000).map(|_| tamper.changed(&samples)).collect::<Vec<_>>()
        };
        let (first, mut distinct) = (inputs(1), inputs(1));
        assert_eq!(first, distinct);
        assert_ne!(first, inputs(2));
        distinct.sort();
        distinct.dedup();
        assert!(distinct.len() > 900, "{} distinct inputs of 1000", distinct.len());
    }
}
