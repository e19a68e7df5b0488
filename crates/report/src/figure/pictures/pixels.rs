//! From pixels to a PNG.

use png::{BitDepth, ColorType, Encoder};

use crate::FigureError;

/// A PNG of rows of bytes, each a shade of grey from 0, black, to 255, white.
pub(super) fn grey_png(bytes: &[u8], (width, height): (usize, usize)) -> Result<Vec<u8>, FigureError> {
    encoded(bytes, (width, height), None)
}

/// A PNG of rows of bytes, each the index of a colour.
pub(super) fn palette_png(
    bytes: &[u8],
    (width, height): (usize, usize),
    palette: &[[u8; 3]],
) -> Result<Vec<u8>, FigureError> {
    encoded(bytes, (width, height), Some(palette.concat()))
}

fn encoded(bytes: &[u8], (width, height): (usize, usize), palette: Option<Vec<u8>>) -> Result<Vec<u8>, FigureError> {
    let refused = |error: &dyn std::fmt::Display| FigureError::Png(error.to_string());
    let side = |pixels: usize| u32::try_from(pixels).map_err(|error| refused(&error));
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, side(width)?, side(height)?);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_color(if palette.is_some() { ColorType::Indexed } else { ColorType::Grayscale });
    if let Some(palette) = palette {
        encoder.set_palette(palette);
    }
    let mut writer = encoder.write_header().map_err(|error| refused(&error))?;
    writer.write_image_data(bytes).and_then(|()| writer.finish()).map_err(|error| refused(&error))?;
    Ok(file)
}
