//! The page of a figure: title, two panels, legend, notes, and the frame of the SVG around them.

use plotters::drawing::IntoDrawingArea;
use plotters::prelude::{SVGBackend, WHITE};
use plotters::style::text_anchor::HPos;

use super::axes::Axis;
use super::legend::Legend;
use super::panel::{Panel, draw_panel};
use super::series::{RunSeries, all_series, window_steps};
use super::style::{
    Area, Drawn, FAINT_INK, HEADING_SIZE, INK, PAGE_MARGIN, PAGE_WIDTH, SMALL_SIZE, TEXT_SIZE, TITLE_SIZE,
    UNITS_PER_PIXEL, WARNING, fitted, register_embedded_font, text_style, text_width, units, write_text,
};
use super::{CurveSets, Figure};
use crate::{FigureError, format};

/// What stands right of the title of a figure of made-up digits.
const MADE_UP_WARNING: &str = "Made-up digits: not a real dataset";
/// Pixels from the top to the panels.
const PANELS_TOP: f64 = 62.0;
/// Pixels of a panel, its heading and its labels included.
const PANEL_HEIGHT: f64 = 340.0;
/// Pixels between the panels.
const PANEL_GAP: f64 = 24.0;
/// Pixels from one line of notes to the next.
const NOTE_HEIGHT: f64 = 16.0;

/// Draws the whole figure.
pub(super) fn svg(figure: &Figure) -> Result<String, FigureError> {
    register_embedded_font()?;
    let runs = all_series(figure);
    let legend = Legend::new(&runs, figure.sets);
    let notes = notes(figure);
    let legend_top = PANELS_TOP + PANEL_HEIGHT + 12.0;
    let notes_top = legend_top + legend.height() + 10.0;
    let height = notes_top + NOTE_HEIGHT * notes.len() as f64 + 12.0;

    let mut drawn = String::new();
    let draw = |drawn: &mut String| -> Drawn {
        let size = (units(PAGE_WIDTH).unsigned_abs(), units(height).unsigned_abs());
        let page = SVGBackend::with_string(drawn, size).into_drawing_area();
        page.fill(&WHITE)?;
        draw_title(&page, figure)?;
        draw_panels(&page, &runs)?;
        legend.draw(&page, legend_top)?;
        for (index, note) in notes.iter().enumerate() {
            let top = notes_top + NOTE_HEIGHT * index as f64;
            write_text(&page, note, (PAGE_MARGIN, top), HPos::Left, &text_style(SMALL_SIZE, FAINT_INK))?;
        }
        page.present()
    };
    draw(&mut drawn).map_err(|error| FigureError::Drawing(error.to_string()))?;
    Ok(with_header(&drawn, &figure.title, height))
}

fn draw_title(page: &Area, figure: &Figure) -> Drawn {
    let mut room = PAGE_WIDTH - 2.0 * PAGE_MARGIN;
    if figure.is_made_up() {
        let right = (PAGE_WIDTH - PAGE_MARGIN, 17.0);
        write_text(page, MADE_UP_WARNING, right, HPos::Right, &text_style(HEADING_SIZE, WARNING))?;
        room -= text_width(MADE_UP_WARNING, HEADING_SIZE) + PAGE_MARGIN;
    }
    let title = fitted(&format::plain_text(&figure.title), TITLE_SIZE, room);
    let subtitle = fitted(&format::plain_text(&figure.subtitle), TEXT_SIZE, PAGE_WIDTH - 2.0 * PAGE_MARGIN);
    write_text(page, &title, (PAGE_MARGIN, 15.0), HPos::Left, &text_style(TITLE_SIZE, INK))?;
    write_text(page, &subtitle, (PAGE_MARGIN, 38.0), HPos::Left, &text_style(TEXT_SIZE, FAINT_INK))
}

fn draw_panels(page: &Area, runs: &[RunSeries]) -> Drawn {
    let steps = Axis::of_steps(runs);
    let panels = [
        Panel { heading: "Loss (cross-entropy)", axis: Axis::of_losses(runs), is_share: false },
        Panel { heading: "Accuracy", axis: Axis::of_accuracies(runs), is_share: true },
    ];
    let width = (PAGE_WIDTH - 2.0 * PAGE_MARGIN - PANEL_GAP) / 2.0;
    for (index, panel) in panels.iter().enumerate() {
        let left = PAGE_MARGIN + (width + PANEL_GAP) * index as f64;
        let area = page.clone().shrink((units(left), units(PANELS_TOP)), (units(width), units(PANEL_HEIGHT)));
        let curves = runs.iter().map(|run| if panel.is_share { &run.accuracy } else { &run.loss });
        draw_panel(&area, panel, &steps, &curves.collect::<Vec<_>>())?;
    }
    Ok(())
}

/// How to read the curves, and what their numbers are not.
fn notes(figure: &Figure) -> Vec<String> {
    let loss = match window_steps(figure) {
        1 => "every step".to_owned(),
        window => format!("mean of {window} consecutive steps, with a band of one standard deviation"),
    };
    let train = format!("Training loss: {loss}. Training accuracy: dashed.");
    let validation = "Dots mark the lowest validation loss. The validation images also decide when a run stops: \
                      no number here is a clean test result.";
    match figure.sets {
        CurveSets::Train => vec![train],
        CurveSets::Validation => vec![validation.to_owned()],
        CurveSets::Both => vec![train, validation.to_owned()],
    }
}

/// The drawing, shown at its size in pixels, with round joins of lines and a title for screen readers.
fn with_header(drawn: &str, title: &str, height: f64) -> String {
    let content = drawn.split_once('>').map_or("", |(_, content)| content);
    let (page_width, page_height) = (units(PAGE_WIDTH), units(height));
    let height = f64::from(page_height) / f64::from(UNITS_PER_PIXEL);
    let size = format!(r#"width="{PAGE_WIDTH}" height="{height}" viewBox="0 0 {page_width} {page_height}""#);
    let title = escaped(&format::plain_text(title));
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" {size} stroke-linejoin="round" role="img">
<title>{title}</title>{content}"#
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
