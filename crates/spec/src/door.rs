//! The door: every specification is read from a JSON value, and every error names a dotted key.

use std::iter;

use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use crate::spec_error::Words;
use crate::{SpecError, keys, kind};

/// A value and its dotted key.
pub(crate) struct Keyed<'a> {
    value: &'a Value,
    key: String,
    /// Whether this is a table whose `kind` has already been read.
    has_known_kind: bool,
}

impl<'a> Keyed<'a> {
    /// A whole specification.
    pub(crate) fn root(value: &'a Value) -> Self {
        Self::new(value, String::new())
    }

    fn new(value: &'a Value, key: String) -> Self {
        Self { value, key, has_known_kind: false }
    }

    fn refuse<T>(&self, error: SpecError) -> Result<T, SpecError> {
        Err(error.at(&self.key, self.value))
    }

    fn only<V: Visitor<'a>>(self, is: fn(&Value) -> bool, must_be: &str, visitor: V) -> Result<V::Value, SpecError> {
        if is(self.value) { self.deserialize_any(visitor) } else { self.refuse(SpecError::wrong_type(must_be)) }
    }

    /// Reads a table as the type of its `kind`.
    fn choice<V: Visitor<'a>>(self, usual: &'static str, kinds: Words, visitor: V) -> Result<V::Value, SpecError> {
        let kind_key = keys::join(&self.key, "kind");
        let kind = self.value.get("kind");
        let Some(word) = kind.map_or(Some(usual), Value::as_str).filter(|word| kinds.contains(word)) else {
            let kind = kind.unwrap_or(&Value::Null);
            return Keyed::new(kind, kind_key).refuse(Error::unknown_variant(kind.as_str().unwrap_or_default(), kinds));
        };
        let chosen = iter::once((word, Self { has_known_kind: true, ..self }));
        visitor.visit_enum(MapAccessDeserializer::new(MapDeserializer::new(chosen)))
    }
}

impl<'de> IntoDeserializer<'de, SpecError> for Keyed<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Keyed<'de> {
    type Error = SpecError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, SpecError> {
        let Self { value, key, has_known_kind } = &self;
        let read = match value {
            Value::Object(table) => {
                let entries = table.iter().filter(|(key, _)| !has_known_kind || *key != "kind");
                let entries = entries.map(|(name, value)| (name.as_str(), Keyed::new(value, keys::join(key, name))));
                visitor.visit_map(MapDeserializer::new(entries))
            }
            Value::Array(list) => {
                let values = list.iter().enumerate();
                let values = values.map(|(index, value)| Keyed::new(value, format!("{key}[{index}]")));
                visitor.visit_seq(SeqDeserializer::new(values))
            }
            Value::String(text) => visitor.visit_str(text),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => visitor.visit_u64(number),
                (None, Some(number)) => visitor.visit_i64(number),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Null => visitor.visit_unit(),
        };
        read.or_else(|error| self.refuse(error))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, SpecError> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &str, _: &[&str], visitor: V) -> Result<V::Value, SpecError> {
        self.only(Value::is_object, "a table", visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, SpecError> {
        self.only(Value::is_array, "a list", visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, SpecError> {
        self.only(Value::is_string, "text", visitor)
    }

    /// A word, or a table with its `kind`.
    fn deserialize_enum<V: Visitor<'de>>(self, _: &str, words: Words, visitor: V) -> Result<V::Value, SpecError> {
        match (kind::usual(&self.key), self.value) {
            (Some(usual), Value::Object(_)) => self.choice(usual, words, visitor),
            (Some(_), _) => self.refuse(SpecError::wrong_type("a table")),
            (None, Value::String(word)) => {
                visitor.visit_enum(StrDeserializer::new(word)).or_else(|error| self.refuse(error))
            }
            (None, _) => self.refuse(Error::unknown_variant("", words)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes byte_buf unit unit_struct
        newtype_struct tuple tuple_struct map identifier ignored_any
    }
}
