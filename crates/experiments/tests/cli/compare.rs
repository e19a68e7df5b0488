//! `trace` and `compare`: where somebody's own program goes wrong.

use std::path::Path;

use trace::{Arrays, Numbers};

use crate::common::Scratch;

/// A trace of six steps, two of them in the second epoch, in a network of four units.
const TRACE: [&str; 13] = [
    "trace",
    "task3c",
    "--dataset",
    "made-up",
    "--set",
    "model.hidden_units=4",
    "--set",
    "data.train_images=128",
    "--set",
    "training.validations_per_epoch=4",
    "--set",
    "training.max_epochs=2",
    "--steps",
];

fn trace(scratch: &Scratch, steps: &str, file: &str) -> Arrays {
    scratch.stdout(&[&TRACE[..], &[steps, "--to", file]].concat());
    Arrays::read(&scratch.path(file)).unwrap()
}

/// Two implementations in two precisions: the reference in double precision, and what a run records.
#[test]
fn a_trace_has_the_losses_of_the_run() {
    let scratch = Scratch::new();
    let arrays = trace(&scratch, "6", "trace.npz");
    let run = ["run", "task3c", "--no-baseline", "--quiet"];
    scratch.stdout(&[&run[..], &TRACE[2..12]].concat());
    let steps = std::fs::read_to_string(scratch.run("task3c").join("steps.csv")).unwrap();
    for step in 1..=6 {
        let recorded: f64 = steps.lines().nth(step).unwrap().split_once(',').unwrap().1.parse().unwrap();
        let traced = arrays.0[&format!("step_{step:04}/loss")].values[0];
        assert!((traced / recorded - 1.0).abs() < 1e-5, "step {step}: {traced} and {recorded}");
    }
    let indices = |step: usize| arrays.0[&format!("step_{step:04}/indices")].values.clone();
    let mut epoch = (1..=4).flat_map(indices).collect::<Vec<_>>();
    assert_ne!(indices(5), indices(1), "another order in the second epoch");
    epoch.sort_by(f64::total_cmp);
    assert_eq!(epoch, (0_u8..128).map(f64::from).collect::<Vec<_>>(), "every image once an epoch");
}

#[test]
fn both_formats_have_the_same_arrays() {
    let scratch = Scratch::new();
    let arrays = trace(&scratch, "2", "trace.npz");
    assert_eq!(trace(&scratch, "2", "trace.safetensors"), arrays);
    for (name, shape) in [
        ("initial/layer_1/weight", &[784, 4][..]),
        ("step_0001/inputs", &[32, 784]),
        ("step_0002/layer_1/velocity_bias", &[4]),
        ("step_0002/layer_2/delta", &[32, 10]),
        ("step_0002/validation_loss", &[]),
    ] {
        assert_eq!(arrays.0[name].shape, shape, "{name}");
    }
    assert_eq!(arrays.0["step_0001/indices"].numbers, Numbers::Whole);
    let compared = scratch.stdout(&["compare", "--trace", "trace.npz", "trace.safetensors"]);
    assert!(compared.contains("They agree, up to rounding."), "{compared}");
}

/// Writes the arrays with one of them changed.
fn changed(scratch: &Scratch, name: &str, change: impl Fn(f64) -> f64) {
    let mut arrays = Arrays::read(&scratch.path("trace.npz")).unwrap();
    arrays.0.get_mut(name).unwrap().values.iter_mut().for_each(|value| *value = change(*value));
    let path = Path::new("mine.npz");
    std::fs::write(scratch.path("mine.npz"), arrays.encode(path).unwrap()).unwrap();
}

