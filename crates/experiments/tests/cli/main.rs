//! Tests of the binary: results, refusals, messages.

mod commands;
mod common;
mod elsewhere;
mod hostile;
mod records;
mod report;
mod run;
mod sweep;
