//! Promises of the program, held under torture: killed, starved of disk, raced, interrupted (`make torture`).
//!
//! Each test is a row of docs/reliability.md: a quick form in `make test`, its counts under `TORTURE=full`. All drive the
//! program through its binary, on real MNIST where `MNIST_DIR` names it, else on made-up digits.

mod calls;
mod common;
mod crowd;
mod disk;
mod every_call;
mod files;
mod kills;
mod offline;
mod panics;
mod place;
mod process;
mod readers;
mod reference;
mod signals;
mod surroundings;
mod terminal;
