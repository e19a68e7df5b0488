//! "Did you mean": the known words nearest to an unknown one.

/// Other words for keys, which users know from other programs.
const SYNONYMS: [(&str, &str); 16] = [
    ("lr", "learning_rate"),
    ("eta", "learning_rate"),
    ("bs", "batch_size"),
    ("width", "hidden_units"),
    ("neurons", "hidden_units"),
    ("layers", "hidden_units"),
    ("nonlinearity", "activation"),
    ("initializer", "weight_init"),
    ("early_stopping", "patience_validations"),
    ("iterations", "max_epochs"),
    ("samples", "train_images"),
    ("normalize", "pixel_scaling"),
    ("normalization", "pixel_scaling"),
    ("eps", "epsilon"),
    ("type", "kind"),
    ("name", "kind"),
];
/// At most this number of candidates is suggested.
const MOST: usize = 5;

/// A hint with the nearest candidates; none if no candidate is near.
///
/// The last words of dotted ones are compared too, so that `hidden_units` finds `model.hidden_units`.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let distances = candidates.into_iter().filter_map(|candidate| Some((distance(word, candidate)?, candidate)));
    let mut near: Vec<(usize, &str)> = distances.collect();
    near.sort_unstable();
    let nearest = near.first()?.0;
    Some(question(near.iter().filter(|(distance, _)| *distance == nearest).map(|(_, name)| *name)))
}

/// A hint with the keys that an unknown one may mean: first those of its table, then those of others. A key may be
/// misspelled, another word for the same thing, or share a part with the right one, as `batch` does with `batch_size`.
pub(crate) fn key(word: &str, known: &[&str]) -> Option<String> {
    if last_word(word) == "seed" {
        return Some("the option `--seed` sets the seeds".to_owned());
    }
    let table = |dotted: &str| dotted.rsplit_once('.').map(|(table, _)| table.to_owned());
    let (own, others): (Vec<&str>, Vec<&str>) = known.iter().partition(|known| table(known) == table(word));
    [own, others].iter().find_map(|known| {
        let synonym = SYNONYMS.iter().find(|(other, _)| last_word(word) == *other).map(|(_, key)| *key);
        let of_synonym = known.iter().find(|known| synonym == Some(last_word(known))).map(|key| question([*key]));
        of_synonym
            .or_else(|| did_you_mean(last_word(word), known.iter().copied()))
            .or_else(|| sharing_parts(word, known))
    })
}

/// A hint with the keys that share most parts with a word.
fn sharing_parts(word: &str, known: &[&str]) -> Option<String> {
    let last = last_word(word);
    let shared = |key: &str| last_word(key).split('_').filter(|part| last.split('_').any(|own| own == *part)).count();
    let most = known.iter().map(|key| shared(key)).max().filter(|most| *most > 0)?;
    Some(question(known.iter().copied().filter(|key| shared(key) == most)))
}

fn question<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().take(MOST).map(|name| format!("`{name}`")).collect();
    format!("did you mean {}?", listed(&names, "or"))
}

/// `one of "a", "b", "c"`, or `"a"` if there is only one.
pub(crate) fn words(known: &[&str]) -> String {
    let listed = known.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    if known.len() == 1 { listed } else { format!("one of {listed}") }
}

/// `` `a`, `b` and `c` ``.
pub(crate) fn keys(keys: &[&str]) -> String {
    listed(&keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>(), "and")
}

/// `a, b and c`, with this word before the last one.
pub(crate) fn listed(words: &[String], before_last: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {before_last} {last}", first.join(", ")),
    }
}

/// The number of typing errors between two words or their last ones; none if these are too many to call the words similar.
fn distance(word: &str, candidate: &str) -> Option<usize> {
    let between = |word: &str, candidate: &str| {
        let limit = (word.chars().count() / 3).clamp(1, 4);
        Some(strsim::damerau_levenshtein(word, candidate)).filter(|distance| *distance <= limit)
    };
    let (word, candidate) = (word.to_lowercase(), candidate.to_lowercase());
    let last = between(last_word(&word), last_word(&candidate));
    between(&word, &candidate).into_iter().chain(last).min()
}

fn last_word(dotted: &str) -> &str {
    dotted.rsplit('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_nearest_candidates_are_named() {
        let cases = [
            ("task4x", Some("did you mean `task4a` or `task4b`?")),
            ("TASK4A", Some("did you mean `task4a`?")),
            ("hiden_units", Some("did you mean `model.hidden_units`?")),
            ("optimizer.momentun", Some("did you mean `optimizer.momentum`?")),
            ("entirely_other", None),
            ("", None),
        ];
        let candidates = ["task4a", "task4b", "task33", "model.hidden_units", "optimizer.momentum"];
        for (word, hint) in cases {
            assert_eq!(did_you_mean(word, candidates).as_deref(), hint, "{word}");
        }
    }

    #[test]
    fn a_key_is_known_by_other_words_and_by_its_parts() {
        let known = crate::keys::KEYS.map(|(key, _)| key);
        for (word, hint) in [
            ("optimizer.lr", "did you mean `optimizer.learning_rate`?"),
            ("lr", "did you mean `optimizer.learning_rate`?"),
            ("model.lr", "did you mean `optimizer.learning_rate`?"),
            ("training.batch", "did you mean `training.batch_size`?"),
            ("training.bs", "did you mean `training.batch_size`?"),
            ("training.epochs", "did you mean `training.max_epochs`?"),
            ("model.units", "did you mean `model.hidden_units`?"),
            ("model.init", "did you mean `model.weight_init`?"),
            ("training.patience", "did you mean `training.patience_validations`?"),
            ("model.momentum", "did you mean `optimizer.momentum`?"),
            ("training.seed", "the option `--seed` sets the seeds"),
        ] {
            assert_eq!(key(word, &known).as_deref(), Some(hint), "{word}");
        }
        assert_eq!(key("optimizer.weight_decay_of_nothing", &["optimizer.epsilon"]), None);
    }
}
