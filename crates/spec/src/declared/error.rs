//! `DeclaredError`: what is wrong with a declared file or an override, and where.

use std::fmt::Display;
use std::ops::Range;

use thiserror::Error;

/// A declared experiment that cannot be used: the place, the bad value and what would do.
#[derive(Debug, Error)]
#[error("{place}: {problem}")]
pub struct DeclaredError {
    /// `task4e.toml:8`, `--set model.bias=none`.
    place: String,
    pub(crate) problem: String,
    /// How to correct it, for a separate line.
    pub hint: Option<String>,
    /// The text with the mistake; none if the mistake is the file or folder itself.
    pub excerpt: Option<Box<Excerpt>>,
}

/// A mistake in a text.
#[derive(Debug)]
pub struct Excerpt {
    /// The path of a file, or `--set`.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// The bytes that are wrong.
    pub span: Range<usize>,
}

impl DeclaredError {
    /// An error about a file or a folder as a whole.
    pub(crate) fn in_file(path: impl Display, problem: impl Display, hint: Option<String>) -> Self {
        Self { place: path.to_string(), problem: problem.to_string(), hint, excerpt: None }
    }

    /// The same error at a place in a text.
    pub(super) fn at(self, place: String, name: impl Display, text: &str, span: Range<usize>) -> Self {
        let span = span.start.min(text.len())..span.end.min(text.len());
        let excerpt = Excerpt { name: name.to_string(), text: text.to_owned(), span };
        Self { place, excerpt: Some(excerpt.into()), ..self }
    }
}
