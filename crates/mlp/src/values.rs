//! Values that validate themselves when they are read, from whatever format: functions for `#[serde(deserialize_with)]`.
//!
//! An error says what would do, in words that follow "must be".

use std::fmt;

pub use files::thousands;
use serde::de::{Deserializer, Error, SeqAccess, Unexpected, Visitor};

/// How a text names the bounds that a number must keep.
type Rule = fn(&mut fmt::Formatter<'_>) -> fmt::Result;

/// A whole number from `LEAST` to `MOST`.
///
/// # Errors
/// Anything else.
pub fn count<'de, D: Deserializer<'de>, const LEAST: usize, const MOST: usize>(source: D) -> Result<usize, D::Error> {
    source.deserialize_any(Count::<LEAST, MOST>)
}

/// A list of whole numbers, each from `LEAST` to `MOST`.
///
/// # Errors
/// Anything else.
pub fn counts<'de, D, const LEAST: usize, const MOST: usize>(source: D) -> Result<Vec<usize>, D::Error>
where
    D: Deserializer<'de>,
{
    source.deserialize_any(Counts::<LEAST, MOST>)
}

/// A finite number above 0.
///
/// # Errors
/// Anything else.
pub fn positive<'de, D: Deserializer<'de>>(source: D) -> Result<f64, D::Error> {
    let is_valid = |value: f64| value.is_finite() && value > 0.0;
    source.deserialize_any(Number { is_valid, rule: |f| f.write_str("a finite number above 0") })
}

/// A number from 0 to below 1.
///
/// # Errors
/// Anything else.
pub fn share<'de, D: Deserializer<'de>>(source: D) -> Result<f64, D::Error> {
    let is_valid = |value: f64| (0.0..1.0).contains(&value);
    source.deserialize_any(Number { is_valid, rule: |f| f.write_str("a number from 0 to below 1") })
}

struct Number {
    is_valid: fn(f64) -> bool,
    rule: Rule,
}

impl Number {
    fn checked<E: Error>(&self, value: f64, found: Unexpected) -> Result<f64, E> {
        if (self.is_valid)(value) { Ok(value) } else { Err(E::invalid_value(found, self)) }
    }
}

impl Visitor<'_> for Number {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.rule)(f)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
        self.checked(value, Unexpected::Float(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
        self.checked(value as f64, Unexpected::Signed(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<f64, E> {
        self.checked(value as f64, Unexpected::Unsigned(value))
    }
}

struct Count<const LEAST: usize, const MOST: usize>;

impl<const LEAST: usize, const MOST: usize> Count<LEAST, MOST> {
    fn checked<E: Error>(&self, value: Option<usize>, found: Unexpected) -> Result<usize, E> {
        value.filter(|value| (LEAST..=MOST).contains(value)).ok_or_else(|| E::invalid_value(found, self))
    }
}

impl<const LEAST: usize, const MOST: usize> Visitor<'_> for Count<LEAST, MOST> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {} to {}", thousands(LEAST), thousands(MOST))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<usize, E> {
        self.checked(value.try_into().ok(), Unexpected::Signed(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<usize, E> {
        self.checked(value.try_into().ok(), Unexpected::Unsigned(value))
    }
}

struct Counts<const LEAST: usize, const MOST: usize>;

impl<'de, const LEAST: usize, const MOST: usize> Visitor<'de> for Counts<LEAST, MOST> {
    type Value = Vec<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of whole numbers such as [64, 64]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<usize>, A::Error> {
        struct One<const LEAST: usize, const MOST: usize>;
        impl<'de, const LEAST: usize, const MOST: usize> serde::de::DeserializeSeed<'de> for One<LEAST, MOST> {
            type Value = usize;
            fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<usize, D::Error> {
                count::<D, LEAST, MOST>(source)
            }
        }
        let mut counts = Vec::new();
        while let Some(count) = list.next_element_seed(One::<LEAST, MOST>)? {
            counts.push(count);
        }
        Ok(counts)
    }
}
