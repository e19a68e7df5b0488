//! Running text.

use maud::{Markup, html};

use super::math::within_text;
use crate::document::{Inline, Tone};

/// The pieces of a text.
pub(super) fn inline(pieces: &[Inline]) -> Markup {
    html! {
        @for piece in pieces {
            @match piece {
                Inline::Text(text) => (text),
                Inline::Emphasis(text) => em { (text) },
                Inline::Code(text) => code { (text) },
                Inline::Math(formula) => (within_text(formula)),
                Inline::Reference { section, text } => a href={ "#" (section) } { (text) },
                Inline::Badge { tone, text } => span class={ "badge " (class(*tone)) } { (text) },
            }
        }
    }
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Open => "open",
    }
}
