//! The verdicts as a table for the terminal.

use super::{Decision, Judged, Verdict};
use crate::format::{NOTHING, p_value, plain_text};
use crate::measure::{difference, difference_interval};
use crate::table::{markdown_line, table};

/// What the table says of every claim.
const COLUMNS: [&str; 9] =
    ["Experiment", "Against", "Statement", "Metric", "Difference", "95 %", "Pairs", "p", "Verdict"];

/// The claims with their verdicts, a line each, and below it how they were reached; `width` in characters.
#[must_use]
pub fn verdict_table(judged: &[Judged], width: u16) -> String {
    if judged.is_empty() {
        return "no claims\n".to_owned();
    }
    let mut rows = table(&COLUMNS, Some(width));
    rows.add_rows(judged.iter().map(row));
    format!("{}\n{}\n{}\n", rows.trim_fmt(), counts(judged), HOW)
}

/// The same in Markdown.
#[must_use]
pub fn verdict_markdown(judged: &[Judged]) -> String {
    let header = markdown_line(COLUMNS.into_iter().map(str::to_owned));
    let rule = format!("|{}", "---|".repeat(COLUMNS.len()));
    let rows = judged.iter().map(|judged| markdown_line(row(judged).into_iter()));
    let lines: Vec<String> = [header, rule].into_iter().chain(rows).collect();
    format!("{}\n\n{} {HOW}\n", lines.join("\n"), counts(judged))
}

/// How to read the table.
const HOW: &str =
    "Differences are paired by seed. p: corrected by Holm for all claims of the table; a verdict needs p < 0.05.";

fn row(judged: &Judged) -> Vec<String> {
    let (claim, pairs) = (&judged.claim, &judged.comparison);
    vec![
        plain_text(&judged.experiment),
        plain_text(&claim.against),
        plain_text(&claim.says),
        claim.metric.title().to_owned(),
        judged.difference_words(),
        pairs.interval().map_or_else(|| NOTHING.to_owned(), |interval| difference_interval(claim.metric, interval)),
        pairs.n.to_string(),
        judged.p.map_or_else(|| NOTHING.to_owned(), p_value),
        judged.verdict_words(),
    ]
}

/// `3 hold, 1 does not hold, 2 are undecided.`
fn counts(judged: &[Judged]) -> String {
    let count = |is_counted: fn(&Verdict) -> bool| judged.iter().filter(|one| is_counted(&one.verdict)).count();
    let hold = count(|verdict| matches!(verdict, Verdict::Holds));
    let do_not = count(|verdict| matches!(verdict, Verdict::DoesNotHold(_)));
    format!("{} claims: {hold} hold, {do_not} do not hold, {} undecided.", judged.len(), judged.len() - hold - do_not)
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
