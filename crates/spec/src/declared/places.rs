//! TOML as a JSON value, and the place of each of its keys.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::keys;

/// The places of all keys, by dotted key.
pub(super) type Places = BTreeMap<String, Place>;

/// The bytes of a key and its value.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Position of the override that sets the key; none if the file does.
    pub(super) given: Option<usize>,
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
    /// The value as the user wrote it, if JSON writes it differently or not at all.
    pub(super) written: Option<String>,
}

/// A TOML table at its dotted key as JSON.
pub(super) fn read_table(places: &mut Places, table: &str, entries: &DeTable<'_>) -> Value {
    let mut read = |(name, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let key: &str = AsRef::<str>::as_ref(name.get_ref());
        (key.to_owned(), read_value(places, &keys::join(table, key), name.span(), value))
    };
    Value::Object(entries.iter().map(&mut read).collect())
}

/// A TOML value at its dotted key as JSON. What JSON cannot express becomes `true`, which no key takes.
pub(super) fn read_value(places: &mut Places, key: &str, key_span: Range<usize>, value: &Spanned<DeValue>) -> Value {
    let (read, written) = match value.get_ref() {
        DeValue::String(text) => (Value::from(&**text), None),
        DeValue::Boolean(value) => (Value::Bool(*value), None),
        DeValue::Integer(number) => number_of(number.as_str(), number.radix(), number.to_string()),
        DeValue::Float(number) => number_of(number.as_str(), 10, number.to_string()),
        DeValue::Datetime(date) => (Value::Bool(true), Some(format!("the date {date}"))),
        DeValue::Array(values) => {
            let values = values.iter().enumerate();
            let read = values.map(|(index, value)| read_value(places, &format!("{key}[{index}]"), value.span(), value));
            (read.collect(), None)
        }
        DeValue::Table(entries) => (read_table(places, key, entries), None),
    };
    places.insert(key.to_owned(), Place { given: None, key: key_span, value: value.span(), written });
    read
}

fn number_of(digits: &str, radix: u32, written: String) -> (Value, Option<String>) {
    if let Ok(whole) = i64::from_str_radix(digits, radix) {
        return (whole.into(), None);
    }
    let number = digits.parse().ok().filter(|_| radix == 10).and_then(Number::from_f64);
    (number.map_or(Value::Bool(true), Value::Number), Some(written))
}
