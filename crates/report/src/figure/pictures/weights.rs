//! The weights of the first layer as images: what every hidden unit looks for.

use spec::ImageShape;

use super::pixels::png;
use crate::figure::ranges::nearest_quantile;
use crate::{FigureError, Result};

/// Units in a row and rows at most; of more units the first are shown.
const MOST_ACROSS: usize = 8;
/// Pixels of the picture for each weight, across and down.
const MAGNIFIED: usize = 3;
/// Pixels between two units and around all.
const GAP: usize = 8;
/// Share of the weights within the scale; the few outside have the outermost colours.
const WITHIN_SCALE: f64 = 0.995;

/// From far below 0, blue, over 0, white, to far above, red; evenly spaced (`RdBu` of Cynthia Brewer).
const COLOURS: [u32; 9] =
    [0x21_66_ac, 0x43_93_c3, 0x92_c5_de, 0xd1_e5_f0, 0xff_ff_ff, 0xfd_db_c7, 0xf4_a5_82, 0xd6_60_4d, 0xb2_18_2b];
/// Shades on either side of white.
const SHADES: usize = 127;

/// The weights of every unit as an image of the dataset's size, at most eight times eight of them, magnified three times, as a PNG.
///
/// Blue is negative, white 0, red positive, on one symmetric scale for all units that holds 99.5 % of the weights.
///
/// # Shapes
/// - `weights`: row-major `[pixels, units]`
///
/// # Errors
/// [`FigureError::Pixels`] if the number of weights differs from that of the shape, and without a unit.
pub(crate) fn first_layer_weights(weights: &[f32], units: usize, shape: ImageShape) -> Result<Vec<u8>> {
    let expected = shape.pixels() * units.max(1);
    if weights.len() != expected {
        return Err(FigureError::Pixels { what: "the weights of a first layer", found: weights.len(), expected });
    }
    let shown = units.min(MOST_ACROSS * MOST_ACROSS);
    let (columns, rows) = (shown.min(MOST_ACROSS), shown.div_ceil(MOST_ACROSS));
    let cell = [shape.width, shape.height].map(|side| side * MAGNIFIED + GAP);
    let (width, height) = (columns * cell[0] + GAP, rows * cell[1] + GAP);
    let scale = scale(weights);
    let mut bytes = vec![shade(0.0, scale); width * height];
    for unit in 0..shown {
        let corner = (GAP + cell[0] * (unit % MOST_ACROSS), GAP + cell[1] * (unit / MOST_ACROSS));
        for y in 0..shape.height * MAGNIFIED {
            for x in 0..shape.width * MAGNIFIED {
                let pixel = y / MAGNIFIED * shape.width + x / MAGNIFIED;
                bytes[(corner.1 + y) * width + corner.0 + x] = shade(weights[pixel * units + unit], scale);
            }
        }
    }
    png(&bytes, (width, height), Some(palette().concat()))
}

/// The size that 99.5 % of the weights do not exceed.
fn scale(weights: &[f32]) -> f64 {
    let sizes = weights.iter().map(|weight| f64::from(weight.abs())).filter(|size| size.is_finite());
    nearest_quantile(sizes.collect(), WITHIN_SCALE).unwrap_or(0.0).max(f64::from(f32::MIN_POSITIVE))
}

/// A weight's colour by its index; a weight that is not a number is white.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates; clamped before it")]
fn shade(weight: f32, scale: f64) -> u8 {
    let share = if weight.is_nan() { 0.0 } else { (f64::from(weight) / scale).clamp(-1.0, 1.0) };
    ((share + 1.0) * SHADES as f64).round() as u8
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

    const SHAPE: ImageShape = ImageShape { height: 28, width: 28, classes: 10 };

    fn picture(weights: &[f32], units: usize) -> Pixmap {
        Pixmap::decode_png(&first_layer_weights(weights, units, SHAPE).unwrap()).unwrap()
    }

    #[test]
    fn a_grid_has_at_most_eight_rows_of_eight() {
        for (units, columns, rows) in [(1, 1, 1), (8, 8, 1), (9, 8, 2), (64, 8, 8), (128, 8, 8)] {
            let picture = picture(&vec![0.0; 784 * units], units);
            assert_eq!((picture.width(), picture.height()), (92 * columns + 8, 92 * rows + 8), "{units} units");
        }
    }

    #[test]
    fn negative_weights_are_blue_and_positive_ones_red() {
        let mut weights = vec![0.0; 784 * 2];
        // Pixel 0 of unit 0, and pixel 28, the first of the second row, of unit 1.
        (weights[0], weights[28 * 2 + 1]) = (-1e6, 1e6);
        let picture = picture(&weights, 2);
        let colour = |x, y| picture.pixel(x, y).map(|colour| [colour.red(), colour.green(), colour.blue()]);
        assert_eq!(colour(8, 8), Some([0x21, 0x66, 0xac]));
        assert_eq!(colour(8 + 92, 8 + 3), Some([0xb2, 0x18, 0x2b]));
        for (x, y) in [(0, 0), (11, 8), (8, 11), (100, 8)] {
            assert_eq!(colour(x, y), Some([255, 255, 255]), "{x}, {y}");
        }
    }

    #[test]
    fn few_outliers_do_not_set_the_scale() {
        let mut weights: Vec<f32> = (0_u16..784).map(|index| f32::from(index % 100) / 100.0).collect();
        weights[0] = 1e6;
        assert!(scale(&weights) < 1.0);
    }

    #[test]
    fn weights_of_another_shape_are_refused() {
        for (weights, units) in [(784, 2), (0, 0), (785, 1)] {
            assert!(first_layer_weights(&vec![0.0; weights], units, SHAPE).is_err(), "{weights} for {units}");
        }
    }
}
