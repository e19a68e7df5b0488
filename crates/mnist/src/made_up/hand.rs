//! The writer's hand: from a skeleton to the lines of the pen in pixels, different every time.
//!
//! In order: the knots move a little, a curve is drawn through them, a smooth random field bends it (the elastic
//! distortion), slant, aspect and rotation follow, and finally the digit is fitted into MNIST's box of 20 by 20 pixels and
//! centred by its mass.

use super::skeletons::{Knot, Skeleton};
use super::stream::Stream;

/// A point on a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f32,
    pub(super) y: f32,
}

/// The line of one stroke: points joined by straight pieces, short enough to look curved.
pub(super) type Line = Vec<Point>;

/// Straight pieces between two knots.
const PIECES: u8 = 6;
/// The box that MNIST's digits are scaled into, in pixels.
const BOX_PIXELS: f32 = 20.0;
/// The middle of the image of 28 by 28 pixels.
const CENTRE: f32 = 14.0;
/// Least distance in pixels between the middle of a stroke and the border of the image, for the width of the ink.
const MARGIN: f32 = 2.5;

// Variation between hands: standard deviations, tuned so that the report's standard model reaches about 96 %, as on MNIST.
const KNOT_JITTER: f32 = 0.023;
const ELASTIC: f32 = 0.125;
const SLANT: f32 = 0.25;
const ASPECT: f32 = 0.17;
/// Tangent of half the angle of rotation.
const HALF_ROTATION: f32 = 0.08;
const SHIFT_PIXELS: f32 = 1.0;

/// Writes one digit: the lines of its strokes in pixel coordinates, the pixel in row r and column c being centred at
/// `(c + 0.5, r + 0.5)`.
pub(super) fn write(ways: &[Skeleton], stream: &mut Stream) -> Vec<Line> {
    let skeleton = choose(ways, stream);
    let mut lines: Vec<Line> = skeleton.strokes.iter().map(|stroke| curve(&jittered(stroke, stream))).collect();
    bend(&mut lines, stream);
    lean(&mut lines, stream);
    fit(&mut lines, stream);
    lines
}

fn choose<'a>(ways: &'a [Skeleton], stream: &mut Stream) -> &'a Skeleton {
    let mut ticket = stream.below(ways.iter().map(|way| way.weight).sum());
    for way in ways {
        match ticket.checked_sub(way.weight) {
            Some(rest) => ticket = rest,
            None => return way,
        }
    }
    unreachable!("the ticket is below the sum of the weights")
}

fn jittered(stroke: &[Knot], stream: &mut Stream) -> Vec<Knot> {
    let moved = |knot: &Knot| Knot {
        x: knot.x + stream.bell(KNOT_JITTER),
        y: knot.y + stream.bell(KNOT_JITTER),
        is_corner: knot.is_corner,
    };
    stroke.iter().map(moved).collect()
}

/// The uniform Catmull-Rom spline through the knots, broken at corners.
fn curve(stroke: &[Knot]) -> Line {
    let mut line = vec![Point { x: stroke[0].x, y: stroke[0].y }];
    for i in 0..stroke.len() - 1 {
        let (from, to) = (stroke[i], stroke[i + 1]);
        let before = if i == 0 || from.is_corner { from } else { stroke[i - 1] };
        let after = if i + 2 == stroke.len() || to.is_corner { to } else { stroke[i + 2] };
        for piece in 1..=PIECES {
            let t = f32::from(piece) / f32::from(PIECES);
            line.push(Point {
                x: catmull_rom([before.x, from.x, to.x, after.x], t),
                y: catmull_rom([before.y, from.y, to.y, after.y], t),
            });
        }
    }
    line
}

/// Catmull-Rom interpolation between `p1` (`t = 0`) and `p2` (`t = 1`).
fn catmull_rom([p0, p1, p2, p3]: [f32; 4], t: f32) -> f32 {
    let linear = p2 - p0;
    let square = 2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3;
    let cube = 3.0 * (p1 - p2) + p3 - p0;
    p1 + 0.5 * t * (linear + t * (square + t * cube))
}

/// Elastic distortion: every point moves by a smooth random field, a bicubic B-spline on 5 by 5 random vectors.
fn bend(lines: &mut [Line], stream: &mut Stream) {
    let mut field = [[(0.0, 0.0); 5]; 5];
    for vector in field.iter_mut().flatten() {
        *vector = (stream.bell(ELASTIC), stream.bell(ELASTIC));
    }
    for point in lines.iter_mut().flatten() {
        let (column, across) = b_spline(point.x / 0.7);
        let (row, down) = b_spline(point.y);
        for (vectors, weight_y) in field[row..].iter().zip(down) {
            for (vector, weight_x) in vectors[column..].iter().zip(across) {
                point.x += weight_x * weight_y * vector.0;
                point.y += weight_x * weight_y * vector.1;
            }
        }
    }
}

