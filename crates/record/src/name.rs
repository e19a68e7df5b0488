//! Names of experiments: they become names of files, folders and figures on every system.

/// Longest name of an experiment.
const LONGEST: usize = 64;

/// Why a text is no name; none when it is one.
pub(crate) fn what_is_wrong(name: &str) -> Option<&'static str> {
    if name.len() > LONGEST {
        Some("a name has at most 64 characters")
    } else if !name.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        Some("a name begins with a letter or a digit (a-z, A-Z, 0-9)")
    } else if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')) {
        Some("a name has only letters, digits, `.`, `_` and `-`")
    } else if name.ends_with('.') || is_reserved(name) {
        Some("Windows cannot keep a file of that name")
    } else {
        None
    }
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered =
        |prefix: &str| stem.strip_prefix(prefix).is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9']));
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_on_every_system() {
        let longest = "a".repeat(LONGEST);
        for name in ["task4e", "4d-59_59.relu", "console", "com", "com10", &longest] {
            assert_eq!(what_is_wrong(name), None, "{name}");
        }
        let too_long = "a".repeat(LONGEST + 1);
        for name in
            ["", ".hidden", "-x", "a/b", "a\\b", "..", "a b", "größe", "nul", "CON", "aux.x", "com1", "a.", &too_long]
        {
            assert!(what_is_wrong(name).is_some(), "{name}");
        }
    }
}
