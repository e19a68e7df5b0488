//! From an image of any size to what a network trained on MNIST expects, as the dataset's authors describe it: light on dark,
//! fitted into a box of 20 x 20 pixels, with its centre of mass in the middle of 28 x 28.
//!
//! Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits". All 70,000 of its images have these properties,
//! and are left as they are.
//!
//! `crates/report/assets/prepare.js` does the same on the page. Both compute in double precision, in the same order, so that they
//! give the same pixels.

mod doubt;
mod enlargement;
mod scaling;

pub use doubt::Doubt;
use doubt::doubt;
use scaling::{edges, scaled, whole};

/// Rows, and columns, of the result.
pub const SIDE: usize = 28;
/// Pixels of the longer side of the digit.
const BOX: usize = 20;
/// Row, and column, on which the centre of mass lies.
const MIDDLE: usize = 14;
/// Ink, of 255, that an image has at least.
const FAINTEST_INK: u8 = 32;
/// Ink, of 255, of the outermost pixels of a digit that was enlarged as a whole.
const FAINTEST_STROKE: u8 = 26;
/// Pixels of the longer side of a digit at least: smaller ones cannot be told apart.
const SMALLEST: usize = 5;
/// Part of a pixel of the result within the ink, at which the height of a blurred edge is read.
const WITHIN_EDGE: f64 = 0.75;

/// An image in shades of grey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GreyImage {
    /// Columns; at least one.
    pub width: usize,
    /// Rows; at least one.
    pub height: usize,
    /// From 0, black, to 255, white: `[height, width]` in row-major order.
    pub pixels: Vec<u8>,
}

/// An image as a network expects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Ink, where 0 is the background: `[28, 28]` in row-major order.
    pub pixels: Vec<u8>,
    /// Why it is not classified.
    pub doubt: Option<Doubt>,
}

impl GreyImage {
    /// The image by MNIST's conventions.
    ///
    /// - **Background**: the median of the outermost pixels. Ink is the difference from it, in the direction, lighter or darker,
    ///   in which the sum of the differences is larger.
    /// - **Noise**: ink up to a tenth of the strongest ink does not count; on a noisy background, up to 3 times the upper
    ///   quartile of the differences along the border, but never more than half the strongest ink.
    /// - **Size**: the rectangle that holds the ink is scaled to 20 pixels along its longer side, its proportions kept. A blurred
    ///   edge counts from where it has half its height. Every new pixel is a mean of those that it covers, weighted by their
    ///   distance from its centre; when the image grows, that is linear interpolation. Then the strongest ink becomes 255.
    /// - **Place**: the centre of mass goes to row and column 14, by whole pixels.
    ///
    /// An image of 28 x 28 pixels that has this size and place already keeps its ink unchanged. One that was enlarged with its whole
    /// frame becomes what it was, as near as the picture tells, and faint ink counts.
    #[must_use]
    pub fn prepare(&self) -> Prepared {
        let median = quantile(self.border(), 1, 2);
        let spread = quantile(self.border().map(|pixel| pixel.abs_diff(median)), 3, 4);
        let [light, dark]: [fn(u8, u8) -> u8; 2] = [u8::saturating_sub, |pixel, median| median.saturating_sub(pixel)];
        let sum = |ink: fn(u8, u8) -> u8| self.pixels.iter().map(|&pixel| u64::from(ink(pixel, median))).sum::<u64>();
        let ink = if sum(light) >= sum(dark) { light } else { dark };
        let pixels: Vec<u8> = self.pixels.iter().map(|&pixel| ink(pixel, median)).collect();
        let strongest = pixels.iter().copied().max().unwrap_or(0);
        if strongest < FAINTEST_INK {
            return Prepared { pixels: vec![0; SIDE * SIDE], doubt: Some(Doubt::Empty) };
        }
        let ink = Ink { width: self.width, pixels };
        if let Some(pixels) = ink.placed() {
            return Prepared { doubt: doubt(&pixels), pixels };
        }
        let noise = (3.0 * f64::from(spread)).clamp(0.1 * f64::from(strongest), 0.5 * f64::from(strongest));
        let strokes = ink.above(noise);
        let small = (strokes.longer_side() < SMALLEST).then_some(Doubt::Small);
        let pixels = strokes.place();
        Prepared { doubt: small.or_else(|| doubt(&pixels)), pixels }
    }

    /// The outermost pixels, each once.
    fn border(&self) -> impl Iterator<Item = u8> {
        let is_outermost = |index: usize| {
            let (row, column) = (index / self.width, index % self.width);
            row == 0 || row + 1 == self.height || column == 0 || column + 1 == self.width
        };
        let pixels = self.pixels.iter().copied().enumerate();
        pixels.filter(move |&(index, _)| is_outermost(index)).map(|(_, pixel)| pixel)
    }
}

/// How much every pixel differs from the background.
struct Ink {
    width: usize,
    pixels: Vec<u8>,
}

