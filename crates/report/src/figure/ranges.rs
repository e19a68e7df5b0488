//! Value axes of runs: zoomed so that the curves can be told apart.
//!
//! Every curve comes with the step from which on its values count: the first epoch would take most of the range.

use super::axis::{Axis, Numbers, extent, padded};
use super::plot::{Line, PlotPoint, Series};
use crate::format::whole;

/// Share of a curve's values after the first epoch that may be outside the range.
const BEYOND: f64 = 0.05;

/// The first epoch may be left out of the range only where it is a smaller part of the curve than one in this number.
const LARGE_PART: usize = 4;

impl Axis {
    /// Losses: from the lowest to what the curves have fallen to soon after the first epoch.
    pub(super) fn of_losses(curves: &[(&Series, f64)]) -> Self {
        let (low, high) = zoomed(curves, 0.02, 1.0 - BEYOND);
        // The values of a run that diverges know no limit: the axis ends a little above where the curves begin.
        let firsts = curves.iter().filter_map(|(series, _)| series.points.first());
        let (_, began) = extent(firsts.map(|point| point.y));
        let (low, high) = padded(low.min(began), high.min(1.2 * began));
        // A range that nearly reaches 0 begins there.
        let low = if low < 0.1 * high { 0.0 } else { low };
        Self::linear("Loss (cross-entropy)", (low, high), 7, Numbers::Plain)
    }

    /// Shares: from what the curves have risen to soon after the first epoch to the highest.
    pub(super) fn of_accuracies(curves: &[(&Series, f64)]) -> Self {
        let (low, high) = zoomed(curves, BEYOND, 1.0);
        let (low, high) = padded(low, high);
        Self::linear("Accuracy", (low.max(0.0), high), 7, Numbers::Percent)
    }
}

/// The lowest and the highest of the curves' quantiles and dots, bands included.
fn zoomed(curves: &[(&Series, f64)], low_share: f64, high_share: f64) -> (f64, f64) {
    let ends = curves.iter().flat_map(|(series, settled)| {
        let counting = counting(&series.points, *settled);
        // A short curve is shown from its beginning to its end.
        let is_whole = counting.len() == series.points.len();
        let (low_share, high_share) = if is_whole { (0.0, 1.0) } else { (low_share, high_share) };
        // The upper half of the band of a training loss would take the room of the curves.
        let upper = |point: &PlotPoint| if series.line == Line::Faint { point.y } else { point.ends().1 };
        let lowest = nearest_quantile(counting.iter().map(|point| point.ends().0).collect(), low_share);
        let highest = nearest_quantile(counting.iter().map(upper).collect(), high_share);
        series.marks.iter().map(|mark| mark.1).chain(lowest).chain(highest)
    });
    extent(ends)
}

/// The points from x = `settled` on; all if the points before it are a large part of the curve.
fn counting(points: &[PlotPoint], settled: f64) -> &[PlotPoint] {
    let start = points.partition_point(|point| point.x < settled);
    if start < points.len() / LARGE_PART { &points[start..] } else { points }
}

/// The value below which this share of the others lies; none without values.
pub(super) fn nearest_quantile(mut values: Vec<f64>, share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(whole(share * values.len().saturating_sub(1) as f64)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validation(points: impl Iterator<Item = (f64, f64)>) -> Series {
        let points = points.map(|(x, y)| PlotPoint::new(x, y)).collect();
        Series { marks: Vec::new(), ..Series::with_dots(0, String::new(), points) }
    }

    #[test]
    fn the_first_epoch_does_not_decide_the_range() {
        let falling = validation((0..100).map(|i| (f64::from(i), if i < 10 { 100.0 } else { 1.0 })));
        assert!(Axis::of_losses(&[(&falling, 10.0)]).high < 2.0);
    }

    #[test]
    fn a_short_curve_is_shown_from_its_beginning() {
        for points in 2..=30_u32 {
            let falling = validation((0..points).map(|i| (f64::from(i), 2.3 * 0.7_f64.powf(f64::from(i)))));
            let rising = validation((0..points).map(|i| (f64::from(i), 1.0 - 0.7_f64.powf(f64::from(i)))));
            assert!(Axis::of_losses(&[(&falling, 10.0)]).high >= 2.3, "{points}");
            assert!(Axis::of_accuracies(&[(&rising, 10.0)]).low <= 0.0, "{points}");
        }
    }

    #[test]
    fn equal_losses_and_no_losses_have_a_range() {
        for points in [vec![], vec![(0.0, 2.3)]] {
            let axis = Axis::of_losses(&[(&validation(points.into_iter()), 0.0)]);
            assert!(axis.low < axis.high && axis.ticks.len() > 1, "{axis:?}");
        }
    }

    #[test]
    fn a_diverging_run_alone_is_shown_where_it_began() {
        let wild = validation((0..100).map(|i| (f64::from(i), 2.0 + 1e30 * f64::from(i))));
        assert!(Axis::of_losses(&[(&wild, 0.0)]).high < 3.0);
    }
}
