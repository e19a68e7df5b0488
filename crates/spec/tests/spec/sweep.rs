//! Declared sweeps: what is valid, what is refused, where and with which message.

use std::fs;

use spec::{Catalog, DeclaredError, Domain, MethodKind, Metric, Sweep};
use test_support::{DECLARED, SHAPE};

use crate::with_hint;

const SWEEP: &str = r#"title = "Learning rate and width"
base = "mine"
seeds = 2
[objective]
metric = "best_validation_loss"
direction = "minimize"
[search]
model.hidden_units = { values = [[32], [64, 64]] }
optimizer.learning_rate = { log_uniform = [0.001, 0.1] }
[method]
kind = "tpe"
trials = 40
[pruning]
kind = "successive_halving"
validations = 10
"#;

fn read(file: &str) -> Result<Sweep, DeclaredError> {
    let folder = tempfile::tempdir().unwrap();
    let base = DECLARED.replace("baseline = \"task3c\"\n", "");
    fs::write(folder.path().join("mine.toml"), base.split("[[claim]]").next().unwrap()).unwrap();
    fs::write(folder.path().join("both.toml"), "title = \"Both\"\nruns = [\"mine\"]").unwrap();
    fs::create_dir(folder.path().join("sweeps")).unwrap();
    fs::write(folder.path().join("sweeps/s.toml"), file).unwrap();
    Catalog::new(folder.path(), SHAPE).sweep("s")
}

/// The error of the sweep with another text instead of a line that begins with a word, without the folder.
fn refused(word: &str, text: &str) -> String {
    let replace = |line: &'static str| if line.starts_with(word) { text.to_owned() } else { line.to_owned() };
    let file = SWEEP.lines().map(replace).collect::<Vec<_>>().join("\n");
    let error = read(&file).expect_err(&file);
    let text = with_hint(&error);
    let of_file = text.split_once("/sweeps/").expect("the file's folder");
    of_file.1.replace(of_file.0, "FOLDER")
}

#[test]
fn a_sweep_has_keys_that_vary_and_the_usual_choices() {
    let sweep = read(SWEEP).unwrap();
    let spec = &sweep.spec;
    assert_eq!((spec.name.as_str(), spec.base.as_str(), spec.seeds), ("s", "mine", 2));
    assert_eq!((spec.objective.metric, spec.objective.loss(0.5)), (Metric::BestValidationLoss, 0.5));
    let keys: Vec<&str> = spec.search.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["model.hidden_units", "optimizer.learning_rate"]);
    assert_eq!(spec.search[1].domain, Domain::Range { low: 0.001, high: 0.1, is_log: true, is_whole: false });
    assert_eq!((spec.method.kind, spec.method.batch, spec.method.seed), (MethodKind::Tpe, 4, 1));
    assert_eq!((spec.winner.best, spec.winner.seeds), (3, 5));
    assert_eq!((spec.trial_seeds(), spec.fresh_seeds()), (vec![1, 2], vec![3, 4, 5, 6, 7]));
}

#[test]
fn a_trial_is_the_base_with_the_settings_as_overrides() {
    let sweep = read(SWEEP).unwrap();
    let settings = [
        ("model.hidden_units".to_owned(), serde_json::json!([32])),
        ("optimizer.learning_rate".to_owned(), serde_json::json!(0.0125)),
        ("model.activation".to_owned(), serde_json::json!("relu")),
    ];
    let (spec, overrides) = sweep.experiment(&settings.into()).unwrap();
    assert_eq!(overrides, ["model.activation=relu", "model.hidden_units=[32]", "optimizer.learning_rate=0.0125"]);
    assert_eq!((spec.name.as_str(), spec.model.hidden_layers()), ("mine", "32".to_owned()));
}

#[test]
fn a_number_in_between_has_four_digits_and_stays_within_the_bounds() {
    let range = |is_whole| Domain::Range { low: 0.123_44, high: 200.0, is_log: true, is_whole };
    assert_eq!(range(false).rounded(1.234_567), serde_json::json!(1.235));
    assert_eq!(range(false).rounded(0.123_44), serde_json::json!(0.123_44));
    assert_eq!(range(true).rounded(17.4), serde_json::json!(17));
}

