//! Undoing an enlargement: the 28 x 28 pixels that another program made larger.
//!
//! Programs repeat pixels or interpolate between them, linearly or by cubics. All of these keep a pixel's value at its centre, so
//! that is where the original is read. A mean over the area of a pixel would blur an interpolated image a second time.

use super::{
    SIDE, is_placed_within,
    scaling::{byte, whole_below},
};

/// Rounds of correction: at twice the size, where it takes longest, the errors have nearly vanished after eight.
const ROUNDS: usize = 8;
/// What the enlarged original may differ from the picture by, as a share of the ink; root mean squares.
///
/// Measured on MNIST's test images, enlarged 1.5 to 10 times: up to 0.06, as JPEG of quality 40 up to 0.08; a digit with sharp edges,
/// as drawn on the page, from 0.17 on.
const UNEXPLAINED: f64 = 0.1;
/// By how much less a filter must leave unexplained than the simpler ones before it: at twice the size, a cubic enlargement
/// explains a linear one too, of another original.
const BETTER: f64 = 0.01;

/// The original of a square picture of more than 28 x 28 pixels, if one with MNIST's size and place explains it; the strongest ink
/// is 255.
pub(super) fn original(ink: &[u8], side: usize) -> Option<Vec<u8>> {
    // Saves the search while a digit is drawn elsewhere.
    if !is_placed_within(&bytes(&read(ink, side, |_, _, ink| ink)), 1) {
        return None;
    }
    let (mut original, mut left) = repeated(ink, side);
    for filter in [linear, cubic] {
        let interpolated = interpolated(ink, side, filter);
        if interpolated.1 + BETTER < left {
            (original, left) = interpolated;
        }
    }
    (left <= UNEXPLAINED).then(|| bytes(&original)).filter(|original| is_placed_within(original, 0))
}

/// Values as bytes, the strongest 255.
fn bytes(values: &[f64]) -> Vec<u8> {
    let strongest = values.iter().copied().fold(0.0, f64::max);
    values.iter().map(|&value| byte(value, strongest)).collect()
}

/// The original if its pixels were repeated, and what it leaves unexplained.
///
/// Programs differ in which one they repeat where a pixel of the picture touches two, so either explains it.
fn repeated(ink: &[u8], side: usize) -> (Vec<f64>, f64) {
    let middle = |at: usize| (2 * at + 1) * side / (2 * SIDE);
    let original: Vec<f64> =
        (0..SIDE * SIDE).map(|at| f64::from(ink[middle(at / SIDE) * side + middle(at % SIDE)])).collect();
    let touched = |at: usize| [at * SIDE / side, ((at + 1) * SIDE - 1) / side];
    let left = unexplained(ink, side, |row, column, ink| {
        let pixels = touched(row).into_iter().flat_map(|row| touched(column).map(|column| row * SIDE + column));
        pixels.map(|at| (ink - original[at]).abs()).fold(f64::INFINITY, f64::min)
    });
    (original, left)
}

/// The original if it was interpolated, and what it leaves unexplained.
///
/// `x <- x + read(picture - enlarged(x))`, from `x = read(picture)` on, where `read` takes the values at the centres of the pixels of
/// the original: iterative back-projection (Irani and Peleg, 1991). Enlarged values are limited to those of an image, as programs do.
fn interpolated(ink: &[u8], side: usize, filter: fn(f64) -> f64) -> (Vec<f64>, f64) {
    let step = side as f64 / SIDE as f64;
    let strongest = f64::from(ink.iter().copied().max().unwrap_or(0));
    let weights: Vec<Vec<(usize, f64)>> = (0..side).map(|at| weights((at as f64 + 0.5) / step, filter)).collect();
    let missing = |original: &[f64]| {
        let mean = |at: usize, value: &dyn Fn(usize) -> f64| -> f64 {
            weights[at].iter().map(|&(place, weight)| weight * value(place)).sum()
        };
        let across: Vec<f64> =
            (0..SIDE * side).map(|at| mean(at % side, &|column| original[at / side * SIDE + column])).collect();
        move |row: usize, column: usize, ink: f64| {
            ink - mean(row, &|row| across[row * side + column]).clamp(0.0, strongest)
        }
    };
    let mut original = read(ink, side, |_, _, ink| ink);
    for _ in 0..ROUNDS {
        let correction = read(ink, side, missing(&original));
        original.iter_mut().zip(correction).for_each(|(value, by)| *value = (*value + by).clamp(0.0, strongest));
    }
    let left = unexplained(ink, side, missing(&original));
    (original, left)
}

/// Weights of the pixels of the original for a place between them; their sum is 1.
fn weights(place: f64, filter: fn(f64) -> f64) -> Vec<(usize, f64)> {
    let weights =
        (0..SIDE).map(|at| (at, filter((at as f64 + 0.5 - place).abs()))).filter(|&(_, weight)| weight != 0.0);
    let sum: f64 = weights.clone().map(|(_, weight)| weight).sum();
    weights.map(|(at, weight)| (at, weight / sum)).collect()
}

fn linear(distance: f64) -> f64 {
    (1.0 - distance).max(0.0)
}

/// The cubic convolution of Keys, 1981, with a = -1/2.
fn cubic(distance: f64) -> f64 {
    if distance < 1.0 {
        (1.5 * distance - 2.5) * distance * distance + 1.0
    } else if distance < 2.0 {
        ((2.5 - 0.5 * distance) * distance - 4.0) * distance + 2.0
    } else {
        0.0
    }
}

/// A value of row, column and ink at the centre of every pixel of the original, between the four around it.
fn read(ink: &[u8], side: usize, value: impl Fn(usize, usize, f64) -> f64) -> Vec<f64> {
    let step = side as f64 / SIDE as f64;
    let value = |row: usize, column: usize| value(row, column, f64::from(ink[row * side + column]));
    let place = |at: usize| (at as f64 + 0.5) * step - 0.5;
    let between = |at: usize| (whole_below(place(at)), place(at).fract());
    let at_centre = |at: usize| {
        let ((row, down), (column, across)) = (between(at / SIDE), between(at % SIDE));
        let along = |row: usize| value(row, column) * (1.0 - across) + value(row, column + 1) * across;
        along(row) * (1.0 - down) + along(row + 1) * down
    };
    (0..SIDE * SIDE).map(at_centre).collect()
}

/// The root mean square of what is missing, a value of row, column and ink, as a share of the ink's.
fn unexplained(ink: &[u8], side: usize, missing: impl Fn(usize, usize, f64) -> f64) -> f64 {
    let (mut left, mut all) = (0.0, 0.0);
    for (at, &ink) in ink.iter().enumerate() {
        let ink = f64::from(ink);
        left += missing(at / side, at % side, ink).powi(2);
        all += ink * ink;
    }
    (left / all).sqrt()
}
