//! From an image of any size to what a network trained on MNIST expects, as the dataset's authors describe it: light on dark,
//! fitted into a box of 20 x 20 pixels, with its centre of mass in the middle of 28 x 28.
//!
//! Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits". All 70,000 of its images have these properties,
//! and are left as they are.
//!
//! `crates/report/assets/draw.js` does the same on the page. Both compute in double precision, in the same order, so that they
//! give the same pixels.

use std::fmt;

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
/// Part of a pixel of the result within the ink, at which the height of a blurred edge is read.
const WITHIN_EDGE: f64 = 0.75;
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

/// Why an image is not classified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// No pixel differs enough from the background.
    Empty,
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
            Self::Solid => "not a digit: a solid area, not strokes",
            Self::Flat => "not a digit: more than 2.5 times as wide as high",
            Self::Scattered => "not a digit: many small pieces",
        })
    }
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
    /// An image of 28 x 28 pixels that has this size and place already keeps its ink unchanged, and an enlarged one with its whole
    /// frame is scaled as it is.
    #[must_use]
    pub fn prepare(&self) -> Prepared {
        let background = Background::of(self);
        let ink: Vec<u8> = self.pixels.iter().map(|&pixel| background.ink(pixel)).collect();
        let strongest = ink.iter().copied().max().unwrap_or(0);
        if strongest < FAINTEST_INK {
            return Prepared { pixels: vec![0; SIDE * SIDE], doubt: Some(Doubt::Empty) };
        }
        let ink = Ink { width: self.width, height: self.height, pixels: ink };
        let pixels = if ink.is_placed() { ink.pixels } else { ink.above(background.noise(strongest)).place() };
        Prepared { doubt: doubt(&pixels), pixels }
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

/// What the border of an image says about its background.
struct Background {
    /// Median of the border.
    median: u8,
    /// Upper quartile of the differences from the median along the border.
    spread: u8,
    /// Whether ink is lighter.
    is_dark: bool,
}

impl Background {
    fn of(image: &GreyImage) -> Self {
        let median = quantile(image.border(), 1, 2);
        let spread = quantile(image.border().map(|pixel| pixel.abs_diff(median)), 3, 4);
        let sum = |ink: fn(u8, u8) -> u8| image.pixels.iter().map(|&pixel| u64::from(ink(pixel, median))).sum::<u64>();
        let is_dark = sum(u8::saturating_sub) >= sum(|pixel, median| median.saturating_sub(pixel));
        Self { median, spread, is_dark }
    }

    /// How much a pixel differs from the background.
    fn ink(&self, pixel: u8) -> u8 {
        if self.is_dark { pixel.saturating_sub(self.median) } else { self.median.saturating_sub(pixel) }
    }

    /// Ink up to this does not count.
    fn noise(&self, strongest: u8) -> f64 {
        (3.0 * f64::from(self.spread)).clamp(0.1 * f64::from(strongest), 0.5 * f64::from(strongest))
    }
}

/// How much every pixel differs from the background.
struct Ink {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Ink {
    /// Whether it has the size and place of an image of MNIST exactly.
    fn is_placed(&self) -> bool {
        (self.width, self.height) == (SIDE, SIDE)
            && (BOX - 1..=BOX).contains(&longer_side(&self.pixels))
            && centre_of_mass(&self.pixels, SIDE) == [MIDDLE; 2]
    }

    /// The ink that is stronger than this.
    fn above(mut self, noise: f64) -> Self {
        self.pixels.iter_mut().filter(|ink| f64::from(**ink) <= noise).for_each(|ink| *ink = 0);
        self
    }

    /// The ink at its size and place.
    fn place(&self) -> Vec<u8> {
        if self.width == self.height {
            let step = self.width as f64 / SIDE as f64;
            let framed = self.scaled([0.0; 2], step, [SIDE; 2]);
            if self.width > SIDE && is_nearly_placed(&framed) {
                return framed;
            }
        }
        let [columns, rows] = self.profiles();
        let longest = extent(&columns).max(extent(&rows)) as f64;
        let [(left, right), (top, bottom)] =
            [columns, rows].map(|profile| edges(&profile, WITHIN_EDGE * longest / BOX as f64));
        let (across, down) = (right - left, bottom - top);
        let step = across.max(down) / BOX as f64;
        let size = [across, down].map(|length| whole(length / step).clamp(1, BOX));
        let digit = self.scaled([left, top], step, size);
        let centre = centre_of_mass(&digit, size[0]);
        let corner = |axis: usize| MIDDLE.saturating_sub(centre[axis]).min(SIDE - size[axis]);
        let mut pixels = vec![0; SIDE * SIDE];
        for (row, values) in digit.chunks_exact(size[0]).enumerate() {
            pixels[(corner(1) + row) * SIDE + corner(0)..][..size[0]].copy_from_slice(values);
        }
        pixels
    }

    /// The strongest ink of every column, and of every row.
    fn profiles(&self) -> [Vec<u8>; 2] {
        let (mut columns, mut rows) = (vec![0; self.width], vec![0; self.height]);
        for (at, &ink) in self.pixels.iter().enumerate() {
            let (column, row) = (&mut columns[at % self.width], &mut rows[at / self.width]);
            (*column, *row) = (ink.max(*column), ink.max(*row));
        }
        [columns, rows]
    }

    /// The part from this column and row on with another size, `step` pixels becoming one; the strongest ink is 255.
    fn scaled(&self, [left, top]: [f64; 2], step: f64, [width, height]: [usize; 2]) -> Vec<u8> {
        let ink = |row: usize, column: usize| f64::from(self.pixels[row * self.width + column]);
        let across: Vec<Vec<f64>> =
            (0..self.height).map(|row| resampled(width, left, step, self.width, |column| ink(row, column))).collect();
        let columns: Vec<Vec<f64>> =
            (0..width).map(|column| resampled(height, top, step, self.height, |row| across[row][column])).collect();
        let strongest = columns.iter().flatten().copied().fold(0.0, f64::max);
        let byte = |value: f64| u8::try_from(whole(value * 255.0 / strongest)).unwrap_or(u8::MAX);
        (0..height).flat_map(|row| columns.iter().map(move |column| byte(column[row]))).collect()
    }
}

/// Whether an enlarged image of MNIST, scaled as a whole, has its size and place; blurred edges are lost to noise or add a pixel.
fn is_nearly_placed(pixels: &[u8]) -> bool {
    let strokes: Vec<u8> = pixels.iter().map(|&ink| if ink >= FAINTEST_STROKE { ink } else { 0 }).collect();
    (BOX - 2..=BOX + 1).contains(&longer_side(&strokes)) && centre_of_mass(pixels, SIDE) == [MIDDLE; 2]
}

/// Pixels of the longer side of the rectangle around all ink of an image of 28 x 28.
fn longer_side(ink: &[u8]) -> usize {
    let Rectangle { width, height } = Rectangle::around(ink);
    width.max(height)
}

/// Positions from the first to the last with ink.
fn extent(profile: &[u8]) -> usize {
    let first = profile.iter().position(|&ink| ink > 0);
    let last = profile.iter().rposition(|&ink| ink > 0);
    first.zip(last).map_or(0, |(first, last)| last - first + 1)
}

/// Where ink begins and ends along an axis.
fn edges(profile: &[u8], within: f64) -> (f64, f64) {
    let reversed: Vec<u8> = profile.iter().rev().copied().collect();
    (edge(profile, within), profile.len() as f64 - edge(&reversed, within))
}

/// Where ink begins: where a blurred edge has half its height.
///
/// An enlarged image is blurred over a pixel of the original: its edge rises linearly to the value of the outermost pixel. After
/// three quarters of the way it has three quarters of that value, of which two thirds are the half. A sharp edge has its full
/// value at once.
fn edge(profile: &[u8], within: f64) -> f64 {
    let first = profile.iter().position(|&ink| ink > 0).unwrap_or(0);
    let inner = profile[whole_below(first as f64 + within).min(profile.len() - 1)];
    let half = 2.0 * f64::from(inner) / 3.0;
    let at = first + profile[first..].iter().position(|&ink| f64::from(ink) >= half).unwrap_or(0);
    if at == first {
        return first as f64;
    }
    let [before, after] = [profile[at - 1], profile[at]].map(f64::from);
    at as f64 - 0.5 + (half - before) / (after - before)
}

/// `to` values along a line of `length` values, each for `step` of them from `start` on.
///
/// Each is a mean, weighted by the distance from its centre; the weight is 0 from half a step and half a value on. A step below
/// 1 counts as 1, which is linear interpolation.
fn resampled(to: usize, start: f64, step: f64, length: usize, value: impl Fn(usize) -> f64) -> Vec<f64> {
    let reach = f64::midpoint(step.max(1.0), 1.0);
    let mean = |index: usize| {
        let centre = start + (index as f64 + 0.5) * step;
        let (first, last) = (whole_below(centre - reach - 0.5), whole_below(centre + reach + 0.5).min(length - 1));
        let (mut sum, mut weights) = (0.0, 0.0);
        for at in first.min(last)..=last {
            let weight = (reach - (at as f64 + 0.5 - centre).abs()).max(0.0);
            sum += weight * value(at);
            weights += weight;
        }
        if weights > 0.0 { sum / weights } else { 0.0 }
    };
    (0..to).map(mean).collect()
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

/// The smallest rectangle around all ink of an image of 28 x 28.
struct Rectangle {
    width: usize,
    height: usize,
}

impl Rectangle {
    fn around(ink: &[u8]) -> Self {
        let [columns, rows] = Ink { width: SIDE, height: SIDE, pixels: ink.to_vec() }.profiles();
        Self { width: extent(&columns), height: extent(&rows) }
    }
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

/// Rounded to the nearest whole number, halves up; the number must not be negative.
fn whole(number: f64) -> usize {
    whole_below(number + 0.5)
}

/// The fraction cut off; 0 for a negative number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates")]
fn whole_below(number: f64) -> usize {
    number as usize
}

/// Whether pixels look unlike every image of MNIST.
fn doubt(pixels: &[u8]) -> Option<Doubt> {
    let Rectangle { width, height } = Rectangle::around(pixels);
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

#[cfg(test)]
mod tests;
