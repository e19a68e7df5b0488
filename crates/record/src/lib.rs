//! The record of a run, its history and checkpoints, and their files: plain data, without Burn.

mod check;
mod checkpoint;
mod defect;
mod history;
mod metric;
mod predictions;
mod run_record;
mod store;
pub mod tables;
mod test_scores;
pub mod weights_file;

pub use checkpoint::{Checkpoint, RunKey, TrainingState};
pub use defect::Defect;
pub use history::{History, Probe, Validation};
pub use metric::{Measured, Resolution};
pub use mlp::LayerProbe;
pub use predictions::{Mistake, Predictions};
pub use run_record::{BackendInfo, CodeInfo, DatasetInfo, HostInfo, RunRecord, StopReason};
pub use store::{Detail, Latest, OwnedRun, RunStore, StoreError, Unfinished};
pub use test_scores::TestScores;
