//! Images from anywhere: PNG, JPEG and IDX files as shades of grey. The content of a file decides what it is, not its name.
//!
//! Nothing in a file is trusted: its size and the size that it announces are limited before it is read or unpacked.

mod jpeg;

use std::io::{Cursor, Read as _};
use std::path::Path;

use flate2::read::GzDecoder;
use png::{ColorType, Decoder, Limits, Transformations};

use crate::error::{PictureProblem, Problem};
use crate::{DataError, GreyImage};

/// Bytes of a file, packed or not, at most: the 60,000 training images of MNIST have 47 MB.
const MOST_BYTES: u64 = 256 << 20;
/// Pixels of a PNG or JPEG at most.
const MOST_PIXELS: usize = 64_000_000;

/// The first bytes of each kind of file.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";
const GZIP: &[u8] = &[0x1f, 0x8b];
/// Unsigned bytes with three dimensions, and with one.
const IDX_IMAGES: [u8; 4] = [0, 0, 8, 3];
const IDX_LABELS: [u8; 4] = [0, 0, 8, 1];

/// The image of a PNG or JPEG file, or the images of an IDX file, gzipped or not.
///
/// Colours become grey by their luminance, `0.299 R + 0.587 G + 0.114 B`. Transparent pixels get the colour farther from that
/// of the opaque ones: white behind dark strokes, black behind light ones.
///
/// # Errors
/// The file is unreadable, broken, too large, or none of these.
pub fn read_pictures(path: &Path) -> Result<Vec<GreyImage>, DataError> {
    let read = || {
        let bytes = files::read_bounded(path, MOST_BYTES).map_err(PictureProblem::Unreadable)?;
        match &*bytes {
            bytes if bytes.starts_with(PNG) => Ok(vec![png(bytes)?]),
            bytes if bytes.starts_with(JPEG) => Ok(vec![jpeg::decode(bytes)?]),
            bytes if bytes.starts_with(GZIP) => images(&unpacked(bytes)?),
            bytes => images(bytes),
        }
    };
    read().map_err(|problem| bad(path, problem))
}

/// The labels of an IDX file, gzipped or not.
///
/// # Errors
/// The file is unreadable, broken, too large, or has other content.
pub fn read_labels(path: &Path) -> Result<Vec<u8>, DataError> {
    let read = || {
        let bytes = files::read_bounded(path, MOST_BYTES).map_err(PictureProblem::Unreadable)?;
        let bytes = if bytes.starts_with(GZIP) { unpacked(&bytes)? } else { bytes };
        let (_, labels) = idx(&bytes, IDX_LABELS).ok_or(PictureProblem::NoLabels)??;
        Ok(labels.to_vec())
    };
    read().map_err(|problem| bad(path, problem))
}

fn bad(path: &Path, problem: PictureProblem) -> DataError {
    Problem::BadPicture { path: path.to_owned(), problem }.into()
}

/// The first frame of a PNG.
fn png(bytes: &[u8]) -> Result<GreyImage, PictureProblem> {
    let broken = |_| PictureProblem::Broken { kind: "PNG" };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: 4 * MOST_PIXELS });
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(broken)?;
    let size = [reader.info().width, reader.info().height].map(|side| side as usize);
    check_size(size)?;
    let mut pixels = vec![0; reader.output_buffer_size().unwrap_or(0)];
    let frame = reader.next_frame(&mut pixels).map_err(broken)?;
    // The rest is read for its checksums: a file that was cut off is broken.
    reader.finish().map_err(broken)?;
    pixels.truncate(frame.buffer_size());
    let pixels = match frame.color_type {
        ColorType::Grayscale => pixels,
        ColorType::GrayscaleAlpha => opaque(pixels.as_chunks().0.iter().map(|&[grey, alpha]| (grey, alpha)).collect()),
        ColorType::Rgba => opaque(
            pixels
                .as_chunks()
                .0
                .iter()
                .map(|&[red, green, blue, alpha]| (luminance([red, green, blue]), alpha))
                .collect(),
        ),
        // A palette has become colours.
        ColorType::Rgb | ColorType::Indexed => pixels.as_chunks().0.iter().copied().map(luminance).collect(),
    };
    Ok(GreyImage { width: size[0], height: size[1], pixels })
}

fn check_size([width, height]: [usize; 2]) -> Result<(), PictureProblem> {
    match width.checked_mul(height) {
        Some(1..=MOST_PIXELS) => Ok(()),
        _ => Err(PictureProblem::Size { width, height, most: MOST_PIXELS }),
    }
}

/// `0.299 R + 0.587 G + 0.114 B`, rounded.
fn luminance(colour: [u8; 3]) -> u8 {
    let [red, green, blue] = colour.map(u32::from);
    u8::try_from((299 * red + 587 * green + 114 * blue + 500) / 1_000).expect("a mean of bytes is a byte")
}

/// Shades with their opacity, on white or black, whichever is farther from their mean.
fn opaque(pixels: Vec<(u8, u8)>) -> Vec<u8> {
    let (mut sum, mut weight) = (0, 0);
    for &(grey, alpha) in &pixels {
        sum += u64::from(grey) * u64::from(alpha);
        weight += u64::from(alpha);
    }
    let behind: u32 = if sum > 127 * weight { 0 } else { 255 };
    let over = |(grey, alpha): (u8, u8)| {
        let alpha = u32::from(alpha);
        u8::try_from((u32::from(grey) * alpha + behind * (255 - alpha) + 127) / 255).expect("a mean of bytes is a byte")
    };
    pixels.into_iter().map(over).collect()
}

/// The unpacked content of a gzip stream.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, PictureProblem> {
    let mut content = Vec::new();
    let read = GzDecoder::new(bytes).take(MOST_BYTES + 1).read_to_end(&mut content);
    read.map_err(|_| PictureProblem::Broken { kind: "gzip" })?;
    if content.len() as u64 > MOST_BYTES { Err(PictureProblem::Unpacked { most: MOST_BYTES }) } else { Ok(content) }
}

/// The images of an IDX file.
fn images(bytes: &[u8]) -> Result<Vec<GreyImage>, PictureProblem> {
    let (dimensions, content) = idx(bytes, IDX_IMAGES).ok_or(PictureProblem::Unknown)??;
    let (height, width) = (dimensions[1], dimensions[2]);
    check_size([width, height])?;
    let image = |pixels: &[u8]| GreyImage { width, height, pixels: pixels.to_vec() };
    Ok(content.chunks_exact(width * height).map(image).collect())
}

/// The dimensions and the content of an IDX file.
type Idx<'a> = Result<(Vec<usize>, &'a [u8]), PictureProblem>;

/// An IDX file that begins with these bytes; none if it does not.
fn idx(bytes: &[u8], magic: [u8; 4]) -> Option<Idx<'_>> {
    let bytes = bytes.strip_prefix(&magic)?;
    let (header, content) = bytes.split_at_checked(4 * usize::from(magic[3])).unwrap_or((bytes, &[]));
    let dimensions: Vec<usize> = header.as_chunks().0.iter().map(|side| u32::from_be_bytes(*side) as usize).collect();
    let expected = dimensions.iter().try_fold(1_usize, |product, &side| product.checked_mul(side));
    let is_whole = dimensions.len() == usize::from(magic[3]) && expected == Some(content.len()) && !content.is_empty();
    Some(if is_whole {
        Ok((dimensions, content))
    } else {
        Err(PictureProblem::IdxSize { dimensions, bytes: content.len() })
    })
}

#[cfg(test)]
mod tests;
