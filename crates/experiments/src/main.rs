//! Runs the declared experiments: `experiments run task4e`.
//!
//! ```text
//! command line -> groups of PlannedRun -> Records (finished runs) or Runner (training) -> RunRecord -> table, figure, report
//! ```
//!
//! Commands share a [`Workspace`]. Only those that train, check gradients or describe the data open the dataset.

mod backend;
mod built_in;
mod close_up;
mod cluster;
mod command_line;
mod commands;
mod completion;
mod data;
mod demo;
mod exit;
mod failure;
mod host;
mod image_cache;
mod jobs;
mod live;
mod output;
mod pictures;
mod plan;
mod predictions;
mod printable;
mod records;
mod runner;
mod saver;
mod sequential;
mod stop;
mod sweep;
mod terminal;
mod test_scores;
mod trained;
mod typesetter;
mod work;
mod workspace;

use std::process::ExitCode;

use clap::CommandFactory;
use command_line::CommandLine;
use workspace::Workspace;

/// With glibc's allocator, a run takes 5 to 10 % longer (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    completion::answer(CommandLine::command);
    terminal::restore_on_panic();
    stop::fail_at_limits();
    let run = |CommandLine { options, command }| commands::dispatch(&Workspace::new(options), &command);
    match command_line::parse().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.show(),
    }
}
