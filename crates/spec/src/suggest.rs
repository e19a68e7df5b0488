//! "Did you mean": the known words nearest to an unknown one.

/// A hint with the nearest candidates; none if no candidate is near.
///
/// The last words of dotted ones are compared too, so that `hidden_units` finds `model.hidden_units`.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    const AT_MOST: usize = 5;
    let limit = (word.chars().count() / 3).clamp(1, 4);
    let mut near: Vec<(usize, &str)> =
        candidates.into_iter().map(|candidate| (distance(word, candidate), candidate)).collect();
    near.sort_unstable();
    let nearest = near.first()?.0;
    near.retain(|(distance, _)| *distance == nearest && nearest <= limit);
    let names: Vec<String> = near.iter().take(AT_MOST).map(|(_, name)| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| format!("did you mean {}?", listed(&names, "or")))
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

fn distance(word: &str, candidate: &str) -> usize {
    let last_word = |dotted: &str| dotted.rsplit('.').next().unwrap_or_default().to_lowercase();
    let whole = strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase());
    whole.min(strsim::damerau_levenshtein(&last_word(word), &last_word(candidate)))
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
}
