//! `--set key=value`.

use spec::Override;
use test_support::{DECLARED, declared_with};

use crate::{experiment, refusal, with_hint};

#[test]
fn a_value_is_toml_and_a_bare_word_is_text() {
    for (text, title) in [
        ("title=two words", "two words"),
        ("title = \"two words\"", "two words"),
        ("title=a = b", "a = b"),
        ("title=1e5x", "1e5x"),
        ("title='true'", "true"),
    ] {
        assert_eq!(experiment(DECLARED, &[text]).title, title, "{text}");
        assert_eq!(text.parse::<Override>().expect(text).to_string(), text);
    }
    let spec = experiment(DECLARED, &["model.hidden_units=[16, 8]", "optimizer.momentum=0", "model.bias=all"]);
    let same = DECLARED.replace("[64, 64]", "[16, 8]").replace("= 0.9", "= 0").replace("\"first_layer\"", "\"all\"");
    assert_eq!(spec, experiment(&same, &[]));
}

#[test]
fn a_list_needs_no_brackets_which_shells_take_for_patterns() {
    for (text, units) in [("16", "[16]"), ("16,8", "[16, 8]"), (" 1_6, 8,", "[16, 8]")] {
        let spec = experiment(DECLARED, &[&format!("model.hidden_units={text}")]);
        assert_eq!(spec, experiment(DECLARED, &[&format!("model.hidden_units={units}")]), "{text}");
    }
    insta::assert_snapshot!(refusal(DECLARED, &["model.hidden_units=16,0"]), @"--set model.hidden_units=16,0: `model.hidden_units[1]` is 0, but must be a whole number from 1 to 1,000,000");
}

