//! The whole page: its structure, that no text can change it, and what the browser test opens.

use super::assets::{STYLE, policy, scripts};
use super::sample;
use crate::document::{Block, Document, Math};

/// Texts that would be markup, leave an attribute or a script, steer a terminal or turn the writing direction.
const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\" onload=\"alert(1)\" x='",
    "</script></style></title><!-- ",
    "&lt;b&gt; &amp; ]]> javascript:alert(1)",
    "\u{1b}[31m\u{0}\u{7}\r\u{9b}",
    "\u{202e}\u{2066}\u{2028}",
];

fn page_with(text: &str) -> String {
    let say = |words: &str| format!("{words}{text}");
    super::to_html(&sample::every_element(&say), Some(&sample::demo(&say))).unwrap()
}

/// The whole page.
fn to_html(document: &Document) -> String {
    super::to_html(document, None).unwrap()
}

/// The page without what is embedded, a line for every tag.
pub(crate) fn outline(document: &Document) -> String {
    without_assets(to_html(document))
}

/// A page without what is embedded, a line for every tag.
fn without_assets(page: String) -> String {
    let sets = [(false, false), (true, false), (true, true)].map(|(charts, canvas)| scripts(charts, canvas));
    let policies = sets.clone().map(|scripts| policy(&scripts.into_iter().map(str::to_owned).collect::<Vec<_>>()));
    let [.., all] = sets;
    let embedded = policies.iter().map(String::as_str).chain(all).chain([STYLE]);
    let page = embedded.fold(page, |page, embedded| page.replace(embedded, "…"));
    let lines = page.replace('<', "\n<");
    lines.lines().filter(|line| !line.is_empty()).map(|line| line.to_owned() + "\n").collect()
}

/// Every tag with the names of its attributes, their values left out.
pub(crate) fn tags(outline: &str) -> Vec<String> {
    let tag = |line: &str| {
        let mut parts = line.split('"');
        let mut tag = parts.next().unwrap_or_default().to_owned();
        while let (false, Some(_value), Some(names)) = (tag.contains('>'), parts.next(), parts.next()) {
            tag += names;
        }
        tag.split('>').next().unwrap_or_default().to_owned()
    };
    outline.lines().filter(|line| line.starts_with('<')).map(tag).collect()
}

#[test]
fn the_structure_of_a_page_is_known() {
    insta::assert_snapshot!(without_assets(page_with("")));
}

#[test]
fn every_element_is_closed() {
    let outline = without_assets(page_with(""));
    let mut open = Vec::new();
    for line in outline.lines().filter(|line| line.starts_with('<')) {
        let name = line.trim_start_matches(['<', '/']).split([' ', '>']).next().unwrap();
        match name {
            "!DOCTYPE" | "meta" | "img" => {}
            _ if line.starts_with("</") => assert_eq!(open.pop(), Some(name)),
            _ => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn no_text_changes_the_structure() {
    let harmless = tags(&without_assets(page_with("")));
    assert!(harmless.contains(&"<a href=".to_owned()), "{harmless:?}");
    for text in HOSTILE {
        assert_eq!(tags(&without_assets(page_with(text))), harmless, "{text:?}");
    }
}

#[test]
fn what_is_no_text_is_left_out() {
    let page = page_with(&HOSTILE.concat());
    assert!(page.chars().all(|c| c == '\n' || !c.is_control()) && !page.contains(['\u{202e}', '\u{2066}']));
    assert!(!page.contains("\\u001b"), "an escape that JSON writes is one on the page again");
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let document = sample::every_element(&str::to_owned);
    assert_eq!(to_html(&document), to_html(&document.clone()));
}

#[test]
fn the_policy_names_every_style_and_script_that_the_page_holds() {
    use base64::prelude::{BASE64_STANDARD, Engine};
    use sha2::{Digest, Sha256};

    let page = page_with("");
    let (policy, _) = page.split_once("Content-Security-Policy").unwrap().1.split_once('>').unwrap();
    let contents = |start: &str, end: &str| -> Vec<String> {
        page.split(start).skip(1).map(|rest| rest.split_once(end).unwrap().0.to_owned()).collect()
    };
    let embedded = [contents("<style>", "</style>"), contents("<script>", "</script>")].concat();
    assert_eq!(embedded.len(), 6);
    for text in embedded {
        assert!(policy.contains(&BASE64_STANDARD.encode(Sha256::digest(text))), "{policy}");
    }
}

#[test]
fn a_page_without_charts_has_no_script() {
    let mut document = sample::every_element(&str::to_owned);
    document.sections.clear();
    let page = to_html(&document);
    assert!(!page.contains("<script") && page.contains("script-src 'none'"));
}

#[test]
fn a_picture_is_within_its_address() {
    let page = page_with("");
    assert!(page.contains("src=\"data:image/svg+xml;base64,PHN2Zy8+\""));
    assert!(page.contains("src=\"data:image/png;base64,iVBORw==\""));
}

/// A page with a formula of these parts.
fn page_with_row(parts: &[Math]) -> String {
    to_html(&Document { summary: vec![Block::Equation(Math::Row(parts.to_vec()))], ..Document::default() })
}

#[test]
fn a_word_stands_off_from_what_is_no_operator() {
    let [log, x, plus] = [Math::Word("log".to_owned()), Math::Variable("x".to_owned()), Math::Operator("+".to_owned())];
    let spaces = |parts: &[Math]| page_with_row(parts).matches("<mspace").count();
    assert_eq!(spaces(&[log.clone(), x.clone()]), 1);
    assert_eq!(spaces(&[x.clone(), log.clone(), x.clone()]), 2);
    assert_eq!(spaces(&[x.clone(), plus, log]), 0);
    assert_eq!(spaces(&[x.clone(), x]), 0);
}

#[test]
fn a_minus_after_an_operator_is_a_sign() {
    let operator = |sign: &str| Math::Operator(sign.to_owned());
    let x = Math::Variable("x".to_owned());
    for (before, is_prefix) in [(operator("="), true), (operator("("), true), (operator(")"), false), (x, false)] {
        assert_eq!(page_with_row(&[before, operator("−")]).contains("prefix"), is_prefix);
    }
    assert!(!page_with_row(&[operator("−")]).contains("prefix"));
}

#[test]
fn a_name_is_slanted_where_the_browser_does_not_slant_it() {
    for (name, is_slanted) in [("x", false), ("δ", false), ("∂", false), ("ŷ", true), ("ji", true)] {
        let page = page_with_row(&[Math::Variable(name.to_owned())]);
        assert_eq!(page.contains(&format!("<mi class=\"slanted\">{name}")), is_slanted, "{name}");
    }
}

/// What the browser test opens: `REPORT_SAMPLE_HTML=/tmp/sample.html cargo test -p report sample`.
#[test]
fn a_sample_is_written_where_it_is_asked_for() {
    let page = to_html(&sample::report());
    assert!(page.contains("Figure 2.") && page.contains("Table 1."));
    if let Some(path) = std::env::var_os("REPORT_SAMPLE_HTML") {
        std::fs::write(path, page).unwrap();
    }
}
