//! `PixelSheet`: values for the pixels of several images as one picture.

use spec::ImageShape;

use super::pixels::png;
use crate::figure::ranges::nearest_quantile;
use crate::{FigureError, Result};

/// Images in a row and rows at most.
const MOST_ACROSS: usize = 8;
/// Pixels between two images and around all; a single image has no frame.
const GAP: usize = 8;
/// Share of signed values within the scale; the few outside have the outermost colours.
const WITHIN_SCALE: f64 = 0.995;

/// From far below 0, blue, over 0, white, to far above, red; evenly spaced (`RdBu` of Cynthia Brewer).
const COLOURS: [u32; 9] =
    [0x21_66_ac, 0x43_93_c3, 0x92_c5_de, 0xd1_e5_f0, 0xff_ff_ff, 0xfd_db_c7, 0xf4_a5_82, 0xd6_60_4d, 0xb2_18_2b];
/// Shades on either side of white.
const SHADES: usize = 127;

/// Values for the pixels of several images, at most eight times eight, as one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct PixelSheet {
    images: Vec<Vec<f32>>,
    scale: Scale,
    /// Images that are left out.
    left_out: usize,
    /// Pixels of the picture for each value, across and down.
    magnified: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Scale {
    /// From 0, black, to 255, white.
    Grey,
    /// Blue up to minus this, white at 0, red from this on.
    Signed(f64),
}

impl PixelSheet {
    /// Images of a sheet at most; of more, the first are shown.
    pub const MOST: usize = MOST_ACROSS * MOST_ACROSS;
    /// Pixels of the picture for each value of an image that is looked at closely.
    const CLOSE: usize = 8;

    /// Shades of grey, from 0, black, to 255, white.
    #[must_use]
    pub fn grey(images: Vec<Vec<f32>>) -> Self {
        Self::new(images, Scale::Grey)
    }

    /// Blue is negative, white 0, red positive, on one symmetric scale for all images that holds 99.5 % of the values.
    #[must_use]
    pub fn signed(images: Vec<Vec<f32>>) -> Self {
        let sizes = images.iter().flatten().map(|value| f64::from(value.abs())).filter(|size| size.is_finite());
        let scale = nearest_quantile(sizes.collect(), WITHIN_SCALE).unwrap_or(0.0).max(f64::from(f32::MIN_POSITIVE));
        Self::new(images, Scale::Signed(scale))
    }

    fn new(mut images: Vec<Vec<f32>>, scale: Scale) -> Self {
        let left_out = images.len().saturating_sub(Self::MOST);
        images.truncate(Self::MOST);
        Self { images, scale, left_out, magnified: Self::CLOSE }
    }

    /// The same with this number of pixels for each value, across and down.
    pub(super) fn magnified(self, magnified: usize) -> Self {
        Self { magnified, ..self }
    }

    /// Number of images that are left out; none if all are shown.
    #[must_use]
    pub fn left_out(&self) -> Option<usize> {
        Some(self.left_out).filter(|&count| count > 0)
    }

    /// The picture as a PNG.
    ///
    /// # Errors
    /// [`FigureError::Pixels`] if an image does not have the shape, and without an image.
    pub fn to_png(&self, shape: ImageShape) -> Result<Vec<u8>> {
        let wrong = self.images.iter().map(Vec::len).find(|&found| found != shape.pixels());
        if let Some(found) = wrong.or(self.images.is_empty().then_some(0)) {
            return Err(FigureError::Pixels { what: "the pixels of an image", found, expected: shape.pixels() });
        }
        let (columns, rows) = (self.images.len().min(MOST_ACROSS), self.images.len().div_ceil(MOST_ACROSS));
        let gap = if self.images.len() == 1 { 0 } else { GAP };
        let cell = [shape.width, shape.height].map(|side| side * self.magnified + gap);
        let (width, height) = (columns * cell[0] + gap, rows * cell[1] + gap);
        let mut bytes = vec![self.scale.gap(); width * height];
        for (index, image) in self.images.iter().enumerate() {
            let corner = (gap + cell[0] * (index % MOST_ACROSS), gap + cell[1] * (index / MOST_ACROSS));
            for y in 0..shape.height * self.magnified {
                for x in 0..shape.width * self.magnified {
                    let value = image[y / self.magnified * shape.width + x / self.magnified];
                    bytes[(corner.1 + y) * width + corner.0 + x] = self.scale.shade(value);
                }
            }
        }
        let palette = matches!(self.scale, Scale::Signed(_)).then(|| palette().concat());
        png(&bytes, (width, height), palette)
    }
}

impl Scale {
    /// The colour between the images: white.
    fn gap(self) -> u8 {
        match self {
            Self::Grey => u8::MAX,
            Self::Signed(_) => self.shade(0.0),
        }
    }

    /// A value's colour by its index; of a value that is not a number, that of 0.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates; clamped before it")]
    fn shade(self, value: f32) -> u8 {
        match self {
            Self::Grey => value.round() as u8,
            Self::Signed(scale) => {
                let share = if value.is_nan() { 0.0 } else { (f64::from(value) / scale).clamp(-1.0, 1.0) };
                ((share + 1.0) * SHADES as f64).round() as u8
            }
        }
    }
}

/// The colours between the given ones.
fn palette() -> Vec<[u8; 3]> {
    (0..=2 * SHADES).map(|index| mixed(index as f64 / (2 * SHADES) as f64 * (COLOURS.len() - 1) as f64)).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes lies a byte")]
fn mixed(place: f64) -> [u8; 3] {
    let lower = (place as usize).min(COLOURS.len() - 2);
    let share = place - lower as f64;
    let mix = |channel: usize| {
        let [from, to] = [COLOURS[lower], COLOURS[lower + 1]].map(|colour| f64::from(colour.to_be_bytes()[channel]));
        (from + share * (to - from)).round() as u8
    };
    [mix(1), mix(2), mix(3)]
}

#[cfg(test)]
mod tests {
    use resvg::tiny_skia::Pixmap;

    use super::*;

    #[test]
    fn few_outliers_do_not_set_the_scale() {
        let mut values: Vec<f32> = (0_u16..784).map(|index| f32::from(index % 100) / 100.0).collect();
        values[0] = 1e6;
        let Scale::Signed(scale) = PixelSheet::signed(vec![values]).scale else { panic!("it is signed") };
        assert!(scale < 1.0);
    }

    #[test]
    fn a_sheet_shows_the_first_images_and_counts_the_others() {
        let shape = ImageShape { height: 1, width: 2, classes: 2 };
        for (count, size, left_out) in [(1, (16, 8), None), (64, (200, 136), None), (70, (200, 136), Some(6))] {
            let sheet = PixelSheet::grey(vec![vec![0.0, 200.0]; count]);
            let picture = Pixmap::decode_png(&sheet.to_png(shape).unwrap()).unwrap();
            assert_eq!(((picture.width(), picture.height()), sheet.left_out()), (size, left_out));
            let gap = if count == 1 { 0 } else { 8 };
            let grey = |x| picture.pixel(gap + x, gap).map(resvg::tiny_skia::PremultipliedColorU8::red);
            assert_eq!([grey(0), grey(7), grey(8)], [Some(0), Some(0), Some(200)]);
        }
        assert!(PixelSheet::grey(Vec::new()).to_png(shape).is_err());
    }
}
