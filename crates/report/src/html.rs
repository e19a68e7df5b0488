//! The report as one page that opens from disk: reading it needs neither network nor scripts.
//!
//! `page` writes the frame, `content` and what it calls the blocks, `chart` the numbers of the interactive figures; `assets`
//! holds what is embedded and the policy that allows nothing else.

mod assets;
mod chart;
mod content;
mod math;
mod page;

use spec::is_plain;

use crate::document::Document;

/// The document as an HTML page with everything in it; the same document gives the same bytes.
///
/// The templates escape every text; control characters, such as those that steer a terminal or change the writing
/// direction, are left out of the whole page.
#[must_use]
pub fn to_html(document: &Document) -> String {
    let mut page = page::page(document).into_string();
    page.retain(|c| is_plain(c) || matches!(c, '\n' | '\t'));
    page
}

#[cfg(test)]
mod sample;
#[cfg(test)]
pub(crate) mod tests;
