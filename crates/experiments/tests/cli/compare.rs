//! `trace` and `compare`: where another program goes wrong.

use std::path::Path;
use std::sync::LazyLock;

use arrays::{Arrays, Numbers};

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
    let Some(folder) = test_support::mnist_dir() else { return };
    let scratch = Scratch::new();
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
    let mut program = scratch.program(&["trace", "task3c", "--steps", "2", "--to", "ours.npz"]);
    program.args(["--set", "training.batch_size=8", "--set", "model.hidden_units=4", "--experiments-dir"]);
    crate::common::Ended::with(0, program.arg(whole).env("MNIST_DIR", folder));
    let ours = Arrays::read(&scratch.path("ours.npz")).unwrap();
    let comparison = trace::compare(ours, &fixture("ours.npz"));
    assert_eq!((comparison.first, comparison.missing.len()), (None, 0));
}

/// Columns of a run's `validations.csv` as another program would write them.
fn curve_of(run: &Path) -> String {
    let table = std::fs::read_to_string(run.join("validations.csv")).unwrap();
    let header: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    let at = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let places = [at("validation_accuracy"), at("step"), at("validation_loss")];
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        places.map(|at| cells[at]).join(",")
    };
    table.lines().map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_curve_is_compared_with_the_seeds_and_missing_seeds_are_trained() {
    let scratch = Scratch::new();
    scratch.stdout(&["run", "task3c", "--no-baseline", "--quiet", "--dataset", "made-up", "--seed", "3"]);
    let curve = curve_of(&scratch.run("task3c"));
    scratch.file("mine.csv", &curve);
    scratch.file("wrong.csv", &curve.replace(",20,", ",20,9"));
    let compare =
        |file: &str| scratch.stdout(&["compare", "task3c", file, "--dataset", "made-up", "--seeds", "5", "--json"]);
    let json = |text: String| serde_json::from_str::<serde_json::Value>(&text).unwrap();
    let mine = json(compare("mine.csv"));
    assert_eq!((scratch.runs().len(), &mine["seeds"]), (5, &5.into()), "{mine}");
    assert_eq!(mine["verdict"], serde_json::Value::Null, "nothing is stored for made-up digits");
    let wrong = &json(compare("wrong.csv"))["curves"][0];
    assert_eq!(wrong["first_outside"]["step"], 20, "{wrong}");
    assert_eq!(wrong["first_outside"]["quantity"], "validation_loss");
    let figures = scratch.path("runs/figures").read_dir().unwrap().map(|entry| entry.unwrap().file_name());
    let ours = figures.filter(|name| name.to_string_lossy().starts_with("compare-task3c-"));
    assert_eq!(ours.count(), 4, "two curves, each as SVG and PNG");

    let said = |arguments: &[&str]| scratch.stdout(&[&["compare"], arguments, &["--dataset", "made-up"]].concat());
    for (arguments, way_out) in [
        (
            &["task3c", "mine.csv", "--seeds", "5"][..],
            "are stored for made-up digits.\nTrain them once, in some minutes: `experiments mistakes task3c --dataset made-up`.",
        ),
        (
            &["task3c", "mine.csv", "--seeds", "3", "--set", "optimizer.momentum=0.5"],
            "with these settings.\nDeclare them in a file, and train its mistakes: `experiments mistakes mine.toml`.",
        ),
        (&["adam", "mine.csv", "--seeds", "3"], "mistakes are declared for dense layers with gradient descent only."),
    ] {
        let text = said(arguments);
        assert!(text.contains("The program cannot name a mistake: ") && text.contains(way_out), "{text}");
    }
}

