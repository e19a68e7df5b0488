//! Text on one line, without control characters or invisible ones that change what the reader sees.

use std::fmt;
use std::ops::RangeInclusive;

use mlp::values::Rule;
use schemars::{Schema, json_schema};
use serde::de::{Deserializer, Error, Visitor};

/// Whether a character is visible text: it cannot control a terminal, change the writing direction or break a line.
///
/// Spaces count as text, as do the two joiners that some scripts and emoji need (U+200C, U+200D).
#[must_use]
pub fn is_plain(c: char) -> bool {
    !c.is_control() && !is_invisible(c)
}

/// Unicode's format characters, line and paragraph separators, fillers and noncharacters.
fn is_invisible(c: char) -> bool {
    const SINGLE: &str = "\u{ad}\u{61c}\u{115f}\u{1160}\u{180e}\u{200b}\u{3164}\u{feff}\u{ffa0}";
    const RANGES: [RangeInclusive<char>; 6] = [
        '\u{200e}'..='\u{200f}',
        '\u{2028}'..='\u{202e}',
        '\u{2060}'..='\u{206f}',
        '\u{fff9}'..='\u{fffb}',
        '\u{fffe}'..='\u{ffff}',
        '\u{e0000}'..='\u{e007f}',
    ];
    SINGLE.contains(c) || RANGES.iter().any(|range| range.contains(&c))
}

/// The text with every character that is not [plain](is_plain) escaped: `\u{1b}`.
#[must_use]
pub fn visible(text: &str) -> String {
    let shown = |c: char| if is_plain(c) { c.to_string() } else { c.escape_unicode().to_string() };
    text.chars().map(shown).collect()
}

/// One line of 1 to `MOST` characters, all of them [plain](is_plain); spaces around it are dropped. Its schema does not know the
/// invisible characters beyond ASCII, and counts the spaces.
#[derive(Debug)]
pub(crate) struct Line<const MOST: usize>;

impl<const MOST: usize> Rule for Line<MOST> {
    type Value = String;

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
        checked(source, |text| {
            let line = text.trim();
            let is_valid = (1..=MOST).contains(&line.chars().count()) && line.chars().all(is_plain);
            let rule = || format!("one line of 1 to {MOST} characters, none of them control or invisible characters");
            is_valid.then(|| line.to_owned()).ok_or_else(rule)
        })
    }

    fn schema() -> Schema {
        let plain = r"[^\x00-\x1f\x7f]*";
        json_schema!({ "type": "string", "maxLength": MOST, "pattern": format!(r"^{plain}\S{plain}$") })
    }
}

/// Reads a text. `check` returns the value to keep or, to follow "must be", what would do.
pub(crate) fn checked<'de, D: Deserializer<'de>>(
    source: D,
    check: impl Fn(&str) -> Result<String, String>,
) -> Result<String, D::Error> {
    struct Checked<F>(F);
    impl<F: Fn(&str) -> Result<String, String>> Visitor<'_> for Checked<F> {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("text")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
            (self.0)(text).map_err(E::custom)
        }
    }
    source.deserialize_string(Checked(check))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_every_script_is_plain() {
        for text in ["größe", "e\u{301}", "0.02 → 1", "日本語", "العربية", "👩\u{200d}🔬", "a\u{a0}b", "<&>\"'|=@"]
        {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn what_steers_a_terminal_or_is_not_seen_is_shown_as_its_number() {
        for (text, shown) in [
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("a\r\n\tb\0\u{7f}\u{9b}", "a\\u{d}\\u{a}\\u{9}b\\u{0}\\u{7f}\\u{9b}"),
            ("\u{202e}\u{2066}\u{200b}", "\\u{202e}\\u{2066}\\u{200b}"),
            ("\u{2028}\u{feff}\u{e0041}", "\\u{2028}\\u{feff}\\u{e0041}"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
