//! Identities and differences.

use spec::{ExperimentSpec, ImageShape, RunSeeds, differing_keys, run_id};
use test_support::{DECLARED, SHAPE, spec};

use crate::experiment;

fn id(spec: &ExperimentSpec) -> String {
    run_id(spec, 1, "d1", SHAPE, "flex", 1)
}

#[test]
fn identity_is_pinned() {
    // If this changes, every run on every disk is trained again.
    assert_eq!(id(&spec()), "5f387bc93bc69f58deddfdb2de0ba4d2397642afec103c406a2ae3fa15701c32");
}

#[test]
fn names_titles_seeds_and_claims_do_not_count() {
    let renamed = ExperimentSpec { name: "other".into(), title: "Other".into(), baseline: None, seeds: 9, ..spec() };
    assert_eq!(id(&renamed), id(&spec()));
}

#[test]
fn seeds_that_are_split_are_another_run_and_equal_ones_are_not() {
    let of = |init, order| run_id(&spec(), RunSeeds { init, order }, "d1", SHAPE, "flex", 1);
    assert_eq!(of(1, 1), id(&spec()));
    assert!(of(1, 2) != of(1, 1) && of(1, 2) != of(2, 2) && of(1, 2) != of(2, 1));
}

#[test]
fn test_images_do_not_count() {
    let [mut tested, declared] = [spec(), spec()];
    tested.data.test_images = 10_000;
    assert_eq!(id(&tested), id(&declared));
    assert!(tested.has_settings_of(&declared) && differing_keys(&tested, &declared).is_empty());
    assert_eq!(ExperimentSpec::from_value(&serde_json::to_value(&tested).unwrap()), Ok(tested));
    assert!(!serde_json::to_string(&declared).unwrap().contains("test_images"), "old records read back equal");
}

#[test]
fn everything_that_moves_the_curve_counts() {
    let declared = experiment(DECLARED, &[]);
    for change in [
        "data.train_images=16_000",
        "model.hidden_units=[32, 32]",
        "model.activation=relu",
        "optimizer.learning_rate=0.020000000000000004",
        "optimizer.momentum=0.0",
        "training.batch_size=31",
        "training.shuffle=never",
        "training.patience_validations=49",
    ] {
        assert_ne!(id(&experiment(DECLARED, &[change])), id(&declared), "{change}");
    }
    let same = |seed, digest, shape, backend, numerics| {
        run_id(&declared, seed, digest, shape, backend, numerics) == id(&declared)
    };
    assert!(same(1, "d1", SHAPE, "flex", 1));
    assert!(!same(2, "d1", SHAPE, "flex", 1) && !same(1, "d2", SHAPE, "flex", 1));
    assert!(!same(1, "d1", SHAPE, "wgpu", 1) && !same(1, "d1", SHAPE, "flex", 2));
    assert!(!same(1, "d1", ImageShape { classes: 9, ..SHAPE }, "flex", 1));
    assert!(!same(1, "d1", ImageShape { height: 32, ..SHAPE }, "flex", 1));
}

#[test]
fn titles_do_not_differ_and_settings_do() {
    let declared = experiment(DECLARED, &[]);
    assert!(differing_keys(&declared, &experiment(DECLARED, &["title=Other", "baseline=other"])).is_empty());
    let other = experiment(DECLARED, &["model.activation=relu", "optimizer.momentum=0.0"]);
    assert_eq!(differing_keys(&declared, &other), ["model.activation", "optimizer.momentum"]);
}
