//! The program through its binary: what it does, what it refuses, what it says.

mod commands;
mod common;
mod elsewhere;
mod hostile;
mod records;
mod report;
mod run;
