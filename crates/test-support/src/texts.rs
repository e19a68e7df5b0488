//! `hostile_texts`: texts that could act as markup or a formula, control a terminal or change the writing direction.

/// Plain texts: every character is visible, so they may be titles.
const PLAIN: [&str; 60] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<!-- ",
    "-->",
    "]]>",
    "<![CDATA[",
    "<?php x ?>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
    "</title>",
    "</style>",
    "</script>",
    "</script><script>",
    "</main></body></html>",
    "</table><table>",
    "</td></tr>",
    "<h1>",
    "<a href=\"javascript:alert(1)\">",
    "\"",
    "'",
    "\" onload=\"alert(1)\" x='",
    "' onload='alert(1)",
    "\"><script>",
    "&",
    "&lt;b&gt;",
    "&amp;lt;",
    "&#60;b&#62;",
    "&#x202e;",
    "&quot;&apos;",
    "javascript:alert(1)",
    "data:text/html,<script>",
    "http://example.org/\"x",
    "expression(alert(1))",
    "url(javascript:alert(1))",
    "\\u003cscript\\u003e",
    "\\x1b[31m",
    "${alert(1)}",
    "{{constructor}}",
    "`alert(1)`",
    "=1+1",
    "=HYPERLINK(\"http://example.org\")",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "=cmd|' /C calc'!A0",
    "| a | b |",
    "|---|---|",
    "a|b\\|c",
    "\\",
    "**a** _b_ ~~c~~",
    "[a](javascript:alert(1))",
    "![a](http://example.org/x.png)",
    "# a",
    "- a",
    "```",
    "#let x = 1; #x",
    "$x^2$ #read(\"/etc/passwd\")",
    "\\input{/etc/passwd}",
    "%s %n {} {0} $1",
];
/// Texts with control or invisible characters, which must not reach a terminal.
const STEERING: [&str; 32] = [
    "\u{1b}[31mred",
    "\u{1b}[2J\u{1b}[H",
    "\u{1b}[1A\u{1b}[2K",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;http://example.org\u{1b}\\link\u{1b}]8;;\u{1b}\\",
    "\u{1b}]52;c;eA==\u{7}",
    "\u{1b}P+q544e\u{1b}\\",
    "\u{1b}c",
    "\u{1b}",
    "\u{9b}31m",
    "\u{9d}0;x\u{9c}",
    "\u{0}",
    "\u{7}",
    "\u{8}\u{8}",
    "\r",
    "a\r\nerror: b",
    "\n",
    "\n\n| a |",
    "\t",
    "\u{b}\u{c}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}\u{2029}",
    "\u{202e}gnp.x",
    "\u{202a}\u{202b}\u{202d}",
    "\u{2066}\u{2067}\u{2068}\u{2069}",
    "\u{200e}\u{200f}\u{61c}",
    "\u{200b}\u{2060}\u{feff}",
    "a\u{ad}b",
    "\u{fff9}a\u{fffa}b\u{fffb}",
    "\u{e0001}\u{e0041}",
    "\u{ffff}\u{fffe}",
];

/// More than a hundred texts, each with a flag: whether all its characters are visible, so that it may be a title.
#[must_use]
pub fn hostile_texts() -> Vec<(String, bool)> {
    let mixed = PLAIN.iter().zip(STEERING).step_by(4).map(|(plain, steering)| (format!("{plain}{steering}"), false));
    let long = [90, 20_000].map(|length| ("<b>|".repeat(length / 4), length < 100));
    let chinese = [("日本語 العربية größe 👩\u{200d}🔬".to_owned(), true), ("e\u{301}\u{327}".to_owned(), true)];
    let plain = PLAIN.map(|text| (text.to_owned(), true)).into_iter();
    let steering = STEERING.map(|text| (text.to_owned(), false)).into_iter();
    plain.chain(steering).chain(mixed).chain(long).chain(chinese).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_more_than_a_hundred() {
        let texts = hostile_texts();
        assert!(texts.len() >= 100, "{}", texts.len());
        assert!(texts.iter().all(|(text, is_plain)| !is_plain || !text.contains(char::is_control)));
    }
}
