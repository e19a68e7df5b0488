//! The report as one page that opens from disk: reading it needs neither network nor scripts.
//!
//! The templates `assets/page.html` and `assets/formulas.html` write the document; `assets` has what is embedded, and the
//! policy that allows nothing else.

mod assets;

use base64::prelude::{BASE64_STANDARD, Engine};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use spec::is_plain;

use crate::document::{Document, Picture};
use crate::{Demo, Result};

/// The document as an HTML page with everything in it, with a canvas to draw on if there is a demo; the same document gives the
/// same bytes.
///
/// The template escapes every text; control characters, such as those that steer a terminal or change the writing
/// direction, are left out of the whole page.
///
/// # Errors
/// A formula or the contents are nested too deeply.
pub fn to_html(document: &Document, demo: Option<&Demo>) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_filter("source", |Serde(picture): Serde<Picture>| Value::from_safe_string(source(&picture)));
    environment.add_function("policy", |scripts: Vec<String>| assets::policy(&scripts));
    environment.add_template("formulas.html", include_str!("../assets/formulas.html"))?;
    let has_demo = demo.is_some();
    environment.add_function("scripts", move |charts: usize| assets::scripts(charts > 0, has_demo));
    let values = context! { document => Serde(document), demo => Serde(demo), style => assets::STYLE };
    let mut page = environment.render_named_str("page.html", include_str!("../assets/page.html"), values)?;
    page.retain(|c| is_plain(c) || matches!(c, '\n' | '\t'));
    // The macros before the frame leave empty lines.
    Ok(page.trim_start().to_owned())
}

/// The picture as a data URL. A drawing too is a picture and not part of the page, so nothing in it can act on the page.
fn source(picture: &Picture) -> String {
    match picture {
        Picture::Svg(drawing) => format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(drawing)),
        Picture::Png(pixels) => format!("data:image/png;base64,{}", BASE64_STANDARD.encode(pixels)),
    }
}

#[cfg(test)]
mod sample;
#[cfg(test)]
pub(crate) mod tests;
