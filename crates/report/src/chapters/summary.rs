//! What stands above all: how many statements hold, which do not, and the best networks.

use record::Metric;

use super::context::Context;
use super::parts::badge;
use super::prose::{note, paragraph};
use super::task3::LADDER;
use crate::document::{Block, Inline};
use crate::evidence::{Judged, Verdict};
use crate::format::plain_text;

pub(super) fn summary(context: &Context) -> Vec<Block> {
    let mut blocks = vec![paragraph(
        "A university report trains small networks on MNIST and draws conclusions from one run a task. This one trains every \
         network with several seeds, holds every statement of that report against the runs, and says what holds.",
    )];
    blocks.extend(tally(context));
    blocks.extend(accuracies(context).as_deref().map(paragraph));
    blocks.extend(fallen(context));
    blocks.push(note(
        "The validation images are MNIST's test set and also decide when a run stops: no number here is a clean test result.",
    ));
    blocks
}

/// The statements of the report's own tasks.
fn judged<'a>(context: &'a Context) -> Vec<&'a Judged> {
    context.judged.iter().filter(|judged| judged.experiment.starts_with("task")).collect()
}

fn tally(context: &Context) -> Option<Block> {
    let judged = judged(context);
    let count = |is_counted: fn(&Verdict) -> bool| judged.iter().filter(|one| is_counted(&one.verdict)).count();
    let hold = count(|verdict| matches!(verdict, Verdict::Holds));
    let undecided = count(|verdict| matches!(verdict, Verdict::Undecided { .. }));
    let fallen = judged.len() - hold - undecided;
    (!judged.is_empty()).then(|| {
        paragraph(&format!(
            "Of {} statements {hold} hold, {fallen} do not, and {undecided} are undecided.",
            judged.len()
        ))
    })
}

fn accuracies(context: &Context) -> Option<String> {
    let value = |name: &str| context.value(name, Metric::BestValidationAccuracy);
    let (baseline, standard) = (value(LADDER[0])?, value(LADDER[3])?);
    Some(format!(
        "The baseline's best validation accuracy is {baseline}; with all tricks of the trade it is {standard}."
    ))
}

/// The statements that do not hold, one by one.
fn fallen(context: &Context) -> Option<Block> {
    let items: Vec<Vec<Inline>> = judged(context)
        .into_iter()
        .filter(|judged| matches!(judged.verdict, Verdict::DoesNotHold(_)))
        .map(|judged| {
            let title = context.spec(&judged.experiment).map_or(judged.experiment.as_str(), |spec| &spec.title);
            let words = format!("{}, “{}”: ", plain_text(title), plain_text(&judged.claim.says));
            let difference = format!(" ({}: {})", judged.claim.metric.title(), judged.difference_words());
            vec![Inline::Text(words), badge(judged), Inline::Text(difference)]
        })
        .collect();
    (!items.is_empty()).then_some(Block::List(items))
}
