//! SVG: the document, lines and text that fits its place, in the embedded font.

use std::collections::BTreeSet;

use maud::{Markup, html};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::format::plain_text;

/// Open Sans, Apache-2.0; its licence is in the same folder.
pub(super) const FONT: &[u8] = include_bytes!("../../fonts/OpenSans-Regular.ttf");
/// The font's family, then fonts of nearly its width for readers who lack it.
const FONT_STACK: &str = "Open Sans, Helvetica Neue, Helvetica, Arial, sans-serif";

/// The text colour and a fainter one.
pub(super) const INK: &str = "#222222";
pub(super) const FAINT_INK: &str = "#595959";

/// Across and down, in pixels.
pub(super) type Place = (f64, f64);

/// How a text is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextStyle {
    /// Pixels.
    pub(super) size: f64,
    pub(super) colour: &'static str,
    /// Which part of the text is at its place: `start`, `middle` or `end`.
    pub(super) anchor: &'static str,
}

/// The title of a figure, and the line below it.
pub(super) const TITLE: TextStyle = TextStyle { size: 17.0, colour: INK, anchor: "start" };
pub(super) const SUBTITLE: TextStyle = TextStyle { size: 11.5, colour: FAINT_INK, anchor: "start" };

/// A white SVG of this size in pixels with a title for screen readers.
pub(super) fn document((width, height): (f64, f64), title: &str, content: &Markup) -> String {
    let drawn = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) }
            font-family=(FONT_STACK) stroke-linejoin="round" role="img" {
            title { (plain_text(title)) }
            rect width=(width) height=(height) fill="white" {}
            (content)
        }
    };
    drawn.into_string() + "\n"
}

/// A line of text on the baseline through this place.
pub(super) fn text((x, baseline): Place, style: TextStyle, words: &str) -> Markup {
    let TextStyle { size, colour, anchor } = style;
    html! {
        text x=(tenths(x)) y=(tenths(baseline)) text-anchor=(anchor) font-size=(size) fill=(colour) {
            (plain_text(words))
        }
    }
}

/// A line of text whose capitals and digits have their middle at this place.
pub(super) fn middle_text((x, middle): Place, style: TextStyle, words: &str) -> Markup {
    text((x, middle + 0.36 * style.size), style, words)
}

/// The path through these places, rounded to tenths of a pixel; relative, because that is shortest.
pub(super) fn path(places: impl IntoIterator<Item = Place>) -> String {
    let (mut path, mut from) = (String::new(), (0.0, 0.0));
    for (index, (x, y)) in places.into_iter().enumerate() {
        let to = (tenths(x), tenths(y));
        let command = ["M", "l", " "][index.min(2)];
        path += &format!("{command}{} {}", tenths(to.0 - from.0), tenths(to.1 - from.1));
        from = to;
    }
    path
}

/// Pixels, rounded to tenths.
pub(super) fn tenths(pixels: f64) -> f64 {
    // Adding 0 turns -0 into 0.
    (10.0 * pixels).round() / 10.0 + 0.0
}

/// Pixels that a text takes.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let font = FontRef::new(FONT).expect("the embedded font is a font");
    let (glyphs, widths) = (font.charmap(), font.glyph_metrics(Size::unscaled(), LocationRef::default()));
    let units = text.chars().filter_map(|c| widths.advance_width(glyphs.map(c).unwrap_or_default()));
    let units_per_em = font.metrics(Size::unscaled(), LocationRef::default()).units_per_em;
    units.map(f64::from).sum::<f64>() * size / f64::from(units_per_em)
}

/// The characters of an SVG's text that the embedded font lacks, each once, at most ten.
#[must_use]
pub fn without_glyph(svg: &str) -> Vec<char> {
    const MOST: usize = 10;
    let Ok(font) = FontRef::new(FONT) else { return Vec::new() };
    let glyphs = font.charmap();
    let missing: BTreeSet<char> = svg.chars().filter(|c| !c.is_control() && glyphs.map(*c).is_none()).collect();
    missing.into_iter().take(MOST).collect()
}

/// The text, shortened with an ellipsis until it fits.
pub(super) fn fitted(text: &str, size: f64, width: f64) -> String {
    let text = plain_text(text);
    if text_width(&text, size) <= width {
        return text;
    }
    let shortened = |end: usize| format!("{}…", text[..end].trim_end());
    let ends: Vec<usize> = text.char_indices().map(|(start, _)| start).collect();
    // The longest beginning that fits, found by bisection because a text may be very long.
    match ends.partition_point(|&end| text_width(&shortened(end), size) <= width) {
        0 => String::new(),
        fitting => shortened(ends[fitting - 1]),
    }
}

/// The text in lines that fit, broken between words.
pub(super) fn wrapped(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in plain_text(text).split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}")).filter(|line| text_width(line, size) <= width);
        match (longer, lines.last_mut()) {
            (Some(longer), Some(line)) => *line = longer,
            _ => lines.push(fitted(word, size, width)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_measured_in_pixels() {
        // Open Sans draws every digit 1,171 of 2,048 units wide.
        assert!((text_width("0000000000", 10.0) - 57.18).abs() < 0.01, "{}", text_width("0000000000", 10.0));
    }

    #[test]
    fn text_that_is_too_long_ends_in_an_ellipsis() {
        let shortened = fitted("a title that never ends", 12.0, 60.0);
        assert!(shortened.ends_with('…') && text_width(&shortened, 12.0) <= 60.0, "{shortened}");
        assert_eq!(fitted("short", 12.0, 60.0), "short");
    }

    #[test]
    fn long_text_is_broken_between_words() {
        assert_eq!(wrapped("one line of words and another", 12.0, 100.0), ["one line of words", "and another"]);
        assert_eq!(wrapped("", 12.0, 100.0), [""; 0]);
    }

    #[test]
    fn a_path_is_relative_and_its_rounding_does_not_add_up() {
        assert_eq!(path([(10.04, 0.0), (10.14, -0.01), (10.24, 7.5), (10.34, 7.46)]), "M10 0l0.1 0 0.1 7.5 0.1 0");
        assert_eq!(path([]), "");
    }

    #[test]
    fn text_is_escaped_and_loses_control_characters() {
        let drawn = text((0.0, 0.0), TextStyle { size: 1.0, colour: INK, anchor: "start" }, "<b>\u{1b}&").into_string();
        assert!(drawn.ends_with(">&lt;b&gt;&amp;</text>"), "{drawn}");
    }
}
