//! From a plot to its SVG: title above, panels side by side, the legend and the notes below.

use maud::{Markup, html};

use super::legend;
use super::panel::{self, PanelOnPage};
use super::plot::Plot;
use super::svg::{self, FAINT_INK, SUBTITLE, TITLE, TextStyle, fitted, text, text_width, wrapped};
use crate::{FigureError, Result};

/// Pixels across with two panels, as a README shows it.
const PAGE_WIDTH: f64 = 920.0;
/// Pixels across with one panel: narrow, so that its text is large where the page is shown small.
const NARROW_PAGE: f64 = 640.0;
/// Pixels left free around the page.
const MARGIN: f64 = 20.0;
/// Pixels from the top to the panels.
const PANELS_TOP: f64 = 62.0;
/// Pixels between two panels.
const PANEL_GAP: f64 = 24.0;
/// Pixels from one line of notes to the next.
const NOTE_HEIGHT: f64 = 16.0;

const NOTE: TextStyle = TextStyle { size: 10.5, colour: FAINT_INK, anchor: "start" };
const WARNING: TextStyle = TextStyle { size: 13.0, colour: "#b03a00", anchor: "end" };
/// The text right of the title of a figure of made-up digits.
const MADE_UP_WARNING: &str = "Made-up digits: not a real dataset";

impl Plot {
    /// The plot as SVG: text stays text, and the same plot gives the same bytes.
    ///
    /// A point whose value is not finite, or not above 0 on a logarithmic axis, is left out.
    ///
    /// # Errors
    /// [`FigureError::NoRuns`] for a plot without a series.
    pub fn to_svg(&self) -> Result<String> {
        if self.panels.iter().all(|panel| panel.series.is_empty()) {
            return Err(FigureError::NoRuns);
        }
        let width = if self.panels.len() == 1 { NARROW_PAGE } else { PAGE_WIDTH };
        let inner_width = width - 2.0 * MARGIN;
        let (legend, legend_height) = legend::draw(&self.panels, (MARGIN, PANELS_TOP + panel::HEIGHT), inner_width);
        let notes_top = PANELS_TOP + panel::HEIGHT + legend_height + 10.0;
        let notes = self.notes.iter().flat_map(|note| wrapped(note, NOTE.size, inner_width));
        let lines: Vec<(f64, String)> =
            notes.enumerate().map(|(index, line)| (notes_top + NOTE_HEIGHT * index as f64, line)).collect();
        let height = notes_top + NOTE_HEIGHT * lines.len() as f64 + 12.0;
        let content = html! {
            (self.heading(width))
            (self.draw_panels(inner_width))
            (legend)
            @for (top, line) in &lines {
                (text((MARGIN, top + 0.76 * NOTE.size), NOTE, line))
            }
        };
        Ok(svg::document((width, height), &self.title, &content))
    }

    /// Title, subtitle and, right of them, the warning of made-up digits.
    fn heading(&self, width: f64) -> Markup {
        let right = width - MARGIN;
        let warning_width = text_width(MADE_UP_WARNING, WARNING.size) + MARGIN;
        let title_width = right - MARGIN - if self.is_made_up { warning_width } else { 0.0 };
        let title = fitted(&self.title, TITLE.size, title_width);
        let subtitle = fitted(&self.subtitle, SUBTITLE.size, right - MARGIN);
        html! {
            (text((MARGIN, 28.0), TITLE, &title))
            (text((MARGIN, 46.7), SUBTITLE, &subtitle))
            @if self.is_made_up {
                (text((right, 27.0), WARNING, MADE_UP_WARNING))
            }
        }
    }

    fn draw_panels(&self, inner_width: f64) -> Markup {
        let step = (inner_width + PANEL_GAP) / self.panels.len() as f64;
        html! {
            @for (index, panel) in self.panels.iter().enumerate() {
                @let left = MARGIN + step * index as f64;
                (PanelOnPage::new(panel, (left, PANELS_TOP), step - PANEL_GAP).draw(index))
            }
        }
    }
}