#[test]
fn what_is_not_an_override_is_refused() {
    let refused = |text: &str| with_hint(&text.parse::<Override>().expect_err(text));
    insta::assert_snapshot!(refused("relu"), @"--set relu: is not of the form `key=value` | for example `--set model.activation=relu`");
    insta::assert_snapshot!(refused("model.hiden_units=[1]"), @"--set model.hiden_units=[1]: `model.hiden_units` is not a key | did you mean `model.hidden_units`?");
    insta::assert_snapshot!(refused("hidden_units=[1]"), @"--set hidden_units=[1]: `hidden_units` is not a key | did you mean `model.hidden_units`?");
    insta::assert_snapshot!(refused("model.depth=1"), @"--set model.depth=1: `model.depth` is not a key | the keys are `model.kind`, `model.hidden_units`, `model.first_maps`, `model.second_maps`, `model.activation`, `model.weight_init` and `model.bias`");
    insta::assert_snapshot!(refused("model={}"), @"--set model={}: `model` is a table; set one of its keys | its keys are `model.kind`, `model.hidden_units`, `model.first_maps`, `model.second_maps`, `model.activation`, `model.weight_init` and `model.bias`");
    insta::assert_snapshot!(refused("model.hidden_units[0]=3"), @"--set model.hidden_units[0]=3: `model.hidden_units[0]` is one value of a list; set the whole list | the key is `model.hidden_units`");
    insta::assert_snapshot!(refused("claim=[]"), @"--set claim=[]: `claim` cannot be overridden: edit the file | an override changes a setting of one experiment");
    insta::assert_snapshot!(refused("claim.margin=3"), @"--set claim.margin=3: `claim.margin` cannot be overridden: edit the file | an override changes a setting of one experiment");
    insta::assert_snapshot!(refused("name=x"), @"--set name=x: `name` cannot be overridden: edit the file | an override changes a setting of one experiment");
    insta::assert_snapshot!(refused("seeds=3"), @"--set seeds=3: `seeds` is not a setting of a run | the option `--seeds 3` trains the seeds from 1 to 3");
    insta::assert_snapshot!(refused("=1"), @"--set =1: `` is not a key | the keys are `title`, `baseline`, `data.train_images`, `data.validation_images`, `data.test_images`, `data.pixel_scaling`, `model.kind`, `model.hidden_units`, `model.first_maps`, `model.second_maps`, `model.activation`, `model.weight_init`, `model.bias`, `optimizer.kind`, `optimizer.learning_rate`, `optimizer.momentum`, `optimizer.beta_1`, `optimizer.beta_2`, `optimizer.epsilon`, `training.batch_size`, `training.shuffle`, `training.max_epochs`, `training.validations_per_epoch`, `training.patience_validations` and `checkpoint.every_validations`");
    insta::assert_snapshot!(refused("title="), @r#"--set title=: is not of the form `key=value` | for example `--set 'title="Two layers"'`"#);
    insta::assert_snapshot!(refused("model.hidden_units=[1"), @"--set model.hidden_units=[1: the list is not closed: `]` or a comma is missing | for example `--set 'model.hidden_units=[60, 60]'`");
    assert!(refused("optimizer.momentum=0\nlearning_rate=1").contains("has control or invisible characters"));
    assert!(refused("title=\u{202e}").contains("has control or invisible characters"));
}

#[test]
fn a_bad_value_is_reported_at_its_override() {
    let refused = |overrides: &[&str]| refusal(DECLARED, overrides);
    insta::assert_snapshot!(refused(&["title=ok", "model.hidden_units=[8, 0]"]), @"--set model.hidden_units=[8, 0]: `model.hidden_units[1]` is 0, but must be a whole number from 1 to 1,000,000");
    insta::assert_snapshot!(refused(&["model.hidden_units='64'"]), @r#"--set model.hidden_units='64': `model.hidden_units` is the text "64", but must be a list of whole numbers such as [64, 64] | remove the quotes: 64"#);
    insta::assert_snapshot!(refused(&["model.activation=rely"]), @r#"--set model.activation=rely: `model.activation` is "rely", but must be one of "sigmoid", "improved_sigmoid", "tanh", "relu" | did you mean "relu"?"#);
    insta::assert_snapshot!(refused(&["model.activation=step"]), @r#"--set model.activation=step: `model.activation` is "step", but must be one of "sigmoid", "improved_sigmoid", "tanh", "relu" | for example `--set 'model.activation=relu'`"#);
    insta::assert_snapshot!(refused(&["optimizer.learning_rate=0,1"]), @r#"--set optimizer.learning_rate=0,1: `optimizer.learning_rate` is the text "0,1", but must be a number above 0 (1.2e-38 to 3.4e38) | for example `--set 'optimizer.learning_rate=0.02'`"#);
    insta::assert_snapshot!(refused(&["optimizer.learning_rate='0.1'"]), @r#"--set optimizer.learning_rate='0.1': `optimizer.learning_rate` is the text "0.1", but must be a number above 0 (1.2e-38 to 3.4e38) | remove the quotes: 0.1"#);
    insta::assert_snapshot!(refused(&["optimizer.learning_rate=nan"]), @"--set optimizer.learning_rate=nan: `optimizer.learning_rate` is nan, but must be a number above 0 (1.2e-38 to 3.4e38) | for example `--set 'optimizer.learning_rate=0.02'`");
    assert_eq!(refused(&["optimizer.momentum=7", "optimizer.momentum=0.5"]), "valid");
}

#[test]
fn an_override_replaces_a_bad_value() {
    let odd = declared_with("momentum", "momentum = nan");
    assert_eq!(refusal(&odd, &["optimizer.momentum=0.5"]), "valid");
    insta::assert_snapshot!(refusal(&odd, &["optimizer.momentum=7"]), @"--set optimizer.momentum=7: `optimizer.momentum` is 7, but must be a number from 0 to below 1");
    assert_eq!(refusal(&declared_with("hidden_units", "hidden_units = 3"), &["model.hidden_units=[3]"]), "valid");
}

#[test]
fn an_override_does_not_hide_what_the_file_lacks() {
    let refused = |file: &str| refusal(file, &["model.activation=relu"]);
    insta::assert_snapshot!(refused(""), @"x.toml: [model] lacks `hidden_units`: a list of whole numbers such as [64, 64]");
    insta::assert_snapshot!(refused("title = \"x\"\nmodel = 3"), @"x.toml:2: `model` is 3, but must be a table");
    let without_model =
        DECLARED.replace("[model]\nhidden_units = [64, 64]\nactivation = \"improved_sigmoid\"\n", "[model]\n");
    insta::assert_snapshot!(refused(&without_model), @"x.toml:7: [model] lacks `hidden_units`: a list of whole numbers such as [64, 64]");
}

#[test]
fn a_kind_is_overridden_together_with_its_keys() {
    let refused = |overrides: &[&str]| refusal(DECLARED, overrides);
    let adam = ["optimizer.kind=adam", "optimizer.beta_1=0.9", "optimizer.beta_2=0.999", "optimizer.epsilon=1e-8"];
    assert_eq!(refused(&adam), "valid");
    insta::assert_snapshot!(refused(&adam[..3]), @"--set optimizer.kind=adam: [optimizer] lacks `epsilon`: a number above 0 (1.2e-38 to 3.4e38)");
    insta::assert_snapshot!(refused(&["optimizer.beta_1=0.9"]), @r#"--set optimizer.beta_1=0.9: `optimizer.beta_1` is not a key | it is a key of `kind = "adam"`"#);
    insta::assert_snapshot!(refused(&[&adam[..], &["optimizer.momentum=0.5"]].concat()), @r#"--set optimizer.momentum=0.5: `optimizer.momentum` is not a key | it is a key of `kind = "sgd"`"#);
    insta::assert_snapshot!(refused(&[&adam[..3], &["optimizer.epsilon=0"]].concat()), @"--set optimizer.epsilon=0: `optimizer.epsilon` is 0, but must be a number above 0 (1.2e-38 to 3.4e38)");
}

#[test]
fn kinds_are_overridden_like_any_key() {
    let refused = |overrides: &[&str]| refusal(DECLARED, overrides);
    assert_eq!(refused(&["optimizer.kind=sgd", "model.kind=mlp"]), "valid");
    insta::assert_snapshot!(refused(&["optimizer.kind=sdg"]), @r#"--set optimizer.kind=sdg: `optimizer.kind` is "sdg", but must be one of "sgd", "adam" | did you mean "sgd"?"#);
    insta::assert_snapshot!(refused(&["model.kind=3"]), @r#"--set model.kind=3: `model.kind` is 3, but must be one of "mlp", "lenet" | for example `--set 'model.kind=mlp'`"#);
}
