//! Numbers in messages: digits in groups of three.

use std::fmt;

/// Digits in groups of three: `31,250`, `-1,000`.
#[must_use]
pub fn thousands(number: impl fmt::Display) -> String {
    let number = number.to_string();
    let (sign, digits) = number.strip_prefix('-').map_or(("", number.as_str()), |digits| ("-", digits));
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    format!("{sign}{}", groups.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (47_040_016, "47,040,016"), (-1_000, "-1,000")]
        {
            assert_eq!(thousands(number), text);
        }
    }
}
