//! `Doubt`: what no image of a digit looks like.

use std::fmt;

use super::{SIDE, extents};

/// Ink, of 255, from which on a pixel of the result belongs to a stroke.
const STROKE: u8 = 128;
/// The largest solid square of an image of MNIST has ten rows.
const SOLID_ROWS: usize = 12;
/// At most 339 pixels of an image of MNIST have a quarter of the strongest ink.
const MOST_INKED: usize = 360;
/// Images of MNIST are up to 2.2 times as wide as high.
const WIDEST: f64 = 2.5;
/// The largest piece of an image of MNIST has at least 0.52 of the pixels.
const LARGEST_PIECE: f64 = 0.4;

/// Why an image is not classified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// No pixel differs enough from the background.
    Empty,
    /// Too few pixels to tell.
    Small,
    /// A solid area instead of strokes.
    Solid,
    /// Far wider than high.
    Flat,
    /// Many small pieces.
    Scattered,
}

impl fmt::Display for Doubt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "empty",
            Self::Small => "not a digit: fewer than 5 pixels high and wide",
            Self::Solid => "not a digit: a solid area, not strokes",
            Self::Flat => "not a digit: more than 2.5 times as wide as high",
            Self::Scattered => "not a digit: many small pieces",
        })
    }
}

/// Whether pixels look unlike every image of MNIST.
pub(super) fn doubt(pixels: &[u8]) -> Option<Doubt> {
    let [width, height] = extents(pixels, SIDE);
    let inked = pixels.iter().filter(|&&ink| ink >= STROKE / 2).count();
    if inked > MOST_INKED || largest_square(pixels) >= SOLID_ROWS {
        Some(Doubt::Solid)
    } else if width as f64 > WIDEST * height as f64 {
        Some(Doubt::Flat)
    } else {
        (largest_piece(pixels) < LARGEST_PIECE).then_some(Doubt::Scattered)
    }
}

/// Rows of the largest square of stroke pixels.
fn largest_square(pixels: &[u8]) -> usize {
    let mut rows = vec![0; SIDE * SIDE];
    for at in (0..SIDE * SIDE).filter(|&at| pixels[at] >= STROKE) {
        // The largest square whose lower right corner this is.
        let is_inside = at >= SIDE && at % SIDE > 0;
        rows[at] = if is_inside { 1 + rows[at - 1].min(rows[at - SIDE]).min(rows[at - SIDE - 1]) } else { 1 };
    }
    rows.into_iter().max().unwrap_or(0)
}

/// The share of the stroke pixels in the largest piece; pixels that touch, also at a corner, are one piece.
fn largest_piece(pixels: &[u8]) -> f64 {
    let mut is_left: Vec<bool> = pixels.iter().map(|&ink| ink >= STROKE / 2).collect();
    let all = is_left.iter().filter(|&&is_left| is_left).count();
    let mut largest = 0;
    for start in 0..is_left.len() {
        let (mut size, mut reached) = (0, vec![start]);
        while let Some(at) = reached.pop() {
            if !std::mem::replace(&mut is_left[at], false) {
                continue;
            }
            size += 1;
            let near = |place: usize| place.saturating_sub(1)..=(place + 1).min(SIDE - 1);
            reached.extend(near(at / SIDE).flat_map(|row| near(at % SIDE).map(move |column| row * SIDE + column)));
        }
        largest = largest.max(size);
    }
    f64::from(largest) / all as f64
}
