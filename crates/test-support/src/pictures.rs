//! Images of a dataset as files of other programs: larger, with margins, dark on light, as PNG or JPEG.

/// How a 28 x 28 image, ink on black, is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Export {
    /// Rows, and columns, of the enlarged image, without margins.
    pub side: usize,
    /// Whether pixels in between are interpolated, rather than repeated.
    pub is_smooth: bool,
    /// Whether it is dark on light.
    pub is_inverted: bool,
    /// Background added at the left, the top, the right and the bottom.
    pub margins: [usize; 4],
}

/// Exports of the usual sizes, of both polarities, some with margins that make them wide or high.
pub const EXPORTS: [Export; 7] = [
    Export { side: 56, is_smooth: false, is_inverted: false, margins: [0; 4] },
    Export { side: 56, is_smooth: true, is_inverted: false, margins: [0; 4] },
    Export { side: 56, is_smooth: true, is_inverted: true, margins: [0, 7, 31, 2] },
    Export { side: 140, is_smooth: true, is_inverted: false, margins: [200, 0, 13, 40] },
    Export { side: 140, is_smooth: false, is_inverted: true, margins: [0; 4] },
    Export { side: 280, is_smooth: true, is_inverted: true, margins: [3, 150, 0, 60] },
    Export { side: 280, is_smooth: true, is_inverted: false, margins: [0; 4] },
];

impl Export {
    /// Width, height and pixels of an exported image.
    #[must_use]
    pub fn of(&self, image: &[u8]) -> (usize, usize, Vec<u8>) {
        let [left, top, right, bottom] = self.margins;
        let (width, height) = (left + self.side + right, top + self.side + bottom);
        let ink = |row: usize, column: usize| match (row.checked_sub(top), column.checked_sub(left)) {
            (Some(row), Some(column)) if row < self.side && column < self.side => self.pixel(image, row, column),
            _ => 0,
        };
        let shade = |ink: u8| if self.is_inverted { 255 - ink } else { ink };
        let pixels = (0..width * height).map(|at| shade(ink(at / width, at % width))).collect();
        (width, height, pixels)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "places in an image, means of bytes")]
    fn pixel(&self, image: &[u8], row: usize, column: usize) -> u8 {
        if !self.is_smooth {
            return image[row * 28 / self.side * 28 + column * 28 / self.side];
        }
        let place = |at: usize| ((at as f64 + 0.5) * 28.0 / self.side as f64 - 0.5).clamp(0.0, 27.0);
        let ([y, x], value) =
            ([place(row), place(column)], |y: usize, x: usize| f64::from(image[y.min(27) * 28 + x.min(27)]));
        let across = |y: usize| {
            let share = x.fract();
            value(y, x as usize) * (1.0 - share) + value(y, x as usize + 1) * share
        };
        (across(y as usize) * (1.0 - y.fract()) + across(y as usize + 1) * y.fract()).round() as u8
    }
}

/// A grey PNG.
///
/// # Panics
/// The size does not fit the pixels.
#[must_use]
pub fn grey_png(width: usize, height: usize, pixels: &[u8]) -> Vec<u8> {
    let side = |side: usize| u32::try_from(side).unwrap();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side(width), side(height));
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(pixels).unwrap();
    bytes
}

/// A grey JPEG of this quality, 1 to 100.
///
/// # Panics
/// The size does not fit the pixels.
#[must_use]
pub fn grey_jpeg(width: usize, height: usize, pixels: &[u8], quality: u8) -> Vec<u8> {
    let side = |side: usize| u16::try_from(side).unwrap();
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, quality);
    encoder.encode(pixels, side(width), side(height), jpeg_encoder::ColorType::Luma).unwrap();
    bytes
}

/// An IDX file of unsigned bytes with these dimensions.
///
/// # Panics
/// A dimension is too large for the format.
#[must_use]
pub fn idx(dimensions: &[usize], content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, u8::try_from(dimensions.len()).unwrap()];
    bytes.extend(dimensions.iter().flat_map(|&side| u32::try_from(side).unwrap().to_be_bytes()));
    [bytes, content.to_vec()].concat()
}
