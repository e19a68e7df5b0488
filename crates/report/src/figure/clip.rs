//! Curves cut at the lower and upper edge of a panel, so that none runs into a heading or a label.

use super::axis::Axis;
use super::points::Spread;
use super::style::Place;

/// The parts of a line that lie within the axis, each cut exactly at the edge.
pub(super) fn visible_parts(points: &[Place], axis: &Axis) -> Vec<Vec<Place>> {
    let mut parts: Vec<Vec<Place>> = Vec::new();
    let mut joined = false;
    for pair in points.windows(2) {
        let Some((from, to)) = cut(pair[0], pair[1], axis) else {
            joined = false;
            continue;
        };
        match parts.last_mut().filter(|_| joined) {
            Some(part) => part.push(to),
            None => parts.push(vec![from, to]),
        }
        joined = is_inside(pair[1], axis);
    }
    parts
}

/// The outline of a band, its edges held within the axis: along the top and back along the bottom.
pub(super) fn band_outline(spreads: &[Spread], axis: &Axis) -> Vec<Place> {
    let held = |value: f64| value.clamp(axis.low, axis.high);
    let top = spreads.iter().map(|spread| (spread.step, held(spread.band().1)));
    let bottom = spreads.iter().rev().map(|spread| (spread.step, held(spread.band().0)));
    top.chain(bottom).collect()
}

pub(super) fn is_inside((_, value): Place, axis: &Axis) -> bool {
    (axis.low..=axis.high).contains(&value)
}

/// The part of a segment within the axis.
fn cut(from: Place, to: Place, axis: &Axis) -> Option<(Place, Place)> {
    let (lower, upper) = (from.1.min(to.1), from.1.max(to.1));
    if upper < axis.low || lower > axis.high {
        return None;
    }
    Some((held(from, to, axis), held(to, from, axis)))
}

/// The point itself when it is inside, else where the way to the other one crosses the edge.
fn held(point: Place, other: Place, axis: &Axis) -> Place {
    if is_inside(point, axis) {
        return point;
    }
    let edge = point.1.clamp(axis.low, axis.high);
    let share = (edge - point.1) / (other.1 - point.1);
    (point.0 + share * (other.0 - point.0), edge)
}

#[cfg(test)]
mod tests {
    use super::super::axis::Numbers;
    use super::*;

    fn axis() -> Axis {
        Axis::linear((0.0, 1.0), 5, Numbers::Plain)
    }

    fn points(values: &[f64]) -> Vec<Place> {
        values.iter().enumerate().map(|(step, &value)| (step as f64, value)).collect()
    }

    #[test]
    fn lines_are_cut_at_the_edges() {
        type Part<'a> = &'a [(f64, f64)];
        let cases: [(&[f64], &[Part]); 5] = [
            (&[0.5, 0.6], &[&[(0.0, 0.5), (1.0, 0.6)]]),
            (&[2.0, 0.0, 0.5], &[&[(0.5, 1.0), (1.0, 0.0), (2.0, 0.5)]]),
            (&[0.5, 1.5, 0.5], &[&[(0.0, 0.5), (0.5, 1.0)], &[(1.5, 1.0), (2.0, 0.5)]]),
            (&[-0.5, 1.5], &[&[(0.25, 0.0), (0.75, 1.0)]]),
            (&[2.0, 3.0], &[]),
        ];
        for (values, parts) in cases {
            assert_eq!(visible_parts(&points(values), &axis()), parts, "{values:?}");
        }
    }

    #[test]
    fn a_band_stays_within_the_panel() {
        let outline = band_outline(&[Spread { step: 1.0, mean: 0.9, std: 0.4 }], &axis());
        assert_eq!(outline, [(1.0, 1.0), (1.0, 0.5)]);
    }
}
