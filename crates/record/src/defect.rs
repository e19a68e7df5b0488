//! `Defect`: why something is not what a run leaves.

use safetensors::SafeTensorError;
use spec::SpecError;
use thiserror::Error;

/// Why a file, or a record that is to be one, is not what a run leaves. Files come from elsewhere, too.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Defect {
    /// What it should be, and why it cannot be read as that.
    #[error("{0}: {words}", words = in_words(.1))]
    Json(&'static str, #[source] serde_json::Error),
    /// Anything else that no run leaves, as a sentence.
    #[error("{0}")]
    Rule(String),

    /// The format of a file, and the one that this version writes.
    #[error("was made by {age} version of this program, in format {0}; this version has format {1}",
        age = if .0 < .1 { "an earlier" } else { "a newer" })]
    Format(u32, u32),

    /// A specification that is not valid.
    #[error("`spec` breaks a rule: {0}")]
    Spec(#[from] SpecError),
    /// What a table should hold, and its first line that is not like that.
    #[error("is not a table of {0}: line {1} is wrong")]
    Line(&'static str, u64),
    /// Tensors in another format, or that do not fit each other.
    #[error("is not a safetensors file")]
    NotSafetensors(#[source] SafeTensorError),
    /// The name of a tensor that is missing.
    #[error("lacks `{0}`")]
    MissingTensor(String),
}

impl Defect {
    /// A broken rule.
    pub(crate) fn rule(sentence: impl Into<String>) -> Self {
        Self::Rule(sentence.into())
    }

    /// JSON that is not what it should be.
    pub(crate) fn json(what: &'static str) -> impl FnOnce(serde_json::Error) -> Self {
        move |error| Self::Json(what, error)
    }
}

/// What is wrong with some JSON, without the words of the library that reads it.
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

/// Leaves the function with [`Defect::Rule`], its sentence as for `format!`, unless a rule is kept.
macro_rules! ensure {
    ($is_kept:expr, $($sentence:tt)+) => {
        if !$is_kept {
            return Err($crate::Defect::Rule(format!($($sentence)+)));
        }
    };
}
pub(crate) use ensure;
