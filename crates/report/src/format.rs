//! How tables and figures write numbers, names and reasons.

use std::collections::{BTreeMap, BTreeSet};

use record::{RunRecord, StopReason};
use spec::{ExperimentSpec, differing_protocol, is_plain, thousands};

/// Shown instead of a number that is missing or not finite.
pub(crate) const NOTHING: &str = "-";

/// A loss with four decimals, `0.2871`; a huge one with an exponent, `7.2287e39`.
pub(crate) fn loss(value: f64) -> String {
    match value {
        _ if !value.is_finite() => NOTHING.to_owned(),
        _ if value.abs() < 1e6 => format!("{value:.4}"),
        _ => format!("{value:.4e}"),
    }
}

/// A share as a percentage with two decimals: `96.08 %`.
pub(crate) fn accuracy(share: f64) -> String {
    if share.is_finite() { format!("{:.2} %", 100.0 * share) } else { NOTHING.to_owned() }
}

/// Seconds with one decimal: `11.7`.
pub(crate) fn seconds(value: f64) -> String {
    if value.is_finite() { format!("{value:.1}") } else { NOTHING.to_owned() }
}

/// A p-value: `0.012`, `3.2e-8`, or `< 1e-15` at the limit of double precision.
pub(crate) fn p_value(p: f64) -> String {
    match p {
        _ if !p.is_finite() => NOTHING.to_owned(),
        _ if p < 1e-15 => "< 1e-15".to_owned(),
        _ if p < 1e-3 => format!("{p:.1e}"),
        _ => format!("{p:.3}"),
    }
}

/// A reason to stop in words.
pub(crate) fn stop_words(reason: StopReason) -> &'static str {
    match reason {
        StopReason::EarlyStopping => "early stopping",
        StopReason::MaxEpochs => "all epochs done",
        StopReason::Interrupted => "interrupted",
        StopReason::Diverged => "diverged",
    }
}

/// Text on one line that a terminal, an SVG and a table can show.
///
/// White space becomes a space. Control characters, invisible characters, marks that change the writing direction and code
/// points that XML forbids are left out.
#[must_use]
pub fn plain_text(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|&c| is_plain(c)).collect()
}

/// Labels that tell the runs apart: names or titles with the overrides, and with the seed where the seeds differ.
pub(crate) fn run_labels(records: &[&RunRecord], name: fn(&ExperimentSpec) -> &String) -> Vec<String> {
    let seeds_differ = records.windows(2).any(|pair| pair[0].seed != pair[1].seed);
    records.iter().map(|record| label(name(&record.spec), record, seeds_differ)).collect()
}

/// A name or a title with what was overridden and, if wanted, the seed.
pub(crate) fn label(name: &str, record: &RunRecord, with_seed: bool) -> String {
    let overrides = match record.overrides.as_slice() {
        [] => String::new(),
        overrides => format!(" ({})", plain_text(&overrides.join(", "))),
    };
    let seed = if with_seed { format!(", seed {}", record.seed) } else { String::new() };
    plain_text(name) + &overrides + &seed
}

/// Where the numbers come from: dataset, sizes of the sets and seeds, every distinct value once.
pub(crate) fn provenance(records: &[&RunRecord]) -> String {
    let datasets = distinct(records, |record| {
        let data = &record.spec.data;
        let left_out = match record.spec.images_left_out() {
            0 => String::new(),
            images => format!(" (every epoch leaves out {})", thousands(images)),
        };
        let train = format!("{} training{left_out}", thousands(data.train_images));
        let sets = match record.test_scores() {
            None => format!("{train} and {} validation images", thousands(data.validation_images)),
            Some(test) => {
                let [validation, test] = [data.validation_images, test.images].map(thousands);
                format!("{train}, {validation} validation and {test} test images")
            }
        };
        format!("{}, {sets}", plain_text(&record.dataset.title))
    });
    format!(
        "{}, {}{}",
        datasets.join("; "),
        seed_words(records),
        unequal_protocols(records) + &unequal_instructions(records)
    )
}

/// A warning that different vector instructions computed the runs, or one of them; empty if that is not so.
fn unequal_instructions(records: &[&RunRecord]) -> String {
    instructions_note(records.iter().copied()).map_or_else(String::new, |note| format!(". {note}"))
}

/// A sentence about the vector instructions that computed some records, if these are not all the same; unknown ones do not
/// count.
#[must_use]
pub fn instructions_note<'a>(records: impl IntoIterator<Item = &'a RunRecord>) -> Option<String> {
    let mut counts: BTreeMap<&[String], usize> = BTreeMap::new();
    for record in records {
        *counts.entry(&record.backend.instructions).or_default() += 1;
    }
    counts.remove(&[][..]);
    let is_mixed = counts.len() > 1 || counts.keys().any(|instructions| instructions.len() > 1);
    let counted = counts.iter().map(|(instructions, count)| {
        let runs = if *count == 1 { "1 run".to_owned() } else { format!("{} runs", thousands(count)) };
        plain_text(&format!("{} ({runs})", instructions.join(" then ")))
    });
    let counted = counted.collect::<Vec<_>>().join(", ");
    is_mixed.then(|| format!("Vector instructions differ, and with them the rounding: {counted}"))
}