#[test]
fn the_first_difference_is_named_with_what_it_depends_on() {
    let scratch = Scratch::new();
    trace(&scratch, "2", "trace.npz");
    changed(&scratch, "step_0002/layer_1/delta", |delta| 1.5 * delta);
    let compared = scratch.stdout(&["compare", "--trace", "mine.npz", "trace.npz"]);
    for part in [
        "The first difference: step_0002/layer_1/delta\n  yours       is 1.5 times ours; ",
        "depends on  step_0002/layer_2/delta (agrees), step_0001/layer_2/weight (agrees), step_0002/layer_1/activation (agrees)",
        "Everything that it depends on agrees, so the mistake is in how you compute this array.",
    ] {
        assert!(compared.contains(part), "{compared}");
    }
    let json = scratch.stdout(&["compare", "--trace", "mine.npz", "trace.npz", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["first_difference"]["array"], "step_0002/layer_1/delta");
}

#[test]
fn what_cannot_be_traced_or_compared_is_refused() {
    let scratch = Scratch::new();
    scratch.file("mine.npz", "not an archive");
    let refused = |arguments: &[&str], code: i32, message: &str| {
        let said = scratch.refusal(arguments, code);
        assert!(said.contains(message), "{arguments:?}: {said}");
    };
    refused(&["trace", "task3c", "--to", "trace.csv"], 2, "trace.csv is neither an .npz nor a .safetensors file");
    refused(&["trace", "task3", "--to", "a.npz"], 2, "task3 is a comparison of several experiments");
    refused(&["trace", "lenet", "--to", "a.npz"], 2, "the network of lenet has convolutions");
    refused(&["trace", "task3c", "--steps", "101", "--to", "a.npz"], 2, "must be a number of steps from 1 to 100");
    refused(&["trace", "task3c", "--dataset", "made-up", "--to", "mine.npz/a.npz"], 1, "mine.npz/a.npz: cannot write");
    refused(&["compare", "--trace", "mine.npz", "mine.npz"], 2, "mine.npz: is not a file of arrays that can be read");
    refused(&["compare", "--trace", "none.npz", "mine.npz"], 2, "none.npz: cannot read");
    assert!(!scratch.path("a.npz").exists());
}

/// Where the NumPy program of `tests/numpy` first differs with each of its mistakes.
const PLACES: [(&str, &str); 23] = [
    ("averaged_velocity", "step_0001/layer_1/velocity_weight"),
    ("dampening", "step_0001/layer_1/velocity_weight"),
    ("every_set_by_itself", "validation/inputs"),
    ("gradient_sum", "step_0001/layer_2/gradient_weight"),
    ("images_without_labels", "step_0001/targets"),
    ("learning_rate_kept", "step_0001/layer_1/weight"),
    ("mean_of_all_images", "normalization/mean"),
    ("missing_bias", "step_0001/layer_1/pre_activation"),
    ("missing_two_thirds", "step_0001/layer_1/delta"),
    ("no_derivative", "step_0001/layer_1/delta"),
    ("no_momentum", "step_0002/layer_1/velocity_weight"),
    ("no_shuffling", "step_0001/indices"),
    ("patience_one_less", "early_stopping/stops_after"),
    ("patience_one_more", "early_stopping/stops_after"),
    ("pixels_by_255", "normalization/mean"),
    ("plain_sigmoid", "step_0001/layer_1/activation"),
    ("raw_pixels", "normalization/mean"),
    ("sigmoid_derivative", "step_0001/layer_1/delta"),
    ("sigmoid_output", "step_0001/layer_2/activation"),
    ("small_weights", "initial/layer_1/weight"),
    ("uniform_weights", "initial/layer_1/weight"),
    ("updated_weights_backward", "step_0001/layer_1/delta"),
    ("validation_on_training", "validation/inputs"),
];

/// A file that `tests/numpy/fixtures.py` wrote.
fn fixture(name: &str) -> Arrays {
    Arrays::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/numpy").join(name)).unwrap()
}

/// The arrays of the NumPy program with a mistake: those of the program without one, and what the mistake changes.
fn by_numpy(stored: &Arrays, mistake: &str) -> Arrays {
    let mut arrays = Arrays::default();
    for of in ["none", mistake] {
        for (name, array) in &stored.0 {
            let Some(name) = name.strip_prefix(of).and_then(|rest| rest.strip_prefix('|')) else { continue };
            match name.strip_suffix("|lacks") {
                Some(lacks) => drop(arrays.0.remove(lacks)),
                None => drop(arrays.0.insert(name.to_owned(), array.clone())),
            }
        }
    }
    arrays
}

#[test]
fn every_mistake_of_the_numpy_program_is_found_at_its_place() {
    let (ours, stored) = (fixture("ours.npz"), fixture("traces.npz"));
    let correct = trace::compare(by_numpy(&stored, "none"), &ours);
    assert!(correct.compared > 40 && correct.first.is_none(), "{correct:?}");
    for (mistake, place) in PLACES {
        let found = trace::compare(by_numpy(&stored, mistake), &ours).first;
        assert_eq!(found.map(|found| found.name).as_deref(), Some(place), "{mistake}");
    }
}

/// The stored trace is what the program writes today.
#[test]
fn the_stored_trace_is_that_of_mnist() {
    let Some(folder) = std::env::var_os("MNIST_DIR") else { return };
    let scratch = Scratch::new();
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
    let mut program = scratch.program(&["trace", "task3c", "--steps", "2", "--to", "ours.npz"]);
    program.args(["--set", "training.batch_size=8", "--set", "model.hidden_units=4", "--experiments-dir"]);
    crate::common::Ended::with(0, program.arg(whole).env("MNIST_DIR", folder));
    let ours = Arrays::read(&scratch.path("ours.npz")).unwrap();
    let comparison = trace::compare(ours, &fixture("ours.npz"));
    assert_eq!((comparison.first, comparison.missing.len()), (None, 0));
}
