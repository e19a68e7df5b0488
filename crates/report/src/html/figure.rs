//! Figures: a numbered picture for everyone, and the numbers of its curves for whoever has JavaScript.

use base64::prelude::{BASE64_STANDARD, Engine};
use maud::{Markup, PreEscaped, html};

use super::chart;
use super::inline::inline;
use crate::document::{Figure, Picture};

/// A figure with its number.
pub(super) fn figure(figure: &Figure, number: usize) -> Markup {
    // The underscore keeps it apart from the document's own anchors.
    let caption = format!("figure_{number}");
    let is_drawing = matches!(figure.picture, Picture::Svg(_));
    html! {
        figure id=(figure.id) {
            div.picture tabindex="0" role="group" aria-labelledby=(caption) {
                img.drawing[is_drawing] src=(source(&figure.picture)) alt=(figure.alternative);
            }
            @if let Some(numbers) = figure.chart.as_ref().and_then(chart::json) {
                script type="application/json" { (PreEscaped(numbers)) }
            }
            figcaption id=(caption) { b { "Figure " (number) "." } " " (inline(&figure.caption)) }
        }
    }
}

/// The picture within its address. A drawing is a picture too, not part of the page, so nothing in it can act on the page.
fn source(picture: &Picture) -> String {
    match picture {
        Picture::Svg(drawing) => format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(drawing)),
        Picture::Png(pixels) => format!("data:image/png;base64,{}", BASE64_STANDARD.encode(pixels)),
    }
}
