//! Declared files and overrides with random changes: each is valid or refused with its place.

use std::path::Path;

use spec::{DeclaredError, Override, Spec, visible};
use test_support::{DECLARED, SHAPE, Scale, Tamper};

/// Overrides to start from: one for every kind of value.
const OVERRIDES: [&str; 10] = [
    "title=\"Two layers\"",
    "baseline=task3c",
    "data.train_images=20_000",
    "data.pixel_scaling=train_mean_std",
    "model.hidden_units=[60, 60]",
    "model.kind=mlp",
    "optimizer.kind=sgd",
    "optimizer.learning_rate=0.02",
    "training.validations_per_epoch=5",
    "checkpoint.every_validations=10",
];

/// Files to start from: an experiment, a comparison, and what often breaks parsers.
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

fn read(text: String, overrides: &[Override]) -> Result<Spec, DeclaredError> {
    Spec::from_toml(Path::new("x.toml"), text, overrides, SHAPE)
}

/// A refusal has a message and a place within its text; a valid spec can be used in computations.
fn check(outcome: Result<Spec, DeclaredError>) -> bool {
    match outcome {
        Err(error) => {
            assert!(!visible(&error.to_string()).is_empty());
            if let Some(excerpt) = error.excerpt {
                assert!(excerpt.text.get(excerpt.span.clone()).is_some(), "{excerpt:?}");
            }
            false
        }
        Ok(Spec::Experiment(spec)) => {
            assert!(spec.max_steps() >= 1 && spec.steps_per_validation() >= 1 && spec.model.parameters(SHAPE) >= 1);
            true
        }
        Ok(Spec::Comparison(_)) => true,
    }
}

#[test]
fn deep_nesting_is_refused() {
    const MANY: usize = 200_000;
    for text in [
        format!("a = {}", "[".repeat(MANY)),
        format!("a = {}{}", "[".repeat(MANY), "]".repeat(MANY)),
        format!("a = {}", "{a=".repeat(MANY)),
        format!("{}a = 1", "a.".repeat(MANY)),
        format!("[{}a]", "a.".repeat(MANY)),
        format!("[[{}a]]", "a.".repeat(MANY)),
    ] {
        let message = read(text.clone(), &[]).expect_err("nested too deeply").to_string();
        assert!(message.contains("nested too deeply"), "{}", &message[..100.min(message.len())]);
        let given = format!("model.hidden_units={}", text.trim_start_matches("a = "));
        // A word is text of any length, but a list of units is not text.
        assert!(given.parse().and_then(|given| read(DECLARED.to_owned(), &[given])).is_err());
    }
}

#[test]
fn torture_files_are_refused_or_valid() {
    let inputs = Scale::chosen().of(2_000, 100_000, 1_000_000);
    let (samples, mut tamper, mut valid) = (files(), Tamper::new(7), 0);
    for _ in 0..inputs {
        let text = String::from_utf8_lossy(&tamper.changed(&samples)).into_owned();
        valid += usize::from(check(read(text, &[])));
    }
    let memory = test_support::check_memory();
    test_support::row("inputs to the TOML parser", format!("{inputs} inputs, {valid} valid, 0 panics, {memory} MiB"));
}

#[test]
fn torture_overrides_are_refused_or_valid() {
    let inputs = Scale::chosen().of(2_000, 100_000, 1_000_000);
    let samples = OVERRIDES.map(|given| given.as_bytes().to_vec());
    let (mut tamper, mut valid) = (Tamper::new(8), 0);
    for _ in 0..inputs {
        let text = String::from_utf8_lossy(&tamper.changed(&samples)).into_owned();
        let outcome = text.parse::<Override>().and_then(|given| {
            assert_eq!(given.to_string(), text);
            read(DECLARED.to_owned(), &[given])
        });
        valid += usize::from(check(outcome));
    }
    let memory = test_support::check_memory();
    test_support::row(
        "inputs to the parser of overrides",
        format!("{inputs} inputs, {valid} valid, 0 panics, {memory} MiB"),
    );
}
