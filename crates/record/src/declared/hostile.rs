//! Declared files and overrides broken at random: each is refused with its place, or valid.

use torture::{Scale, Tamper};

use super::DeclaredFile;
use super::document::Document;
use super::error::DeclaredError;
use super::overrides::Override;
use crate::example::{DECLARED, refusal};
use crate::{ExperimentSpec, visible};

/// Files to begin from: an experiment, a comparison, and what parsers stumble over.
fn files() -> Vec<Vec<u8>> {
    let deep = |open: &str, close: &str| format!("title = {}1{}", open.repeat(90), close.repeat(90));
    [
        DECLARED.to_owned(),
        DECLARED.replace("\"Two layers\"", "\"\"\"größe \\u00e9\\U0001F52C\"\"\" # 日本語"),
        format!("seeds = 3\n{DECLARED}against = \"task4e\"\n[checkpoint]\nevery_validations = 5\n"),
        "title = 'a comparison'\nseeds = 10\nruns = [\"a\", 'b',\n\"c\"] # all\n".to_owned(),
        deep("[", "]"),
        deep("{a=", "}"),
        format!("[{}]\n[[x.y]]\n[x.y.z]\n", vec!["a"; 90].join(".")),
        "a = 1979-05-27T07:32:00.999999-07:00\nb = 0x7fff_ffff\nc = -inf\nd = 1e400\n\"\\u0000\" = ''\n".to_owned(),
    ]
    .map(String::into_bytes)
    .to_vec()
}

fn resolved(document: &Document) -> Result<Option<ExperimentSpec>, DeclaredError> {
    match DeclaredFile::parse(document)? {
        DeclaredFile::Experiment(declared) => {
            declared.seeds(document)?;
            declared.resolve("x", document).map(Some)
        }
        DeclaredFile::Comparison(declared) => declared.resolve("x", document).map(|_| None),
    }
}

/// A refusal has words, and its place lies in what it is about; a valid spec can be computed with.
fn check(outcome: Result<Option<ExperimentSpec>, DeclaredError>) -> bool {
    match outcome {
        Err(error) => {
            assert!(!visible(&error.to_string()).is_empty());
            if let (Some((_, text)), Some(span)) = (error.source_code(), error.span()) {
                assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
            }
            false
        }
        Ok(Some(spec)) => {
            assert!(spec.max_steps() >= 1 && spec.steps_per_validation() >= 1 && spec.model.parameters() >= 1);
            true
        }
        Ok(None) => true,
    }
}

#[test]
fn nesting_without_end_is_refused() {
    const MANY: usize = 200_000;
    for text in [
        format!("a = {}", "[".repeat(MANY)),
        format!("a = {}{}", "[".repeat(MANY), "]".repeat(MANY)),
        format!("a = {}", "{a=".repeat(MANY)),
        format!("{}a = 1", "a.".repeat(MANY)),
        format!("[{}a]", "a.".repeat(MANY)),
        format!("[[{}a]]", "a.".repeat(MANY)),
    ] {
        let message = refusal(&text, &[]);
        assert!(message.contains("recurs"), "{}", &message[..100]);
        let given = format!("model.hidden_units={}", text.trim_start_matches("a = "));
        // A word is text of any length, which no list of units is.
        assert!(given.parse::<Override>().is_err() || refusal(DECLARED, &[&given]) != "valid");
    }
}

#[test]
fn torture_files_are_refused_or_valid() {
    let inputs = Scale::chosen().of(2_000, 100_000, 1_000_000);
    let (samples, mut tamper, mut valid) = (files(), Tamper::new(7), 0);
    for _ in 0..inputs {
        let text = String::from_utf8_lossy(&tamper.changed(&samples)).into_owned();
        valid += usize::from(check(resolved(&Document::new("x.toml", text, &[]))));
    }
    let memory = torture::check_memory();
    torture::row("inputs to the TOML parser", format!("{inputs} inputs, {valid} valid, 0 panics, {memory} MiB"));
}

#[test]
fn torture_overrides_are_refused_or_valid() {
    let inputs = Scale::chosen().of(2_000, 100_000, 1_000_000);
    let keys = super::keys::KEYS.map(|(key, value)| format!("{key}={value}").into_bytes());
    let (samples, mut tamper, mut valid) = (keys.to_vec(), Tamper::new(8), 0);
    for _ in 0..inputs {
        let text = String::from_utf8_lossy(&tamper.changed(&samples)).into_owned();
        let outcome = text.parse::<Override>().and_then(|given| {
            assert_eq!(given.as_str(), text);
            resolved(&Document::new("x.toml", DECLARED.to_owned(), &[given]))
        });
        valid += usize::from(check(outcome));
    }
    let memory = torture::check_memory();
    torture::row(
        "inputs to the parser of overrides",
        format!("{inputs} inputs, {valid} valid, 0 panics, {memory} MiB"),
    );
}
