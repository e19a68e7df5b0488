//! The frame of the page: head, heading, table of contents, sections.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::assets;
use super::content::Content;
use crate::document::{Document, Section};

/// Anchor of the report itself. Anchors of the page have an underscore, which those of a document never have.
const REPORT: &str = "the_report";

/// The whole page.
pub(super) fn page(document: &Document) -> Markup {
    let scripts = assets::scripts(document);
    let mut content = Content::default();
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&document.title, scripts))
            body {
                a.skip href={ "#" (REPORT) } { "Skip to the report" }
                header {
                    @if let Some(warning) = &document.warning {
                        p.warning role="alert" { (warning) }
                    }
                    h1 { (document.title) }
                    p.subtitle { (document.subtitle) }
                }
                nav.contents aria-labelledby="the_contents" {
                    h2 #the_contents { "Contents" }
                    (links(&document.sections))
                }
                main id=(REPORT) {
                    (content.blocks(&document.summary))
                    @for section in &document.sections {
                        (self::section(&mut content, section, 2))
                    }
                }
                @for script in scripts {
                    script { (PreEscaped(script)) }
                }
            }
        }
    }
}

fn head(title: &str, scripts: &[&str]) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            // Before everything that it applies to.
            meta http-equiv="Content-Security-Policy" content=(assets::policy(scripts));
            meta name="viewport" content="width=device-width, initial-scale=1";
            title { (title) }
            style { (PreEscaped(assets::STYLE)) }
        }
    }
}

fn links(sections: &[Section]) -> Markup {
    html! {
        @if !sections.is_empty() {
            ul {
                @for section in sections {
                    li {
                        a href={ "#" (section.id) } { (section.heading) }
                        (links(&section.sections))
                    }
                }
            }
        }
    }
}

/// A section whose heading has this level, with the sections within it.
fn section(content: &mut Content, section: &Section, level: u8) -> Markup {
    html! {
        section {
            (heading(&section.id, &section.heading, level))
            (content.blocks(&section.blocks))
            @for inner in &section.sections {
                (self::section(content, inner, level + 1))
            }
        }
    }
}

fn heading(id: &str, text: &str, level: u8) -> Markup {
    html! {
        @match level {
            2 => h2 id=(id) { (text) },
            3 => h3 id=(id) { (text) },
            4 => h4 id=(id) { (text) },
            5 => h5 id=(id) { (text) },
            _ => h6 id=(id) { (text) },
        }
    }
}
