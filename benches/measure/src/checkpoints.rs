//! The cost of a checkpoint: serialised, written, on the disk.

use inputs::ComputePath;
use record::{Checkpoint, RunStore};
use spec::ExperimentSpec;

use crate::ours;
use crate::setting::{Digits, SHAPE, lasting};
use crate::timing::Timing;

/// Seconds to save the checkpoint of a run of ten epochs; most checkpoints are of shorter runs.
///
/// The training does not wait for it: another thread saves, and mostly waits for the disk.
pub(crate) fn saves(digits: &Digits, spec: &ExperimentSpec) -> Timing {
    let experiment = lasting(spec, 10, 5);
    let state = ours::train(&ours::training(&experiment, digits, ComputePath::Fused));
    let id = spec::run_id(&experiment, 1, "", SHAPE, "flex", 0);
    let started_at = "2026-01-01T00:00:00Z".to_owned();
    let checkpoint = Checkpoint {
        id: id.clone(),
        experiment: experiment.name.clone(),
        seed: 1,
        started_at,
        settings: String::new(),
        instructions: Vec::new(),
        state,
    };
    // Next to the program, on the disk of the project; `/tmp` may be memory.
    let program = std::env::current_exe().expect("it runs");
    let folder = tempfile::tempdir_in(program.parent().expect("in a folder")).expect("a folder that can be written");
    let mut owned = RunStore::new(folder.path()).own(&id).expect("writable").expect("no other process has it");
    Timing::of(15, 1, || owned.save(&checkpoint).expect("there is room on the disk"))
}
