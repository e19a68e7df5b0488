//! The weights of the first layer as images: what every hidden unit looks for.

use spec::ImageShape;

use super::sheet::PixelSheet;
use crate::{FigureError, Result};

/// Pixels of the picture for each weight, across and down.
const MAGNIFIED: usize = 3;

/// The weights of every unit as an image of the dataset's size, at most eight times eight of them, magnified three times, as a PNG.
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
    let of = |unit: usize| weights.iter().copied().skip(unit).step_by(units).collect();
    PixelSheet::signed((0..units).map(of).collect()).magnified(MAGNIFIED).to_png(shape)
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
        for (units, columns, rows) in [(2, 2, 1), (8, 8, 1), (9, 8, 2), (64, 8, 8), (128, 8, 8)] {
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
    fn weights_of_another_shape_are_refused() {
        for (weights, units) in [(784, 2), (0, 0), (785, 1)] {
            assert!(first_layer_weights(&vec![0.0; weights], units, SHAPE).is_err(), "{weights} for {units}");
        }
    }
}
