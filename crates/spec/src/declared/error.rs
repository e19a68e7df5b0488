//! `DeclaredError`: what is wrong with a declared file or an override, and where.

use std::fmt::Display;
use std::ops::Range;

use thiserror::Error;

/// A declared experiment that cannot be used: the place, the bad value and what would do.
#[derive(Debug, Error)]
#[error("{}: {}", .0.place.label, .0.problem)]
pub struct DeclaredError(Box<Refusal>);

#[derive(Debug)]
struct Refusal {
    place: Place,
    problem: String,
    hint: Option<String>,
}

/// Where it is wrong.
#[derive(Debug)]
pub(super) struct Place {
    /// `task4e.toml:8`, `--set model.bias=none`.
    label: String,
    /// Name and text of what a span of bytes lies in.
    source: Option<(String, String, Range<usize>)>,
}

impl Place {
    pub(super) fn new(label: String, name: &str, text: &str, span: Range<usize>) -> Self {
        let span = span.start.min(text.len())..span.end.min(text.len());
        Self { label, source: Some((name.to_owned(), text.to_owned(), span)) }
    }
}

impl DeclaredError {
    pub(super) fn new(place: Place, problem: impl Display, hint: Option<String>) -> Self {
        Self(Box::new(Refusal { place, problem: problem.to_string(), hint }))
    }

    /// An error about a file or a folder as a whole.
    pub(crate) fn in_file(path: impl Display, problem: impl Display, hint: Option<String>) -> Self {
        Self::new(Place { label: path.to_string(), source: None }, problem, hint)
    }

    /// What would help, for a line of its own.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Name and text of what [`DeclaredError::span`] lies in: a file, or an override (`--set`).
    #[must_use]
    pub fn source_code(&self) -> Option<(&str, &str)> {
        self.0.place.source.as_ref().map(|(name, text, _)| (name.as_str(), text.as_str()))
    }

    /// The bytes of the source code that are wrong.
    #[must_use]
    pub fn span(&self) -> Option<Range<usize>> {
        self.0.place.source.as_ref().map(|(.., span)| span.clone())
    }
}
