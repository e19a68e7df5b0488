//! The frame of a panel: heading, axes with their labels, grid.

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::prelude::{Cartesian2d, SVGBackend};
use plotters::style::text_anchor::HPos;

use super::axis::Axis;
use super::style::{
    Area, Drawn, FAINT_INK, FRAME, GRID, HEADING_SIZE, INK, TEXT_SIZE, stroke, text_style, units, write_text,
};

/// What stands below an axis of steps.
pub(super) const STEPS_LABEL: &str = "Gradient steps";

const HEADING_HEIGHT: f64 = 24.0;
const VALUE_LABELS_WIDTH: f64 = 48.0;
const X_LABELS_HEIGHT: f64 = 40.0;

/// A panel that is ready for curves.
pub(super) type Chart<'c, 'b> = ChartContext<'c, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;

/// Draws heading, axes and grid; `x` is the axis and what it is called.
pub(super) fn chart_on<'c, 'b>(area: &'c Area<'b>, heading: &str, x: (&Axis, &str), y: &Axis) -> Drawn<Chart<'c, 'b>> {
    write_text(area, heading, (VALUE_LABELS_WIDTH, 2.0), HPos::Left, HEADING_SIZE, INK)?;
    let mut chart = ChartBuilder::on(area)
        .margin_top(units(HEADING_HEIGHT))
        .x_label_area_size(units(X_LABELS_HEIGHT))
        .y_label_area_size(units(VALUE_LABELS_WIDTH))
        .build_cartesian_2d(x.0.clone(), y.clone())?;
    chart
        .configure_mesh()
        .bold_line_style(stroke(&GRID, 0.8))
        .max_light_lines(0)
        .axis_style(stroke(&FRAME, 0.8))
        .set_all_tick_mark_size(units(3.5))
        .label_style(text_style(TEXT_SIZE, FAINT_INK))
        .axis_desc_style(text_style(TEXT_SIZE, FAINT_INK))
        .x_desc(x.1)
        .x_label_formatter(&|value: &f64| x.0.label(*value))
        .y_label_formatter(&|value: &f64| y.label(*value))
        .draw()?;
    Ok(chart)
}

/// Says in a panel without curves that it is empty on purpose.
pub(super) fn write_no_values(area: &Area) -> Drawn {
    let place = (VALUE_LABELS_WIDTH + 12.0, HEADING_HEIGHT + 12.0);
    write_text(area, "no values", place, HPos::Left, TEXT_SIZE, FAINT_INK)
}
