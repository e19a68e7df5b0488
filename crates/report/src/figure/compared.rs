//! The plot of another program's curves over the band of the seeds.

use record::RunRecord;

use super::axis::{Axis, Numbers, Scale};
use super::plot::{Intervals, Line, Panel, Plot, PlotPoint, Series, colour};
use super::runs::STEPS_LABEL;
use crate::Result;

/// A curve of another program, on the validation images.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedCurve {
    /// The text in the legend.
    pub label: String,
    /// Step and loss.
    pub losses: Vec<(f64, f64)>,
    /// Step and accuracy.
    pub accuracies: Vec<(f64, f64)>,
}

/// A step with the lower and the upper end of a band.
type Place = (usize, [f64; 2]);

/// The curves of another program over the band of the runs in `records`, as SVG: validation loss left, accuracy right.
///
/// # Errors
/// As those of every figure.
pub fn compared_figure(
    title: &str,
    records: &[&RunRecord],
    bands: &[Vec<Place>; 2],
    curves: &[ComparedCurve],
) -> Result<String> {
    let settled = records.first().map_or(0.0, |record| record.spec.steps_per_epoch() as f64);
    let seeds = format!("{} seeds of this program", records.len());
    let panel = |at: usize, y_axis: fn(&[(&Series, f64)]) -> Axis| {
        let of_curve = |(index, curve): (usize, &ComparedCurve)| {
            let points = if at == 0 { &curve.losses } else { &curve.accuracies };
            series(index + 1, curve.label.clone(), points.iter().map(|&(x, y)| PlotPoint::new(x, y)).collect())
        };
        let band = series(0, seeds.clone(), bands[at].iter().map(middle).collect());
        let series: Vec<Series> = [band].into_iter().chain(curves.iter().enumerate().map(of_curve)).collect();
        // A curve that is far away would take the room of the band.
        let y = y_axis(&series.iter().take(1).map(|series| (series, settled)).collect::<Vec<_>>());
        let y = if curves.iter().all(|curve| fits(curve, at, &y)) {
            y
        } else {
            y_axis(&series.iter().map(|series| (series, settled)).collect::<Vec<_>>())
        };
        let steps = series.iter().flat_map(|series| &series.points).map(|point| point.x);
        Panel { x: Axis::around((STEPS_LABEL, Scale::Linear, Numbers::Whole), steps.chain([0.0])), y, series }
    };
    let panels = vec![panel(0, Axis::of_losses), panel(1, Axis::of_accuracies)];
    let times = records.len() + 1;
    let note =
        format!("Validation images. The curve of a correct program leaves the band about once in {times} times.");
    Plot::new(title, records, panels, vec![note]).to_svg()
}

fn series(index: usize, label: String, points: Vec<PlotPoint>) -> Series {
    Series {
        run: label.clone(),
        label,
        colour: colour(index),
        line: Line::Solid,
        intervals: Intervals::Band,
        points,
        marks: Vec::new(),
    }
}

fn middle(&(step, [low, high]): &Place) -> PlotPoint {
    PlotPoint { interval: Some((low, high)), ..PlotPoint::new(step as f64, f64::midpoint(low, high)) }
}

/// Whether most of a curve lies within an axis.
fn fits(curve: &ComparedCurve, at: usize, axis: &Axis) -> bool {
    let points = if at == 0 { &curve.losses } else { &curve.accuracies };
    let inside = points.iter().filter(|(_, y)| (axis.low..=axis.high).contains(y)).count();
    2 * inside >= points.len()
}
