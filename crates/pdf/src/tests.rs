//! What every PDF must be, whatever the document says.

mod forms;
mod sample;

use forms::{every_form, text};
use typst::foundations::{NativeElement, Selector};
use typst::introspection::Introspector;
use typst::model::{FigureElem, HeadingElem, ListElem};
use typst::text::RawElem;

use report::document::{Align, Block, Column, Document, Figure, Math, Picture, Section, Table};
use typst_layout::PagedDocument;

use crate::typeset;

/// Texts that would be markup or code, characters that no font has, and characters that hide or turn the text next to them.
const HOSTILE: [&str; 33] = [
    "",
    " ",
    "#",
    "#panic(\"run\")",
    "$",
    "$x$",
    "*",
    "*b*",
    "_e_",
    "\\",
    "\\u{0}",
    "\"",
    "\")#panic()(\"",
    "@label",
    "<tag>",
    "= heading",
    "- item",
    "+ item",
    "/ term: x",
    "```",
    "`",
    "//",
    "/* x",
    "[",
    "]",
    "{",
    "}",
    "~",
    "https://x.y/z",
    "\u{0}\u{7}\u{1b}[31m\r\n\ttab",
    "\u{202e}turned\u{200b}\u{feff}",
    "漢字 😀 \u{fffe} \u{10ffff} \u{e000}",
    "e\u{301}\u{301}",
];

fn empty() -> Document {
    Document { title: String::new(), subtitle: String::new(), warning: None, summary: Vec::new(), sections: Vec::new() }
}

fn column(heading: &str, align: Align) -> Column {
    Column { heading: heading.to_owned(), align }
}

fn json(document: &Document) -> Vec<u8> {
    serde_json::to_vec(document).unwrap()
}

fn to_pdf(document: &Document) -> Result<Vec<u8>, String> {
    typeset::to_pdf(json(document)).map_err(|error| error.to_string())
}

fn typeset_pages(document: &Document) -> PagedDocument {
    let typeset = typeset::typeset(json(document));
    let warnings: Vec<_> = typeset.warnings.iter().map(|warning| warning.message.to_string()).collect();
    assert_eq!(warnings, [""; 0]);
    typeset.output.unwrap()
}

/// How many headings, figures and tables, lists and codes there are.
fn structure(document: &Document) -> [usize; 4] {
    let pages = typeset_pages(document);
    [HeadingElem::ELEM, FigureElem::ELEM, ListElem::ELEM, RawElem::ELEM]
        .map(|element| pages.introspector().query(&Selector::Elem(element, None)).len())
}

#[test]
fn every_form_is_typeset_without_a_warning() {
    let [headings, figures, lists, _] = structure(&every_form("text"));
    // One heading is that of the contents; two figures and a table occur twice.
    assert_eq!([headings, figures, lists], [5 + 1, 2 * 3, 2]);
}

#[test]
fn no_text_is_code_or_markup() {
    let expected = structure(&every_form("text"));
    for words in HOSTILE {
        assert_eq!(structure(&every_form(words)), expected, "{words:?}");
    }
}

#[test]
fn parts_may_be_empty() {
    let table = Table { caption: Vec::new(), header: vec![column("", Align::Left)], rows: Vec::new() };
    let formulas = [Math::Row(Vec::new()), Math::Lines(Vec::new())].map(Block::Equation);
    let parts = [Block::Paragraph(Vec::new()), Block::List(Vec::new()), Block::Note(Vec::new()), Block::Table(table)];
    let summary = parts.into_iter().chain(formulas).collect();
    typeset_pages(&Document { summary, ..empty() });
    typeset_pages(&empty());
}

#[test]
fn a_text_may_have_any_length() {
    for words in ["w".repeat(10_000), "many words ".repeat(1_000)] {
        let line = || vec![text(&words)];
        let table = Table {
            caption: line(),
            header: vec![column(&words, Align::Left), column(&words, Align::Right)],
            rows: vec![vec![line(); 2]; 40],
        };
        let blocks =
            vec![Block::Paragraph(line()), Block::Table(table), Block::Code(words.clone()), Block::Note(line())];
        let section = Section { id: words.clone(), heading: words.clone(), blocks, sections: Vec::new() };
        let document = Document { title: words.clone(), sections: vec![section], ..empty() };
        assert_eq!(structure(&document)[..2], [1, 1]);
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let document = every_form("text");
    assert!(to_pdf(&document).unwrap() == to_pdf(&document.clone()).unwrap());
}

#[test]
fn the_pdf_names_its_title_and_holds_its_fonts() {
    let bytes = to_pdf(&every_form("A \"title\" <of> the report")).unwrap();
    let pdf = String::from_utf8_lossy(&bytes);
    assert!(pdf.contains("A &quot;title&quot; &lt;of&gt; the report"), "the metadata");
    for font in [
        "LibertinusSerif-Regular",
        "LibertinusSerif-Bold",
        "LibertinusSerif-Italic",
        "NewCMMath-Book",
        "DejaVuSansMono",
        "OpenSans",
    ] {
        assert!(pdf.contains(font), "{font}");
    }
    let (descriptors, files) = (pdf.matches("/FontDescriptor").count(), pdf.matches("/FontFile").count());
    assert!(files >= 6 && descriptors >= files, "{files} of {descriptors} fonts are embedded");
}

#[test]
fn what_cannot_be_typeset_is_an_error() {
    let deep = (0..1_000).fold(Math::Number("1".to_owned()), |inner, _| Math::Sum(Box::new(inner)));
    let picture = Picture::Svg("no svg".to_owned());
    let figure = Figure { id: String::new(), caption: Vec::new(), alternative: String::new(), picture, chart: None };
    for (block, reason) in [(Block::Equation(deep), "recursion"), (Block::Figure(figure), "SVG")] {
        let error = to_pdf(&Document { summary: vec![block], ..empty() }).unwrap_err();
        assert!(error.contains(reason), "{error}");
    }
}

/// A section and all sections in it.
fn within(section: &Section) -> Vec<&Section> {
    std::iter::once(section).chain(section.sections.iter().flat_map(within)).collect()
}

/// Written to the path in `REPORT_SAMPLE_PDF`, if it is set, for a look.
#[test]
fn a_whole_report_is_typeset() {
    let document = sample::document();
    let began = std::time::Instant::now();
    let bytes = to_pdf(&document).unwrap();
    println!("{} bytes in {:.2} s", bytes.len(), began.elapsed().as_secs_f64());
    let sections: Vec<&Section> = document.sections.iter().flat_map(within).collect();
    let blocks = sections.iter().flat_map(|section| &section.blocks).chain(&document.summary);
    let captioned = blocks.filter(|block| matches!(block, Block::Figure(_) | Block::Table(_))).count();
    let [headings, figures, ..] = structure(&document);
    // One heading is that of the contents.
    assert_eq!([headings, figures], [sections.len() + 1, captioned]);
    if let Some(path) = std::env::var_os("REPORT_SAMPLE_PDF") {
        std::fs::write(path, bytes).unwrap();
    }
}
