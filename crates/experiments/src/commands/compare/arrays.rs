//! `experiments compare --trace`: the first array in which another program differs from a trace.

use std::path::Path;

use arrays::Arrays;
use serde_json::json;
use spec::thousands;
use trace::{Comparison, Difference, Relation};

use crate::failure::Failure;
use crate::output::{print, print_json};

/// Names that are listed at most.
const MOST_NAMES: usize = 3;

/// Compares the arrays of a program with those of a trace, and prints what differs first.
pub(super) fn compare(mine: &Path, ours: &Path, as_json: bool) -> Result<(), Failure> {
    let read =
        |path: &Path| Arrays::read(path).map_err(|error| Failure::bad_input(format!("{}: {error}", path.display())));
    let (own, trace) = (read(mine)?, read(ours)?);
    let batch_size = trace.0.get("settings/batch_size").map(|array| array.values[0]);
    let comparison = trace::compare(own, &trace);
    let [mine, ours] = [mine, ours].map(|path| path.display().to_string());
    if comparison.compared == 0 {
        let hint = "name them as the trace does: `step_0001/layer_1/gradient_weight`";
        return Err(Failure::bad_input(format!("{mine} and {ours} have no array in common")).with_hint(hint));
    }
    if as_json { print_json(&to_json(&comparison)) } else { print(&to_text(&comparison, &mine, &ours, batch_size)) }
}

fn to_text(comparison: &Comparison, mine: &str, ours: &str, batch_size: Option<f64>) -> String {
    let mut text = format!("{} arrays of {mine} were compared with those of {ours}.\n", thousands(comparison.compared));
    for (names, file, end) in [(&comparison.missing, ours, ""), (&comparison.unknown, mine, ", and were not compared")]
    {
        if !names.is_empty() {
            text += &format!("Only in {file}{end}: {}.\n", listed(names));
        }
    }
    let Some(first) = &comparison.first else {
        return text + "They agree, up to rounding.\n";
    };
    text += &format!("\nThe first difference: {}\n", first.name);
    text += &format!("  yours       {}\n", difference_in_words(first, batch_size));
    text += &format!("  computed    {}\n", first.formula);
    let state = |(name, is_known): &(String, bool)| {
        let state = if *is_known { "agrees" } else { "not in your file" };
        format!("{name} ({state})")
    };
    if !first.depends_on.is_empty() {
        text += &format!("  depends on  {}\n", first.depends_on.iter().map(state).collect::<Vec<_>>().join(", "));
    }
    let lacks = first.depends_on.iter().any(|(_, is_known)| !is_known);
    text += match (first.depends_on.is_empty(), lacks) {
        (true, _) => "",
        (false, true) => {
            "To find out whether the mistake is here or before, save the arrays that are not in your file.\n"
        }
        (false, false) => "Everything that it depends on agrees, so the mistake is in how you compute this array.\n",
    };
    text
}

/// How an array differs.
fn difference_in_words(difference: &Difference, batch_size: Option<f64>) -> String {
    let [mine, ours] = &difference.shapes;
    let size = || {
        format!(
            "they differ by up to {}, where ours is up to {}",
            short(difference.largest),
            short(difference.magnitude)
        )
    };
    match &difference.relation {
        Relation::Shape { is_transposed: true } => format!("has the shape {mine:?}, ours {ours:?}: save its transpose"),
        Relation::Shape { .. } => format!("has the shape {mine:?}, ours {ours:?}"),
        Relation::NotFinite => "has a value that is NaN or infinite".to_owned(),
        Relation::Factor(factor) => match batch_size {
            Some(size) if (factor / size - 1.0).abs() < 1e-3 => {
                format!("is {} times ours, the batch size: a sum where ours is a mean", short(*factor))
            }
            _ => format!("is {} times ours; {}", short(*factor), size()),
        },
        Relation::Affine([factor, shift]) => format!("is {} times ours plus {}", short(*factor), short(*shift)),
        Relation::ColumnShift => format!("has every column shifted by a number of its own, as by a bias; {}", size()),
        Relation::StepFactor(factor) => format!("changed by {} times as much as ours in this step", short(*factor)),
        Relation::OtherDraw => {
            "has other random numbers of the same spread: start from the weights in the trace".to_owned()
        }
        Relation::OtherSpread([mine, ours]) => {
            format!(
                "has a standard deviation of {}, ours {}: drawn from another distribution",
                short(*mine),
                short(*ours)
            )
        }
        Relation::Consecutive => "are consecutive numbers: the images are not shuffled".to_owned(),
        Relation::Other => match difference.values {
            Some([mine, ours]) if difference.shapes[0].is_empty() => {
                format!("is {}, ours {}", short(mine), short(ours))
            }
            _ => size(),
        },
    }
}

/// A number with up to six digits.
fn short(value: f64) -> String {
    let digits = format!("{value:.5e}");
    let rounded: f64 = digits.parse().unwrap_or(value);
    if rounded == 0.0 || (1e-4..1e6).contains(&rounded.abs()) { rounded.to_string() } else { format!("{rounded:e}") }
}

fn listed(names: &[String]) -> String {
    let shown = names.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} and {} more", thousands(more)),
    }
}

fn to_json(comparison: &Comparison) -> serde_json::Value {
    let first = comparison.first.as_ref().map(|first| {
        json!({
            "array": first.name,
            "yours": difference_in_words(first, None),
            "largest_difference": first.largest,
            "largest_value": first.magnitude,
            "formula": first.formula,
            "depends_on": first.depends_on.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "not_in_yours": first.depends_on.iter().filter(|(_, known)| !known).map(|(name, _)| name).collect::<Vec<_>>(),
        })
    });
    json!({
        "compared": comparison.compared,
        "missing": comparison.missing,
        "not_compared": comparison.unknown,
        "first_difference": first,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_at_most_six_digits() {
        for (value, text) in [(1.5, "1.5"), (33.552_712_3, "33.5527"), (-1.234_567_8e-7, "-1.23457e-7"), (0.0, "0")] {
            assert_eq!(short(value), text);
        }
    }
}
