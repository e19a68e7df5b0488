//! `Normalization`: standardisation of the pixels.

use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::{DataError, ImageSet};

/// `(pixel - mean) / std`, with one mean and one standard deviation for all pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Normalization {
    /// Mean grey value, of 0 to 255.
    pub mean: f64,
    /// Population standard deviation of the grey values.
    pub std: f64,
}

impl Normalization {
    /// The mean and the standard deviation of all pixels, from integer sums, which are exact:
    /// `std = sqrt(n sum(p^2) - sum(p)^2) / n`.
    ///
    /// For MNIST's first 20,000 training images: 33.5527 and 78.8755 (task 2a).
    ///
    /// # Errors
    /// If all pixels are equal.
    pub fn of(images: &ImageSet) -> Result<Self, DataError> {
        let (mut sum, mut squares) = (0_u64, 0_u64);
        for &pixel in &images.pixels {
            sum += u64::from(pixel);
            squares += u64::from(pixel) * u64::from(pixel);
        }
        let n = images.pixels.len() as u64;
        let spread = u128::from(n) * u128::from(squares) - u128::from(sum) * u128::from(sum);
        if spread == 0 {
            return Err(Problem::NoContrast { pixel: images.pixels.first().copied().unwrap_or(0) }.into());
        }
        Ok(Self { mean: sum as f64 / n as f64, std: (spread as f64).sqrt() / n as f64 })
    }

    /// Leaves the pixels as they are, 0 to 255.
    #[must_use]
    pub fn identity() -> Self {
        Self { mean: 0.0, std: 1.0 }
    }

    /// The standardised value of every grey value, computed in double precision and rounded once.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "rounded to single precision")]
    pub fn table(&self) -> [f32; 256] {
        std::array::from_fn(|pixel| ((pixel as f64 - self.mean) / self.std) as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(pixels: Vec<u8>) -> ImageSet {
        ImageSet { labels: vec![0; pixels.len() / 784], pixels, ..ImageSet::default() }
    }

    #[test]
    fn mean_and_std_are_those_of_the_population() {
        let half = images([[0; 392], [200; 392]].concat());
        assert_eq!(Normalization::of(&half).unwrap(), Normalization { mean: 100.0, std: 100.0 });
    }

    #[test]
    fn standardised_pixels_have_mean_zero_and_variance_one() {
        let images = images((0..=250).cycle().take(784 * 5).collect());
        let table = Normalization::of(&images).unwrap().table();
        let values = || images.pixels.iter().map(|&pixel| f64::from(table[usize::from(pixel)]));
        let n = images.pixels.len() as f64;
        assert!((values().sum::<f64>() / n).abs() < 1e-6);
        assert!((values().map(|value| value * value).sum::<f64>() / n - 1.0).abs() < 1e-6);
    }

    #[test]
    fn identity_changes_nothing() {
        for (pixel, value) in (0_u8..=255).zip(Normalization::identity().table()) {
            assert!((value - f32::from(pixel)).abs() < f32::EPSILON);
        }
    }

    #[test]
    fn blank_images_are_refused() {
        for (set, pixel) in [(images(vec![9; 784]), 9), (ImageSet::default(), 0)] {
            let error = Normalization::of(&set).unwrap_err();
            assert!(matches!(error.0, Problem::NoContrast { pixel: found } if found == pixel), "{error}");
        }
    }
}
