//! Labels beside marks: each where it covers no other label, mark or error bar, and as near to its mark as that allows.

use plotters::prelude::PathElement;
use plotters::style::text_anchor::HPos;

use super::{PlotPanel, PlotPoint};
use crate::figure::mesh::Chart;
use crate::figure::panel::MARK_RADIUS;
use crate::figure::style::{
    Drawn, FAINT_INK, INK, TEXT_SIZE, UNITS_PER_PIXEL, fitted, stroke, text_width, units, write_text,
};
use crate::format::plain_text;

/// Pixels from the middle of a mark to its label.
const GAP: f64 = 10.0;
/// Pixels that a line of text is high.
const LINE_HEIGHT: f64 = 15.0;
/// Pixels of one try to the next.
const TRY: f64 = 3.0;
/// Pixels up or down from which a line leads from a mark to its label, which stands this much further away then.
const FAR: f64 = 5.0;
/// Pixels that a label keeps from the edge of its panel.
const EDGE: f64 = 4.0;
/// A label's width at most, pixels.
const MOST_WIDTH: f64 = 260.0;

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Area {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

/// A mark with the text that belongs to it.
#[derive(Debug, Clone, PartialEq)]
struct Mark {
    x: f64,
    y: f64,
    text: String,
    width: f64,
}

/// Writes the labels of these points.
pub(super) fn draw_labels(chart: &Chart, panel: &PlotPanel, drawable: &[Vec<&PlotPoint>]) -> Drawn {
    let points: Vec<&PlotPoint> = drawable.iter().flatten().copied().collect();
    let taken: Vec<Area> = points.iter().flat_map(|point| taken_by(chart, panel, point)).collect();
    let mut marks: Vec<Mark> = points.iter().filter_map(|point| mark_of(chart, point)).collect();
    marks.sort_by(|one, other| one.y.total_cmp(&other.y));
    let (x, y) = chart.plotting_area().get_pixel_range();
    let bounds =
        Area { left: pixels(x.start) + EDGE, top: pixels(y.start), right: pixels(x.end) - EDGE, bottom: pixels(y.end) };
    marks.iter().zip(placed(&marks, &taken, bounds)).try_for_each(|(mark, area)| draw_label(chart, mark, area))
}

fn draw_label(chart: &Chart, mark: &Mark, area: Area) -> Drawn {
    let page = chart.plotting_area().use_screen_coord();
    let middle = f64::midpoint(area.top, area.bottom);
    if (middle - mark.y).abs() > FAR {
        let edge = if area.left > mark.x { area.left - 2.0 } else { area.right + 2.0 };
        let rim = (MARK_RADIUS + 1.0) / (edge - mark.x).hypot(middle - mark.y);
        let start = (mark.x + rim * (edge - mark.x), mark.y + rim * (middle - mark.y));
        let line = [start, (edge, middle)].map(|(x, y)| (units(x), units(y)));
        page.draw(&PathElement::new(line.to_vec(), stroke(&FAINT_INK, 0.7)))?;
    }
    write_text(&page, &mark.text, (area.left, middle - 0.38 * TEXT_SIZE), HPos::Left, TEXT_SIZE, INK)
}

/// A place for every mark's label.
fn placed(marks: &[Mark], taken: &[Area], bounds: Area) -> Vec<Area> {
    let mut taken = taken.to_vec();
    let mut areas = Vec::new();
    for mark in marks {
        let is_free = |area: &Area| area.is_within(bounds) && !taken.iter().any(|other| area.overlaps(*other));
        let nearest = || candidates(mark).next().expect("there is always a first try");
        let area = candidates(mark).find(is_free).unwrap_or_else(nearest);
        taken.push(area);
        areas.push(area);
    }
    areas
}

/// Right and left of a mark, then further and further up and down.
fn candidates(mark: &Mark) -> impl Iterator<Item = Area> {
    let shifts = (0_u32..60).flat_map(|index| [-TRY * f64::from(index), TRY * f64::from(index)]);
    shifts.flat_map(move |shift| {
        let (top, bottom) = (mark.y + shift - LINE_HEIGHT / 2.0, mark.y + shift + LINE_HEIGHT / 2.0);
        let gap = if shift.abs() > FAR { GAP + FAR } else { GAP };
        let lefts = [mark.x + gap, mark.x - gap - mark.width];
        lefts.map(|left| Area { left, top, right: left + mark.width, bottom })
    })
}

impl Area {
    fn overlaps(self, other: Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    fn is_within(self, bounds: Self) -> bool {
        self.left >= bounds.left && self.right <= bounds.right && self.top >= bounds.top && self.bottom <= bounds.bottom
    }
}

/// The mark of a point, and its error bar.
fn taken_by(chart: &Chart, panel: &PlotPanel, point: &PlotPoint) -> [Area; 2] {
    let around = |low: f64, high: f64, margin: f64| {
        let [(x, bottom), (_, top)] = [low, high].map(|y| place(chart, point.x, y));
        Area { left: x - margin, right: x + margin, top: top - margin, bottom: bottom + margin }
    };
    let (low, high) = panel.interval(point).unwrap_or((point.y, point.y));
    [around(point.y, point.y, MARK_RADIUS + 1.0), around(low, high, MARK_RADIUS)]
}

fn mark_of(chart: &Chart, point: &PlotPoint) -> Option<Mark> {
    let text = fitted(&plain_text(point.label.as_deref()?), TEXT_SIZE, MOST_WIDTH);
    let (x, y) = place(chart, point.x, point.y);
    Some(Mark { x, y, width: text_width(&text, TEXT_SIZE), text })
}

fn place(chart: &Chart, x: f64, y: f64) -> (f64, f64) {
    let (left, top) = chart.plotting_area().map_coordinate(&(x, y));
    (pixels(left), pixels(top))
}

fn pixels(units: i32) -> f64 {
    f64::from(units) / f64::from(UNITS_PER_PIXEL)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Area = Area { left: 0.0, top: 0.0, right: 200.0, bottom: 100.0 };

    fn mark(x: f64, y: f64) -> Mark {
        Mark { x, y, text: "label".to_owned(), width: 60.0 }
    }

    #[test]
    fn labels_of_marks_at_one_place_cover_each_other_nowhere() {
        let marks = [mark(100.0, 50.0), mark(101.0, 51.0), mark(102.0, 52.0), mark(100.0, 53.0), mark(101.0, 55.0)];
        let areas = placed(&marks, &[], BOUNDS);
        for (index, area) in areas.iter().enumerate() {
            assert!(area.is_within(BOUNDS) && !areas[..index].iter().any(|other| area.overlaps(*other)), "{areas:?}");
        }
    }

    #[test]
    fn a_label_stands_right_of_its_mark_or_left_where_the_panel_ends_or_something_is_in_the_way() {
        let in_the_way = Area { left: 110.0, top: 45.0, right: 120.0, bottom: 55.0 };
        for (x, taken, left) in [(100.0, vec![], 110.0), (180.0, vec![], 110.0), (100.0, vec![in_the_way], 30.0)] {
            assert!((placed(&[mark(x, 50.0)], &taken, BOUNDS)[0].left - left).abs() < 1e-9, "{x}");
        }
    }

    #[test]
    fn a_label_without_room_is_written_all_the_same() {
        let full = Area { left: -1e3, top: -1e3, right: 1e3, bottom: 1e3 };
        assert_eq!(placed(&[mark(10.0, 10.0)], &[full], BOUNDS).len(), 1);
    }
}