#[test]
fn files_that_are_no_curves_are_refused() {
    let scratch = Scratch::new();
    scratch.file("mine.csv", "step,validation_loss\n0,2.3\n20,1.9\n");
    scratch.file("other.csv", "epoch,loss\n1,2.3\n");
    scratch.file("between.csv", "step,validation_loss\n1000001,2.3\n1000003,1.9\n");
    let refused = |arguments: &[&str], message: &str| {
        let said = scratch.refusal(&[arguments, &["--dataset", "made-up"]].concat(), 2);
        assert!(said.contains(message), "{arguments:?}: {said}");
    };
    refused(&["compare", "task3c", "other.csv"], "other.csv: has the columns `epoch`, `loss`, but no `step`");
    refused(&["compare", "task3c", "none.csv"], "none.csv: cannot read");
    refused(
        &["compare", "task3c", "mine.csv", "--no-train"],
        "a band takes at least 3 finished seeds, and task3c has 0",
    );
    refused(
        &["compare", "task3c", "between.csv", "--seeds", "3"],
        "between.csv has no value at a validation of task3c",
    );
    refused(&["compare", "task3", "mine.csv"], "task3 is a comparison of several experiments");
    refused(&["compare", "task3c"], "FILE");
    refused(&["compare", "task3c", "a", "b", "c", "d", "e", "f"], "");
    refused(&["mistakes", "lenet"], "mistakes are trained in dense layers with gradient descent");
}

/// Curves of mistakes are trained once, also after an interruption, and not again with other early stopping.
#[test]
fn curves_of_mistakes_are_trained_once() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path("experiments/mistakes")).unwrap();
    let head = "explains = \"x\"\nlook = \"y\"\n";
    for (name, what) in [("sum", "slip = \"gradient_sum\""), ("late", "set = [\"training.patience_validations=51\"]")] {
        scratch.file(&format!("experiments/mistakes/{name}.toml"), &format!("title = \"{name}\"\n{head}{what}\n"));
    }
    let mistakes = ["mistakes", "task3c", "--seeds", "5", "--dataset", "made-up", "--json"];
    let first = scratch.stdout(&mistakes);
    let path = scratch.path("experiments/mistakes/curves/task3c.csv");
    let curves = std::fs::read_to_string(&path).unwrap();
    assert_eq!(curves.lines().count(), 1 + 20 + 5);
    let half: Vec<&str> = curves.lines().take(12).collect();
    std::fs::write(&path, half.join("\n")).unwrap();
    assert_eq!(scratch.stdout(&mistakes), first);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), curves);
    let rates: serde_json::Value = serde_json::from_str(&first).unwrap();
    let of = |mistake: usize| rates[0]["rates"][mistake].clone();
    assert_eq!((of(1)["mistake"].as_str(), of(1)["named"].as_u64()), (Some("late"), Some(20)), "{rates}");
}

/// Mistakes that a curve of task 3c shows.
const TOLD: [&str; 17] = [
    "averaged_velocity",
    "gradient_sum",
    "images_without_labels",
    "learning_rate_kept",
    "no_derivative",
    "no_momentum",
    "no_shuffling",
    "patience_one_less",
    "patience_one_more",
    "pixels_by_255",
    "plain_sigmoid",
    "raw_pixels",
    "sigmoid_derivative",
    "sigmoid_output",
    "small_weights",
    "uniform_weights",
    "validation_on_training",
];
/// Mistakes that it does not show.
const UNTOLD: [&str; 2] = ["dampening", "missing_two_thirds"];

/// The curves of the NumPy program with a mistake, or without one, by its seeds.
fn numpy_curves(stored: &Arrays, mistake: &str) -> Vec<mistakes::Curve> {
    let of_mistake =
        stored.0.iter().filter(|(name, _)| name.split_once('/').is_some_and(|(known, _)| known == mistake));
    let point = |row: &[f64]| {
        let known = |value: f64| (!value.is_nan()).then_some(value);
        let (batch_loss, loss, accuracy) = (known(row[1]), Some(row[2]), Some(row[3]));
        mistakes::Point { batch_loss, train_loss: None, validation_loss: loss, validation_accuracy: accuracy }
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "steps are whole numbers")]
    let curve = |rows: &arrays::Array| rows.values.chunks_exact(4).map(|row| (row[0] as usize, point(row))).collect();
    of_mistake.map(|(_, rows)| mistakes::Curve(curve(rows))).collect()
}

