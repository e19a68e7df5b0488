//! Labels next to points: each covers no other label, dot or error bar, and is as near to its point as that allows.

use kurbo::Rect;
use maud::{Markup, html};

use super::panel::{DOT_RADIUS, PanelOnPage, stroke};
use super::plot::PlotPoint;
use super::svg::{FAINT_INK, INK, TextStyle, fitted, middle_text, text_width};

/// Pixels from the middle of a dot to its label.
const GAP: f64 = 10.0;
/// Pixels that a line of text is high.
const LINE_HEIGHT: f64 = 15.0;
/// Pixels from one try to the next.
const TRY: f64 = 3.0;
/// A label further up or down than this has a line from its dot, and stands this much further away.
const FAR: f64 = 5.0;
/// Pixels that a label keeps from the edge of its panel.
const EDGE: f64 = 4.0;
/// A label's width at most, pixels.
const MOST_WIDTH: f64 = 260.0;
const LABEL: TextStyle = TextStyle { size: 11.5, colour: INK, anchor: "start" };

/// A point with its label.
#[derive(Debug, Clone, PartialEq)]
struct Labelled {
    x: f64,
    y: f64,
    text: String,
    width: f64,
}

/// Writes the labels of a panel's points.
pub(super) fn draw(panel: &PanelOnPage) -> Markup {
    let mut labelled: Vec<Labelled> = panel.all_points().filter_map(|point| labelled(panel, point)).collect();
    labelled.sort_by(|one, other| one.y.total_cmp(&other.y));
    let taken = if labelled.is_empty() { Vec::new() } else { taken(panel) };
    let bounds = panel.area.inflate(-EDGE, 0.0);
    html! {
        @for (point, area) in labelled.iter().zip(placed(&labelled, taken, bounds)) { (draw_label(point, area)) }
    }
}

fn draw_label(point: &Labelled, area: Rect) -> Markup {
    let middle = area.center().y;
    let edge = if area.x0 > point.x { area.x0 - 2.0 } else { area.x1 + 2.0 };
    let rim = (DOT_RADIUS + 1.0) / (edge - point.x).hypot(middle - point.y);
    let start = (point.x + rim * (edge - point.x), point.y + rim * (middle - point.y));
    html! {
        @if (middle - point.y).abs() > FAR {
            (stroke(FAINT_INK, [start, (edge, middle)]))
        }
        (middle_text((area.x0, middle), LABEL, &point.text))
    }
}

/// A place for every label.
fn placed(labelled: &[Labelled], mut taken: Vec<Rect>, bounds: Rect) -> Vec<Rect> {
    let mut areas = Vec::new();
    for point in labelled {
        let is_free = |area: &Rect| bounds.contains_rect(*area) && !taken.iter().any(|other| area.overlaps(*other));
        let nearest = || candidates(point).next().expect("there is always a first try");
        let area = candidates(point).find(is_free).unwrap_or_else(nearest);
        taken.push(area);
        areas.push(area);
    }
    areas
}

/// Right and left of a point, then further and further up and down.
fn candidates(point: &Labelled) -> impl Iterator<Item = Rect> {
    let shifts = (0_u32..60).flat_map(|index| [-TRY * f64::from(index), TRY * f64::from(index)]);
    shifts.flat_map(move |shift| {
        let top = point.y + shift - LINE_HEIGHT / 2.0;
        let gap = if shift.abs() > FAR { GAP + FAR } else { GAP };
        let lefts = [point.x + gap, point.x - gap - point.width];
        lefts.map(|left| Rect::from_origin_size((left, top), (point.width, LINE_HEIGHT)))
    })
}

/// The dots of a panel and their error bars.
fn taken(panel: &PanelOnPage) -> Vec<Rect> {
    let of_point = |point: &PlotPoint| {
        let (low, high) = panel.ends(point);
        let [dot, low, high] = [point.y, low, high].map(|y| panel.place(point.x, y));
        let bar = Rect::from_points(low, high).inflate(DOT_RADIUS, DOT_RADIUS);
        [Rect::from_points(dot, dot).inflate(DOT_RADIUS + 1.0, DOT_RADIUS + 1.0), bar]
    };
    panel.all_points().flat_map(of_point).collect()
}

fn labelled(panel: &PanelOnPage, point: &PlotPoint) -> Option<Labelled> {
    let text = fitted(point.label.as_deref()?, LABEL.size, MOST_WIDTH);
    let (x, y) = panel.place(point.x, point.y);
    Some(Labelled { x, y, width: text_width(&text, LABEL.size), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Rect = Rect::new(0.0, 0.0, 200.0, 100.0);

    fn point(x: f64, y: f64) -> Labelled {
        Labelled { x, y, text: "label".to_owned(), width: 60.0 }
    }

    #[test]
    fn labels_of_points_at_one_place_cover_each_other_nowhere() {
        let points =
            [point(100.0, 50.0), point(101.0, 51.0), point(102.0, 52.0), point(100.0, 53.0), point(101.0, 55.0)];
        let areas = placed(&points, Vec::new(), BOUNDS);
        for (index, area) in areas.iter().enumerate() {
            assert!(
                BOUNDS.contains_rect(*area) && !areas[..index].iter().any(|other| area.overlaps(*other)),
                "{areas:?}"
            );
        }
    }

    #[test]
    fn a_label_stands_right_of_its_point_or_left_where_the_panel_ends_or_something_is_in_the_way() {
        let in_the_way = Rect::new(110.0, 45.0, 120.0, 55.0);
        for (x, taken, left) in [(100.0, vec![], 110.0), (180.0, vec![], 110.0), (100.0, vec![in_the_way], 30.0)] {
            assert!((placed(&[point(x, 50.0)], taken, BOUNDS)[0].x0 - left).abs() < 1e-9, "{x}");
        }
    }

    #[test]
    fn a_label_without_room_is_written_all_the_same() {
        let full = Rect::new(-1e3, -1e3, 1e3, 1e3);
        assert_eq!(placed(&[point(10.0, 10.0)], vec![full], BOUNDS).len(), 1);
    }
}
