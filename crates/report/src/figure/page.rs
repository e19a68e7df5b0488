//! The page of a drawing: title above, body, notes below, and the frame of the SVG around them.

use plotters::drawing::IntoDrawingArea;
use plotters::prelude::{SVGBackend, WHITE};
use plotters::style::text_anchor::HPos;

use super::legend::Legend;
use super::style::{
    Area, Drawn, FAINT_INK, HEADING_SIZE, INK, PAGE_MARGIN, SMALL_SIZE, TEXT_SIZE, TITLE_SIZE, UNITS_PER_PIXEL,
    WARNING, fitted, text_width, units, wrapped, write_text,
};
use crate::format::plain_text;
use crate::{FigureError, Result};

/// Pixels from the top to the body.
const BODY_TOP: f64 = 62.0;
/// Pixels of a panel, its heading and its labels included.
const PANEL_HEIGHT: f64 = 340.0;
/// Pixels between a panel and the legend below it.
const LEGEND_GAP: f64 = 12.0;

/// What stands right of the title of a figure of made-up digits.
const MADE_UP_WARNING: &str = "Made-up digits: not a real dataset";
/// Pixels between two panels.
const PANEL_GAP: f64 = 24.0;
/// Pixels from one line of notes to the next.
const NOTE_HEIGHT: f64 = 16.0;

/// What every page says around its body.
#[derive(Debug)]
pub(super) struct Page<'a> {
    /// Pixels across.
    pub(super) width: f64,
    pub(super) title: &'a str,
    pub(super) subtitle: &'a str,
    /// Whether the numbers are of made-up digits, which nobody may take for a dataset.
    pub(super) is_made_up: bool,
    /// Lines below the body.
    pub(super) notes: &'a [String],
}

impl Page<'_> {
    /// The SVG of so many panels side by side, each drawn by its index, with a legend below.
    pub(super) fn svg(
        &self,
        n_panels: usize,
        legend: Option<&Legend>,
        draw_panel: impl Fn(usize, &Area) -> Drawn,
    ) -> Result<String> {
        let notes = self.note_lines();
        let legend_top = BODY_TOP + PANEL_HEIGHT + LEGEND_GAP;
        let body_bottom = legend.map_or(BODY_TOP + PANEL_HEIGHT, |legend| legend_top + legend.height());
        let notes_top = body_bottom + 10.0;
        let height = notes_top + NOTE_HEIGHT * notes.len() as f64 + 12.0;
        let mut drawn = String::new();
        let draw = |drawn: &mut String| -> Drawn {
            let size = (units(self.width).unsigned_abs(), units(height).unsigned_abs());
            let page = SVGBackend::with_string(drawn, size).into_drawing_area();
            page.fill(&WHITE)?;
            self.draw_title(&page)?;
            let areas = self.panel_areas(&page, n_panels);
            areas.iter().enumerate().try_for_each(|(index, area)| draw_panel(index, area))?;
            legend.map_or(Ok(()), |legend| legend.draw(&page, legend_top))?;
            for (index, line) in notes.iter().enumerate() {
                let top = notes_top + NOTE_HEIGHT * index as f64;
                write_text(&page, line, (PAGE_MARGIN, top), HPos::Left, SMALL_SIZE, FAINT_INK)?;
            }
            page.present()
        };
        draw(&mut drawn).map_err(|error| FigureError::Drawing(error.to_string()))?;
        Ok(self.with_header(&drawn, height))
    }

    fn draw_title(&self, page: &Area) -> Drawn {
        let mut room = self.width - 2.0 * PAGE_MARGIN;
        if self.is_made_up {
            let right = (self.width - PAGE_MARGIN, 17.0);
            write_text(page, MADE_UP_WARNING, right, HPos::Right, HEADING_SIZE, WARNING)?;
            room -= text_width(MADE_UP_WARNING, HEADING_SIZE) + PAGE_MARGIN;
        }
        let title = fitted(&plain_text(self.title), TITLE_SIZE, room);
        let subtitle = fitted(&plain_text(self.subtitle), TEXT_SIZE, self.width - 2.0 * PAGE_MARGIN);
        write_text(page, &title, (PAGE_MARGIN, 15.0), HPos::Left, TITLE_SIZE, INK)?;
        write_text(page, &subtitle, (PAGE_MARGIN, 38.0), HPos::Left, TEXT_SIZE, FAINT_INK)
    }

    fn note_lines(&self) -> Vec<String> {
        let width = self.width - 2.0 * PAGE_MARGIN;
        self.notes.iter().flat_map(|note| wrapped(&plain_text(note), SMALL_SIZE, width)).collect()
    }

    /// The drawing, shown at its size in pixels, with round joins of lines and a title for screen readers.
    fn with_header(&self, drawn: &str, height: f64) -> String {
        let content = drawn.split_once('>').map_or("", |(_, content)| content);
        let (width, (page_width, page_height)) = (self.width, (units(self.width), units(height)));
        let height = f64::from(page_height) / f64::from(UNITS_PER_PIXEL);
        let size = format!(r#"width="{width}" height="{height}" viewBox="0 0 {page_width} {page_height}""#);
        let title = escaped(&plain_text(self.title));
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" {size} stroke-linejoin="round" role="img">
<title>{title}</title>{content}"#
        )
    }

    /// The places of the panels.
    fn panel_areas<'a>(&self, page: &Area<'a>, count: usize) -> Vec<Area<'a>> {
        let width = (self.width - 2.0 * PAGE_MARGIN + PANEL_GAP) / count as f64 - PANEL_GAP;
        let left = |index: usize| PAGE_MARGIN + (width + PANEL_GAP) * index as f64;
        let size = (units(width), units(PANEL_HEIGHT));
        (0..count).map(|index| page.clone().shrink((units(left(index)), units(BODY_TOP)), size)).collect()
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
