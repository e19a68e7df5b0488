//! The claims with their verdicts, as the templates show them.

use evidence::{Decision, Judged, Verdict};
use minijinja::context;
use minijinja::value::Value;
use spec::MetricKind;

use super::{Report, TEST_IMAGES};
use crate::format::p_value;
use crate::measure;
use crate::table::{difference_words, fixed_words, interval_words, verdict_words};

#[expect(clippy::needless_pass_by_value, reason = "templates pass values")]
impl Report {
    /// The claims about these experiments with their verdicts.
    pub(in crate::chapters) fn verdicts(&self, names: Vec<String>) -> Vec<Value> {
        let claims = names.iter().flat_map(|name| self.judged.iter().filter(move |judged| judged.experiment == *name));
        let verdict = |judged: &Judged| {
            context! {
                experiment => &judged.experiment,
                title => self.title(&judged.experiment),
                says => &judged.claim.says,
                source => &judged.claim.source,
                why => why(judged),
                metric => judged.claim.metric.title(),
                against => self.title(&judged.claim.against),
                difference => difference_words(judged),
                interval => interval_words(judged, self.judged.len()),
                pairs => judged.comparison.n(),
                p => p_value(judged.p),
                fixed => judged.fixed.map(fixed_words),
                tone => tone(&judged.verdict),
                words => verdict_words(judged),
                short => short(&judged.verdict),
                on_test => self.otherwise(TEST_IMAGES).and_then(|others| otherwise(judged, others)),
                otherwise => self.otherwise.iter().map(|(_, others)| otherwise(judged, others)).collect::<Vec<_>>(),
            }
        };
        claims.map(verdict).collect()
    }

    /// The claims judged in the way of this title.
    fn otherwise(&self, title: &str) -> Option<&[Judged]> {
        self.otherwise.iter().find(|(way, _)| way == title).map(|(_, judged)| &**judged)
    }
}

/// In plain words what the runs show instead of a statement that does not hold.
fn why(judged: &Judged) -> String {
    let metric = judged.claim.metric.title();
    let on_average = judged.comparison.mean().map_or_else(String::new, |mean| {
        format!(", by {} on average", measure::unsigned_difference(judged.claim.metric, mean))
    });
    let is = if judged.claim.metric.kind() == MetricKind::Steps { "are" } else { "is" };
    match judged.verdict {
        Verdict::DoesNotHold(Decision::Higher) => format!("the {metric} {is} higher{on_average}"),
        Verdict::DoesNotHold(Decision::Lower) => format!("the {metric} {is} lower{on_average}"),
        Verdict::DoesNotHold(Decision::Same) => {
            let margin = measure::unsigned_difference(judged.claim.metric, judged.claim.margin);
            format!("the difference in {metric} is less than {margin}")
        }
        Verdict::Holds | Verdict::Undecided(_) => verdict_words(judged),
    }
}

/// The verdict on the same statement among those that were judged in another way; without pairs of runs there is none.
fn otherwise(judged: &Judged, others: &[Judged]) -> Option<Value> {
    let is_same = |other: &&Judged| {
        (&other.experiment, &other.claim.says, &other.claim.against)
            == (&judged.experiment, &judged.claim.says, &judged.claim.against)
    };
    let other = others.iter().filter(|other| other.comparison.n() > 0).find(is_same)?;
    Some(context! { tone => tone(&other.verdict), short => short(&other.verdict) })
}

fn short(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "holds",
        Verdict::DoesNotHold(_) => "does not hold",
        Verdict::Undecided(_) => "undecided",
    }
}

/// The colour of a verdict, as the templates name it.
fn tone(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "good",
        Verdict::DoesNotHold(_) => "bad",
        Verdict::Undecided(_) => "open",
    }
}
