//! For tests only: fixtures, hostile names and texts, and tools for the tests of promises (`make torture`,
//! docs/reliability.md): their scale, a line of the table of results, and random changes of bytes.
//!
//! The name of such a test begins with `torture_`. `make test` runs its quick form, `TORTURE=full` and `TORTURE=long` run more.

mod fixtures;
mod hears;
mod memory;
mod mnist_dir;
mod names;
pub mod pictures;
pub mod synthetic;
mod tamper;
mod texts;

use std::fmt::Display;
use std::io::Write as _;

pub use fixtures::{
    DECLARED, SHAPE, SMALL_SHAPE, checkpoint, declared_with, record, resolved, small_spec, spec, with_hidden_units,
};
pub use hears::hears;
pub use memory::check_memory;
pub use mnist_dir::mnist_dir;
pub use names::hostile_names;
pub use tamper::Tamper;
pub use texts::hostile_texts;

/// How much a test does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Seconds, in `make test`.
    Quick,
    /// Minutes, `make torture`: the counts of docs/reliability.md.
    Full,
    /// Hours, `make torture-long`.
    Long,
}

impl Scale {
    /// The scale in the variable `TORTURE`: `quick`, `full` or `long`; quick if it is not set.
    ///
    /// # Panics
    /// It has another value: a test must not do less than the user asked for.
    #[must_use]
    pub fn chosen() -> Self {
        match std::env::var("TORTURE").as_deref() {
            Err(_) | Ok("" | "quick") => Self::Quick,
            Ok("full") => Self::Full,
            Ok("long") => Self::Long,
            Ok(other) => panic!("TORTURE is `{other}`, but must be quick, full or long"),
        }
    }

    /// The count for this scale.
    #[must_use]
    pub fn of(self, quick: usize, full: usize, long: usize) -> usize {
        match self {
            Self::Quick => quick,
            Self::Full => full,
            Self::Long => long,
        }
    }
}

/// Reports the result of a test of a promise as a line of a table, `| what | figure |`, on stderr and at the end of the file
/// in `TORTURE_TABLE`, if set.
///
/// # Panics
/// The file cannot be written.
pub fn row(what: &str, figure: impl Display) {
    let line = format!("| {what} | {figure} |\n");
    eprint!("{line}");
    if let Some(table) = std::env::var_os("TORTURE_TABLE").filter(|table| !table.is_empty()) {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(table);
        file.and_then(|mut file| file.write_all(line.as_bytes())).expect("TORTURE_TABLE is a writable file");
    }
}