/// The first of the four control points that determine the field at `position` of `[0, 1]` (two cells), and their weights.
fn b_spline(position: f32) -> (usize, [f32; 4]) {
    let position = position.clamp(0.0, 1.0) * 2.0;
    let (cell, t) = if position < 1.0 { (0, position) } else { (1, position - 1.0) };
    let s = 1.0 - t;
    let (t2, t3) = (t * t, t * t * t);
    (cell, [s * s * s / 6.0, (3.0 * t3 - 6.0 * t2 + 4.0) / 6.0, (-3.0 * t3 + 3.0 * t2 + 3.0 * t + 1.0) / 6.0, t3 / 6.0])
}

/// Slant, aspect and rotation about the middle of the digit.
fn lean(lines: &mut [Line], stream: &mut Stream) {
    // Most handwriting leans to the right; beyond these limits a digit is no longer readable.
    let slant = (0.10 + stream.bell(SLANT)).clamp(-0.45, 0.55);
    let aspect = 1.0 + stream.bell(ASPECT);
    // With t the tangent of half the angle, cosine and sine are rational: no library function, so the same bits everywhere.
    let t = stream.bell(HALF_ROTATION);
    let (cosine, sine) = ((1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t));
    for point in lines.iter_mut().flatten() {
        let y = point.y - 0.5;
        let x = (point.x - 0.3) * aspect - slant * y;
        *point = Point { x: cosine * x - sine * y, y: sine * x + cosine * y };
    }
}

/// Scales the digit into MNIST's box and puts the centre of its mass near the middle of the image.
fn fit(lines: &mut [Line], stream: &mut Stream) {
    let (low, high) = bounds(lines);
    let longest = (high.x - low.x).max(high.y - low.y);
    let scale = (BOX_PIXELS - 2.0) * stream.between(0.86, 1.04) / longest;
    let mass = centre_of_mass(lines);
    // The place of the origin, clamped because a digit that is heavy at one end would sometimes leave the image.
    let place = |low: f32, mass: f32, high: f32, shift: f32| {
        (CENTRE + shift - mass * scale).clamp(MARGIN - low * scale, 2.0 * CENTRE - MARGIN - high * scale)
    };
    let right = place(low.x, mass.x, high.x, stream.bell(SHIFT_PIXELS));
    let below = place(low.y, mass.y, high.y, stream.bell(SHIFT_PIXELS));
    for point in lines.iter_mut().flatten() {
        *point = Point { x: point.x * scale + right, y: point.y * scale + below };
    }
}

fn bounds(lines: &[Line]) -> (Point, Point) {
    let mut points = lines.iter().flatten();
    let first = *points.next().expect("every skeleton has a stroke");
    points.fold((first, first), |(low, high), point| {
        (
            Point { x: low.x.min(point.x), y: low.y.min(point.y) },
            Point { x: high.x.max(point.x), y: high.y.max(point.y) },
        )
    })
}

/// The mean of the middles of all pieces, weighted by their lengths.
fn centre_of_mass(lines: &[Line]) -> Point {
    let (mut x, mut y, mut mass) = (0.0, 0.0, 0.0);
    for [from, to] in lines.iter().flat_map(|line| line.array_windows()) {
        let (across, down) = (to.x - from.x, to.y - from.y);
        let length = (across * across + down * down).sqrt();
        x += length * (from.x + to.x) / 2.0;
        y += length * (from.y + to.y) / 2.0;
        mass += length;
    }
    Point { x: x / mass, y: y / mass }
}

#[cfg(test)]
mod tests {
    use super::super::skeletons::skeletons;
    use super::*;

    #[test]
    fn curve_passes_through_its_knots() {
        let stroke = &skeletons()[2][0].strokes[0];
        let line = curve(stroke);
        for knot in stroke {
            assert!(line.iter().any(|point| (point.x - knot.x).abs() + (point.y - knot.y).abs() < 1e-6));
        }
    }

    #[test]
    fn b_spline_weights_sum_to_one() {
        for position in [-0.5, 0.0, 0.2, 0.5, 0.99, 1.0, 2.0] {
            let (cell, weights) = b_spline(position);
            assert!(cell < 2 && (weights.iter().sum::<f32>() - 1.0).abs() < 1e-6, "at {position}");
        }
    }

    #[test]
    fn every_digit_fits_into_the_image() {
        let skeletons = skeletons();
        for number in 0..2_000 {
            let mut stream = Stream::new(3, number);
            let ways = &skeletons[stream.below(10)];
            for point in write(ways, &mut stream).iter().flatten() {
                assert!((2.4..=25.6).contains(&point.x) && (2.4..=25.6).contains(&point.y), "{point:?}");
            }
        }
    }
}
