//! The verdicts as a table for the terminal.

use super::{Decision, Judged, Verdict};
use crate::document::columns;
use crate::format::{NOTHING, p_value, plain_text};
use crate::measure::{difference, difference_interval};
use crate::table::{markdown, table};

/// What the table says of every claim.
const COLUMNS: [&str; 9] =
    ["Experiment", "Against", "Statement", "Metric", "Difference", "95 %", "Pairs", "p", "Verdict"];

/// The claims with their verdicts, a line each, and below it how they were reached; `width` in characters.
#[must_use]
pub fn verdict_table(judged: &[Judged], width: u16) -> String {
    if judged.is_empty() {
        return "no claims\n".to_owned();
    }
    let mut rows = table(COLUMNS, Some(width));
    rows.add_rows(judged.iter().map(row));
    format!("{}\n{}\n{}\n", rows.trim_fmt(), counts(judged), HOW)
}

/// The same in Markdown.
#[must_use]
pub fn verdict_markdown(judged: &[Judged]) -> String {
    format!("{}\n\n{} {HOW}\n", markdown(&columns(&COLUMNS, &[]), judged.iter().map(row)), counts(judged))
}

/// How to read the table.
const HOW: &str =
    "Differences are paired by seed. p: corrected by Holm for all claims of the table; a verdict needs p < 0.05.";

fn row(judged: &Judged) -> Vec<String> {
    vec![
        plain_text(&judged.experiment),
        plain_text(&judged.claim.against),
        plain_text(&judged.claim.says),
        judged.claim.metric.title().to_owned(),
        judged.difference_words(),
        judged.interval_words(),
        judged.comparison.n.to_string(),
        judged.p_words(),
        judged.verdict_words(),
    ]
}

/// `6 claims: 3 hold, 1 do not hold, 2 undecided.`
fn counts(judged: &[Judged]) -> String {
    let [hold, do_not, undecided] = tally(judged);
    format!("{} claims: {hold} hold, {do_not} do not hold, {undecided} undecided.", judged.len())
}

/// How many claims hold, how many do not, and how many are undecided.
pub(crate) fn tally<'j>(judged: impl IntoIterator<Item = &'j Judged>) -> [usize; 3] {
    let mut counts = [0; 3];
    for judged in judged {
        let index = match judged.verdict {
            Verdict::Holds => 0,
            Verdict::DoesNotHold(_) => 1,
            Verdict::Undecided { .. } => 2,
        };
        counts[index] += 1;
    }
    counts
}

impl Judged {
    /// The mean difference, `+0.81 points`; where pairs are censored, in how many the metric is higher and lower.
    #[must_use]
    pub fn difference_words(&self) -> String {
        let pairs = &self.comparison;
        match pairs.mean() {
            Some(mean) => difference(self.claim.metric, mean),
            None if pairs.n > 0 => format!("higher in {}, lower in {}", pairs.signs.0, pairs.signs.1),
            None => NOTHING.to_owned(),
        }
    }

    /// The interval of the mean difference, `+1.80 to +2.20`.
    pub(crate) fn interval_words(&self) -> String {
        let words = |interval| difference_interval(self.claim.metric, interval);
        self.comparison.interval().map_or_else(|| NOTHING.to_owned(), words)
    }

    /// The p-value of the verdict, `0.012`.
    pub(crate) fn p_words(&self) -> String {
        self.p.map_or_else(|| NOTHING.to_owned(), p_value)
    }

    /// The verdict in words: `holds`, `does not hold: it is higher`, `undecided at 5 seeds; about 7 more would decide it`.
    #[must_use]
    pub fn verdict_words(&self) -> String {
        let n = self.comparison.n;
        let seeds = if n == 1 { "1 seed".to_owned() } else { format!("{n} seeds") };
        match self.verdict {
            Verdict::Holds => "holds".to_owned(),
            Verdict::DoesNotHold(Decision::Higher) => "does not hold: it is higher".to_owned(),
            Verdict::DoesNotHold(Decision::Lower) => "does not hold: it is lower".to_owned(),
            Verdict::DoesNotHold(Decision::Same) => "does not hold: no difference beyond the margin".to_owned(),
            Verdict::Undecided { more_seeds: Some(more) } => {
                format!("undecided at {seeds}; about {more} more would decide it")
            }
            Verdict::Undecided { more_seeds: None } => format!("undecided at {seeds}"),
        }
    }
}
