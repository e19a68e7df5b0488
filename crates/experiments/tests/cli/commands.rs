//! Error messages, and the commands that do not train.

use serde_json::Value;

use crate::common::{Ended, Scratch};

#[test]
fn bad_input_is_quoted_and_leaves_nothing_behind() {
    let scratch = Scratch::new();
    let declared = std::fs::read_to_string(scratch.path("experiments/task2c.toml")).unwrap();
    let no_unit = scratch.file("no_unit.toml", &declared.replace("hidden_units = [64]", "hidden_units = [64, 0]"));
    let no_key = scratch.file("no_key.toml", &declared.replace("momentum =", "momentun ="));
    let cases: [(&[&str], &str); 12] = [
        (&["run", "task9"], "no experiment or comparison is called `task9`"),
        (&["run", &no_unit], "`model.hidden_units[1]` is 0, but must be a whole number from 1 to 1,000,000"),
        (&["run", &no_key], "hint: did you mean `momentum`?"),
        (&["run", "nowhere/mine.toml"], "nowhere/mine.toml: cannot read"),
        (&["run", "task2c", "--set", "model.hidden_unit=[3]"], "did you mean `model.hidden_units`?"),
        (&["run", "task2c", "--set", "optimizer.learning_rate=-1"], "is -1, but must be a number above 0"),
        (&["run", "task2c", "--set", "learning_rate"], "--set learning_rate: is not of the form `key=value`"),
        (&["run", "task2c", "--seed", "5..1"], "`5..1` is an empty range"),
        (
            &["run", "task2c", "--backend", "abacus"],
            "invalid value 'abacus' for '--backend <NAME>'\n  [possible values: flex, ndarray, wgpu, cuda]",
        ),
        (&["run", "task2c", "--data-dir", "nowhere"], "nowhere: no such folder"),
        (&["run", "task2c", "--dataset", "emnist"], "`emnist` is not a dataset"),
        (&["run", "task2c", "--dataset", "mnist"], "MNIST was not found"),
    ];
    for (arguments, expected) in cases {
        let message = scratch.refusal(arguments, 2);
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    assert!(!scratch.path("runs").exists());
}

#[test]
fn an_argument_that_nearly_fits_is_answered_with_the_one_that_does() {
    let scratch = Scratch::new();
    for (arguments, hint) in [
        (["show", "task2c", "model.bias=none"].as_slice(), "a setting is changed with `--set model.bias=none`"),
        (&["run", "task2c", "model.bias=none"], "a setting is changed with `--set model.bias=none`"),
        (&["run", "task2c", "--set", "seeds=3"], "the option `--seeds 3` trains the seeds from 1 to 3"),
        (&["run", "task2c", "--set", "training.seed=3"], "the option `--seed` sets the seeds"),
        (&["run", "TASK2C.TOML"], "rename it to TASK2C.toml"),
        (&["run", "task2c", "--seeds", "1..3"], "`--seed` for a list or range"),
    ] {
        let message = scratch.refusal(arguments, 2);
        assert!(message.contains(hint), "{arguments:?}: {message}");
    }
}

#[test]
fn an_empty_variable_is_an_unset_one() {
    let scratch = Scratch::new();
    for variable in ["EXPERIMENTS_BACKEND", "EXPERIMENTS_RUNS_DIR", "EXPERIMENTS_OFFLINE", "MNIST_DIR"] {
        Ended::with(0, scratch.program(&["list"]).env(variable, ""));
    }
    // An empty option was typed by the user.
    scratch.refusal(&["list", "--backend", ""], 2);
}

#[test]
fn a_broken_file_is_named_and_the_others_are_shown() {
    let scratch = Scratch::new();
    scratch.file("experiments/broken.toml", "title = 1");
    for command in ["list", "claims", "check"] {
        for options in
            [[].as_slice(), &["--json"]].into_iter().filter(|options| command != "check" || options.is_empty())
        {
            let ended = Ended::with(2, &mut scratch.program(&[&[command], options].concat()));
            assert!(ended.stdout.contains("task4e"), "{ended:?}");
            assert!(ended.stderr.contains("experiments/broken.toml:1") && ended.stderr.contains("1 of "), "{ended:?}");
        }
    }
}

#[test]
fn a_mistake_is_shown_at_its_line() {
    let scratch = Scratch::new();
    let declared = "title = \"Mine\"\n\n[model]\nactivation = \"improved_sigmod\"\n";
    let mine = scratch.file("mine.toml", declared);
    insta::assert_snapshot!(scratch.refusal(&["run", &mine], 2), @r#"
    error: SCRATCH/mine.toml:4: `model.activation` is "improved_sigmod", but must be one of "sigmoid", "improved_sigmoid", "tanh", "relu"
       ╭─[SCRATCH/mine.toml:4:14]
     3 │ [model]
     4 │ activation = "improved_sigmod"
       ·              ─────────────────
       ╰────
    hint: did you mean "improved_sigmoid"?
    "#);
}

#[test]
fn broken_data_is_refused() {
    let scratch = Scratch::new();
    for name in
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]
    {
        scratch.file(name, "no digits");
    }
    let message = scratch.refusal(&["run", "task2c", "--data-dir", "."], 2);
    assert!(message.contains("train-images-idx3-ubyte: "), "{message}");
    assert!(!scratch.path("runs").exists());
}

#[test]
fn made_up_digits_instead_of_mnist_are_a_warning_even_when_quiet() {
    let scratch = Scratch::new();
    let message = Ended::with(0, &mut scratch.program(&["run", "task2c", "--quiet"])).stderr;
    assert!(message.contains("warning: MNIST was not found, made-up digits are used instead"), "{message}");
    assert!(message.contains("hint: for MNIST run `experiments data`"), "{message}");
}

#[test]
fn list_shows_settings_and_state() {
    let scratch = Scratch::new();
    assert!(scratch.stdout(&["list"]).contains("10 x 64"));
    scratch.stdout(&["run", "task2c", "--seed", "1,2"]);
    let list = scratch.stdout(&["list"]);
    assert!(list.contains("made-up: 2 finished") && list.contains("task3: Tricks of the trade"), "{list}");
    let json: Value = serde_json::from_str(&scratch.stdout(&["list", "--json"])).unwrap();
    assert_eq!(json["experiments"][0]["runs"][1]["seed"], 2);
}

#[test]
fn show_counts_the_parameters_layer_by_layer() {
    let scratch = Scratch::new();
    insta::assert_snapshot!(scratch.stdout(&["show", "task4d"]), @"
    task4d: Two hidden layers of 60
    compared with task3c, from which it differs in model.hidden_units
    data       640 training images, 200 validation images, 300 test images, pixels scaled by train mean std
    model      mlp: activation improved sigmoid, bias first layer, hidden units [60, 60], weight init fan in normal
    optimizer  sgd: learning rate 0.02, momentum 0.9
    training   batches of 32, shuffled every epoch, at most 1 epochs of 20 steps
    validation every 4 steps, early stopping after 50 without a new lowest loss
    checkpoint every 10 validations
    ───────────────────────────────────────
    Layer      Weights  Biases  Parameters
    ───────────────────────────────────────
    hidden 1  784 x 60      60      47,100
    hidden 2   60 x 60       0       3,600
    output     60 x 10       0         600
    ───────────────────────────────────────
    51,300 parameters
    ");
    let json: Value =
        serde_json::from_str(&scratch.stdout(&["show", "task4d", "--json", "--set", "model.bias=all"])).unwrap();
    assert_eq!(json["model"]["bias"], "all");
}

#[test]
fn check_names_every_wrong_file() {
    let scratch = Scratch::new();
    assert!(scratch.stdout(&["check"]).contains("task3: a valid comparison"));
    scratch.file("experiments/mine.toml", "title = 3\n");
    let message = scratch.refusal(&["check"], 2);
    assert!(message.contains("experiments/mine.toml:1") && message.contains("1 of 23 files are wrong"), "{message}");
}

#[test]
fn a_wrong_file_is_shown_once_although_others_need_it() {
    let scratch = Scratch::new();
    scratch.file("experiments/task2c.toml", "title = ");
    for arguments in [&["check"][..], &["list"], &["claims"]] {
        let message = scratch.refusal(arguments, 2);
        assert_eq!(message.matches("task2c.toml:1: the value is missing").count(), 1, "{message}");
        assert!(message.contains("error: 1 of 22 files are wrong"), "{message}");
    }
    let listed = Ended::with(2, &mut scratch.program(&["list"])).stdout;
    assert!(listed.contains("Ten hidden layers of 64") && !listed.contains("Baseline"), "{listed}");
}

#[test]
fn data_describes_the_dataset() {
    let scratch = Scratch::new();
    let text = scratch.stdout(&["data", "--dataset", "made-up", "--preview", "sheet.png"]);
    assert!(text.contains("made-up digits, drawn by this program") && text.contains("mean 33.5"), "{text}");
    assert!(std::fs::read(scratch.path("sheet.png")).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn real_mnist_has_the_reports_mean_and_deviation() {
    let Some(mnist) = test_support::mnist_dir() else {
        eprintln!("MNIST_DIR is not set: real MNIST is not described");
        return;
    };
    let scratch = Scratch::new();
    let text = Ended::with(0, scratch.program(&["data"]).env("MNIST_DIR", mnist)).stdout;
    assert!(text.contains("mean 33.5527, standard deviation 78.8755"), "{text}");
}

#[test]
fn gradients_pass_the_check() {
    let text = Scratch::new().stdout(&["gradcheck", "--dataset", "made-up"]);
    assert!(text.contains("below 1e-6") && text.contains("60, 60"), "{text}");
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let help = Scratch::new().stdout(&["--help"]);
    assert!(help.contains("experiments run task4e") && help.contains("Exit codes"), "{help}");
}
