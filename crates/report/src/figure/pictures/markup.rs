//! SVG written by hand, for pictures that the drawing library has no elements for.

use crate::figure::style::FONT_STACK;

/// The text colour and a fainter one.
pub(super) const INK: &str = "#222222";
pub(super) const FAINT_INK: &str = "#595959";

/// An SVG of this size in pixels, white, whose text is centred in the embedded font.
pub(super) fn svg((width, height): (f64, f64), title: &str, content: &str) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">
<title>{title}</title>
<rect width="{width}" height="{height}" fill="white"/>
<g font-family="{FONT_STACK}" text-anchor="middle">
{content}</g>
</svg>
"#
    )
}

/// A line of text about this middle on this baseline.
pub(super) fn text((x, baseline): (f64, f64), size: f64, colour: &str, words: &str) -> String {
    format!("<text x=\"{x}\" y=\"{baseline}\" font-size=\"{size}\" fill=\"{colour}\">{words}</text>\n")
}
