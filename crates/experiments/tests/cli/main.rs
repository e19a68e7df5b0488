//! Tests of the binary: results, refusals, messages.

mod cluster;
mod commands;
mod common;
mod compare;
mod elsewhere;
mod hostile;
mod records;
mod report;
mod run;
mod sweep;
