//! Work for a cluster: the missing runs of a command in shares, each a task of a batch system or a process of this machine.
//!
//! A task is the command with `--shard`, so tasks need nothing from each other, and a share that is done twice does no harm.

mod batch;
mod queue;
mod script;

pub(crate) use batch::{BATCHES, Batch, log_of};
pub(crate) use queue::{Scheduler, TaskState, cancel, states, submit};
pub(crate) use script::Script;
