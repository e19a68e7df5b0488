//! All combinations of listed values.

use std::collections::BTreeSet;

use serde_json::Value;
use spec::{Parameter, Settings};

use crate::space::settled;

/// The combinations, each once; the last key changes fastest. None if a key has endless values or there are too many.
pub(crate) fn combinations(parameters: &[Parameter], most: usize) -> Option<Vec<Settings>> {
    let values: Vec<Vec<Value>> = parameters.iter().map(|one| one.domain.listed()).collect::<Option<_>>()?;
    let count = values.iter().map(Vec::len).try_fold(1_usize, usize::checked_mul).filter(|count| *count <= most)?;
    let mut known = BTreeSet::new();
    let combination = |mut index: usize| {
        let mut chosen: Vec<Value> = Vec::new();
        for values in values.iter().rev() {
            chosen.push(values[index % values.len()].clone());
            index /= values.len();
        }
        settled(parameters, chosen.into_iter().rev())
    };
    // Combinations that differ only in a key whose condition does not hold are one.
    Some((0..count).map(combination).filter(|settings| known.insert(format!("{settings:?}"))).collect())
}
