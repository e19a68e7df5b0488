//! Every backend that is compiled in agrees with flex: `make test-backends`.

use std::path::Path;
use std::process::Command;

/// Tolerance for a step's loss: the steps before it amplify differences in rounding.
const TOLERANCE: f32 = 1e-3;

/// The standard model, one epoch of 125 steps, without a baseline.
const EXPERIMENT: &str = r#"
title = "First steps"

[data]
train_images = 4_000
validation_images = 1_000
pixel_scaling = "train_mean_std"

[model]
hidden_units = [64]
activation = "improved_sigmoid"
weight_init = "fan_in_normal"
bias = "first_layer"

[optimizer]
learning_rate = 0.02
momentum = 0.9

[training]
batch_size = 32
shuffle = "every_epoch"
max_epochs = 1
validations_per_epoch = 5
patience_validations = 50
"#;

/// Losses of the experiment's steps on MNIST in `MNIST_DIR`, else on made-up digits.
fn losses(backend: &str, folder: &Path) -> Vec<f32> {
    let (experiment, runs_dir) = (folder.join("first_steps.toml"), folder.join(backend));
    std::fs::write(&experiment, EXPERIMENT).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_experiments"))
        .args(["run", "--quiet", "--json", "--offline", "--backend", backend, "--runs-dir"])
        .args([&runs_dir, &experiment])
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let steps = runs_dir
        .read_dir()
        .unwrap()
        .find_map(|entry| std::fs::read_to_string(entry.unwrap().path().join("steps.csv")).ok());
    steps.expect("a record").lines().skip(1).map(|line| line.split_once(',').unwrap().1.parse().unwrap()).collect()
}

#[test]
fn every_backend_agrees_with_flex() {
    let folder = tempfile::tempdir().unwrap();
    let flex = losses("flex", folder.path());
    assert_eq!(flex.len(), 125);
    let others =
        [("ndarray", cfg!(feature = "ndarray")), ("wgpu", cfg!(feature = "wgpu")), ("cuda", cfg!(feature = "cuda"))];
    for (backend, _) in others.into_iter().filter(|(_, is_compiled_in)| *is_compiled_in) {
        let other = losses(backend, folder.path());
        let differences = flex.iter().zip(&other).map(|(flex, other)| (flex - other).abs());
        let largest = differences.fold(0.0, f32::max);
        println!("{backend}: the losses of 125 steps differ by {largest:.1e} at most");
        assert!(largest < TOLERANCE && other.len() == 125, "{backend}: {largest}");
    }
}
