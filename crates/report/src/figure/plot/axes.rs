//! The ranges of a plot: all values with their error bars, and a margin.

use super::{PlotAxis, PlotPanel, PlotPoint};
use crate::figure::axis::{Axis, Numbers, Scale};
use crate::figure::ranges::padded;
use crate::format::whole;

/// Whole numbers up to this many have a tick each.
const MOST_WHOLE_TICKS: f64 = 12.0;
const MOST_TICKS: usize = 8;

impl PlotPanel {
    /// The points of every series that have a place on both axes.
    pub(super) fn drawable(&self) -> Vec<Vec<&PlotPoint>> {
        let is_drawable = |point: &&PlotPoint| self.x.has_place(point.x) && self.y.has_place(point.y);
        self.series.iter().map(|series| series.points.iter().filter(is_drawable).collect()).collect()
    }

    /// The ends of an error bar, both of which have a place.
    pub(super) fn interval(&self, point: &PlotPoint) -> Option<(f64, f64)> {
        point.interval.filter(|&(low, high)| self.y.has_place(low) && self.y.has_place(high))
    }

    pub(super) fn x_axis(&self) -> Axis {
        self.x.over(self.drawable().iter().flatten().map(|point| point.x))
    }

    pub(super) fn y_axis(&self) -> Axis {
        let ends = |point: &PlotPoint| self.interval(point).map_or([point.y; 2], |(low, high)| [low, high]);
        let values = self.drawable().into_iter().flatten().flat_map(|point| ends(point).into_iter().chain([point.y]));
        self.y.over(values.collect::<Vec<_>>().into_iter())
    }
}

impl PlotAxis {
    fn has_place(self, value: f64) -> bool {
        value.is_finite() && (self.scale == Scale::Linear || value > 0.0)
    }

    fn over(self, values: impl Iterator<Item = f64>) -> Axis {
        let spread = |value: f64| if self.scale == Scale::Linear { value } else { value.ln() };
        let (low, high) = values
            .map(spread)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let least = if self.scale == Scale::Linear && low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
        let (low, high) = padded(low, high);
        let low = low.max(least);
        match self.scale {
            Scale::Logarithmic => Axis::logarithmic((low.exp(), high.exp()), self.numbers),
            Scale::Linear => Axis::linear((low, high), self.most_ticks(low, high), self.numbers),
        }
    }

    fn most_ticks(self, low: f64, high: f64) -> usize {
        let is_short = self.numbers == Numbers::Whole && high - low <= MOST_WHOLE_TICKS;
        if is_short { whole((high - low).ceil()) } else { MOST_TICKS }
    }
}
