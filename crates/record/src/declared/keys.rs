//! The dotted keys that an override may set, and what is said of any other.

use crate::suggest;

/// Every key that an override may set, with a value that it accepts.
pub(super) const KEYS: [(&str, &str); 17] = [
    ("title", "\"Two layers\""),
    ("baseline", "task3c"),
    ("data.train_images", "20_000"),
    ("data.validation_images", "10_000"),
    ("data.pixel_scaling", "train_mean_std"),
    ("model.hidden_units", "[60, 60]"),
    ("model.activation", "relu"),
    ("model.weight_init", "fan_in_normal"),
    ("model.bias", "first_layer"),
    ("optimizer.learning_rate", "0.02"),
    ("optimizer.momentum", "0.9"),
    ("training.batch_size", "32"),
    ("training.shuffle", "every_epoch"),
    ("training.max_epochs", "50"),
    ("training.validations_per_epoch", "5"),
    ("training.patience_validations", "50"),
    ("checkpoint.every_validations", "10"),
];

/// A value that a key accepts; none when an override may not set the key.
pub(super) fn example_of(key: &str) -> Option<&'static str> {
    KEYS.iter().find(|(known, _)| *known == key).map(|(_, example)| *example)
}

/// Why a key cannot be overridden, and a hint; none when it can.
pub(super) fn what_is_wrong(key: &str) -> Option<(&'static str, String)> {
    let keys = || KEYS.iter().map(|(key, _)| *key);
    if example_of(key).is_some() {
        return None;
    }
    let listed = |keys: Vec<&str>| suggest::all_of(&keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>());
    let below: Vec<&str> =
        keys().filter(|known| known.split_once('.').is_some_and(|(section, _)| section == key)).collect();
    if !below.is_empty() {
        return Some(("is a table; set one of its keys", format!("its keys are {}", listed(below))));
    }
    let head = key.split(['.', '[']).next().unwrap_or_default();
    if matches!(head, "claim" | "runs") {
        return Some(("cannot be overridden: edit the file", "an override changes a setting of one experiment".into()));
    }
    let array = key.split('[').next().unwrap_or_default();
    if example_of(array).is_some() {
        return Some(("is one value of a list; set the whole list", format!("the key is `{array}`")));
    }
    let nearest = suggest::did_you_mean(key, keys());
    let siblings: Vec<&str> = keys().filter(|known| known.starts_with(&format!("{head}."))).collect();
    let known = if siblings.is_empty() { keys().collect() } else { siblings };
    Some(("is not a key", nearest.unwrap_or_else(|| format!("the keys are {}", listed(known)))))
}
