//! Declared files on disk: their names, and their text with the overrides.

use std::path::{Path, PathBuf};

use toml::Spanned;

use crate::declared::document::Document;
use crate::declared::error::{DeclaredError, Problem};
use crate::declared::overrides::Override;
use files::{Unread, read_bounded};

use crate::name;

/// Largest file that is read.
const MOST_BYTES: u64 = 1 << 20;

/// A declared file with its overrides, read and not yet parsed.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) name: String,
    pub(super) document: Document,
}

impl Source {
    pub(super) fn read(path: &Path, overrides: &[Override]) -> Result<Self, DeclaredError> {
        if path.extension().is_none_or(|extension| extension != "toml") {
            let hint = Some(format!("for example {}", path.with_added_extension("toml").display()));
            return Err(DeclaredError::in_file(path.display(), Problem::NotToml).with_hint(hint));
        }
        let name = stem(path);
        if let Some(why) = name::what_is_wrong(&name) {
            return Err(DeclaredError::in_file(path.display(), Problem::BadName { name, why }));
        }
        let text = read_text(path).map_err(|problem| DeclaredError::in_file(path.display(), problem))?;
        let document = Document::new(&path.display().to_string(), text, overrides);
        Ok(Self { path: path.to_owned(), name, document })
    }

    pub(super) fn refuse(&self, key: &str, named: &Spanned<String>, rule: &str) -> DeclaredError {
        let found = format!("`{}`", named.get_ref());
        self.document.refuse(Problem::Value { key: key.into(), found, rule: rule.into() }, &[&named.span()])
    }
}

fn read_text(path: &Path) -> Result<String, Problem> {
    let bytes = read_bounded(path, MOST_BYTES).map_err(|unread| match unread {
        Unread::Io(error) => Problem::Unreadable(error),
        Unread::NotAFile => Problem::NotAFile,
        Unread::TooLarge => Problem::TooLarge,
    })?;
    String::from_utf8(bytes).map_err(|error| Problem::NotText { position: error.utf8_error().valid_up_to() })
}

/// Names of the TOML files of a folder, sorted; hidden ones are an editor's.
pub(super) fn names_in(folder: &Path) -> Result<Vec<String>, DeclaredError> {
    let readable = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let hint = || Some("run in the project's folder, or name the folder of the experiments".to_owned());
    let unreadable = |error| DeclaredError::in_file(readable.display(), Problem::Unreadable(error)).with_hint(hint());
    let mut names = Vec::new();
    for entry in readable.read_dir().map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = stem(&path);
        if path.extension().is_some_and(|extension| extension == "toml") && path.is_file() && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

pub(super) fn file_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.toml"))
}

pub(super) fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
