//! Tests of the binary: results, refusals, messages.

mod cluster;
mod commands;
mod common;
mod elsewhere;
mod hostile;
mod predict;
mod records;
mod report;
mod run;
mod sweep;