impl Ink {
    /// The image if it has the size and place of one of MNIST, or what was enlarged to it if that has them.
    fn placed(&self) -> Option<Vec<u8>> {
        let is_placed =
            || (BOX - 1..=BOX).contains(&self.longer_side()) && centre_of_mass(&self.pixels, SIDE) == [MIDDLE; 2];
        if (self.width, self.pixels.len()) == (SIDE, SIDE * SIDE) {
            return is_placed().then(|| self.pixels.clone());
        }
        self.is_larger_square().then(|| enlargement::original(&self.pixels, self.width))?
    }

    fn is_larger_square(&self) -> bool {
        self.width > SIDE && self.pixels.len() == self.width * self.width
    }

    fn longer_side(&self) -> usize {
        let [width, height] = extents(&self.pixels, self.width);
        width.max(height)
    }

    /// The ink that is stronger than this.
    fn above(mut self, noise: f64) -> Self {
        self.pixels.iter_mut().filter(|ink| f64::from(**ink) <= noise).for_each(|ink| *ink = 0);
        self
    }

    /// The ink at its size and place.
    fn place(&self) -> Vec<u8> {
        let Self { width, pixels } = self;
        if self.is_larger_square() {
            let framed = scaled(pixels, *width, [0.0; 2], *width as f64 / SIDE as f64, [SIDE; 2]);
            if is_placed_within(&framed, 0) {
                return framed;
            }
        }
        let within = WITHIN_EDGE * self.longer_side() as f64 / BOX as f64;
        let [(left, right), (top, bottom)] = profiles(pixels, *width).map(|profile| edges(&profile, within));
        let (across, down) = (right - left, bottom - top);
        let step = across.max(down) / BOX as f64;
        let size = [across, down].map(|length| whole(length / step).clamp(1, BOX));
        let digit = scaled(pixels, *width, [left, top], step, size);
        let centre = centre_of_mass(&digit, size[0]);
        let corner = |axis: usize| MIDDLE.saturating_sub(centre[axis]).min(SIDE - size[axis]);
        let mut placed = vec![0; SIDE * SIDE];
        for (row, values) in digit.chunks_exact(size[0]).enumerate() {
            placed[(corner(1) + row) * SIDE + corner(0)..][..size[0]].copy_from_slice(values);
        }
        placed
    }
}

/// Whether an image that was larger has the size and place of one of MNIST, within this many pixels; blurred edges are lost to
/// noise or add a pixel.
fn is_placed_within(pixels: &[u8], slack: usize) -> bool {
    let strokes = Ink { width: SIDE, pixels: pixels.to_vec() }.above(f64::from(FAINTEST_STROKE - 1));
    (BOX - 2..=BOX + 1 + 2 * slack).contains(&strokes.longer_side())
        && centre_of_mass(pixels, SIDE).iter().all(|centre| centre.abs_diff(MIDDLE) <= slack)
}

/// Columns and rows of the smallest rectangle around all ink.
fn extents(ink: &[u8], width: usize) -> [usize; 2] {
    let is_inked = |ink: &u8| *ink > 0;
    profiles(ink, width).map(|profile| {
        let (first, last) = (profile.iter().position(is_inked), profile.iter().rposition(is_inked));
        first.zip(last).map_or(0, |(first, last)| last - first + 1)
    })
}

/// The strongest ink of every column, and of every row.
fn profiles(ink: &[u8], width: usize) -> [Vec<u8>; 2] {
    let (mut columns, mut rows) = (vec![0; width], vec![0; ink.len() / width]);
    for (at, &ink) in ink.iter().enumerate() {
        let (column, row) = (&mut columns[at % width], &mut rows[at / width]);
        (*column, *row) = (ink.max(*column), ink.max(*row));
    }
    [columns, rows]
}

/// The smallest value that more than `part / parts` of the values do not exceed.
fn quantile(values: impl Iterator<Item = u8>, part: usize, parts: usize) -> u8 {
    let mut counts = [0; 256];
    values.for_each(|value| counts[usize::from(value)] += 1);
    let all: usize = counts.iter().sum();
    let mut up_to = 0;
    let is_reached = |count: &usize| {
        up_to += count;
        up_to * parts > all * part
    };
    counts.iter().position(is_reached).and_then(|value| u8::try_from(value).ok()).unwrap_or(0)
}

/// Column and row of the centre of mass, rounded.
fn centre_of_mass(ink: &[u8], width: usize) -> [usize; 2] {
    let (mut mass, mut x, mut y) = (0_u64, 0_u64, 0_u64);
    for (index, &ink) in ink.iter().enumerate() {
        let ink = u64::from(ink);
        mass += ink;
        x += ink * (index % width) as u64;
        y += ink * (index / width) as u64;
    }
    [x, y].map(|moment| whole(moment as f64 / mass as f64))
}

#[cfg(test)]
mod tests;
