//! The pen: from lines to 28 by 28 grey pixels, white on black, antialiased.

use super::hand::{Line, Point};
use super::stream::Stream;
use super::{PIXELS, SIDE};

/// Grey value that is subtracted from ink, so that about 19 % of the pixels are inked, as in MNIST.
const FAINTEST: f32 = 16.0;

/// A pen and the grain of the paper, drawn at random for every image.
struct Pen {
    /// Half the stroke's width in pixels, at the start and at the end of a stroke.
    half_width: [f32; 2],
    /// Pixels over which the edge fades from white to black.
    softness: f32,
    /// Brightness of full ink, of 255.
    ink: f32,
    /// Share of every pixel that spreads to its neighbours.
    blur: f32,
    /// Standard deviation of the brightness of an inked pixel, relative.
    grain: f32,
}

impl Pen {
    fn pick(stream: &mut Stream) -> Self {
        let half_width = 1.36 + stream.bell(0.28);
        let pressure = stream.bell(0.14);
        Self {
            half_width: [half_width * (1.0 + pressure), half_width * (1.0 - pressure)].map(|width| width.max(0.7)),
            softness: stream.between(0.8, 1.3),
            ink: stream.between(235.0, 330.0),
            blur: stream.between(0.0, 0.2),
            grain: stream.between(0.0, 0.10),
        }
    }
}

/// Draws the strokes: `[28, 28]` pixels in row-major order.
pub(super) fn draw(lines: &[Line], stream: &mut Stream) -> [u8; PIXELS] {
    let pen = Pen::pick(stream);
    let mut paper = [0.0; PIXELS];
    for line in lines {
        for (index, [from, to]) in line.array_windows().enumerate() {
            let progress = index as f32 / line.len() as f32;
            let half_width = pen.half_width[0] + (pen.half_width[1] - pen.half_width[0]) * progress;
            draw_piece(&mut paper, *from, *to, half_width, pen.softness);
        }
    }
    blurred(&paper, pen.blur).map(|coverage| develop(coverage, &pen, stream))
}

/// Draws one straight piece with round ends. The coverage of a pixel falls from 1 to 0 over `softness` pixels at the edge;
/// where pieces overlap, the larger coverage counts, so a joint is as bright as its pieces.
fn draw_piece(paper: &mut [f32; PIXELS], from: Point, to: Point, half_width: f32, softness: f32) {
    let reach = half_width + softness / 2.0;
    let rows = pixels(from.y.min(to.y) - reach, from.y.max(to.y) + reach);
    for row in rows {
        for column in pixels(from.x.min(to.x) - reach, from.x.max(to.x) + reach) {
            let centre = Point { x: column as f32 + 0.5, y: row as f32 + 0.5 };
            let coverage = ((reach - distance(centre, from, to)) / softness).clamp(0.0, 1.0);
            let pixel = &mut paper[row * SIDE + column];
            *pixel = pixel.max(coverage);
        }
    }
}

/// The pixels of an interval of coordinates, limited to the image.
fn pixels(low: f32, high: f32) -> std::ops::Range<usize> {
    // The cast is exact: it cuts off the fraction of a number between 0 and 28.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let clamped = |coordinate: f32| coordinate.clamp(0.0, SIDE as f32) as usize;
    clamped(low)..clamped(high + 1.0)
}

/// Distance from a point to a straight piece.
fn distance(point: Point, from: Point, to: Point) -> f32 {
    let (along_x, along_y) = (to.x - from.x, to.y - from.y);
    let (x, y) = (point.x - from.x, point.y - from.y);
    let square = along_x * along_x + along_y * along_y;
    let t = if square > 0.0 { ((x * along_x + y * along_y) / square).clamp(0.0, 1.0) } else { 0.0 };
    let (off_x, off_y) = (x - t * along_x, y - t * along_y);
    (off_x * off_x + off_y * off_y).sqrt()
}

/// Spreads the share `blur` of every pixel's coverage to its four neighbours.
fn blurred(paper: &[f32; PIXELS], blur: f32) -> [f32; PIXELS] {
    let mut spread = [0.0; PIXELS];
    for row in 1..SIDE - 1 {
        for column in 1..SIDE - 1 {
            let here = row * SIDE + column;
            let around = paper[here - SIDE] + paper[here - 1] + paper[here + 1] + paper[here + SIDE];
            spread[here] = (1.0 - blur) * paper[here] + blur * around / 4.0;
        }
    }
    spread
}

/// The grey value of a pixel. Only ink has grain: the background stays black.
fn develop(coverage: f32, pen: &Pen, stream: &mut Stream) -> u8 {
    if coverage == 0.0 {
        return 0;
    }
    let grey = (coverage * pen.ink * (1.0 + stream.bell(pen.grain)) - FAINTEST).clamp(0.0, 255.0);
    // The cast is exact: it cuts off the fraction of a number between 0 and 255.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let grey = grey as u8;
    grey
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Vec<Line> {
        vec![vec![Point { x: 14.0, y: 6.0 }, Point { x: 14.0, y: 22.0 }]]
    }

    #[test]
    fn line_is_bright_where_it_runs_and_black_elsewhere() {
        let image = draw(&line(), &mut Stream::new(1, 1));
        for row in 8..20 {
            assert!(image[row * 28 + 13] > 120, "row {row}");
            assert_eq!(image[row * 28 + 4], 0, "row {row}");
        }
    }

    #[test]
    fn strokes_beyond_the_border_are_cut() {
        let far = vec![vec![Point { x: -50.0, y: -3.0 }, Point { x: 90.0, y: 40.0 }]];
        draw(&far, &mut Stream::new(1, 1));
    }

    #[test]
    fn distance_is_to_the_nearest_point_of_the_piece() {
        let (from, to) = (Point { x: 0.0, y: 0.0 }, Point { x: 4.0, y: 0.0 });
        for (x, y, expected) in [(2.0, 3.0, 3.0), (-3.0, 4.0, 5.0), (7.0, 4.0, 5.0), (1.0, 0.0, 0.0)] {
            assert!((distance(Point { x, y }, from, to) - expected).abs() < 1e-6, "({x}, {y})");
        }
        assert!((distance(Point { x: 3.0, y: 4.0 }, from, from) - 5.0).abs() < 1e-6);
    }
}
