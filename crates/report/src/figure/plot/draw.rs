//! The drawing of a plot: panels with error bars below lines below marks, labels beside these, the legend.

use plotters::prelude::{Color, PathElement, RGBColor};

use super::labels::draw_labels;
use super::{LinePlot, PlotPanel, PlotPoint, PlotSeries};
use crate::figure::legend::{Entry, Legend, Sample};
use crate::figure::mesh::{Chart, chart_on, write_no_values};
use crate::figure::page::Page;
use crate::figure::panel::{VALIDATION_STROKE, draw_mark};
use crate::figure::style::{Area, Drawn, PAGE_WIDTH, Place, run_colour, stroke, units};
use crate::format::plain_text;
use crate::{FigureError, Result};

/// Pixels of a page with one panel: narrow, so that its text is large where the page is shown small.
const NARROW_PAGE: f64 = 640.0;
const BAR_STROKE: f64 = 1.1;
const BAR_OPACITY: f64 = 0.75;
/// Pixels from the middle of an error bar's cap to its end.
const CAP: f64 = 3.0;

impl LinePlot {
    /// The plot as SVG: text stays text, and the same plot gives the same bytes.
    ///
    /// A point with a value that is not finite, or not above 0 on a logarithmic axis, is left out.
    ///
    /// # Errors
    /// [`FigureError::NoPanels`] without a panel; [`FigureError::Drawing`] where the drawing library fails.
    pub fn to_svg(&self) -> Result<String> {
        if self.panels.is_empty() {
            return Err(FigureError::NoPanels);
        }
        let width = if self.panels.len() == 1 { NARROW_PAGE } else { PAGE_WIDTH };
        let (title, subtitle, is_made_up) = (&self.title, &self.subtitle, self.is_made_up);
        let page = Page { width, title, subtitle, is_made_up, notes: &self.notes };
        page.svg(self.panels.len(), legend(self, width).as_ref(), |index, area| {
            draw_panel(area, &self.panels[index], &self.labels())
        })
    }
}

/// An entry for every label; none where points carry their own.
fn legend(plot: &LinePlot, page_width: f64) -> Option<Legend> {
    let labels = plot.labels();
    let is_marked = |label: &str| {
        plot.panels.iter().flat_map(|panel| &panel.series).any(|series| series.label == label && series.has_marks)
    };
    let entry = |(index, label): (usize, &&str)| Entry {
        text: plain_text(label),
        colour: run_colour(index),
        sample: if is_marked(label) { Sample::Marked } else { Sample::Plain },
    };
    let named = labels.iter().enumerate().filter(|(_, label)| !label.is_empty());
    let entries: Vec<Entry> = named.map(entry).collect();
    (!entries.is_empty()).then(|| Legend::new(entries, 1, page_width))
}

fn draw_panel(area: &Area, panel: &PlotPanel, labels: &[&str]) -> Drawn {
    let (x, y) = (panel.x_axis(), panel.y_axis());
    let mut chart = chart_on(area, &plain_text(&panel.heading), (&x, &plain_text(&panel.x_label)), &y)?;
    let drawable = panel.drawable();
    let colour = |series: &PlotSeries| run_colour(labels.iter().position(|label| *label == series.label).unwrap_or(0));
    for (series, points) in panel.series.iter().zip(&drawable) {
        draw_bars(&chart, panel, points, colour(series))?;
    }
    for (series, points) in panel.series.iter().zip(&drawable).filter(|(series, _)| series.has_line) {
        let line = points.iter().map(|point| (point.x, point.y)).collect::<Vec<Place>>();
        chart.draw_series([PathElement::new(line, stroke(&colour(series), VALIDATION_STROKE))])?;
    }
    for (series, points) in panel.series.iter().zip(&drawable).filter(|(series, _)| series.has_marks) {
        points.iter().try_for_each(|point| draw_mark(&mut chart, (point.x, point.y), colour(series)))?;
    }
    draw_labels(&chart, panel, &drawable)?;
    if drawable.iter().all(Vec::is_empty) {
        write_no_values(area)?;
    }
    Ok(())
}

/// Error bars with caps, which have the same width on any axis because they are drawn in pixels.
fn draw_bars(chart: &Chart, panel: &PlotPanel, points: &[&PlotPoint], colour: RGBColor) -> Drawn {
    let area = chart.plotting_area().use_screen_coord();
    let style = stroke(&colour.mix(BAR_OPACITY), BAR_STROKE);
    for (point, (low, high)) in points.iter().filter_map(|point| Some((point, panel.interval(point)?))) {
        let [(x, bottom), (_, top)] = [low, high].map(|y| chart.plotting_area().map_coordinate(&(point.x, y)));
        let cap = |y: i32| PathElement::new(vec![(x - units(CAP), y), (x + units(CAP), y)], style);
        area.draw(&PathElement::new(vec![(x, bottom), (x, top)], style))?;
        area.draw(&cap(bottom))?;
        area.draw(&cap(top))?;
    }
    Ok(())
}
