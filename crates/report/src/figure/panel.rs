//! One panel: axes and grid, then the curves of every run, bands below lines and training below validation.

use plotters::prelude::{Circle, Color, PathElement, Polygon, RGBColor, WHITE};
use plotters::series::DashedLineSeries;

use super::axis::{Axis, Numbers};
use super::clip::{band_outline, is_inside, visible_parts};
use super::mesh::{Chart, STEPS_LABEL, chart_on, write_no_values};
use super::points::Spread;
use super::series::{Curves, RunSeries};
use super::style::{Area, Drawn, Place, run_colour, stroke, units};

/// Pixels across of a training curve's line.
pub(super) const TRAIN_STROKE: f64 = 0.9;
/// Pixels across of a training curve's dashes.
pub(super) const DASHED_STROKE: f64 = 1.2;
/// Pixels across of a validation curve's line.
pub(super) const VALIDATION_STROKE: f64 = 1.8;
/// How opaque a training curve's line is, so that a validation curve of the same colour stands out.
pub(super) const TRAIN_OPACITY: f64 = 0.55;
/// How opaque a band of one standard deviation is.
pub(super) const BAND_OPACITY: f64 = 0.16;
/// Pixels of a dash and of the gap after it.
pub(super) const DASH: (f64, f64) = (4.0, 2.5);

/// Pixels from the middle of a mark to its rim.
pub(super) const MARK_RADIUS: f64 = 3.6;

/// What a panel shows.
#[derive(Debug)]
pub(super) struct Panel {
    pub(super) heading: &'static str,
    pub(super) axis: Axis,
    /// Its curves of a run.
    pub(super) curves: fn(&RunSeries) -> &Curves,
}

impl Panel {
    /// Loss and accuracy of these runs.
    pub(super) fn of_runs(runs: &[RunSeries]) -> [Self; 2] {
        [
            Self { heading: "Loss (cross-entropy)", axis: Axis::of_losses(runs), curves: |run| &run.loss },
            Self { heading: "Accuracy", axis: Axis::of_accuracies(runs), curves: |run| &run.accuracy },
        ]
    }

    /// Whether values are shares, written as percentages.
    pub(super) fn is_share(&self) -> bool {
        self.axis.numbers == Numbers::Percent
    }
}

/// Draws a panel with these curves, one element per run.
pub(super) fn draw_panel(area: &Area, panel: &Panel, steps: &Axis, runs: &[RunSeries]) -> Drawn {
    let axis = &panel.axis;
    let mut chart = chart_on(area, panel.heading, (steps, STEPS_LABEL), axis)?;
    let coloured = || runs.iter().enumerate().map(|(index, run)| ((panel.curves)(run), run_colour(index)));
    coloured().try_for_each(|(curves, colour)| draw_band(&mut chart, &curves.train, axis, colour))?;
    coloured().try_for_each(|(curves, colour)| draw_band(&mut chart, &curves.validation, axis, colour))?;
    coloured().try_for_each(|(curves, colour)| draw_train(&mut chart, curves, panel, colour))?;
    for (curves, _) in coloured().filter(|(curves, _)| !curves.train.is_empty() && !panel.is_share()) {
        // A pale rim sets the line off from the noise of its own training curve.
        draw_line(&mut chart, &curves.validation, axis, &WHITE.mix(0.75), VALIDATION_STROKE + 1.6)?;
    }
    for (curves, colour) in coloured() {
        draw_line(&mut chart, &curves.validation, axis, &colour, VALIDATION_STROKE)?;
    }
    for (curves, colour) in coloured() {
        let best = curves.best.filter(|best| is_inside(*best, axis));
        best.map_or(Ok(()), |best| draw_mark(&mut chart, best, colour))?;
    }
    if coloured().all(|(curves, _)| curves.train.is_empty() && curves.validation.is_empty()) {
        write_no_values(area)?;
    }
    Ok(())
}

/// The band about a curve; none where nothing scatters.
fn draw_band(chart: &mut Chart, spreads: &[Spread], axis: &Axis, colour: RGBColor) -> Drawn {
    if spreads.iter().all(|spread| spread.std == 0.0) {
        return Ok(());
    }
    chart.draw_series([Polygon::new(band_outline(spreads, axis), colour.mix(BAND_OPACITY))]).map(drop)
}

/// Training: the loss as a thin line over its band, the accuracy dashed.
fn draw_train(chart: &mut Chart, curves: &Curves, panel: &Panel, colour: RGBColor) -> Drawn {
    if !panel.is_share() {
        return draw_line(chart, &curves.train, &panel.axis, &colour.mix(TRAIN_OPACITY), TRAIN_STROKE);
    }
    for part in visible_parts(&means(&curves.train), &panel.axis) {
        chart.draw_series(DashedLineSeries::new(part, units(DASH.0), units(DASH.1), stroke(&colour, DASHED_STROKE)))?;
    }
    Ok(())
}

fn draw_line(chart: &mut Chart, spreads: &[Spread], axis: &Axis, colour: &impl Color, width: f64) -> Drawn {
    let lines =
        visible_parts(&means(spreads), axis).into_iter().map(|part| PathElement::new(part, stroke(colour, width)));
    chart.draw_series(lines).map(drop)
}

fn means(spreads: &[Spread]) -> Vec<Place> {
    spreads.iter().map(Spread::point).collect()
}

/// A disc with a white rim.
pub(super) fn draw_mark(chart: &mut Chart, place: Place, colour: RGBColor) -> Drawn {
    let disc = |radius: f64, colour: RGBColor| Circle::new(place, units(radius), colour.filled());
    chart.draw_series([disc(MARK_RADIUS + 0.9, WHITE), disc(MARK_RADIUS, colour)]).map(drop)
}
