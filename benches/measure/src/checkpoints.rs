//! What a checkpoint costs: made into bytes, written, on the disk.

use kernels::Path;
use record::{Checkpoint, RunStore};

use crate::ours;
use crate::setting::{Digits, Setting};
use crate::timing::Timing;

/// Seconds to save the checkpoint of a run of ten epochs, which is longer than most are when they are saved.
///
/// The training does not wait for it: a thread beside it saves, and most of the time waits for the disk.
pub(crate) fn saves(digits: &Digits, setting: &Setting) -> Timing {
    let spec = Setting { max_epochs: 10, validations_per_epoch: 5, ..setting.clone() }.spec();
    let state = ours::train(&spec, digits, Path::Fused).state;
    let id = record::run_id(&spec, 1, "", "flex", 0);
    let started_at = "2026-01-01T00:00:00Z".to_owned();
    let checkpoint = Checkpoint { id: id.clone(), experiment: spec.name.clone(), seed: 1, started_at, state };
    // Beside the program, on the disk that a project lies on; `/tmp` may be memory.
    let program = std::env::current_exe().expect("it runs");
    let folder = tempfile::tempdir_in(program.parent().expect("in a folder")).expect("a folder that can be written");
    let mut owned = RunStore::new(folder.path()).own(&id).expect("writable").expect("nobody else has it");
    Timing::of(15, 1, || owned.save(&checkpoint).expect("there is room on the disk"))
}
