//! A validator of the JSON Schemas that this crate makes. A keyword that it does not know is a panic, so none is skipped.

use regex::Regex;
use serde_json::Value;

/// The first reason why a schema refuses a value; none if it takes it.
pub(crate) fn refusal(schema: &Value, value: &Value) -> Option<String> {
    refusal_in(schema, schema, value)
}

/// The same of a schema inside a root schema, which has the definitions.
fn refusal_in(root: &Value, schema: &Value, value: &Value) -> Option<String> {
    let refusal = |schema, value| refusal_in(root, schema, value);
    let Value::Object(keywords) = schema else { return (*schema == false).then(|| format!("{value} is not allowed")) };
    keywords.iter().find_map(|(keyword, rule)| {
        let is_kept = match keyword.as_str() {
            "$schema" | "title" | "description" | "default" | "definitions" | "then" | "else" => true,
            "$ref" => {
                let pointer = rule.as_str().and_then(|path| path.strip_prefix('#')).expect("a path");
                return refusal(root.pointer(pointer).expect("a definition"), value);
            }
            "if" => {
                let branch = if refusal(rule, value).is_none() { "then" } else { "else" };
                schema.get(branch).is_none_or(|branch| refusal(branch, value).is_none())
            }
            "allOf" => list(rule).iter().all(|one| refusal(one, value).is_none()),
            "anyOf" => list(rule).iter().any(|one| refusal(one, value).is_none()),
            "oneOf" => list(rule).iter().filter(|one| refusal(one, value).is_none()).count() == 1,
            "not" => refusal(rule, value).is_some(),
            "const" => value == rule,
            "enum" => list(rule).contains(value),
            "type" => is_of_type(rule, value),
            _ => return in_number(keyword, rule, value).or_else(|| in_container(root, schema, keyword, rule, value)),
        };
        (!is_kept).then(|| format!("{value} breaks {keyword}: {rule}"))
    })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn is_of_type(name: &Value, value: &Value) -> bool {
    match name.as_str().expect("one type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        // Draft 7 also takes 32.0, which the reader does not: no case has it.
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("unknown type {other}"),
    }
}

/// Keywords about numbers and text: each says nothing about other values.
fn in_number(keyword: &str, rule: &Value, value: &Value) -> Option<String> {
    let is_kept = match (keyword, value) {
        ("minimum", Value::Number(number)) => number.as_f64() >= rule.as_f64(),
        ("maximum", Value::Number(number)) => number.as_f64() <= rule.as_f64(),
        ("exclusiveMinimum", Value::Number(number)) => number.as_f64() > rule.as_f64(),
        ("exclusiveMaximum", Value::Number(number)) => number.as_f64() < rule.as_f64(),
        ("maxLength", Value::String(text)) => text.chars().count() as u64 <= rule.as_u64().expect("a length"),
        ("pattern", Value::String(text)) => Regex::new(rule.as_str().expect("text")).expect("a pattern").is_match(text),
        _ => true,
    };
    (!is_kept).then(|| format!("{value} breaks {keyword}: {rule}"))
}

/// Keywords about tables and lists.
fn in_container(root: &Value, schema: &Value, keyword: &str, rule: &Value, value: &Value) -> Option<String> {
    let refusal = |schema, value| refusal_in(root, schema, value);
    let has_at_least = |count: usize| count as u64 >= rule.as_u64().expect("a count");
    let has_at_most = |count: usize| count as u64 <= rule.as_u64().expect("a count");
    let is_kept = match (keyword, value) {
        ("properties", Value::Object(table)) => {
            return table
                .iter()
                .find_map(|(key, value)| refusal(rule.get(key)?, value).map(|why| format!("{key}: {why}")));
        }
        ("items", Value::Array(values)) => return values.iter().find_map(|value| refusal(rule, value)),
        ("required", Value::Object(table)) => {
            list(rule).iter().all(|key| table.contains_key(key.as_str().expect("a key")))
        }
        ("additionalProperties", Value::Object(table)) => {
            assert_eq!(*rule, false, "only false is in use");
            table.keys().all(|key| schema["properties"].get(key).is_some())
        }
        ("minProperties", Value::Object(table)) => has_at_least(table.len()),
        ("maxProperties", Value::Object(table)) => has_at_most(table.len()),
        ("minItems", Value::Array(values)) => has_at_least(values.len()),
        ("maxItems", Value::Array(values)) => has_at_most(values.len()),
        ("uniqueItems", Value::Array(values)) => {
            values.iter().enumerate().all(|(index, value)| !values[..index].contains(value))
        }
        (
            "properties"
            | "items"
            | "required"
            | "additionalProperties"
            | "minProperties"
            | "maxProperties"
            | "minItems"
            | "maxItems"
            | "uniqueItems"
            | "minimum"
            | "maximum"
            | "exclusiveMinimum"
            | "exclusiveMaximum"
            | "maxLength"
            | "pattern",
            _,
        ) => true,
        _ => panic!("unknown keyword {keyword}"),
    };
    (!is_kept).then(|| format!("{value} breaks {keyword}: {rule}"))
}
