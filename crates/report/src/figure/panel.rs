//! One panel: axes and grid, then the curves of every run, bands below lines and training below validation.

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::prelude::{Cartesian2d, Circle, Color, PathElement, Polygon, RGBColor, SVGBackend, WHITE};
use plotters::series::DashedLineSeries;
use plotters::style::text_anchor::HPos;

use super::axes::Axis;
use super::clip::{band_outline, is_inside, visible_parts};
use super::series::{Curves, Point, Spread};
use super::style::{
    Area, Drawn, FAINT_INK, FRAME, GRID, HEADING_SIZE, INK, TEXT_SIZE, run_colour, stroke, text_style, units,
    write_text,
};
use crate::format;

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

const MARK_RADIUS: f64 = 3.6;
const HEADING_HEIGHT: f64 = 24.0;
const VALUE_LABELS_WIDTH: f64 = 48.0;
const STEP_LABELS_HEIGHT: f64 = 40.0;

/// What a panel shows.
#[derive(Debug)]
pub(super) struct Panel {
    pub(super) heading: &'static str,
    pub(super) axis: Axis,
    /// Whether values are shares, written as percentages.
    pub(super) is_share: bool,
}

type Chart<'c, 'b> = ChartContext<'c, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;

/// Draws a panel with these curves, one element per run.
pub(super) fn draw_panel(area: &Area, panel: &Panel, steps: &Axis, runs: &[&Curves]) -> Drawn {
    write_text(area, panel.heading, (VALUE_LABELS_WIDTH, 2.0), HPos::Left, &text_style(HEADING_SIZE, INK))?;
    let axis = &panel.axis;
    let mut chart = ChartBuilder::on(area)
        .margin_top(units(HEADING_HEIGHT))
        .x_label_area_size(units(STEP_LABELS_HEIGHT))
        .y_label_area_size(units(VALUE_LABELS_WIDTH))
        .build_cartesian_2d(steps.clone(), axis.clone())?;
    draw_mesh(&mut chart, panel)?;
    let coloured = || runs.iter().enumerate().map(|(index, curves)| (*curves, run_colour(index)));
    for (curves, colour) in coloured() {
        draw_band(&mut chart, &curves.train, axis, colour)?;
    }
    for (curves, colour) in coloured() {
        draw_train(&mut chart, curves, panel, colour)?;
    }
    for (curves, _) in coloured().filter(|(curves, _)| !curves.train.is_empty() && !panel.is_share) {
        // A pale rim sets the line off from the noise of its own training curve.
        draw_line(&mut chart, &curves.validation, axis, &WHITE.mix(0.75), VALIDATION_STROKE + 1.6)?;
    }
    for (curves, colour) in coloured() {
        draw_line(&mut chart, &curves.validation, axis, &colour, VALIDATION_STROKE)?;
    }
    for (curves, colour) in coloured() {
        draw_best(&mut chart, curves, axis, colour)?;
    }
    if runs.iter().all(|curves| curves.train.is_empty() && curves.validation.is_empty()) {
        write_text(
            area,
            "no values",
            (VALUE_LABELS_WIDTH + 12.0, HEADING_HEIGHT + 12.0),
            HPos::Left,
            &text_style(TEXT_SIZE, FAINT_INK),
        )?;
    }
    Ok(())
}

fn draw_mesh(chart: &mut Chart, panel: &Panel) -> Drawn {
    let decimals = panel.axis.decimals;
    let label = |value: &f64| {
        if panel.is_share {
            format!("{:.*} %", decimals.saturating_sub(2), 100.0 * value)
        } else {
            format!("{value:.decimals$}")
        }
    };
    chart
        .configure_mesh()
        .bold_line_style(stroke(&GRID, 0.8))
        .max_light_lines(0)
        .axis_style(stroke(&FRAME, 0.8))
        .set_all_tick_mark_size(units(3.5))
        .label_style(text_style(TEXT_SIZE, FAINT_INK))
        .axis_desc_style(text_style(TEXT_SIZE, FAINT_INK))
        .x_desc("Gradient steps")
        .x_label_formatter(&step_label)
        .y_label_formatter(&label)
        .draw()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the drawing library passes a reference")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ticks are whole steps from 0 on")]
fn step_label(step: &f64) -> String {
    format::thousands(step.round() as usize)
}

fn draw_band(chart: &mut Chart, train: &[Spread], axis: &Axis, colour: RGBColor) -> Drawn {
    if train.iter().all(|spread| spread.std == 0.0) {
        return Ok(());
    }
    chart.draw_series([Polygon::new(band_outline(train, axis), colour.mix(BAND_OPACITY))])?;
    Ok(())
}

/// Training: the loss as a thin line over its band, the accuracy dashed.
fn draw_train(chart: &mut Chart, curves: &Curves, panel: &Panel, colour: RGBColor) -> Drawn {
    let points: Vec<Point> = curves.train.iter().map(Spread::point).collect();
    if !panel.is_share {
        return draw_line(chart, &points, &panel.axis, &colour.mix(TRAIN_OPACITY), TRAIN_STROKE);
    }
    for part in visible_parts(&points, &panel.axis) {
        chart.draw_series(DashedLineSeries::new(part, units(DASH.0), units(DASH.1), stroke(&colour, DASHED_STROKE)))?;
    }
    Ok(())
}

fn draw_line(chart: &mut Chart, points: &[Point], axis: &Axis, colour: &impl Color, width: f64) -> Drawn {
    let lines = visible_parts(points, axis).into_iter().map(|part| PathElement::new(part, stroke(colour, width)));
    chart.draw_series(lines)?;
    Ok(())
}

fn draw_best(chart: &mut Chart, curves: &Curves, axis: &Axis, colour: RGBColor) -> Drawn {
    let Some(best) = curves.best.filter(|best| is_inside(*best, axis)) else {
        return Ok(());
    };
    let mark = |radius: f64, colour: RGBColor| Circle::new((best.step, best.value), units(radius), colour.filled());
    chart.draw_series([mark(MARK_RADIUS + 0.9, WHITE), mark(MARK_RADIUS, colour)])?;
    Ok(())
}
