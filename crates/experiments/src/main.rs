//! Runs the declared experiments: `experiments run task4e`.
//!
//! ```text
//! command line -> Plan -> Runner -> RunRecord -> table, figure
//! ```
//!
//! Everything is decided in the modules; this page parses, dispatches and turns the outcome into an exit code.

mod args;
mod arguments;
mod backend;
mod close_up;
mod commands;
mod console;
mod data;
mod exit;
mod failure;
mod host;
mod jobs;
mod plan;
mod records;
mod runner;
mod saver;
mod seeds;
mod stop;
mod terminal;
mod view;
mod words;

use std::process::ExitCode;

/// glibc's allocator costs a run 5 to 10 % (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    terminal::restore_on_panic();
    let cli = match arguments::parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    match commands::dispatch(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.show();
            failure.code.into()
        }
    }
}