/// An experiment on MNIST with its declared mistakes, and their stored curves.
fn stored(name: &str) -> (Vec<mistakes::Known>, mistakes::Stored) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
    let catalog = spec::Catalog::new(&folder, test_support::SHAPE);
    let spec::Declaration::Experiment(experiment) = catalog.load(name, &[]).unwrap() else { panic!() };
    let mnist = ("d0a3eec1f5a454401d758fdbf15b9b0163a7034963586d671960c180b97e2c1a", test_support::SHAPE);
    let known = mistakes::Known::all(&catalog, (name, &experiment.spec), &[], mnist).unwrap();
    let stored = std::fs::read(folder.join(format!("mistakes/curves/{name}.csv"))).unwrap();
    (known, mistakes::Stored::read(&stored).unwrap())
}

#[test]
fn the_stored_curves_are_those_of_the_declared_mistakes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments/mistakes/curves");
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let (known, stored) = stored(name);
        let missing: Vec<_> = known.iter().filter(|one| !stored.0.contains_key(&one.key)).collect();
        assert!(missing.is_empty(), "`experiments mistakes {name}` trains what is missing: {missing:?}");
    }
}

/// What the program says of curves of task 3c on MNIST, with the stored curves.
fn judged(curves: &[mistakes::Curve]) -> (Option<String>, Vec<String>) {
    static STORED: LazyLock<(Vec<mistakes::Known>, mistakes::Stored)> = LazyLock::new(|| stored("task3c"));
    let lineup = mistakes::Lineup::new(&STORED.0, &STORED.1).unwrap();
    let (models, measured) = lineup.models(curves, mistakes::TrainLoss::Batches).unwrap();
    let verdict = models.judge(&measured);
    let name = |variant: usize| lineup.known[variant].mistake.as_ref().unwrap().name.clone();
    let accused = verdict.is_accused.then(|| name(verdict.ranked[0].variant));
    (accused, verdict.untellable.iter().map(|&variant| name(variant)).collect())
}

#[test]
fn each_mistake_that_a_curve_shows_is_named_first_in_nine_of_ten_seeds() {
    let stored = fixture("curves.npz");
    for mistake in TOLD {
        let curves = numpy_curves(&stored, mistake);
        assert_eq!(curves.len(), 10, "{mistake}");
        let named: Vec<_> = curves.iter().map(|curve| judged(std::slice::from_ref(curve)).0).collect();
        let right = named.iter().flatten().filter(|name| *name == mistake).count();
        assert!(right >= 9, "{mistake}: {named:?}");
        for five in curves.chunks_exact(5) {
            assert_eq!(judged(five).0.as_deref(), Some(mistake), "five curves");
        }
    }
}

#[test]
fn of_twenty_correct_curves_at_most_one_is_accused() {
    let curves = numpy_curves(&fixture("curves.npz"), "none");
    assert_eq!(curves.len(), 40);
    let accused: Vec<String> = curves.iter().filter_map(|curve| judged(std::slice::from_ref(curve)).0).collect();
    assert!(accused.len() <= 2, "{accused:?}");
    for five in curves.chunks_exact(5) {
        assert_eq!(judged(five).0, None, "five curves");
    }
}

#[test]
fn a_mistake_that_a_curve_cannot_show_is_listed_as_such() {
    let stored = fixture("curves.npz");
    for mistake in UNTOLD {
        for curve in numpy_curves(&stored, mistake) {
            let (accused, untold) = judged(&[curve]);
            assert!(accused.is_none() && untold.iter().any(|one| one == mistake), "{mistake}: {accused:?}");
        }
    }
}
