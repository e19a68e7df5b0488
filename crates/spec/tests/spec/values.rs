//! Values that validate themselves.

use test_support::{DECLARED, declared_with};

use crate::{experiment, refusal};

#[test]
fn values_out_of_bounds_are_refused() {
    let line_rule = "one line of 1 to 100 characters, none of them control or invisible characters";
    let statement = "one line of 1 to 300 characters, none of them control or invisible characters";
    let units = "a whole number from 1 to 1,000,000";
    let long = format!("title = \"{}\"", "a".repeat(101));
    for (line, message) in [
        ("title = \" \"", format!("1: `title` is \" \", but must be {line_rule}")),
        ("title = \"a\\u0007\"", format!("1: `title` is \"a\\u{{7}}\", but must be {line_rule}")),
        ("title = \"a\\u202e\"", format!("1: `title` is \"a\\u{{202e}}\", but must be {line_rule}")),
        (&long, format!("1: `title` is a text of 101 characters, but must be {line_rule}")),
        (
            "baseline = \"a b\"",
            "2: `baseline` is \"a b\", but must be the name of an experiment: \
             a name has only letters, digits, `.`, `_` and `-`"
                .into(),
        ),
        ("train_images = 0", "4: `data.train_images` is 0, but must be a whole number from 1 to 60,000".into()),
        (
            "train_images = 60_001",
            "4: `data.train_images` is 60,001, but must be a whole number from 1 to 60,000".into(),
        ),
        (
            "validation_images = 10_001",
            "5: `data.validation_images` is 10,001, but must be a whole number from 1 to 10,000".into(),
        ),
        ("hidden_units = [8, 0]", format!("8: `model.hidden_units[1]` is 0, but must be {units}")),
        ("hidden_units = [-64]", format!("8: `model.hidden_units[0]` is -64, but must be {units}")),
        ("hidden_units = [1_000_001]", format!("8: `model.hidden_units[0]` is 1,000,001, but must be {units}")),
        (
            "hidden_units = [9223372036854775807]",
            format!("8: `model.hidden_units[0]` is 9,223,372,036,854,775,807, but must be {units}"),
        ),
        (
            "learning_rate = 0",
            "13: `optimizer.learning_rate` is 0, but must be a number above 0 (1.2e-38 to 3.4e38)".into(),
        ),
        (
            "learning_rate = nan",
            "13: `optimizer.learning_rate` is nan, but must be a number above 0 (1.2e-38 to 3.4e38)".into(),
        ),
        (
            "learning_rate = 1e400",
            "13: `optimizer.learning_rate` is 1e400, but must be a number above 0 (1.2e-38 to 3.4e38)".into(),
        ),
        (
            "learning_rate = 1e-320",
            "13: `optimizer.learning_rate` is 1e-320, but must be a number above 0 (1.2e-38 to 3.4e38)".into(),
        ),
        (
            "learning_rate = 1e39",
            "13: `optimizer.learning_rate` is 1e39, but must be a number above 0 (1.2e-38 to 3.4e38)".into(),
        ),
        (
            "momentum = 0.99999999999",
            "14: `optimizer.momentum` is 0.99999999999, but must be a number from 0 to below 1".into(),
        ),
        ("momentum = 1e-50", "14: `optimizer.momentum` is 1e-50, but must be a number from 0 to below 1".into()),
        ("momentum = 1.0", "14: `optimizer.momentum` is 1.0, but must be a number from 0 to below 1".into()),
        ("momentum = -0.5", "14: `optimizer.momentum` is -0.5, but must be a number from 0 to below 1".into()),
        ("momentum = inf", "14: `optimizer.momentum` is inf, but must be a number from 0 to below 1".into()),
        ("batch_size = 0", "16: `training.batch_size` is 0, but must be a whole number from 1 to 60,000".into()),
        ("max_epochs = 0", "18: `training.max_epochs` is 0, but must be a whole number from 1 to 10,000".into()),
        (
            "validations_per_epoch = 0",
            "19: `training.validations_per_epoch` is 0, but must be a whole number from 1 to 60,000".into(),
        ),
        ("seeds = 0", "1: `seeds` is 0, but must be a whole number from 1 to 1,000".into()),
        ("margin = 0", "25: `claim[0].margin` is 0, but must be a number above 0 (1.2e-38 to 3.4e38)".into()),
        ("margin = inf", "25: `claim[0].margin` is inf, but must be a number above 0 (1.2e-38 to 3.4e38)".into()),
        ("says = \"\"", format!("22: `claim[0].says` is \"\", but must be {statement}")),
        ("says = \"a\\u001b[31m\"", format!("22: `claim[0].says` is \"a\\u{{1b}}[31m\", but must be {statement}")),
        (
            "checkpoint.every_validations = 0",
            "1: `checkpoint.every_validations` is 0, but must be a whole number from 1 to 100,000".into(),
        ),
        (
            "patience_validations = 0",
            "20: `training.patience_validations` is 0, but must be a whole number from 1 to 1,000,000".into(),
        ),
    ] {
        let word = line.split(' ').next().expect("a key");
        // A key that the file lacks is put before its title.
        let known = DECLARED.lines().any(|known| known.starts_with(word));
        let file = if known { declared_with(word, line) } else { format!("{line}\n{DECLARED}") };
        let refused = refusal(&file, &[]);
        let refused = refused.split(" | ").next().expect("a message");
        assert_eq!(refused, format!("x.toml:{message}"), "{line}");
    }
}

#[test]
fn the_bounds_themselves_are_valid() {
    for line in [
        "train_images = 60_000",
        "hidden_units = []",
        "hidden_units = [1_000_000]",
        "learning_rate = 1",
        "learning_rate = 99999999999999999999",
        "momentum = 0",
        "baseline = \"x\"",
        "patience_validations = 1",
    ] {
        let word = line.split(' ').next().expect("a key");
        assert_eq!(refusal(&declared_with(word, line), &[]), "valid", "{line}");
    }
    let longest = format!("title = \"{}\"", "ä".repeat(100));
    assert_eq!(refusal(&declared_with("title", &longest), &[]), "valid");
}

#[test]
fn an_optional_key_has_a_default() {
    let spec = experiment(DECLARED, &[]);
    assert_eq!((spec.seeds, spec.checkpoint.every_validations), (1, 10));
    assert_eq!(spec.claims[0].against, "task3c", "a claim is about the baseline");
    let named = |table: &str, kind: &str| DECLARED.replace(table, &format!("{table}\nkind = \"{kind}\""));
    assert_eq!(experiment(&named("[optimizer]", "sgd"), &[]), spec);
    assert_eq!(experiment(&named("[model]", "mlp"), &[]), spec);
    let spaces = experiment(&declared_with("title", "title = '  Two layers\t'"), &[]);
    assert_eq!(spaces, spec, "spaces around a title are dropped");
}
