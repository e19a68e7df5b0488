//! JPEG files, upright: phones write photos as the sensor saw them, with a note of how they were held.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{check_size, luminance};
use crate::GreyImage;
use crate::error::PictureProblem;

/// The longest side that the format allows.
const MOST_SIDE: usize = u16::MAX as usize;
/// The tag of the orientation (Exif 2.3, section 4.6.4).
const ORIENTATION: u16 = 0x0112;

/// The image of a JPEG.
pub(super) fn decode(bytes: &[u8]) -> Result<GreyImage, PictureProblem> {
    let broken = |_| PictureProblem::Broken { kind: "JPEG" };
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(MOST_SIDE)
        .set_max_height(MOST_SIDE)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(broken)?;
    let (width, height) = decoder.info().map_or((0, 0), |info| (usize::from(info.width), usize::from(info.height)));
    check_size([width, height])?;
    let colours = decoder.decode().map_err(broken)?;
    let pixels: Vec<u8> = colours.as_chunks().0.iter().copied().map(luminance).collect();
    let orientation = decoder.exif().and_then(|exif| orientation(exif)).unwrap_or(1);
    Ok(upright(&GreyImage { width, height, pixels }, orientation))
}

/// The orientation in Exif data: 1 to 8, in which 1 is upright. The data is a TIFF file: byte order, the place of the first
/// directory, and there twelve bytes for every entry.
fn orientation(exif: &[u8]) -> Option<u16> {
    let is_little = exif.starts_with(b"II");
    let number = |at: usize| {
        let bytes: [u8; 2] = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long = |at: usize| {
        let (first, second) = (usize::from(number(at)?), usize::from(number(at + 2)?));
        Some(if is_little { second << 16 | first } else { first << 16 | second })
    };
    let directory = long(4)?;
    let entry = (0..usize::from(number(directory)?)).map(|index| directory + 2 + 12 * index);
    entry.into_iter().find(|&at| number(at) == Some(ORIENTATION)).and_then(|at| number(at + 8))
}

/// The image as it is looked at.
fn upright(image: &GreyImage, orientation: u16) -> GreyImage {
    let (width, height) = (image.width, image.height);
    let is_turned = (5..=8).contains(&orientation);
    let size = if is_turned { (height, width) } else { (width, height) };
    let source = |row: usize, column: usize| {
        let (x, y) = if is_turned { (row, column) } else { (column, row) };
        match orientation {
            2 | 8 => (y, width - 1 - x),
            3 | 7 => (height - 1 - y, width - 1 - x),
            4 | 6 => (height - 1 - y, x),
            _ => (y, x),
        }
    };
    let pixel = |row, column| {
        let (y, x) = source(row, column);
        image.pixels[y * width + x]
    };
    let pixels = (0..size.1).flat_map(|row| (0..size.0).map(move |column| (row, column)));
    GreyImage { width: size.0, height: size.1, pixels: pixels.map(|(row, column)| pixel(row, column)).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_orientation_is_turned_upright() {
        // What a viewer shows: 1 2 3 over 4 5 6. How a file stores it, by orientation.
        let stored: [(u16, usize, [u8; 6]); 8] = [
            (1, 3, [1, 2, 3, 4, 5, 6]),
            (2, 3, [3, 2, 1, 6, 5, 4]),
            (3, 3, [6, 5, 4, 3, 2, 1]),
            (4, 3, [4, 5, 6, 1, 2, 3]),
            (5, 2, [1, 4, 2, 5, 3, 6]),
            (6, 2, [3, 6, 2, 5, 1, 4]),
            (7, 2, [6, 3, 5, 2, 4, 1]),
            (8, 2, [4, 1, 5, 2, 6, 3]),
        ];
        for (orientation, width, pixels) in stored {
            let image = upright(&GreyImage { width, height: 6 / width, pixels: pixels.to_vec() }, orientation);
            assert_eq!(image, GreyImage { width: 3, height: 2, pixels: vec![1, 2, 3, 4, 5, 6] }, "{orientation}");
        }
    }

    #[test]
    fn orientation_is_found_in_either_byte_order_and_nowhere_else() {
        let little = b"II*\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x01\0\0\0\0\0\0\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0";
        assert_eq!((orientation(little), orientation(big)), (Some(6), Some(8)));
        for broken in [&little[..20], b"", b"II", b"II*\0\xff\xff\xff\xff"] {
            assert_eq!(orientation(broken), None, "{broken:?}");
        }
    }
}
