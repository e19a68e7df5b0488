//! [`Plot`]: what a figure of curves shows, as plain data.

use record::RunRecord;

use super::axis::{Axis, Look};
use crate::format::provenance;

/// Okabe and Ito's colours, which colour-blind readers can tell apart; grey replaces their yellow, too pale on white.
const COLOURS: [&str; 8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c8c8c"];

/// A figure of curves: one panel, or two side by side.
///
/// All panels have the same series in the same order, each with the same label and colour. All text is plain text and
/// untrusted: the writers escape it.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// First line.
    pub(crate) title: String,
    /// Second line: dataset, seeds.
    pub(crate) subtitle: String,
    /// Whether the numbers come from made-up digits; the figure then warns of it.
    pub(crate) is_made_up: bool,
    /// The panels, left to right.
    pub(crate) panels: Vec<Panel>,
    /// Lines below: how to read the figure.
    pub(crate) notes: Vec<String>,
}

/// Two axes and the series between them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Panel {
    pub(crate) x: Axis,
    /// Its label is the heading of the panel.
    pub(crate) y: Axis,
    /// Later series lie above earlier ones of the same kind of line.
    pub(crate) series: Vec<Series>,
}

/// Points that belong together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    /// The run; the interactive page shows and hides all series of a run together.
    pub(crate) run: String,
    /// The text in the legend; empty if the points have labels of their own.
    pub(crate) label: String,
    /// `#rrggbb`.
    pub(crate) colour: &'static str,
    pub(crate) line: Line,
    pub(crate) intervals: Intervals,
    /// The points, in the order in which the line joins them.
    pub(crate) points: Vec<PlotPoint>,
    /// Places with a dot.
    pub(crate) marks: Vec<(f64, f64)>,
}

/// The line that joins the points of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    Solid,
    Dashed,
    /// Thin and pale, for the noise of single steps.
    Faint,
    None,
}

/// How the intervals of a series are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intervals {
    /// As an area around the line.
    Band,
    /// As error bars.
    Bars,
}

/// One point.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlotPoint {
    /// Place along the x axis.
    pub(crate) x: f64,
    /// Value.
    pub(crate) y: f64,
    /// Lower and upper end of the interval around the value.
    pub(crate) interval: Option<(f64, f64)>,
    /// Text next to the point.
    pub(crate) label: Option<String>,
}

impl Plot {
    /// A plot with the provenance of these records.
    pub(super) fn new(title: &str, records: &[&RunRecord], panels: Vec<Panel>, notes: Vec<String>) -> Self {
        let is_made_up = records.iter().any(|record| record.dataset.is_made_up());
        Self { title: title.to_owned(), subtitle: provenance(records), is_made_up, panels, notes }
    }
}

/// The colour of the run at this index.
pub(super) fn colour(index: usize) -> &'static str {
    COLOURS[index % COLOURS.len()]
}

impl Panel {
    /// A panel with room for all points and their intervals.
    pub(super) fn around(x: Look, y: Look, series: Vec<Series>) -> Self {
        let points = || series.iter().flat_map(|series| &series.points);
        let ends = points().flat_map(|point| <[f64; 2]>::from(point.ends()));
        Self { x: Axis::around(x, points().map(|point| point.x)), y: Axis::around(y, ends), series }
    }
}

impl Series {
    /// A line with error bars and a dot at every point, in the colour of the run at this index.
    pub(super) fn with_dots(index: usize, label: String, points: Vec<PlotPoint>) -> Self {
        Self {
            run: label.clone(),
            label,
            colour: colour(index),
            line: Line::Solid,
            intervals: Intervals::Bars,
            marks: points.iter().map(|point| (point.x, point.y)).collect(),
            points,
        }
    }

    /// Whether there is a band to draw.
    pub(crate) fn has_band(&self) -> bool {
        self.intervals == Intervals::Band && self.points.iter().any(|point| point.interval.is_some())
    }
}

impl PlotPoint {
    /// A point with neither interval nor label.
    pub(crate) fn new(x: f64, y: f64) -> Self {
        Self { x, y, interval: None, label: None }
    }

    /// A mean with an interval of one standard deviation on either side; without one if nothing scatters.
    pub(crate) fn with_deviation(x: f64, mean: f64, deviation: f64) -> Self {
        let has_interval = deviation > 0.0 && deviation.is_finite();
        Self { interval: has_interval.then_some((mean - deviation, mean + deviation)), ..Self::new(x, mean) }
    }

    /// The interval; from the value to itself without one.
    pub(crate) fn ends(&self) -> (f64, f64) {
        self.interval.unwrap_or((self.y, self.y))
    }
}
