//! Tests of the program's promises: kills, full disks, races, signals (`make torture`).
//!
//! Each test is a row of docs/reliability.md, with a quick form in `make test` and the counts of that page with
//! `TORTURE=full`. All run the binary, on MNIST in `MNIST_DIR` if set, else on made-up digits.

mod calls;
mod common;
mod crowd;
mod disk;
mod every_call;
mod files;
mod job_control;
mod kills;
mod offline;
mod outputs;
mod panics;
mod place;
mod process;
mod readers;
mod reference;
mod signals;
mod surroundings;
mod sweeps;
mod terminal;
