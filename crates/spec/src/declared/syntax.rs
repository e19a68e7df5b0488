//! Errors of the TOML parser in the words of a user.

use toml::de::Error;

use crate::visible;

/// What is wrong with a text that is not TOML, on one line.
pub(super) fn message(text: &str, error: &Error) -> String {
    let marked = visible(error.span().and_then(|span| text.get(span)).unwrap_or_default().trim());
    let message = error.message().trim();
    let reworded = match message.split([',', '\n']).next().unwrap_or_default() {
        "duplicate key" => return format!("`{marked}` is given twice"),
        "string values must be quoted" if marked.is_empty() => "the value is missing",
        "string values must be quoted" | "invalid boolean" => {
            return format!("`{marked}` is not a value: text needs quotes, values in a list need commas");
        }
        "carriage return must be followed by newline" => {
            "the line ends in only a carriage return: save the file with line ends of Unix or Windows"
        }
        "key with no value" => "`=` and a value are missing after the key",
        "unquoted keys cannot be empty" => "the key before `=` is missing",
        "invalid unquoted key" => "a key of other characters than letters, digits, `-` and `_` needs quotes",
        "unexpected key or value" => "the line does not end after its value or header",
        "invalid mantissa" | "invalid exponent" => "digits are missing in the number",
        "missing escaped value" => "`\\` begins an escape in a text; write `\\\\` for a backslash",
        "missing comma between array elements" | "unclosed array" => {
            "the list is not closed: `]` or a comma is missing"
        }
        "extra comma in array" => "a value is missing before the comma",
        "unclosed inline table" => "the table is not closed: `}` is missing",
        first if first.starts_with("unclosed") => "the header is not closed: `]` is missing",
        first if first.contains("recurs") => "lists and tables are nested too deeply",
        _ if message.ends_with("`\"`") || message.ends_with("`'`") => "the text is not closed: a quote is missing",
        _ => return message.replace(", expected nothing", "").replace('\n', ", "),
    };
    reworded.to_owned()
}
