//! Every kind of value at every key, in a file and as an override: the messages are in the user's language.

use spec::Override;
use test_support::{DECLARED, declared_with};

use crate::read;

/// The kinds of values, each with the text that a message must quote.
const VALUES: [(&str, &str); 12] = [
    ("\"wrong\"", "\"wrong\""),
    ("\"\"", "\"\""),
    ("7", "7"),
    ("5.5", "5.5"),
    ("-1", "-1"),
    ("99999999999999999999", "99999999999999999999"),
    ("true", "true"),
    ("[true]", ""),
    ("[[]]", "a list"),
    ("{ a = 1 }", ""),
    ("2026-11-25", "2026-11-25"),
    ("nan", "nan"),
];

/// Words of programming that a message must not have.
const FOREIGN: [&str; 24] = [
    "field",
    "variant",
    "sequence",
    "struct",
    "map",
    "f32",
    "f64",
    "i64",
    "i128",
    "u64",
    "u128",
    "usize",
    "invalid",
    "type",
    "enum",
    "unit",
    "newtype",
    "deserial",
    "deserialize",
    "string",
    "integer",
    "boolean",
    "float",
    "expected",
];

fn assert_plain(message: &str) {
    let mut words = message.split(|c: char| !c.is_alphanumeric() && c != '_');
    assert!(words.all(|word| !FOREIGN.contains(&word)), "{message}");
}

/// Every key of the declared file: its name in the file and its dotted key.
fn keys() -> Vec<(&'static str, String)> {
    let mut table = String::new();
    let mut keys = Vec::new();
    for line in DECLARED.lines() {
        if let Some(header) = line.strip_prefix('[') {
            table = format!("{}.", header.trim_matches(['[', ']'])).replace("claim", "claim[0]");
        } else {
            let key = line.split(' ').next().expect("a key");
            keys.push((key, format!("{table}{key}")));
        }
    }
    keys
}

#[test]
fn wrong_values_in_a_file_are_refused_in_plain_words() {
    let mut refused = 0;
    for (key, dotted) in keys() {
        for (value, quoted) in VALUES {
            let Err(error) = read(&declared_with(key, &format!("{key} = {value}")), &[]) else { continue };
            let message = error.to_string();
            assert_plain(&format!("{message} {}", error.hint.unwrap_or_default()));
            assert!(message.starts_with("x.toml:") && message.contains(&format!("`{dotted}")), "{message}");
            assert!(message.contains(quoted), "{value} at {dotted}: {message}");
            refused += 1;
        }
    }
    assert!(refused > keys().len() * 9, "only {refused} values were refused");
}

#[test]
fn wrong_values_of_overrides_are_refused_in_plain_words() {
    let mut refused = 0;
    for (_, dotted) in keys().iter().filter(|(_, dotted)| !dotted.starts_with("claim")) {
        for (value, quoted) in VALUES {
            let given = format!("{dotted}={value}");
            assert!(given.parse::<Override>().is_ok(), "{given}");
            let Err(error) = read(DECLARED, &[&given]) else { continue };
            let message = error.to_string();
            assert_plain(&format!("{message} {}", error.hint.unwrap_or_default()));
            assert!(message.starts_with(&format!("--set {given}: ")), "{message}");
            assert!(message.contains(&format!("`{dotted}")) && message.contains(quoted), "{given}: {message}");
            refused += 1;
        }
    }
    assert!(refused > 150, "only {refused} values were refused");
}

#[test]
fn tables_that_are_something_else_are_refused_in_plain_words() {
    for table in ["data", "model", "optimizer", "training", "checkpoint", "claim"] {
        for (value, quoted) in VALUES {
            let error = read(&format!("title = \"x\"\n{table} = {value}"), &[]).expect_err("not a table");
            assert_plain(&error.to_string());
            assert!(error.to_string().contains(&format!("`{table}")), "{error}");
            assert!(value.contains('a') || error.to_string().contains(quoted), "{error}");
        }
    }
}

#[test]
fn files_that_lack_a_key_are_refused_in_plain_words() {
    for (key, _) in keys() {
        if let Err(error) = read(&declared_with(key, ""), &[]) {
            let message = format!("{error} {}", error.hint.as_deref().unwrap_or_default());
            assert_plain(&message);
            assert!(message.contains(key), "{message}");
        }
    }
}
