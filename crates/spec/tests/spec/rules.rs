//! Rules across keys.

use test_support::{DECLARED, declared_with};

use crate::refusal;

#[test]
fn validations_divide_an_epoch_evenly() {
    let refused = |line: &str| refusal(&declared_with("validations_per_epoch", line), &[]);
    insta::assert_snapshot!(refused("validations_per_epoch = 4"), @"x.toml:19: `training.validations_per_epoch` is 4, but must divide the 625 steps of an epoch (`data.train_images` / `training.batch_size`) evenly | 1, 5 or 25 would do");
    insta::assert_snapshot!(refused("validations_per_epoch = 626"), @"x.toml:19: `training.validations_per_epoch` is 626, but must divide the 625 steps of an epoch (`data.train_images` / `training.batch_size`) evenly | 125 or 625 would do");
}

#[test]
fn a_batch_is_not_larger_than_the_training_set() {
    insta::assert_snapshot!(refusal(&declared_with("batch_size", "batch_size = 20_001"), &[]), @"x.toml:16: `training.batch_size` is 20,001, but `data.train_images` is only 20,000");
    insta::assert_snapshot!(refusal(DECLARED, &["data.train_images=10"]), @"--set data.train_images=10: `training.batch_size` is 32, but `data.train_images` is only 10");
}

#[test]
fn test_images_are_not_those_of_the_training() {
    let test = |line: &str| declared_with("validation_images", &format!("validation_images = 10_000\n{line}"));
    assert_eq!(refusal(&test("test_images = 40_000"), &[]), "valid");
    insta::assert_snapshot!(refusal(&test("test_images = 40_001"), &[]), @"x.toml:6: `data.test_images` is 40,001 and `data.train_images` is 20,000, but both come from 60,000 images, and no image may be in both sets | for 20,000 training images, at most 40,000 test images are left");
    insta::assert_snapshot!(refusal(&test("test_images = 10_000"), &["data.train_images=51_200"]), @"--set data.train_images=51_200: `data.test_images` is 10,000 and `data.train_images` is 51,200, but both come from 60,000 images, and no image may be in both sets | for 51,200 training images, at most 8,800 test images are left");
    assert_eq!(refusal(&test("test_images = 10_000"), &["data.train_images=51_200", "data.test_images=0"]), "valid");
}

#[test]
fn every_training_image_can_be_seen() {
    let refused = |overrides: &[&str]| refusal(DECLARED, overrides);
    let odd = ["training.batch_size=1001", "data.train_images=2000", "training.validations_per_epoch=1"];
    assert_eq!(refused(&odd), "valid", "shuffling leaves out others in every epoch");
    insta::assert_snapshot!(refused(&[&odd[..], &["training.shuffle=never"]].concat()), @r#"--set training.shuffle=never: the last 999 of 2,000 training images do not fill a batch (`training.batch_size` is 1,001), and with `training.shuffle = "never"` no epoch would train on them | set `data.train_images` to 1,001, or let `training.batch_size` divide it"#);
}

#[test]
fn a_rule_across_keys_blames_the_key_that_was_overridden_last() {
    let refused = |overrides: &[&str]| refusal(DECLARED, overrides);
    // The rule does not depend on epochs.
    insta::assert_snapshot!(refused(&["training.max_epochs=1", "data.train_images=31"]), @"--set data.train_images=31: `training.batch_size` is 32, but `data.train_images` is only 31");
    insta::assert_snapshot!(refused(&["data.train_images=31", "training.max_epochs=1"]), @"--set data.train_images=31: `training.batch_size` is 32, but `data.train_images` is only 31");
    insta::assert_snapshot!(refused(&["data.train_images=31", "training.batch_size=40"]), @"--set training.batch_size=40: `training.batch_size` is 40, but `data.train_images` is only 31");
    insta::assert_snapshot!(refused(&["training.batch_size=40", "data.train_images=31"]), @"--set data.train_images=31: `training.batch_size` is 40, but `data.train_images` is only 31");
    insta::assert_snapshot!(refused(&["training.batch_size=64"]), @"--set training.batch_size=64: `training.validations_per_epoch` is 5, but must divide the 312 steps of an epoch (`data.train_images` / `training.batch_size`) evenly | 3, 4, 6 or 8 would do");
}

#[test]
fn the_length_of_a_run_is_limited() {
    let refused = |line: &str| {
        refusal(&declared_with("max_epochs", line), &["data.train_images=60_000", "training.batch_size=1"])
    };
    assert_eq!(refused("max_epochs = 100"), "valid");
    insta::assert_snapshot!(refused("max_epochs = 200"), @"--set training.batch_size=1: `training.max_epochs` is 200, which makes 12,000,000 steps (60,000 in every epoch, from `training.batch_size` and `data.train_images`), but 10,000,000 is the limit");
    let often = ["training.validations_per_epoch=625", "training.max_epochs=1000"];
    insta::assert_snapshot!(refusal(DECLARED, &often), @"--set training.max_epochs=1000: `training.max_epochs` is 1,000, which makes 625,000 validations (625 in every epoch, from `training.validations_per_epoch`), but 100,000 is the limit");
}

#[test]
fn a_claim_needs_a_baseline() {
    insta::assert_snapshot!(refusal(&declared_with("baseline", ""), &[]), @r#"x.toml:21: `claim[0]` names no experiment to compare with | add a `baseline` to the file, or `against = "…"` to the claim"#);
    let against = declared_with("baseline", "").replace("margin", "against = \"task4e\"\nmargin");
    assert_eq!(refusal(&against, &[]), "valid");
}

#[test]
fn lists_have_a_length_limit() {
    let claim = DECLARED.split_once("[[claim]]").expect("a claim").1;
    let claims = format!("{DECLARED}{}", format!("[[claim]]{claim}").repeat(100));
    insta::assert_snapshot!(refusal(&claims, &[]), @"x.toml:521: `claim` is a list of 101 statements, but 100 is the limit");
    let runs: Vec<String> = (0..101).map(|run| format!("\"run{run}\"")).collect();
    let comparison = format!("title = \"x\"\nruns = [{}]", runs.join(","));
    insta::assert_snapshot!(refusal(&comparison, &[]), @"x.toml:2: `runs` is a list of 101 experiments, but 100 is the limit");
}

#[test]
fn a_network_fits_into_memory() {
    let refused = |line: &str| refusal(&declared_with("hidden_units", line), &[]);
    insta::assert_snapshot!(refused("hidden_units = [1_000_000, 1_000_000]"), @"x.toml:8: `model.hidden_units` makes a network of 1,000,795,000,000 parameters; training it takes about 29829.6 GiB of memory, but 32 GiB is the limit");
    insta::assert_snapshot!(refused(&format!("hidden_units = [{}]", "1, ".repeat(1_001))), @"x.toml:8: `model.hidden_units` makes a network of 1,002 layers, but 1,000 is the limit");
    assert_eq!(refused(&format!("hidden_units = [{}]", "1, ".repeat(999))), "valid");
    insta::assert_snapshot!(refusal(DECLARED, &["model.hidden_units=[1_000_000, 10_000]"]), @"--set model.hidden_units=[1_000_000, 10_000]: `model.hidden_units` makes a network of 10,785,100,000 parameters; training it takes about 323.2 GiB of memory, but 32 GiB is the limit");
}
