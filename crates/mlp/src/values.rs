//! Values that validate themselves when they are read, from any format: functions for `#[serde(deserialize_with)]`.
//!
//! An error says what the value must be, in words that follow "must be".

use std::fmt;

pub use files::thousands;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Unexpected, Visitor};

/// A whole number from `LEAST` to `MOST`.
///
/// # Errors
/// Anything else.
pub fn count<'de, D: Deserializer<'de>, const LEAST: usize, const MOST: usize>(source: D) -> Result<usize, D::Error> {
    source.deserialize_any(Number {
        read: |found| whole(found).filter(|value| (LEAST..=MOST).contains(value)),
        must_be: |f| write!(f, "a whole number from {} to {}", thousands(LEAST), thousands(MOST)),
    })
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

/// A number above 0 that single precision, in which networks compute, can tell from 0 and from infinity.
///
/// # Errors
/// Anything else.
pub fn positive<'de, D: Deserializer<'de>>(source: D) -> Result<f64, D::Error> {
    source.deserialize_any(Number {
        read: |found| real(found).filter(|value| *value > 0.0 && single(*value).is_normal()),
        must_be: |f| f.write_str("a number above 0 (1.2e-38 to 3.4e38)"),
    })
}

/// A number from 0 to below 1, also when rounded to single precision.
///
/// # Errors
/// Anything else.
pub fn share<'de, D: Deserializer<'de>>(source: D) -> Result<f64, D::Error> {
    source.deserialize_any(Number {
        read: |found| real(found).filter(|value| *value == 0.0 || is_share(single(*value))),
        must_be: |f| f.write_str("a number from 0 to below 1"),
    })
}

/// The number in single precision, in which networks compute.
#[expect(clippy::cast_possible_truncation, reason = "to see what is left of the number")]
fn single(value: f64) -> f32 {
    value as f32
}

fn is_share(value: f32) -> bool {
    value.is_normal() && (0.0..1.0).contains(&value)
}

/// A number with a rule: how it is read, and what it must be.
struct Number<T> {
    read: fn(Unexpected<'_>) -> Option<T>,
    must_be: fn(&mut fmt::Formatter<'_>) -> fmt::Result,
}

impl<T> Number<T> {
    fn checked<E: Error>(&self, found: Unexpected<'_>) -> Result<T, E> {
        (self.read)(found).ok_or_else(|| E::invalid_value(found, self))
    }
}

impl<T> Visitor<'_> for Number<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.must_be)(f)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        self.checked(Unexpected::Float(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        self.checked(Unexpected::Signed(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        self.checked(Unexpected::Unsigned(value))
    }
}

fn whole(found: Unexpected<'_>) -> Option<usize> {
    match found {
        Unexpected::Signed(value) => value.try_into().ok(),
        Unexpected::Unsigned(value) => value.try_into().ok(),
        _ => None,
    }
}

fn real(found: Unexpected<'_>) -> Option<f64> {
    match found {
        Unexpected::Float(value) => Some(value),
        Unexpected::Signed(value) => Some(value as f64),
        Unexpected::Unsigned(value) => Some(value as f64),
        _ => None,
    }
}

struct Count<const LEAST: usize, const MOST: usize>(usize);

impl<'de, const LEAST: usize, const MOST: usize> Deserialize<'de> for Count<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        count::<D, LEAST, MOST>(source).map(Self)
    }
}

struct Counts<const LEAST: usize, const MOST: usize>;

impl<'de, const LEAST: usize, const MOST: usize> Visitor<'de> for Counts<LEAST, MOST> {
    type Value = Vec<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of whole numbers such as [64, 64]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<usize>, A::Error> {
        let mut counts = Vec::new();
        while let Some(Count::<LEAST, MOST>(count)) = list.next_element()? {
            counts.push(count);
        }
        Ok(counts)
    }
}
