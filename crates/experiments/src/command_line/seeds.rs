//! `Seeds`: the seeds of the command line, `7`, `1,4` or `1..5`.

use std::collections::HashSet;
use std::str::FromStr;

/// Limit of the seeds of a command, so that a typing error does not fill the disk.
const MOST: u64 = 10_000;

/// One or more seeds, in the order given, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seeds(pub(crate) Vec<u64>);

/// The seeds from 1 to the number in a text.
pub(crate) fn first(text: &str) -> Result<Seeds, String> {
    last(text).map(|last| Seeds((1..=last).collect()))
}

/// The number of seeds in a text.
pub(crate) fn last(text: &str) -> Result<u64, String> {
    match text.trim().parse() {
        Ok(last @ 1..=MOST) => Ok(last),
        _ => Err(format!("`{text}` is not a valid number of seeds; use 1 to {MOST}, or `--seed` for a list or range")),
    }
}

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut seeds, mut known) = (Vec::new(), HashSet::new());
        for part in text.split(',') {
            let (first, last) = range(part.trim())?;
            if last - first >= MOST {
                return Err(format!("`{part}` is more than {MOST} seeds"));
            }
            seeds.extend((first..=last).filter(|seed| known.insert(*seed)));
            if seeds.len() as u64 > MOST {
                return Err(format!("the list has more than {MOST} seeds"));
            }
        }
        Ok(Self(seeds))
    }
}

/// The first and the last seed of `7` or `1..5`.
fn range(part: &str) -> Result<(u64, u64), String> {
    let number = |text: &str| {
        text.parse::<u64>().map_err(|_| format!("`{part}` is not a seed; use a number, a list `1,4` or a range `1..5`"))
    };
    let (first, last) = part.split_once("..").unwrap_or((part, part));
    let (first, last) = (number(first)?, number(last.strip_prefix('=').unwrap_or(last))?);
    if first > last {
        return Err(format!("`{part}` is an empty range; write the smaller seed first"));
    }
    Ok((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_numbers_lists_and_ranges() {
        let cases: [(&str, &[u64]); 5] = [
            ("7", &[7]),
            ("1,4", &[1, 4]),
            ("1..5", &[1, 2, 3, 4, 5]),
            ("1..=3, 9,2", &[1, 2, 3, 9]),
            ("18446744073709551615", &[u64::MAX]),
        ];
        for (text, seeds) in cases {
            assert_eq!(text.parse(), Ok(Seeds(seeds.to_vec())), "{text}");
        }
    }

    #[test]
    fn a_number_of_seeds_means_the_first_ones() {
        assert_eq!(first("3"), Ok(Seeds(vec![1, 2, 3])));
        for text in ["0", "-1", "x", "", "10001", "1..3"] {
            assert!(first(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_seed_is_refused() {
        for text in ["", "x", "-1", "5..1", "1..", "1,,2", "0..99999999", "1..10000,10001", "1.5"] {
            assert!(text.parse::<Seeds>().is_err(), "{text}");
        }
    }
}
