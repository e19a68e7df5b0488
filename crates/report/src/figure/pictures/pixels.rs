//! From pixels to a PNG.

use png::{BitDepth, ColorType, Encoder};

use crate::{FigureError, Result};

/// A PNG of rows of bytes: with a palette each is the index of a colour, else a shade of grey from 0, black, to 255, white.
pub(super) fn png(bytes: &[u8], (width, height): (usize, usize), palette: Option<Vec<u8>>) -> Result<Vec<u8>> {
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
