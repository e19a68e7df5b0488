//! Specifications in records: JSON through the same door.

use serde_json::{Value, json};
use spec::ExperimentSpec;
use test_support::DECLARED;

use crate::experiment;

fn written() -> Value {
    serde_json::to_value(experiment(DECLARED, &[])).expect("plain data")
}

fn refusal(change: impl Fn(&mut Value)) -> String {
    let mut value = written();
    change(&mut value);
    let text = value.to_string();
    serde_json::from_str::<ExperimentSpec>(&text).map_or_else(|error| error.to_string(), |_| "valid".to_owned())
}

#[test]
fn what_is_written_reads_back_equal() {
    let spec = experiment(DECLARED, &[]);
    let text = serde_json::to_string(&spec).expect("plain data");
    assert_eq!(serde_json::from_str::<ExperimentSpec>(&text).expect("valid"), spec);
    assert!(text.contains(r#""model":{"kind":"mlp","#), "the kind comes first: {text}");
    assert_eq!(written()["optimizer"], json!({"kind": "sgd", "learning_rate": 0.02, "momentum": 0.9}));
}

#[test]
fn older_records_may_lack_kinds_and_seeds() {
    let read = refusal(|spec| {
        for table in ["model", "optimizer"] {
            spec[table].as_object_mut().expect("a table").remove("kind");
        }
        spec.as_object_mut().expect("a table").remove("seeds");
    });
    assert_eq!(read, "valid");
}

#[test]
fn records_keep_the_rules_of_files() {
    insta::assert_snapshot!(refusal(|spec| spec["name"] = json!("../x")), @r#"`name` is "../x", but must be the name of an experiment: a name begins with a letter or a digit (a-z, A-Z, 0-9)"#);
    insta::assert_snapshot!(refusal(|spec| spec["optimizer"]["momentum"] = json!(1.5)), @"`optimizer.momentum` is 1.5, but must be a number from 0 to below 1");
    insta::assert_snapshot!(refusal(|spec| spec["optimizer"]["kind"] = json!(0)), @r#"`optimizer.kind` is 0, but must be one of "sgd", "adam""#);
    insta::assert_snapshot!(refusal(|spec| spec["model"]["n_inputs"] = json!(784)), @"`model.n_inputs` is not a key");
    insta::assert_snapshot!(refusal(|spec| spec["model"]["activation"] = Value::Null), @r#"`model.activation` is null, but must be one of "sigmoid", "improved_sigmoid", "tanh", "relu""#);
    insta::assert_snapshot!(refusal(|spec| spec["data"]["train_images"] = json!(31)), @"`training.batch_size` is 32, but `data.train_images` is only 31");
    insta::assert_snapshot!(refusal(|spec| spec["data"] = json!([20_000, 10_000, "none"])), @"`data` is a list, but must be a table");
    insta::assert_snapshot!(refusal(|spec| spec["claims"][0]["against"] = json!("")), @r#"`claims[0].against` is "", but must be the name of an experiment: a name begins with a letter or a digit (a-z, A-Z, 0-9)"#);
    insta::assert_snapshot!(refusal(|spec| *spec = json!(3)), @"it is 3, but must be a table");
}
