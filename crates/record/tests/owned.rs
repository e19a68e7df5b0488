//! Checkpoints on the disk: saved, found, kept, refused; and the owners of runs.

use std::fs;
use std::path::{Path, PathBuf};

use record::{OwnedRun, RunKey, RunStore, StoreError, Unfinished};
use spec::ExperimentSpec;
use test_support::{SMALL_SHAPE, Scale, checkpoint, row, small_spec};

/// Characters of an identity in the names of folders.
const SHORT_ID: usize = 16;

/// A store in its own folder, the small example's specification and its identity.
struct Fixture {
    _root: tempfile::TempDir,
    store: RunStore,
    spec: ExperimentSpec,
    id: String,
}

impl Fixture {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let store = RunStore::new(root.path().join("runs"));
        Self { _root: root, store, spec: small_spec(), id: checkpoint(0).id }
    }

    fn own(&self) -> OwnedRun {
        self.store.own(&self.id).expect("writable").expect("not owned yet")
    }

    fn key(&self) -> RunKey<'_> {
        RunKey { id: &self.id, spec: &self.spec, seed: 7, shape: SMALL_SHAPE }
    }

    /// Steps of the newest good checkpoint, and how many newer ones are damaged.
    fn latest(&self, owned: &mut OwnedRun) -> (Option<usize>, usize) {
        let latest = owned.latest(self.key()).expect("readable");
        (latest.checkpoint.map(|checkpoint| checkpoint.state.history.step_losses.len()), latest.damaged.len())
    }

    /// A run with checkpoints at these steps and without an owner.
    fn saved(steps: &[usize]) -> (Self, PathBuf) {
        let fixture = Self::new();
        let mut owned = fixture.own();
        for &steps in steps {
            owned.save(&checkpoint(steps)).expect("saved");
        }
        let folder = fixture.store.folder().join(".checkpoints").join(&fixture.id[..SHORT_ID]);
        (fixture, folder)
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn the_two_newest_checkpoints_are_kept() {
    let (fixture, folder) = Fixture::saved(&[2, 4, 6]);
    assert_eq!(names(&folder), ["lock", "step-00000004.checkpoint", "step-00000006.checkpoint"]);
    assert_eq!(fixture.latest(&mut fixture.own()), (Some(6), 0));
    assert_eq!(fixture.store.list().len(), 0, "a checkpoint is not a record");
}

#[test]
fn a_damaged_checkpoint_is_reported_and_the_previous_one_used() {
    let (fixture, folder) = Fixture::saved(&[4, 6]);
    fs::write(folder.join("step-00000006.checkpoint"), "torn").expect("damaged");
    let mut owned = fixture.own();
    let latest = owned.latest(fixture.key()).expect("readable");
    assert_eq!(latest.checkpoint.expect("the one before it").state, checkpoint(4).state);
    let message = latest.damaged[0].to_string();
    assert!(message.ends_with("step-00000006.checkpoint: is too short to be a checkpoint"), "{message}");

    // The good one stays until there is a newer one; the damaged one goes, although its number is higher.
    owned.save(&checkpoint(5)).expect("saved");
    assert_eq!(names(&folder), ["lock", "step-00000004.checkpoint", "step-00000005.checkpoint"]);
}

/// The quick form swaps two checkpoints only.
#[test]
fn torture_checkpoints_swapped_between_generations_and_runs() {
    let mut detected = 0;
    let pairs = [(2, 4), (4, 6), (5, 6), (0, 30)];
    for (older, newer) in pairs {
        let (fixture, folder) = Fixture::saved(&[older, newer]);
        let path = |steps: usize| folder.join(format!("step-{steps:08}.checkpoint"));
        let (old, new) = (fs::read(path(older)).expect("read"), fs::read(path(newer)).expect("read"));
        fs::write(path(older), new).expect("swapped");
        fs::write(path(newer), old).expect("swapped");
        assert_eq!(fixture.latest(&mut fixture.own()), (None, 2));
        detected += 2;
    }
    row("checkpoints swapped between generations", format!("{detected} of {} detected", 2 * pairs.len()));
}

/// Changes of every byte and every truncation, through the store: it returns the previous generation.
#[test]
fn torture_the_checkpoint_before_a_damaged_one_is_used() {
    let (fixture, folder) = Fixture::saved(&[4, 6]);
    let path = folder.join("step-00000006.checkpoint");
    let bytes = fs::read(&path).expect("read");
    let stride = Scale::chosen().of(97, 1, 1);
    let mut used = 0;
    for at in (0..bytes.len()).step_by(stride) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x20;
        for damaged in [&changed[..], &bytes[..at]] {
            fs::write(&path, damaged).expect("damaged");
            assert_eq!(fixture.latest(&mut fixture.own()), (Some(4), 1), "byte {at}");
            used += 1;
        }
    }
    row("damaged checkpoints, the one before used", format!("{used} of {}", 2 * bytes.len().div_ceil(stride)));
}