/// A warning that the runs do not share the images or the training, with the keys that differ; empty if they do.
fn unequal_protocols(records: &[&RunRecord]) -> String {
    let specs = distinct(records, |record| record.spec.clone());
    let differing: BTreeSet<&str> = specs.iter().flat_map(|spec| differing_protocol(&specs[0], spec)).collect();
    if differing.is_empty() {
        return String::new();
    }
    format!("; not trained alike, they differ in {}", differing.into_iter().collect::<Vec<_>>().join(", "))
}

/// The text with a capital first letter.
pub(crate) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The seeds of these records, every distinct one once; how many of each kind, if they are crossed.
pub(crate) fn seed_words(records: &[&RunRecord]) -> String {
    if records.iter().any(|record| record.order_seed.is_some()) {
        let (init, order) = (distinct(records, |record| record.seed), distinct(records, |record| record.seeds().order));
        return format!("{} x {} seeds of initial weights and batch order", init.len(), order.len());
    }
    seeds_in_words(&distinct(records, |record| record.seed))
}

/// `seed 1`, `seeds 1, 2`, `seeds 1 to 5`.
#[must_use]
pub fn seeds_in_words(seeds: &[u64]) -> String {
    let ascend_by_one = seeds.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1]));
    match seeds {
        [seed] => format!("seed {seed}"),
        [first, _, .., last] if ascend_by_one => format!("seeds {first} to {last}"),
        seeds => format!("seeds {}", seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// Every distinct value of these records, in the order in which they first occur.
pub(crate) fn distinct<T: PartialEq>(records: &[&RunRecord], value: impl Fn(&RunRecord) -> T) -> Vec<T> {
    let groups = grouped(records, |one, other| value(one) == value(other));
    groups.iter().map(|group| value(group[0])).collect()
}

/// The records in groups of those that are the same in some way, in the order of each group's first.
pub(crate) fn grouped<'a>(
    records: &[&'a RunRecord],
    is_same: impl Fn(&RunRecord, &RunRecord) -> bool,
) -> Vec<Vec<&'a RunRecord>> {
    let mut groups: Vec<Vec<&RunRecord>> = Vec::new();
    for &record in records {
        match groups.iter_mut().find(|group| is_same(group[0], record)) {
            Some(group) => group.push(record),
            None => groups.push(vec![record]),
        }
    }
    groups
}

/// The nearest whole number, at least 0 and at most the largest one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates")]
pub(crate) fn whole(value: f64) -> usize {
    value.round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_support::synthetic::{Curve, empty_record, record};

    #[test]
    fn numbers_have_fixed_decimals_and_nothing_stands_for_not_finite() {
        for (text, expected) in [
            (loss(0.287_149), "0.2871"),
            (loss(f64::NAN), "-"),
            (loss(7.228_718_7e39), "7.2287e39"),
            (accuracy(0.9608), "96.08 %"),
            (accuracy(f64::INFINITY), "-"),
            (seconds(11.72), "11.7"),
            (p_value(0.0123), "0.012"),
            (p_value(3.21e-8), "3.2e-8"),
            (p_value(0.0), "< 1e-15"),
        ] {
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn plain_text_holds_no_control_character() {
        for (raw, plain) in
            [("a\tb\nc", "a b c"), ("\u{1b}[31mred", "[31mred"), ("x\u{202e}y\u{0}", "xy"), ("<&>\"", "<&>\"")]
        {
            assert_eq!(plain_text(raw), plain);
        }
    }

    #[test]
    fn consecutive_seeds_are_named_by_the_first_and_the_last() {
        let cases: [(&[u64], &str); 6] = [
            (&[7], "seed 7"),
            (&[1, 2], "seeds 1, 2"),
            (&[1, 2, 3, 4, 5], "seeds 1 to 5"),
            (&[1, 2, 3, 1, 2, 3], "seeds 1 to 3"),
            (&[1, 3, 4], "seeds 1, 3, 4"),
            (&[u64::MAX, 0, 1], "seeds 18446744073709551615, 0, 1"),
        ];
        for (seeds, words) in cases {
            let records: Vec<RunRecord> =
                seeds.iter().map(|&seed| RunRecord { seed, ..empty_record("a", "A") }).collect();
            assert_eq!(seed_words(&records.iter().collect::<Vec<_>>()), words);
        }
    }

    #[test]
    fn labels_name_the_seed_only_where_it_differs() {
        let one = record("task4a", "32 hidden units", 100, &Curve::STANDARD);
        let mut other = one.clone();
        assert_eq!(run_labels(&[&one, &other], |spec| &spec.title), ["32 hidden units", "32 hidden units"]);
        other.seed = 7;
        other.overrides = vec!["model.hidden_units=[16]".to_owned()];
        let labels = run_labels(&[&one, &other], |spec| &spec.title);
        assert_eq!(labels, ["32 hidden units, seed 1", "32 hidden units (model.hidden_units=[16]), seed 7"]);
    }
}