/// A line of the sweep, what stands there instead, and the error.
const WRONG: &[(&str, &str, &str)] = &[
    (
        "base",
        "base = \"min\"",
        r#"s.toml:2: `base` is "min", but no experiment in FOLDER has that name | did you mean `mine`?"#,
    ),
    ("base", "base = \"both\"", r#"s.toml:2: `base` is "both", but that is a comparison, not an experiment"#),
    (
        "title",
        "",
        "s.toml: `title` is missing: one line of 1 to 100 characters, none of them control or invisible characters",
    ),
    ("[objective]", "[objectives]", "s.toml:4: `objectives` is not a key | did you mean `objective`?"),
    (
        "metric",
        "metric = \"best_loss\"",
        r#"s.toml:5: `objective.metric` is "best_loss", but must be one of "best_validation_accuracy", "best_validation_loss""#,
    ),
    (
        "metric",
        "metric = \"steps\"",
        r#"s.toml:5: pruning compares trials after equally many steps, so `objective.metric` cannot be "steps""#,
    ),
    (
        "metric",
        "metric = \"steps_to\"\nof = \"train_loss\"",
        "s.toml:4: [objective] lacks `level`: a number above 0 (1.2e-38 to 3.4e38)",
    ),
    (
        "metric",
        "level = 0.3\nmetric = \"best_validation_loss\"",
        "s.toml:5: `objective.level` is not a key | the keys are `metric` and `direction`",
    ),
    (
        "direction",
        "direction = \"down\"",
        r#"s.toml:6: `objective.direction` is "down", but must be one of "maximize", "minimize""#,
    ),
    ("direction", "", r#"s.toml:4: [objective] lacks `direction`: one of "maximize", "minimize""#),
    (
        "model",
        "model.hidden_unit = { values = [[32]] }",
        "s.toml:8: `search.model.hidden_unit` is not a key | did you mean `model.hidden_units`?",
    ),
    (
        "model",
        "title = { values = [\"a\"] }",
        "s.toml:8: `search.title` does not change a training, so it cannot vary | remove it",
    ),
    (
        "model",
        "model.hidden_units = [[32]]",
        "s.toml:8: `search.model.hidden_units` is a list, but must be a table such as { values = [0.01, 0.1] }",
    ),
    (
        "model",
        "model.hidden_units = { value = [[32]] }",
        "s.toml:8: `search.model.hidden_units.value` is not a key | did you mean `values`?",
    ),
    (
        "model",
        "model.hidden_units = { values = [[32], [32]] }",
        "s.toml:8: `search.model.hidden_units.values[1]` is already in the list",
    ),
    (
        "model",
        "model.hidden_units = { values = [[32], [0]] }",
        "s.toml:8: `model.hidden_units[0]` is 0, but must be a whole number from 1 to 1,000,000",
    ),
    (
        "model",
        "model.hidden_units = { values = [] }",
        "s.toml:8: `search.model.hidden_units.values` is [], but must be a list of one or more values",
    ),
    (
        "model",
        "model.hidden_units = { values = [[32]], uniform = [1, 2] }",
        "s.toml:8: `search.model.hidden_units` needs one of `values`, `uniform`, `log_uniform`, `integers` and `log_integers`",
    ),
    (
        "model",
        "optimizer.momentum = { uniform = [0.0, 1.5] }",
        "s.toml:8: `optimizer.momentum` is 1.5, but must be a number from 0 to below 1",
    ),
    (
        "model",
        "optimizer.momentum = { uniform = [0.9, 0.1] }",
        "s.toml:8: `search.optimizer.momentum.uniform` is [0.9,0.1], but must be two numbers, the lower one first, such as [0.0, 0.9]",
    ),
    (
        "model",
        "training.batch_size = { integers = [16, 48.5] }",
        "s.toml:8: `search.training.batch_size.integers` is [16,48.5], but must be two whole numbers, the lower one first, such as [1, 8]",
    ),
    (
        "model",
        "training.batch_size = { values = [16, 48] }",
        "s.toml:8: `training.validations_per_epoch` is 5, but must divide the 416 steps of an epoch (`data.train_images` / `training.batch_size`) evenly | 2, 4, 8 or 13 would do",
    ),
    (
        "optimizer",
        "optimizer.learning_rate = { log_uniform = [0.0, 0.1] }",
        "s.toml:9: `search.optimizer.learning_rate.log_uniform` is [0.0,0.1], but must be two numbers above 0, the lower one first, such as [0.001, 0.1]",
    ),
    (
        "optimizer",
        "optimizer.momentum = { values = [0.5], when = { optimizer.kind = \"sgd\" } }",
        "s.toml:9: `search.optimizer.momentum.when` names `optimizer.kind`, but that key does not vary in [search]",
    ),
    (
        "optimizer",
        "optimizer.momentum = { values = [0.5], when = { model.hidden_units = [[33]] } }",
        "s.toml:9: `search.optimizer.momentum.when` names `model.hidden_units`, but [33] is not one of its values",
    ),
    (
        "optimizer",
        "optimizer.momentum = { values = [0.5], when = \"sgd\" }",
        r#"s.toml:9: `search.optimizer.momentum.when` is "sgd", but must be one key with its value, such as { optimizer.kind = "sgd" }"#,
    ),
    (
        "optimizer",
        "optimizer.beta_1 = { values = [0.5] }",
        r#"s.toml:8: `optimizer.beta_1` is not a key | it is a key of `kind = "adam"`"#,
    ),
    (
        "kind = \"tpe\"",
        "kind = \"bayes\"",
        r#"s.toml:11: `method.kind` is "bayes", but must be one of "grid", "random", "quasi_random", "tpe""#,
    ),
    ("kind = \"tpe\"", "kind = \"grid\"", "s.toml:12: `method.trials` is given, but a grid tries all combinations"),
    ("trials", "", "s.toml:10: [method] lacks `trials`: how many settings to try"),
    ("trials", "trials = 0", "s.toml:12: `method.trials` is 0, but must be a whole number from 1 to 10,000"),
    ("[search]", "[searches]", "s.toml:7: `searches` is not a key | did you mean `search`?"),
    (
        "validations",
        "validations = 10\nstartup = 3",
        r#"s.toml:16: `pruning.startup` is not a key with `kind = "successive_halving"`"#,
    ),
    ("validations", "", "s.toml:13: [pruning] lacks `validations`: a whole number from 1 to 100,000"),
    (
        "validations",
        "validations = 10\nfactor = 1",
        "s.toml:16: `pruning.factor` is 1, but must be a whole number from 2 to 100",
    ),
];

#[test]
fn a_key_or_value_that_is_wrong_is_reported_at_its_place() {
    let wrong: Vec<String> = WRONG
        .iter()
        .filter_map(|&(word, text, message)| {
            let found = refused(word, text);
            (!found.starts_with(message)).then(|| format!("{text} => {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_all_trials_share_of_the_protocol_also_applies_to_the_base() {
    let shared = "training.max_epochs = { values = [3] }\nmodel.activation = { values = [\"relu\"] }\n[method]";
    let protocol = read(&SWEEP.replace("[method]", shared)).unwrap().spec.protocol();
    assert_eq!(protocol, [("training.max_epochs".to_owned(), serde_json::json!(3))].into());
}

#[test]
fn a_sweep_is_not_run_as_an_experiment() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("sweeps")).unwrap();
    fs::write(folder.path().join("sweeps/s.toml"), SWEEP).unwrap();
    let catalog = Catalog::new(folder.path(), SHAPE);
    assert_eq!(catalog.sweeps().unwrap(), ["s"]);
    for name in ["s", folder.path().join("sweeps/s.toml").to_str().unwrap()] {
        let error = catalog.load(name, &[]).unwrap_err();
        assert_eq!(error.hint.as_deref(), Some("`experiments sweep s` runs it"), "{error}");
    }
    let error = with_hint(&catalog.sweep("t").unwrap_err());
    assert!(error.ends_with("no sweep is called `t` | did you mean `s`?"), "{error}");
}

#[test]
fn every_declared_sweep_is_valid() {
    let catalog = Catalog::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments"), SHAPE);
    let names = catalog.sweeps().unwrap();
    assert_eq!(names, ["activation_weights", "learning_rate_momentum", "width_depth"]);
    for name in names {
        let sweep = catalog.sweep(&name).unwrap_or_else(|error| panic!("{}", with_hint(&error)));
        assert!(sweep.spec.search.iter().any(|one| one.domain.listed().is_none_or(|values| values.len() > 1)));
    }
}
