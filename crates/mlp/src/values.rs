//! Rules of values: each value is checked when it is read, from any format, and each rule has its JSON Schema.
//!
//! An error says what the value must be, in words that follow "must be".

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

pub use files::thousands;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

/// A rule of a value.
pub trait Rule {
    /// What a value is read as.
    type Value: Serialize;

    /// Reads a value.
    ///
    /// # Errors
    /// It breaks the rule.
    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Self::Value, D::Error>;

    /// The JSON Schema of the values, as exactly as it can say.
    fn schema() -> Schema;
}

/// A field with a rule: `#[serde(with = "Checked::<Count<1, 100>>")]`, for reading and for the schema of its table.
#[derive(Debug)]
pub struct Checked<R>(PhantomData<R>);

impl<R: Rule> Checked<R> {
    /// Reads a value.
    ///
    /// # Errors
    /// It breaks the rule.
    pub fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<R::Value, D::Error> {
        R::read(source)
    }

    /// Writes a value.
    ///
    /// # Errors
    /// The target fails.
    pub fn serialize<S: Serializer>(value: &R::Value, target: S) -> Result<S::Ok, S::Error> {
        value.serialize(target)
    }
}

impl<R: Rule> JsonSchema for Checked<R> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        std::any::type_name::<R>().into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        R::schema()
    }
}

/// The rule of a value that may be missing.
#[derive(Debug)]
pub struct Optional<R>(PhantomData<R>);

impl<R: Rule> Rule for Optional<R> {
    type Value = Option<R::Value>;

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Self::Value, D::Error> {
        Ok(Option::<Element<R>>::deserialize(source)?.map(|Element(value)| value))
    }

    fn schema() -> Schema {
        R::schema()
    }
}

/// A whole number from `LEAST` to `MOST`.
#[derive(Debug)]
pub struct Count<const LEAST: usize, const MOST: usize>;

impl<const LEAST: usize, const MOST: usize> Rule for Count<LEAST, MOST> {
    type Value = usize;

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<usize, D::Error> {
        source.deserialize_any(Number {
            read: |found| whole(found).filter(|value| (LEAST..=MOST).contains(value)),
            must_be: |f| write!(f, "a whole number from {} to {}", thousands(LEAST), thousands(MOST)),
        })
    }

    fn schema() -> Schema {
        json_schema!({ "type": "integer", "minimum": LEAST, "maximum": MOST })
    }
}

/// A list of values with a rule.
#[derive(Debug)]
pub struct List<R>(PhantomData<R>);

impl<R: Rule> Rule for List<R> {
    type Value = Vec<R::Value>;

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Self::Value, D::Error> {
        Ok(Vec::<Element<R>>::deserialize(source)?.into_iter().map(|Element(value)| value).collect())
    }

    fn schema() -> Schema {
        json_schema!({ "type": "array", "items": R::schema() })
    }
}

/// A list of whole numbers, each from `LEAST` to `MOST`.
#[derive(Debug)]
pub struct Counts<const LEAST: usize, const MOST: usize>;

impl<const LEAST: usize, const MOST: usize> Rule for Counts<LEAST, MOST> {
    type Value = Vec<usize>;

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<usize>, D::Error> {
        source.deserialize_any(ListOfCounts::<LEAST, MOST>)
    }

    fn schema() -> Schema {
        List::<Count<LEAST, MOST>>::schema()
    }
}

/// A number above 0 that single precision, in which networks compute, can tell from 0 and from infinity.
#[derive(Debug)]
pub struct Positive;

impl Rule for Positive {
    type Value = f64;

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<f64, D::Error> {
        source.deserialize_any(Number {
            read: |found| real(found).filter(|value| *value > 0.0 && single(*value).is_normal()),
            must_be: |f| f.write_str("a number above 0 (1.2e-38 to 3.4e38)"),
        })
    }

    fn schema() -> Schema {
        json_schema!({ "type": "number", "minimum": f64::from(f32::MIN_POSITIVE), "maximum": f64::from(f32::MAX) })
    }
}

/// A number from 0 to below 1, also when rounded to single precision.
#[derive(Debug)]
pub struct Share;

impl Rule for Share {
    type Value = f64;

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<f64, D::Error> {
        source.deserialize_any(Number {
            read: |found| real(found).filter(|value| *value == 0.0 || is_share(single(*value))),
            must_be: |f| f.write_str("a number from 0 to below 1"),
        })
    }

    fn schema() -> Schema {
        json_schema!({ "type": "number", "minimum": 0, "exclusiveMaximum": 1 })
    }
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

/// An element of a list.
struct Element<R: Rule>(R::Value);

impl<'de, R: Rule> Deserialize<'de> for Element<R> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        R::read(source).map(Self)
    }
}

struct ListOfCounts<const LEAST: usize, const MOST: usize>;

impl<'de, const LEAST: usize, const MOST: usize> Visitor<'de> for ListOfCounts<LEAST, MOST> {
    type Value = Vec<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of whole numbers such as [64, 64]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<usize>, A::Error> {
        let mut counts = Vec::new();
        while let Some(Element::<Count<LEAST, MOST>>(count)) = list.next_element()? {
            counts.push(count);
        }
        Ok(counts)
    }
}
