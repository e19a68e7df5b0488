//! The page of a drawing: title above, body, notes below, and the frame of the SVG around them.

use plotters::drawing::IntoDrawingArea;
use plotters::prelude::{SVGBackend, WHITE};
use plotters::style::text_anchor::HPos;

use super::style::{
    Area, Drawn, FAINT_INK, HEADING_SIZE, INK, PAGE_MARGIN, SMALL_SIZE, TEXT_SIZE, TITLE_SIZE, UNITS_PER_PIXEL,
    WARNING, fitted, text_style, text_width, units, wrapped, write_text,
};
use crate::FigureError;
use crate::format::plain_text;

/// Pixels from the top to the body.
pub(super) const BODY_TOP: f64 = 62.0;
/// Pixels of a panel, its heading and its labels included.
pub(super) const PANEL_HEIGHT: f64 = 340.0;
/// Pixels between a panel and the legend below it.
pub(super) const LEGEND_GAP: f64 = 12.0;

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
    /// The SVG of a body of so many pixels from [`BODY_TOP`] down.
    pub(super) fn svg(&self, body_height: f64, draw_body: impl Fn(&Area) -> Drawn) -> Result<String, FigureError> {
        let notes = self.note_lines();
        let notes_top = BODY_TOP + body_height + 10.0;
        let height = notes_top + NOTE_HEIGHT * notes.len() as f64 + 12.0;
        let mut drawn = String::new();
        let draw = |drawn: &mut String| -> Drawn {
            let size = (units(self.width).unsigned_abs(), units(height).unsigned_abs());
            let page = SVGBackend::with_string(drawn, size).into_drawing_area();
            page.fill(&WHITE)?;
            self.draw_title(&page)?;
            draw_body(&page)?;
            for (index, line) in notes.iter().enumerate() {
                let top = notes_top + NOTE_HEIGHT * index as f64;
                write_text(&page, line, (PAGE_MARGIN, top), HPos::Left, &text_style(SMALL_SIZE, FAINT_INK))?;
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
            write_text(page, MADE_UP_WARNING, right, HPos::Right, &text_style(HEADING_SIZE, WARNING))?;
            room -= text_width(MADE_UP_WARNING, HEADING_SIZE) + PAGE_MARGIN;
        }
        let title = fitted(&plain_text(self.title), TITLE_SIZE, room);
        let subtitle = fitted(&plain_text(self.subtitle), TEXT_SIZE, self.width - 2.0 * PAGE_MARGIN);
        write_text(page, &title, (PAGE_MARGIN, 15.0), HPos::Left, &text_style(TITLE_SIZE, INK))?;
        write_text(page, &subtitle, (PAGE_MARGIN, 38.0), HPos::Left, &text_style(TEXT_SIZE, FAINT_INK))
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
}

/// The places of so many panels side by side on a page of this width.
pub(super) fn panel_areas<'a>(page: &Area<'a>, page_width: f64, count: usize) -> Vec<Area<'a>> {
    let width = (page_width - 2.0 * PAGE_MARGIN + PANEL_GAP) / count as f64 - PANEL_GAP;
    let left = |index: usize| PAGE_MARGIN + (width + PANEL_GAP) * index as f64;
    let size = (units(width), units(PANEL_HEIGHT));
    (0..count).map(|index| page.clone().shrink((units(left(index)), units(BODY_TOP)), size)).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
