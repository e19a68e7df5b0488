//! `Shard`: one of several equal shares of some runs, `3/16`.

use std::fmt;
use std::str::FromStr;

/// Limit of the shares, so that a typing error does not make thousands of scripts.
const MOST: usize = 100_000;

/// A share of some runs: the `number`th of `count`, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    pub(crate) number: usize,
    pub(crate) count: usize,
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('/').and_then(|(number, count)| {
            Some(Self { number: number.trim().parse().ok()?, count: count.trim().parse().ok()? })
        });
        let is_share = |shard: &Self| (1..=shard.count).contains(&shard.number) && shard.count <= MOST;
        let refusal = || format!("`{text}` is not a share; `3/16` is the third of sixteen");
        parsed.filter(is_share).ok_or_else(refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_share_is_refused() {
        assert_eq!("3/16".parse(), Ok(Shard { number: 3, count: 16 }));
        for text in ["", "3", "0/4", "5/4", "-1/4", "1/0", "a/b", "1/1000000", "1/2/3"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
