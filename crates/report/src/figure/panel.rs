//! One panel on the page: heading, grid and axes, then bands below lines below dots.

use kurbo::Rect;
use maud::{Markup, html};

use super::labels;
use super::plot::{Intervals, Line, Panel, PlotPoint, Series};
use super::svg::{FAINT_INK, INK, Place, TextStyle, middle_text, path, tenths, text};

/// Pixels down, from above the heading to below the label of the x axis.
pub(super) const HEIGHT: f64 = 340.0;
const HEADING_HEIGHT: f64 = 24.0;
const Y_TICKS_WIDTH: f64 = 48.0;
const X_TICKS_HEIGHT: f64 = 40.0;

const HEADING: TextStyle = TextStyle { size: 13.0, colour: INK, anchor: "start" };
const X_TEXT: TextStyle = TextStyle { size: 11.5, colour: FAINT_INK, anchor: "middle" };
const Y_TEXT: TextStyle = TextStyle { size: 11.5, colour: FAINT_INK, anchor: "end" };
const AXIS: &str = "#9a9a9a";
const GRID: &str = "#e6e6e6";
/// Pixels that a tick stands out.
const TICK_LENGTH: f64 = 3.5;

const BAND_OPACITY: f64 = 0.16;
const SOLID_WIDTH: f64 = 1.8;
/// Pixels from the middle of a dot to its rim.
pub(super) const DOT_RADIUS: f64 = 3.6;
/// Pixels from the middle of an error bar's cap to its end.
const CAP: f64 = 3.0;
/// Values further outside a panel than this multiple of its height are drawn there, which is out of sight too.
const FARTHEST: f64 = 1_000.0;

/// A panel with the pixels of its plotting area.
pub(super) struct PanelOnPage<'a> {
    panel: &'a Panel,
    pub(super) area: Rect,
}

impl<'a> PanelOnPage<'a> {
    /// The panel whose top left corner, labels included, is at this place.
    pub(super) fn new(panel: &'a Panel, (left, top): Place, width: f64) -> Self {
        let (right, bottom) = (left + width, top + HEIGHT - X_TICKS_HEIGHT);
        Self { panel, area: Rect::new(left + Y_TICKS_WIDTH, top + HEADING_HEIGHT, right, bottom) }
    }

    /// Draws everything; lines and bands are clipped to the plotting area, which the index names.
    pub(super) fn draw(&self, index: usize) -> Markup {
        let (solid, below): (Vec<&Series>, Vec<&Series>) =
            self.panel.series.iter().partition(|series| series.line == Line::Solid);
        let (clip, all) = (format!("panel-{index}"), || below.iter().chain(&solid));
        // A pale rim sets a solid line off from the noise of single steps.
        let has_noise = below.iter().any(|series| series.line == Line::Faint && !series.points.is_empty());
        html! {
            (self.axes())
            clipPath id=(clip) {
                rect x=(tenths(self.area.x0)) y=(tenths(self.area.y0)) width=(tenths(self.area.width()))
                    height=(tenths(self.area.height())) {}
            }
            g clip-path={ "url(#" (clip) ")" } {
                @for series in all().filter(|series| series.has_band()) { (self.band(series)) }
                @for series in &below { (line(&self.line(series), series)) }
                @if has_noise {
                    @for series in &solid {
                        path d=(self.line(series)) fill="none" stroke="white" stroke-opacity="0.75"
                            stroke-width=(SOLID_WIDTH + 1.6) {}
                    }
                }
                @for series in &solid { (line(&self.line(series), series)) }
            }
            @for series in all().filter(|series| series.intervals == Intervals::Bars) { (self.error_bars(series)) }
            @for series in all() { (self.dots(series)) }
            (labels::draw(self))
            @if all().all(|series| self.points(series).next().is_none()) {
                (middle_text(self.area.center().into(), X_TEXT, "no values"))
            }
        }
    }

    /// Heading, grid, axes with their ticks and numbers, label of the x axis.
    fn axes(&self) -> Markup {
        let Panel { x, y, .. } = self.panel;
        let Rect { x0: left, y0: top, x1: right, y1: bottom } = self.area;
        html! {
            (text((left, top - 12.1), HEADING, &y.label))
            @for &tick in &x.ticks {
                @let across = self.across(tick);
                (stroke(GRID, [(across, top), (across, bottom)]))
                (stroke(AXIS, [(across, bottom), (across, bottom + TICK_LENGTH)]))
                (text((across, bottom + 16.0), X_TEXT, &x.tick_label(tick)))
            }
            @for &tick in &y.ticks {
                @let down = self.down(tick);
                (stroke(GRID, [(left, down), (right, down)]))
                (stroke(AXIS, [(left - TICK_LENGTH, down), (left, down)]))
                (middle_text((left - 6.5, down), Y_TEXT, &y.tick_label(tick)))
            }
            (stroke(AXIS, [(left, top), (left, bottom), (right, bottom)]))
            (text((f64::midpoint(left, right), bottom + 37.0), X_TEXT, &x.label))
        }
    }

