//! Text that is safe to print: names, paths and values in it cannot control the terminal or fill the screen.

/// Length limit of a message; the middle of a longer one is left out.
const LONGEST: usize = 2_000;
/// Length limit of a line of an excerpt.
pub(crate) const LONGEST_LINE: usize = 300;

/// A message on one line, short enough to read, in which every character is visible.
pub(crate) fn message(text: &str) -> String {
    let shown: Vec<char> = spec::visible(text).chars().collect();
    if shown.len() <= LONGEST {
        return shown.into_iter().collect();
    }
    let half = LONGEST / 2;
    let [start, end] = [&shown[..half], &shown[shown.len() - half..]].map(String::from_iter);
    format!("{start} … {end}")
}

/// The lines of a result, in which every character is visible.
pub(crate) fn lines(text: &str) -> String {
    text.split('\n').map(spec::visible).collect::<Vec<_>>().join("\n")
}

/// JSON in which every character is visible: one that is not plain, which can only be in a string, becomes `\u001b`.
pub(crate) fn json(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if spec::is_plain(c) || c == '\n' {
            shown.push(c);
        } else {
            shown.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_cannot_control_the_terminal() {
        assert_eq!(message("`\u{1b}[2J\r\nerror: none\u{202e}`"), "`\\u{1b}[2J\\u{d}\\u{a}error: none\\u{202e}`");
        assert_eq!(lines("a\u{9b}\nb"), "a\\u{9b}\nb");
    }

    #[test]
    fn a_long_message_keeps_its_ends() {
        let text = format!("start{}end", "x".repeat(1_000_000));
        let shown = message(&text);
        assert!(shown.starts_with("startx") && shown.ends_with("xend") && shown.chars().count() == LONGEST + 3);
    }

    #[test]
    fn json_reads_back_equal() {
        let text = "\u{1b}\u{9b}\u{7f}\u{202e}\u{e0041}\u{feff}größe\n";
        let shown = json(&serde_json::to_string_pretty(&[text]).unwrap());
        assert!(shown.chars().all(|c| spec::is_plain(c) || c == '\n'), "{shown}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&shown).unwrap(), [text]);
    }
}