#[test]
fn a_run_has_one_owner_until_it_is_dropped() {
    let fixture = Fixture::new();
    let owned = fixture.own();
    assert!(fixture.store.own(&fixture.id).expect("readable").is_none());
    assert!(fixture.store.own(&"0".repeat(64)).expect("readable").is_some(), "another run is free");
    drop(owned);
    fixture.own();
}

#[test]
fn unfinished_runs_are_listed_with_their_steps_and_whether_a_process_trains_them() {
    let (fixture, folder) = Fixture::saved(&[4, 6]);
    let unfinished = |steps, is_trained| {
        let (experiment, settings) = ("task3c".into(), "s1".into());
        vec![Unfinished { experiment, seed: 7, settings, steps, seconds: 1.5, is_trained }]
    };
    assert_eq!(fixture.store.unfinished(), unfinished(6, false));
    let owned = fixture.own();
    assert_eq!(fixture.store.unfinished(), unfinished(6, true));
    fs::write(folder.join("step-00000006.checkpoint"), "torn").expect("damaged");
    assert_eq!(fixture.store.unfinished(), unfinished(4, true));
    owned.finish();
    assert_eq!(fixture.store.unfinished(), []);
}

#[test]
fn a_finished_run_leaves_nothing_and_can_be_owned_again() {
    let (fixture, folder) = Fixture::saved(&[4, 6]);
    fixture.own().finish();
    assert!(!folder.exists() && names(fixture.store.folder()).is_empty());
    assert_eq!(fixture.latest(&mut fixture.own()), (None, 0));
}

#[test]
fn what_a_dead_process_left_of_a_finished_run_is_deleted_unless_a_process_has_the_run() {
    let (fixture, folder) = Fixture::saved(&[4, 6]);
    let owned = fixture.own();
    fixture.store.tidy([fixture.id.as_str()]);
    assert_eq!(names(&folder).len(), 3);
    drop(owned);
    fixture.store.tidy([fixture.id.as_str()]);
    assert!(names(fixture.store.folder()).is_empty());
    // Everything is gone except a replaced record that could not be deleted.
    fs::create_dir(fixture.store.folder().join(format!(".saving-{}-abc", &fixture.id[..SHORT_ID]))).expect("made");
    for _ in 0..2 {
        fixture.store.tidy([fixture.id.as_str()]);
        assert!(names(fixture.store.folder()).is_empty());
    }
}

#[test]
fn an_owner_deletes_half_written_files_of_its_run_only() {
    let (fixture, folder) = Fixture::saved(&[4]);
    let (runs, short_id) = (fixture.store.folder(), &fixture.id[..SHORT_ID]);
    fs::write(folder.join(".saving-abc"), "half").expect("written");
    for name in [format!(".saving-{short_id}-abc"), ".saving-0123456789abcdef-abc".to_owned()] {
        fs::create_dir(runs.join(&name)).expect("made");
        fs::write(runs.join(name).join("steps.csv"), "half").expect("written");
    }
    fixture.own();
    assert_eq!(names(&folder), ["lock", "step-00000004.checkpoint"]);
    assert_eq!(names(runs), [".checkpoints", ".saving-0123456789abcdef-abc"]);
}

#[test]
fn an_identity_that_is_not_a_hash_is_refused() {
    let fixture = Fixture::new();
    for id in ["", "0123", "../../../../../../etc/x", "0123456789abcdeg", "0123456789abcde/", "\u{0}123456789abcdef"] {
        assert!(matches!(fixture.store.own(id), Err(StoreError::NotStorable { .. })), "{id:?}");
    }
    assert!(!fixture.store.folder().exists());
}

/// Threads own, save, finish and own again: never two at once, and never with a lock on a deleted file.
#[test]
fn a_run_never_has_two_owners() {
    let fixture = Fixture::new();
    let inside = std::sync::atomic::AtomicUsize::new(0);
    let once = || {
        let Some(owned) = fixture.store.own(&fixture.id).expect("writable") else { return };
        assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0, "another one is inside");
        std::thread::yield_now();
        inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
        owned.finish();
    };
    std::thread::scope(|scope| {
        (0..4).for_each(|_| drop(scope.spawn(|| (0..500).for_each(|_| once()))));
    });
}
