//! `DeclaredError`: what is wrong with a declared file or an override, and where.

use std::fmt;
use std::io;
use std::ops::Range;

use thiserror::Error;

/// A declared experiment that cannot be used: the place, the bad value and what would do.
#[derive(Debug, Error)]
#[error("{}: {}", .0.place, .0.problem)]
pub struct DeclaredError(Box<Refusal>);

#[derive(Debug)]
struct Refusal {
    place: Place,
    problem: Problem,
    hint: Option<String>,
}

/// What is wrong.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file or the folder cannot be read.
    #[error("cannot read: {0}")]
    Unreadable(#[source] io::Error),
    /// A pipe, a device or a folder.
    #[error("is not a regular file")]
    NotAFile,
    /// A path that is none of an experiment.
    #[error("is not a TOML file, which the path of an experiment names")]
    NotToml,
    /// The file is too large to be an experiment.
    #[error("is larger than 1 MiB, which no experiment is")]
    TooLarge,
    /// The file is not text.
    #[error("is not UTF-8 text (byte {position})")]
    NotText {
        /// The first byte that is not.
        position: usize,
    },
    /// Not TOML, or a key, a word or a type that is not known here, in the parser's own words.
    #[error("{0}")]
    Toml(String),
    /// A value that breaks a rule.
    #[error("`{key}` is {found}, but {rule}")]
    Value {
        /// Its dotted key.
        key: String,
        /// The value.
        found: String,
        /// What would do, in words that follow "but".
        rule: String,
    },
    /// An override that is not `key=value`.
    #[error("is not of the form `key=value`")]
    NotAnOverride,
    /// An override that is more than a line of text.
    #[error("holds control or invisible characters")]
    NotPlain,
    /// An override of a key that does not exist or must not be overridden.
    #[error("`{key}` {why}")]
    NotOverridable {
        /// The key.
        key: String,
        /// Why not.
        why: &'static str,
    },
    /// The name of the file cannot be the name of an experiment.
    #[error("an experiment cannot be called `{name}`: {why}")]
    BadName {
        /// The name.
        name: String,
        /// Why not.
        why: &'static str,
    },
    /// No file of this name is declared.
    #[error("no experiment or comparison is called `{name}`")]
    UnknownName {
        /// The name.
        name: String,
    },
}

/// Where it is wrong.
#[derive(Debug)]
pub(crate) enum Place {
    /// A file or a folder as a whole.
    File { path: String },
    /// A span of bytes of a file.
    Line { path: String, text: String, span: Range<usize>, line: usize },
    /// A span of bytes of an override.
    Override { text: String, span: Range<usize> },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path } => f.write_str(path),
            Self::Line { path, line, .. } => write!(f, "{path}:{line}"),
            Self::Override { text, .. } => write!(f, "--set {text}"),
        }
    }
}

impl DeclaredError {
    pub(crate) fn new(place: Place, problem: Problem, hint: Option<String>) -> Self {
        Self(Box::new(Refusal { place, problem, hint }))
    }

    pub(crate) fn in_file(path: impl fmt::Display, problem: Problem) -> Self {
        Self::new(Place::File { path: path.to_string() }, problem, None)
    }

    pub(crate) fn with_hint(mut self, hint: Option<String>) -> Self {
        self.0.hint = hint.or(self.0.hint);
        self
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.0.problem
    }

    /// What would help, for a line of its own.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Name and text of what [`DeclaredError::span`] lies in: a file, or an override (`--set`).
    #[must_use]
    pub fn source_code(&self) -> Option<(&str, &str)> {
        match &self.0.place {
            Place::File { .. } => None,
            Place::Line { path, text, .. } => Some((path, text)),
            Place::Override { text, .. } => Some(("--set", text)),
        }
    }

    /// The bytes of the source code that are wrong.
    #[must_use]
    pub fn span(&self) -> Option<Range<usize>> {
        match &self.0.place {
            Place::File { .. } => None,
            Place::Line { span, .. } | Place::Override { span, .. } => Some(span.clone()),
        }
    }
}
