//! What figures look like: page, font, colours, and text that fits its place.

use std::sync::Once;

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::prelude::{Color, FontDesc, FontFamily, FontStyle, RGBColor, SVGBackend, ShapeStyle, Text, TextStyle};
use plotters::style::register_font;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Open Sans, Apache-2.0; its licence lies beside it.
pub const FONT: &[u8] = include_bytes!("../../fonts/OpenSans-Regular.ttf");
/// The font's family, then fonts of nearly its width for readers who lack it.
pub(super) const FONT_STACK: &str = "Open Sans, Helvetica Neue, Helvetica, Arial, sans-serif";

/// Positions are whole numbers for the drawing library, so the page is drawn in tenths of a pixel.
pub(super) const UNITS_PER_PIXEL: u32 = 10;
/// Pixels across, as a README shows it.
pub(super) const PAGE_WIDTH: f64 = 920.0;
/// Pixels left free around the page.
pub(super) const PAGE_MARGIN: f64 = 20.0;

pub(super) const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
pub(super) const FAINT_INK: RGBColor = RGBColor(0x59, 0x59, 0x59);
pub(super) const FRAME: RGBColor = RGBColor(0x9a, 0x9a, 0x9a);
pub(super) const GRID: RGBColor = RGBColor(0xe6, 0xe6, 0xe6);
pub(super) const WARNING: RGBColor = RGBColor(0xb0, 0x3a, 0x00);

pub(super) const TITLE_SIZE: f64 = 17.0;
pub(super) const HEADING_SIZE: f64 = 13.0;
pub(super) const TEXT_SIZE: f64 = 11.5;
pub(super) const SMALL_SIZE: f64 = 10.5;

/// Okabe and Ito's colours, which the colour-blind tell apart; grey stands for their yellow, too pale on white.
const RUN_COLOURS: [u32; 8] =
    [0x00_72_b2, 0xd5_5e_00, 0x00_9e_73, 0xcc_79_a7, 0xe6_9f_00, 0x56_b4_e9, 0x00_00_00, 0x8c_8c_8c];

/// A part of the page.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// What drawing returns.
pub(super) type Drawn<T = ()> = Result<T, DrawingAreaErrorKind<std::io::Error>>;
/// A place across and down, in pixels or in the units of two axes.
pub(super) type Place = (f64, f64);

/// The colour of a run, by its place in the legend.
pub(super) fn run_colour(index: usize) -> RGBColor {
    let [_, red, green, blue] = RUN_COLOURS[index % RUN_COLOURS.len()].to_be_bytes();
    RGBColor(red, green, blue)
}

/// Pixels in the units of the page.
#[expect(clippy::cast_possible_truncation, reason = "a page is some thousand units across")]
pub(super) fn units(pixels: f64) -> i32 {
    (pixels * f64::from(UNITS_PER_PIXEL)).round() as i32
}

/// A line of this width in pixels.
pub(super) fn stroke(colour: &impl Color, pixels: f64) -> ShapeStyle {
    colour.stroke_width(units(pixels).unsigned_abs())
}

/// Text of this size in pixels.
pub(super) fn text_style(size: f64, colour: RGBColor) -> TextStyle<'static> {
    // The SVG backend writes the size that it is given divided by 1.24.
    font(1.24 * size).color(&colour)
}

/// Writes a line of text whose top left (or top right) corner is at these pixels.
pub(super) fn write_text(area: &Area, text: &str, (x, y): Place, align: HPos, size: f64, colour: RGBColor) -> Drawn {
    let style = text_style(size, colour).pos(Pos::new(align, VPos::Top));
    area.draw(&Text::new(text.to_owned(), (units(x), units(y)), style))
}

/// Pixels that a text takes.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    // The drawing library measures by the height of a line, which in this font is 2,789 of 2,048 units to the em.
    let measured = font(size * 2_789.0 / 2_048.0).box_size(text);
    measured.map_or(0.0, |(width, _)| f64::from(width) / f64::from(UNITS_PER_PIXEL))
}

/// The text, shortened with an ellipsis until it fits.
pub(super) fn fitted(text: &str, size: f64, width: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let shortened = |end: usize| format!("{}…", text[..end].trim_end());
    let ends: Vec<usize> = text.char_indices().map(|(start, _)| start).collect();
    // The longest beginning that fits, halved down to: texts of others may be very long.
    match ends.partition_point(|&end| text_width(&shortened(end), size) <= width) {
        0 => String::new(),
        fitting => shortened(ends[fitting - 1]),
    }
}

/// The text in lines that fit, broken between words.
pub(super) fn wrapped(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}")).filter(|line| text_width(line, size) <= width);
        match (longer, lines.last_mut()) {
            (Some(longer), Some(line)) => *line = longer,
            _ => lines.push(fitted(word, size, width)),
        }
    }
    lines
}

/// The embedded font, which the drawing library is told of once.
fn font(pixels: f64) -> FontDesc<'static> {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        let is_read = register_font(FONT_STACK, FontStyle::Normal, FONT).is_ok();
        assert!(is_read, "the embedded font is a font");
    });
    FontDesc::new(FontFamily::Name(FONT_STACK), pixels * f64::from(UNITS_PER_PIXEL), FontStyle::Normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_measured_in_pixels() {
        // Open Sans draws every digit 1,169 of 2,048 units wide.
        assert!((text_width("0000000000", 10.0) - 57.08).abs() < 0.2, "{}", text_width("0000000000", 10.0));
    }

    #[test]
    fn text_that_is_too_long_ends_in_an_ellipsis() {
        let shortened = fitted("a title that goes on and on", 12.0, 60.0);
        assert!(shortened.ends_with('…') && text_width(&shortened, 12.0) <= 60.0, "{shortened}");
        assert_eq!(fitted("short", 12.0, 60.0), "short");
    }

    #[test]
    fn long_text_is_broken_between_words() {
        assert_eq!(wrapped("one line of words and another", 12.0, 100.0), ["one line of words", "and another"]);
        assert_eq!(wrapped("", 12.0, 100.0), [""; 0]);
    }
}
