//! `Document`: the text of a file with its overrides below it, so that one span finds its place in either.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{DeclaredError, Place, Problem};
use super::overrides::Override;
use crate::suggest;

/// The span of the table that is the file itself: what it lacks has no line.
const WHOLE_FILE: Range<usize> = 0..0;

/// A declared file and the overrides given to it.
///
/// Each override stands on a line of its own after the text of the file. Values keep their span through
/// deserialisation, so a bad value is traced to its line of the file or to its `--set`.
#[derive(Debug)]
pub(crate) struct Document {
    path: String,
    text: String,
    file_length: usize,
    overrides: Vec<Placed>,
}

/// An override, where it begins in the document, and its value as a line of TOML.
#[derive(Debug)]
struct Placed {
    start: usize,
    given: Override,
    line: String,
}

impl Document {
    /// A file's text, and overrides in the order in which they are applied.
    pub(crate) fn new(path: &str, file: String, overrides: &[Override]) -> Self {
        let mut document = Self { path: path.to_owned(), file_length: file.len(), text: file, overrides: Vec::new() };
        for given in overrides {
            document.text.push('\n');
            let start = document.text.len();
            document.overrides.push(Placed { start, given: given.clone(), line: given.line_at(start) });
            document.text.push_str(given.as_str());
        }
        document
    }

    /// The file's table, overrides not applied.
    pub(crate) fn table(&self) -> Result<Spanned<DeTable<'_>>, DeclaredError> {
        DeTable::parse(self.file()).map_err(|error| self.toml_error(&error))
    }

    /// Puts the values of the overrides into the table; the last one of a key wins.
    pub(crate) fn apply_overrides<'a>(&'a self, table: &mut Spanned<DeTable<'a>>) -> Result<(), DeclaredError> {
        for Placed { start, given, line } in &self.overrides {
            let span = *start..start + given.as_str().len();
            Self::put(table.get_mut(), given.key(), given.value_in(line)?, &span);
        }
        Ok(())
    }

    /// Puts a value under a dotted key. A table that the file lacks is made; what should be a table and is none stays,
    /// for the types refuse it.
    fn put<'a>(table: &mut DeTable<'a>, key: &str, value: Spanned<DeValue<'a>>, span: &Range<usize>) {
        let spanned = |key: &str| Spanned::new(span.clone(), key.to_owned().into());
        let Some((section, key)) = key.split_once('.') else {
            table.insert(spanned(key), value);
            return;
        };
        // What such a table lacks, the whole file lacks.
        let new_table = || Spanned::new(WHOLE_FILE, DeValue::Table(DeTable::new()));
        if let DeValue::Table(table) = table.entry(spanned(section)).or_insert_with(new_table).get_mut() {
            Self::put(table, key, value, span);
        }
    }

    /// An error of the TOML parser or of a type, at its place; a word that is nearly a known one gets a hint.
    pub(crate) fn toml_error(&self, error: &toml::de::Error) -> DeclaredError {
        let message = error.message().trim().replace('\n', ", ");
        let hint = hint_of(&message);
        let span = error.span().filter(|span| *span != WHOLE_FILE);
        let place = span.map_or_else(|| Place::File { path: self.path.clone() }, |span| self.place(&span));
        let hint = hint.or_else(|| self.override_of(error.span()?.start).map(|placed| placed.given.accepted_form()));
        DeclaredError::new(place, Problem::Toml(message), hint)
    }

    /// A problem of one or several values, at the first of them that comes from an override, else at the first.
    pub(crate) fn refuse(&self, problem: Problem, spans: &[&Range<usize>]) -> DeclaredError {
        let overridden = spans.iter().find(|span| self.override_of(span.start).is_some());
        let place = match overridden.or(spans.first()) {
            Some(span) => self.place(span),
            None => Place::File { path: self.path.clone() },
        };
        DeclaredError::new(place, problem, None)
    }

    fn file(&self) -> &str {
        &self.text[..self.file_length]
    }

    fn override_of(&self, position: usize) -> Option<&Placed> {
        self.overrides.iter().rev().find(|placed| placed.start <= position)
    }

    fn place(&self, span: &Range<usize>) -> Place {
        if let Some(Placed { start, given, .. }) = self.override_of(span.start) {
            let text = given.as_str().to_owned();
            let span = span.start - start..span.end.saturating_sub(*start).min(text.len());
            return Place::Override { text, span };
        }
        let span = span.start.min(self.file_length)..span.end.min(self.file_length);
        let line = 1 + self.text[..span.start].matches('\n').count();
        Place::Line { path: self.path.clone(), text: self.file().to_owned(), span, line }
    }
}

/// "Did you mean", read off serde's own message: the words in backticks are the unknown one and the known ones.
fn hint_of(message: &str) -> Option<String> {
    let is_unknown = message.starts_with("unknown field") || message.starts_with("unknown variant");
    let mut words = message.split('`').skip(1).step_by(2);
    is_unknown.then(|| suggest::did_you_mean(words.next()?, words)).flatten()
}
