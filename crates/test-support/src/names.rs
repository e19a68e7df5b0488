//! `hostile_names`: names that try to leave a folder, or that some system does not allow.

/// Ways out of a folder.
const WAYS_OUT: [&str; 13] = [
    "../",
    "../../",
    "./../",
    "..\\",
    "....//",
    "%2e%2e/",
    "..%2f",
    "/",
    "//",
    "\\\\server\\share\\",
    "C:\\",
    "file:///",
    "sub/../../",
];
/// Targets outside the folder: `secret` exists in the folder above and in the one above that.
const GOALS: [&str; 9] = ["secret", "secret/", "secret\0", "etc/passwd", "nul", "", ".", "secret ", "secret\n"];
/// Texts that are not names, each for a different reason.
const OTHERS: [&str; 81] = [
    "",
    " ",
    ".",
    "..",
    "...",
    ".hidden",
    "-x",
    "--help",
    "-",
    "~",
    "~/secret",
    "a/b",
    "a\\b",
    "a:b",
    "a b",
    " a",
    "a ",
    "a.",
    "a..",
    "\0",
    "a\0b",
    "\n",
    "a\nb",
    "\r",
    "a\r\n",
    "\t",
    "\u{1b}[2J",
    "\u{1b}]0;x\u{7}",
    "\u{7}",
    "\u{8}a",
    "\u{7f}",
    "\u{9b}31m",
    "\u{202e}lmot.a",
    "\u{2066}a",
    "\u{200b}a",
    "\u{feff}a",
    "a\u{ad}b",
    "größe",
    "日本語",
    "é",
    "e\u{301}",
    "．．／secret",
    "‥",
    "∕secret",
    "con",
    "CON",
    "nul",
    "NUL.txt",
    "prn",
    "aux",
    "aux.x",
    "com1",
    "COM9.x",
    "lpt1",
    "LPT9",
    "$(touch x)",
    "`touch x`",
    ";touch x",
    "|touch x",
    "&& touch x",
    "$HOME",
    "${HOME}",
    "%PATH%",
    "*",
    "?",
    "[a]",
    "{a,b}",
    "<x>",
    "\"",
    "'",
    "\\",
    "\\\\",
    "%s%n",
    "{{7*7}}",
    "{0}",
    "=1+1",
    "+x",
    "@x",
    "#x",
    "!x",
    "\u{fffd}",
];

/// More than two hundred names that an experiment cannot have. Some contain NUL, which a process's arguments cannot.
#[must_use]
pub fn hostile_names() -> Vec<String> {
    let out = WAYS_OUT.iter().flat_map(|way| GOALS.map(|goal| format!("{way}{goal}")));
    let long = [65, 256, 5_000].map(|length| "a".repeat(length));
    out.chain(OTHERS.map(str::to_owned)).chain(long).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_two_hundred_different_names() {
        let mut names = hostile_names();
        let count = names.len();
        names.sort();
        names.dedup();
        assert!(count >= 200 && names.len() == count, "{count} names, {} different", names.len());
    }
}
