//! The templates of `text/`: Markdown with values, conditions and loops. `report.md` includes the others.

use std::fmt::Write;
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use spec::{Metric, thousands};

use super::values::Report;
use crate::format::plain_text;

/// The templates by their names.
const TEMPLATES: [(&str, &str); 11] = [
    ("report.md", include_str!("../../text/report.md")),
    ("parts.md", include_str!("../../text/parts.md")),
    ("summary.md", include_str!("../../text/summary.md")),
    ("task1.md", include_str!("../../text/task1.md")),
    ("task2.md", include_str!("../../text/task2.md")),
    ("task3.md", include_str!("../../text/task3.md")),
    ("task4.md", include_str!("../../text/task4.md")),
    ("task4e.md", include_str!("../../text/task4e.md")),
    ("beyond.md", include_str!("../../text/beyond.md")),
    ("sweeps.md", include_str!("../../text/sweeps.md")),
    ("methods.md", include_str!("../../text/methods.md")),
];

/// Registers methods of the report as functions that templates can call.
macro_rules! functions {
    ($environment:ident, $report:ident; $($name:ident($($argument:ident: $kind:ty),*);)*) => {$(
        let report = Arc::clone($report);
        $environment.add_function(stringify!($name), move |$($argument: $kind),*| report.$name($($argument),*));
    )*};
}

/// The whole report in Markdown.
pub(super) fn markdown(report: &Arc<Report>) -> Result<String, Error> {
    let mut environment = environment()?;
    functions! { environment, report;
        experiments(names: Vec<String>);
        trained(names: Vec<String>);
        missing(names: Vec<String>);
        mean(name: &str, metric: Serde<Metric>);
        number(name: &str, metric: Serde<Metric>);
        difference(name: &str, against: &str, metric: Serde<Metric>);
        changes(names: Vec<String>, metric: Serde<Metric>);
        trend(names: Vec<String>, metric: Serde<Metric>);
        verdicts(names: Vec<String>);
        sources(name: &str, metric: Serde<Metric>);
        variance(id: &str, name: &str);
        curves(id: &str, title: &str, names: Vec<String>, with_training: bool);
        gradient_sizes(id: &str, names: Vec<String>);
        gradient_course(id: &str, name: &str);
        accuracy_over_parameters(id: &str, names: Vec<String>);
        first_layer(id: &str);
        confusion(id: &str);
        mistakes(id: &str);
        sweep_picture(id: &str, sweep: usize, picture: usize);
    }
    environment.get_template("report.md")?.render(report.values())
}

fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    // Jinja's own comments begin like the anchor of a heading, `{#`.
    let mut syntax = SyntaxConfig::builder();
    syntax.comment_delimiters("<!--", "-->").trim_blocks(true).lstrip_blocks(true);
    environment.set_syntax(syntax.build()?);
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    environment.set_formatter(write_value);
    environment.add_filter("thousands", |number: usize| thousands(number));
    environment.add_filter("exponent", |number: f64| format!("{number:.1e}"));
    for (name, text) in TEMPLATES {
        environment.add_template(name, text)?;
    }
    Ok(environment)
}

/// Writes a value as plain text. Values are untrusted: ASCII punctuation is written as a character reference, such as `&#42;`
/// for `*`, which Markdown never reads as markup.
fn write_value(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_undefined() || value.is_none() {
        return Err(Error::new(
            ErrorKind::UndefinedError,
            "this value does not exist here: print it within `{% if … %}`",
        ));
    }
    if value.is_safe() {
        return Ok(write!(out, "{value}")?);
    }
    for c in plain_text(&value.to_string()).trim().chars() {
        if c.is_ascii_punctuation() { write!(out, "&#{};", u32::from(c))? } else { out.write_char(c)? }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use minijinja::context;
    use test_support::hostile_texts;

    use super::*;
    use crate::chapters::markdown::document;
    use crate::document::{Align, Block, Column, Document, Figure, Inline, Picture, Section, Table, Tone};

    /// A value wherever a value can stand.
    const EVERYWHERE: &str = r#"
# {{ value }}

{{ value }}

{{ value }}
{{ value }} *{{ value }}*

## {{ value }} {#anchor}

- {{ value }}
- [{{ value }}](bad)

> {{ value }}

###### {{ value }}

| {{ value }} | b |
|---|--:|
| {{ value }} | {{ value }}{{ value }} |

![{{ value }}](drawn
"{{ value }}")
"#;

    fn rendered(text: &str, value: &str) -> Document {
        let environment = environment().expect("the templates are right");
        let text = environment.render_named_str("test.md", text, context! { value }).expect("a text");
        let picture = (Picture::Svg(String::new()), None);
        document(&text, &mut [("drawn".to_owned(), picture)].into())
    }

    #[test]
    fn a_hostile_value_is_text_wherever_it_stands() {
        for (value, _) in hostile_texts() {
            let value = plain_text(&value).trim().to_owned();
            if value.is_empty() {
                continue;
            }
            let line = || vec![Inline::Text(value.clone())];
            let item = vec![Inline::Badge { tone: Tone::Bad, text: value.clone() }];
            let column = |heading: &str, align| Column { heading: heading.to_owned(), align };
            let table = Table {
                caption: line(),
                header: vec![column(&value, Align::Left), column("b", Align::Right)],
                rows: vec![vec![line(), vec![Inline::Text(value.repeat(2))]]],
            };
            let figure = Figure {
                id: "drawn".to_owned(),
                caption: line(),
                alternative: value.clone(),
                picture: Picture::Svg(String::new()),
                chart: None,
            };
            let blocks =
                vec![Block::List(vec![line(), item]), Block::Note(line()), Block::Table(table), Block::Figure(figure)];
            let two_lines = vec![Inline::Text(format!("{value} {value} ")), Inline::Emphasis(value.clone())];
            let expected = Document {
                title: value.clone(),
                subtitle: value.clone(),
                warning: None,
                summary: vec![Block::Paragraph(two_lines)],
                sections: vec![Section {
                    id: "anchor".to_owned(),
                    heading: value.clone(),
                    blocks,
                    sections: Vec::new(),
                }],
            };
            assert_eq!(rendered(EVERYWHERE, &value), expected);
        }
    }

    #[test]
    fn line_breaks_of_a_value_become_spaces() {
        assert_eq!(rendered("# {{ value }}", " a\n\n# b\r\nc\u{2028}d\n").title, "a  # b  c d");
    }

    #[test]
    fn a_value_that_is_not_there_is_an_error() {
        let environment = environment().expect("the templates are right");
        for text in ["{{ unknown }}", "{{ none }}", "{{ value.unknown }}"] {
            let error = environment.render_named_str("test.md", text, context! { value => "a" }).expect_err(text);
            assert!(error.to_string().contains("test.md:1"), "{error}");
        }
    }
}
