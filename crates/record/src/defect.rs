//! `Defect`: why a file cannot be the work of a run.

use thiserror::Error;

/// Why a file, or a record that is to be saved, cannot be the work of a run. Files may come from anywhere.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Defect {
    /// The format of a file, and the one that this version writes.
    #[error("was made by {age} version of this program, in format {0}; this version writes format {1}",
        age = if .0 < .1 { "an earlier" } else { "a newer" })]
    Format(u32, u32),
    /// The name of a tensor that is missing.
    #[error("lacks `{0}`")]
    MissingTensor(String),
    /// Anything else, as a sentence.
    #[error("{0}")]
    Rule(String),
}

impl Defect {
    /// A broken rule.
    pub(crate) fn rule(sentence: impl Into<String>) -> Self {
        Self::Rule(sentence.into())
    }

    /// Checks the format of a file against the one that this version writes.
    pub(crate) fn check_format(found: u32, ours: u32) -> Result<(), Self> {
        if found == ours { Ok(()) } else { Err(Self::Format(found, ours)) }
    }

    /// JSON that cannot be read; `sentence` says what it is not.
    pub(crate) fn json(sentence: &'static str) -> impl FnOnce(serde_json::Error) -> Self {
        move |error| Self::Rule(format!("{sentence}: {}", in_words(&error)))
    }
}

/// What is wrong with JSON, without the words of the library that reads it.
fn in_words(error: &serde_json::Error) -> String {
    if !error.is_data() {
        return format!("it is not JSON, see line {}, column {}", error.line(), error.column());
    }
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    match text.strip_prefix("missing field ") {
        Some(key) => format!("it lacks {key}"),
        None => "a value has the wrong type or is out of bounds".to_owned(),
    }
}

/// Returns [`Defect::Rule`] from the function, with a sentence as for `format!`, unless the rule is kept.
macro_rules! ensure {
    ($is_kept:expr, $($sentence:tt)+) => {
        if !$is_kept {
            return Err($crate::Defect::Rule(format!($($sentence)+)));
        }
    };
}
pub(crate) use ensure;
