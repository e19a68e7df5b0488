//! For tests only: fixtures, hostile names and texts, and what the tests of promises (`make torture`, docs/reliability.md)
//! share: how much of each is done, the line that says what came of it, and bytes changed at random.
//!
//! A test of a promise is named `torture_…`. In `make test` it runs its quick form; `TORTURE=full` and `TORTURE=long` run
//! more.

mod fixtures;
mod memory;
mod names;
pub mod synthetic;
mod tamper;
mod texts;

use std::fmt::Display;
use std::io::Write as _;

pub use fixtures::{
    DECLARED, SHAPE, SMALL_SHAPE, checkpoint, declared_with, record, resolved, small_spec, spec, with_hidden_units,
};
pub use memory::check_memory;
pub use names::hostile_names;
pub use tamper::Tamper;
pub use texts::hostile_texts;

/// How much is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Seconds, in `make test`.
    Quick,
    /// Minutes, `make torture`: the counts of docs/reliability.md.
    Full,
    /// As long as it takes, `make torture-long`.
    Long,
}

impl Scale {
    /// What the variable `TORTURE` says: `full`, `long`, or nothing.
    ///
    /// # Panics
    /// When it says something else: a test that did less than was asked would be no test.
    #[must_use]
    pub fn chosen() -> Self {
        match std::env::var("TORTURE").as_deref() {
            Err(_) | Ok("" | "quick") => Self::Quick,
            Ok("full") => Self::Full,
            Ok("long") => Self::Long,
            Ok(other) => panic!("TORTURE is `{other}`; it may be quick, full or long"),
        }
    }

    /// The count of this scale.
    #[must_use]
    pub fn of(self, quick: usize, full: usize, long: usize) -> usize {
        match self {
            Self::Quick => quick,
            Self::Full => full,
            Self::Long => long,
        }
    }
}

/// Says what came of a promise, one line: `what | figure`. It goes to stderr and, where `TORTURE_TABLE` names a file,
/// to its end.
///
/// # Panics
/// When that file cannot be written.
pub fn row(what: &str, figure: impl Display) {
    let line = format!("| {what} | {figure} |\n");
    eprint!("{line}");
    if let Some(table) = std::env::var_os("TORTURE_TABLE").filter(|table| !table.is_empty()) {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(table);
        file.and_then(|mut file| file.write_all(line.as_bytes())).expect("TORTURE_TABLE names a file to write");
    }
}
