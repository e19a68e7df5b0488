//! Unknown and missing keys, unknown words, wrong types, broken TOML.

use test_support::{DECLARED, declared_with};

use crate::refusal;

fn refused(word: &str, line: &str) -> String {
    refusal(&declared_with(word, line), &[])
}

#[test]
fn places_are_those_of_an_editor() {
    let wrong = declared_with("momentum", "momentum = 2");
    let expected = "x.toml:14: `optimizer.momentum` is 2, but must be a number from 0 to below 1";
    assert_eq!(refusal(&format!("\u{feff}{wrong}"), &[]), expected);
    assert_eq!(refusal(&wrong.replace('\n', "\r\n"), &[]), expected);
    let return_in_third = wrong.splitn(4, '\n').collect::<Vec<_>>().join("\n").replacen("[data]\n", "[data]\r", 1);
    insta::assert_snapshot!(refusal(&return_in_third, &[]), @"x.toml:3: the line ends in only a carriage return: save the file with line ends of Unix or Windows");
}

#[test]
fn unknown_keys_and_words_are_refused_with_the_nearest() {
    insta::assert_snapshot!(refused("shuffle", "shufle = \"never\""), @"x.toml:17: `training.shufle` is not a key | did you mean `shuffle`?");
    insta::assert_snapshot!(refused("shuffle", "order = \"never\""), @"x.toml:17: `training.order` is not a key | the keys are `batch_size`, `shuffle`, `max_epochs`, `validations_per_epoch` and `patience_validations`");
    insta::assert_snapshot!(refused("momentum", "momentun = 0.9"), @"x.toml:14: `optimizer.momentun` is not a key | did you mean `momentum`?");
    insta::assert_snapshot!(refused("momentum", "kin = \"sgd\""), @"x.toml:14: `optimizer.kin` is not a key | did you mean `kind`?");
    insta::assert_snapshot!(refused("activation", "activation = \"relux\""), @r#"x.toml:9: `model.activation` is "relux", but must be one of "sigmoid", "improved_sigmoid", "tanh", "relu" | did you mean "relu"?"#);
    insta::assert_snapshot!(refused("metric", "metric = \"step\""), @r#"x.toml:23: `claim[0].metric` is "step", but must be one of "best_validation_accuracy", "best_validation_loss", "last_validation_accuracy", "last_validation_loss", "best_test_accuracy", "best_test_loss", "last_test_accuracy", "last_test_loss", "optimism", "last_train_loss", "last_train_accuracy", "steps", "steps_to", "early_train_loss", "validation_loss_area", "generalization_gap", "gradient_ratio", "update_ratio", "saturated_units" | did you mean "steps"?"#);
    insta::assert_snapshot!(refused("expect", "expect = \"unclear\""), @r#"x.toml:24: `claim[0].expect` is "unclear", but must be one of "higher", "lower", "about_the_same""#);
    insta::assert_snapshot!(refused("[optimizer]", "[optimiser]"), @"x.toml:12: `optimiser` is not a key | did you mean `optimizer`?");
    insta::assert_snapshot!(refused("title", "titel = \"x\""), @"x.toml:1: `titel` is not a key | did you mean `title`?");
    insta::assert_snapshot!(refused("title", "\"data.title\" = \"x\""), @r#"x.toml:1: `"data.title"` is not a key | did you mean `title`?"#);
    insta::assert_snapshot!(refused("margin", "margins = 1"), @"x.toml:25: `claim[0].margins` is not a key | did you mean `margin`?");
}

#[test]
fn wrong_types_are_refused_with_what_would_do() {
    insta::assert_snapshot!(refused("momentum", "momentum = \"0.9\""), @r#"x.toml:14: `optimizer.momentum` is the text "0.9", but must be a number from 0 to below 1 | remove the quotes: 0.9"#);
    insta::assert_snapshot!(refused("momentum", "momentum = \"high\""), @r#"x.toml:14: `optimizer.momentum` is the text "high", but must be a number from 0 to below 1"#);
    insta::assert_snapshot!(refused("max_epochs", "max_epochs = 5.5"), @"x.toml:18: `training.max_epochs` is 5.5, but must be a whole number from 1 to 10,000");
    insta::assert_snapshot!(refused("max_epochs", "max_epochs = 2026-11-25"), @"x.toml:18: `training.max_epochs` is the date 2026-11-25, but must be a whole number from 1 to 10,000");
    insta::assert_snapshot!(refused("hidden_units", "hidden_units = 64"), @"x.toml:8: `model.hidden_units` is 64, but must be a list of whole numbers such as [64, 64]");
    insta::assert_snapshot!(refused("hidden_units", "hidden_units = [64, \"64\"]"), @r#"x.toml:8: `model.hidden_units[1]` is the text "64", but must be a whole number from 1 to 1,000,000 | remove the quotes: 64"#);
    insta::assert_snapshot!(refused("batch_size", "batch_size = 99999999999999999999"), @"x.toml:16: `training.batch_size` is 99999999999999999999, but must be a whole number from 1 to 60,000");
    insta::assert_snapshot!(refused("batch_size", "batch_size = 0xffff_ffff_ffff_ffff_ffff"), @"x.toml:16: `training.batch_size` is 0xffffffffffffffffffff, but must be a whole number from 1 to 60,000");
    insta::assert_snapshot!(refused("title", "title = 64"), @r#"x.toml:1: `title` is 64, but must be text | put it in quotes: "64""#);
    insta::assert_snapshot!(refused("baseline", "baseline = [\"task3b\"]"), @"x.toml:2: `baseline` is a list, but must be text");
    insta::assert_snapshot!(refused("activation", "activation = 3"), @r#"x.toml:9: `model.activation` is 3, but must be one of "sigmoid", "improved_sigmoid", "tanh", "relu""#);
    insta::assert_snapshot!(refused("activation", "activation = { kind = \"relu\" }"), @r#"x.toml:9: `model.activation` is a table, but must be one of "sigmoid", "improved_sigmoid", "tanh", "relu""#);
    insta::assert_snapshot!(refused("learning_rate", "learning_rate = { start = 0.1 }"), @"x.toml:13: `optimizer.learning_rate` is a table, but must be a number above 0 (1.2e-38 to 3.4e38)");
    insta::assert_snapshot!(refusal("title = \"x\"\nmodel = 3", &[]), @"x.toml:2: `model` is 3, but must be a table");
    insta::assert_snapshot!(refusal("title = \"x\"\ndata = [1]", &[]), @"x.toml:2: `data` is a list, but must be a table");
    insta::assert_snapshot!(refusal("title = \"x\"\n[claim]\nsays = \"y\"", &[]), @"x.toml:2: `claim` is a table, but must be a list | a header in double brackets, `[[…]]`, makes a list");
}

#[test]
fn a_metric_takes_its_own_parameters_and_no_others() {
    let level = |text: &str| refused("metric", &format!("metric = \"steps_to\"\n{text}"));
    insta::assert_snapshot!(level("of = \"train_loss\""), @"x.toml:21: [[claim]] lacks `level`: a number above 0 (1.2e-38 to 3.4e38)");
    insta::assert_snapshot!(level("level = 0.8"), @r#"x.toml:21: [[claim]] lacks `of`: one of "validation_accuracy", "validation_loss", "train_accuracy", "train_loss""#);
    insta::assert_snapshot!(level("of = \"accuracy\"\nlevel = 0.8"), @r#"x.toml:24: `claim[0].of` is "accuracy", but must be one of "validation_accuracy", "validation_loss", "train_accuracy", "train_loss""#);
    insta::assert_snapshot!(level("of = \"validation_accuracy\"\nlevel = 80"), @"x.toml:25: `claim[0].level` is 80, but an accuracy is at most 1 | for 80 % write 0.8");
    insta::assert_snapshot!(level("of = \"train_loss\"\nlevel = -1"), @"x.toml:25: `claim[0].level` is -1, but must be a number above 0 (1.2e-38 to 3.4e38)");
    insta::assert_snapshot!(level("of = \"train_loss\"\nlevel = 0.5\nepochs = 5"), @"x.toml:26: `claim[0].epochs` is not a key | the keys are `says`, `source`, `metric`, `of`, `level`, `expect`, `margin` and `against`");
    insta::assert_snapshot!(refused("metric", "metric = \"steps\"\nlevel = 0.8"), @"x.toml:24: `claim[0].level` is not a key | the keys are `says`, `source`, `metric`, `expect`, `margin` and `against`");
    insta::assert_snapshot!(refused("metric", "metric = \"early_train_loss\"\nepochs = 0"), @"x.toml:24: `claim[0].epochs` is 0, but must be a number above 0 (1.2e-38 to 3.4e38)");
    insta::assert_snapshot!(refused("metric", "metric = 90"), @r#"x.toml:23: `claim[0].metric` is 90, but must be one of "best_validation_accuracy", "best_validation_loss", "last_validation_accuracy", "last_validation_loss", "best_test_accuracy", "best_test_loss", "last_test_accuracy", "last_test_loss", "optimism", "last_train_loss", "last_train_accuracy", "steps", "steps_to", "early_train_loss", "validation_loss_area", "generalization_gap", "gradient_ratio", "update_ratio", "saturated_units""#);
}

#[test]
fn broken_toml_is_refused_in_plain_words() {
    insta::assert_snapshot!(refused("momentum", "momentum = 0.9\nmomentum = 0.8"), @"x.toml:15: `momentum` is given twice");
    insta::assert_snapshot!(refused("momentum", "momentum ="), @"x.toml:14: the value is missing");
    insta::assert_snapshot!(refused("momentum", "momentum"), @"x.toml:14: `=` and a value are missing after the key");
    insta::assert_snapshot!(refused("momentum", "momentum = 0,9"), @"x.toml:14: the line does not end after its value or header");
    insta::assert_snapshot!(refused("momentum", "momentum = 00.9"), @"x.toml:14: unexpected leading zero");
    insta::assert_snapshot!(refused("momentum", "momentum = .9"), @"x.toml:14: digits are missing in the number");
    insta::assert_snapshot!(refused("momentum", "= 0.9"), @"x.toml:14: the key before `=` is missing");
    insta::assert_snapshot!(refused("activation", "activation = relu"), @"x.toml:9: `relu` is not a value: text needs quotes, values in a list need commas");
    insta::assert_snapshot!(refused("activation", "activation = \"relu"), @"x.toml:9: the text is not closed: a quote is missing");
    insta::assert_snapshot!(refused("activation", "activation = 'relu"), @"x.toml:9: the text is not closed: a quote is missing");
    insta::assert_snapshot!(refused("title", "title = \"x"), @"x.toml:1: the text is not closed: a quote is missing");
    insta::assert_snapshot!(refused("title", "title = \"a\\d\""), @r#"x.toml:1: `\` begins an escape in a text; write `\\` for a backslash"#);
    insta::assert_snapshot!(refused("hidden_units", "hidden_units = [64"), @"x.toml:9: the list is not closed: `]` or a comma is missing");
    insta::assert_snapshot!(refused("hidden_units", "hidden_units = [64 64]"), @"x.toml:8: `64 64` is not a value: text needs quotes, values in a list need commas");
    insta::assert_snapshot!(refused("[training]", "[training"), @"x.toml:15: the header is not closed: `]` is missing");
    insta::assert_snapshot!(refused("[training]", "[data]"), @"x.toml:15: `data` is given twice");
    insta::assert_snapshot!(refused("[training]", "training"), @"x.toml:15: `=` and a value are missing after the key");
    insta::assert_snapshot!(refused("[[claim]]", "[[data]]"), @"x.toml:21: `data` is given twice");
}

#[test]
fn every_value_that_moves_the_curve_is_required() {
    let optional = ["[", "baseline", "says", "metric", "expect", "margin"];
    for line in DECLARED.lines().filter(|line| !optional.iter().any(|word| line.starts_with(word))) {
        let key = line.split(' ').next().expect("a key");
        let message = refused(key, "");
        assert!(message.contains(&format!("lacks `{key}`: ")) || message.contains("`title` is missing"), "{message}");
    }
    insta::assert_snapshot!(refused("title", ""), @"x.toml: `title` is missing: one line of 1 to 100 characters, none of them control or invisible characters");
    insta::assert_snapshot!(refused("weight_init", ""), @r#"x.toml:7: [model] lacks `weight_init`: one of "uniform", "fan_in_normal", "he_normal""#);
    insta::assert_snapshot!(refused("momentum", ""), @"x.toml:12: [optimizer] lacks `momentum`: a number from 0 to below 1");
    insta::assert_snapshot!(refused("margin", ""), @"x.toml:21: [[claim]] lacks `margin`: a number above 0 (1.2e-38 to 3.4e38)");
}

#[test]
fn missing_tables_are_refused_with_what_belongs_in_them() {
    let without_optimizer = DECLARED.replace("[optimizer]\nlearning_rate = 0.02\nmomentum = 0.9\n", "");
    insta::assert_snapshot!(refusal(&without_optimizer, &[]), @r#"x.toml: the table [optimizer] is missing | with `kind = "sgd"` its keys are `learning_rate` and `momentum`; with `kind = "adam"` its keys are `learning_rate`, `beta_1`, `beta_2` and `epsilon`"#);
    insta::assert_snapshot!(refusal("title = \"x\"", &[]), @"x.toml: the table [data] is missing | its keys are `train_images`, `validation_images`, `test_images` and `pixel_scaling`");
    insta::assert_snapshot!(refusal("", &[]), @"x.toml: declares nothing: an experiment needs `title` and the tables [data], [model], [optimizer] and [training]");
    insta::assert_snapshot!(refusal("# to do\n", &[]), @"x.toml: declares nothing: an experiment needs `title` and the tables [data], [model], [optimizer] and [training]");
}

#[test]
fn the_name_of_an_experiment_is_that_of_its_file() {
    insta::assert_snapshot!(refused("title", "title = \"x\"\nname = \"task9\""), @"x.toml:2: `name` cannot be set: it is the file's name, x | rename the file to rename the experiment");
}
