//! What may stand in a text on one line: no control character, and nothing that is not seen but changes what is.

/// Whether a character is text: it steers no terminal, turns no writing direction, breaks no line and can be seen.
///
/// The two joiners that some scripts and pictures need (U+200C, U+200D) are text, and so is every space.
#[must_use]
pub fn is_plain(c: char) -> bool {
    !c.is_control() && !is_unseen(c)
}

/// Unicode's format characters, separators of lines and paragraphs, fillers and code points that no text has.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{fffe}'
            | '\u{ffff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The text with everything in it seen: what is not [plain](is_plain) stands as `\u{1b}`.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_plain(c) {
            shown.push(c);
        } else {
            shown.extend(c.escape_unicode());
        }
    }
    shown
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