    fn band(&self, series: &Series) -> Markup {
        let y = &self.panel.y;
        let edge = |end: fn((f64, f64)) -> f64| {
            self.points(series).map(move |point| self.place(point.x, end(point.ends()).clamp(y.low, y.high)))
        };
        let lower: Vec<Place> = edge(|(low, _)| low).collect();
        let outline = path(edge(|(_, high)| high).chain(lower.into_iter().rev())) + "z";
        html! { path d=(outline) fill=(series.colour) fill-opacity=(BAND_OPACITY) {} }
    }

    fn line(&self, series: &Series) -> String {
        path(self.points(series).map(|point| self.place(point.x, point.y)))
    }

    fn error_bars(&self, series: &Series) -> Markup {
        let bars = self.points(series).filter(|point| point.interval.is_some()).map(|point| {
            let (low, high) = self.ends(point);
            let ((x, bottom), (_, top)) = (self.place(point.x, low), self.place(point.x, high));
            let cap = |y: f64| path([(x - CAP, y), (x + CAP, y)]);
            path([(x, bottom), (x, top)]) + &cap(bottom) + &cap(top)
        });
        let bars: String = bars.collect();
        html! { path d=(bars) fill="none" stroke=(series.colour) stroke-opacity="0.75" stroke-width="1.1" {} }
    }

    /// Discs with a white rim.
    fn dots(&self, series: &Series) -> Markup {
        let Panel { x, y, .. } = self.panel;
        let marks = series.marks.iter().filter(|mark| x.contains(mark.0) && y.contains(mark.1));
        html! {
            @for (x, y) in marks.map(|&(x, y)| self.place(x, y)) {
                circle cx=(tenths(x)) cy=(tenths(y)) r=(DOT_RADIUS + 0.45) fill=(series.colour) stroke="white"
                    stroke-width="0.9" {}
            }
        }
    }

    /// The points of all series that have a place on both axes.
    pub(super) fn all_points(&self) -> impl Iterator<Item = &'a PlotPoint> {
        self.panel.series.iter().flat_map(|series| self.points(series))
    }

    /// The points of a series that have a place on both axes.
    fn points<'s>(&self, series: &'s Series) -> impl Iterator<Item = &'s PlotPoint> {
        let Panel { x, y, .. } = self.panel;
        series.points.iter().filter(|point| x.scale.has_place(point.x) && y.scale.has_place(point.y))
    }

    /// The ends of a point's interval that have a place, else the point itself.
    pub(super) fn ends(&self, point: &PlotPoint) -> (f64, f64) {
        let (low, high) = point.ends();
        let y = &self.panel.y;
        if y.scale.has_place(low) && y.scale.has_place(high) { (low, high) } else { (point.y, point.y) }
    }

    /// Pixels of a place between the axes.
    pub(super) fn place(&self, x: f64, y: f64) -> Place {
        (self.across(x), self.down(y))
    }

    fn across(&self, x: f64) -> f64 {
        self.area.x0 + self.panel.x.share(x).clamp(-FARTHEST, FARTHEST) * self.area.width()
    }

    fn down(&self, y: f64) -> f64 {
        self.area.y1 - self.panel.y.share(y).clamp(-FARTHEST, FARTHEST) * self.area.height()
    }
}

/// A thin line that is not part of a series.
pub(super) fn stroke(colour: &str, places: impl IntoIterator<Item = Place>) -> Markup {
    html! { path d=(path(places)) fill="none" stroke=(colour) stroke-width="0.8" {} }
}

/// The line of a series along a path.
fn line(d: &str, series: &Series) -> Markup {
    let (width, opacity, dash) = match series.line {
        Line::Solid => (SOLID_WIDTH, None, None),
        Line::Dashed => (1.2, None, Some("4 2.5")),
        Line::Faint => (0.9, Some(0.55), None),
        Line::None => return html! {},
    };
    html! {
        path d=(d) fill="none" stroke=(series.colour) stroke-width=(width) stroke-opacity=[opacity]
            stroke-dasharray=[dash] {}
    }
}

/// A piece of a series for the legend, drawn as in its panel, from this left end and about this middle.
pub(super) fn sample(series: &Series, (left, middle): Place, width: f64) -> Markup {
    let right = left + width;
    html! {
        @if series.has_band() {
            rect x=(tenths(left)) y=(tenths(middle - 5.0)) width=(tenths(width)) height="10" fill=(series.colour)
                fill-opacity=(BAND_OPACITY) {}
        }
        (line(&path([(left, middle), (right, middle)]), series))
        @if !series.marks.is_empty() {
            circle cx=(tenths(left + width / 2.0)) cy=(tenths(middle)) r=(DOT_RADIUS - 0.6) fill=(series.colour) {}
        }
    }
}
