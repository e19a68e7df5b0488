//! What stands above all: how many statements hold, which do not, and the best networks.

use evidence::{Judged, Verdict};
use spec::Metric;

use super::context::{BASELINE, Context, STANDARD};
use super::parts::badge;
use super::prose::{inline, paragraph, text, written};
use crate::document::{Block, Inline};
use crate::format::plain_text;
use crate::table::difference_words;

pub(super) fn summary(context: &Context) -> Vec<Block> {
    // The statements of the report's own tasks.
    let judged = || context.judged.iter().filter(|judged| judged.experiment.starts_with("task"));
    let mut blocks = vec![text("summary")];
    blocks.extend(tally(evidence::tally(judged())));
    blocks.extend(accuracies(context).as_deref().map(paragraph));
    blocks.extend(fallen(context, judged()));
    blocks.push(Block::Note(inline(&written("caveat", &[]))));
    blocks
}

fn tally(tally: [usize; 3]) -> Option<Block> {
    let all: usize = tally.iter().sum();
    let [hold, fallen, undecided] = tally.map(|count| count.to_string());
    let values = [("all", &*all.to_string()), ("hold", &hold), ("fallen", &fallen), ("undecided", &undecided)];
    (all > 0).then(|| paragraph(&written("tally", &values)))
}

fn accuracies(context: &Context) -> Option<String> {
    let value = |name: &str| context.value(name, Metric::BestValidationAccuracy);
    Some(written("accuracies", &[("baseline", &value(BASELINE)?), ("standard", &value(STANDARD)?)]))
}

/// The statements that do not hold, one by one.
fn fallen<'j>(context: &Context, judged: impl Iterator<Item = &'j Judged>) -> Option<Block> {
    let items: Vec<Vec<Inline>> = judged
        .filter(|judged| matches!(judged.verdict, Verdict::DoesNotHold(_)))
        .map(|judged| {
            let words = format!("{}, “{}”: ", context.plain_title(&judged.experiment), plain_text(&judged.claim.says));
            let difference = format!(" ({}: {})", judged.claim.metric.title(), difference_words(judged));
            vec![Inline::Text(words), badge(judged), Inline::Text(difference)]
        })
        .collect();
    (!items.is_empty()).then_some(Block::List(items))
}
