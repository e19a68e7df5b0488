//! Tests of the binary: results, refusals, messages.

mod cluster;
mod commands;
mod common;
mod compare;
mod elsewhere;
mod export;
mod hostile;
mod install;
mod mlflow;
#[cfg(target_os = "linux")]
mod pictures;
mod predict;
mod records;
mod report;
mod run;
mod shell;
mod sweep;
