//! `experiments claims`: tests the report's statements on the records of all seeds.

use std::collections::HashSet;

use evidence::{Judged, Replicates, Verdict, judge};
use report::{to_markdown, verdict_table, verdict_words};
use spec::{Catalog, Declaration, Experiment, ExperimentSpec};

use crate::command_line::arguments;
use crate::failure::Failure;
use crate::output::{print, print_json, print_table};
use crate::plan::declarations;
use crate::workspace::Workspace;

pub(super) fn claims(workspace: &Workspace, arguments: &arguments::Claims) -> Result<(), Failure> {
    let (specs, end) = judged_and_compared(&workspace.catalog, &arguments.experiments)?;
    let records = workspace.records();
    let replicates: Vec<Replicates> = specs.iter().map(|spec| Replicates::among(spec, &records.all)).collect();
    let judged = judge(&replicates);
    if arguments.output.json {
        print_json(&judged.iter().map(as_json).collect::<Vec<_>>())?;
    } else if arguments.output.markdown {
        print(&to_markdown(&verdict_table(&judged)))?;
    } else {
        print_table(&verdict_table(&judged))?;
    }
    if judged.iter().any(|judged| judged.comparison.n == 0) {
        workspace
            .terminal
            .note("claims without pairs of runs lack a verdict; `experiments run --all --seeds 5` trains the runs");
    }
    let fails = judged.iter().filter(|judged| judged.verdict != Verdict::Holds).count();
    if arguments.strict && fails > 0 {
        return Err(Failure::outside(format!("{fails} of {} claims do not hold", judged.len())));
    }
    end
}

/// The experiments with these names, including those of comparisons, or all declared ones without names; then those that
/// they are compared with, without claims. Each comes once. Files that are wrong are shown and left out; then the second value
/// is the failure to end with.
pub(super) fn judged_and_compared(
    catalog: &Catalog,
    names: &[String],
) -> Result<(Vec<ExperimentSpec>, Result<(), Failure>), Failure> {
    let names = if names.is_empty() { catalog.all_names()? } else { names.to_vec() };
    let (mut specs, mut compared) = (Vec::new(), Vec::new());
    let (declared, end) = declarations(catalog, &names);
    for (_, declaration) in declared {
        let experiments = match declaration {
            Declaration::Experiment(experiment) => vec![*experiment],
            Declaration::Comparison(comparison) => comparison.runs,
        };
        for Experiment { spec, baseline, against, .. } in experiments {
            specs.push(spec);
            compared.extend(baseline.into_iter().chain(against));
        }
    }
    specs.extend(compared.into_iter().map(|spec| ExperimentSpec { claims: Vec::new(), ..spec }));
    let mut known = HashSet::new();
    specs.retain(|spec| known.insert(spec.name.clone()));
    Ok((specs, end))
}

fn as_json(judged: &Judged) -> serde_json::Value {
    let Judged { experiment, claim, comparison, p, verdict } = judged;
    let (word, more_seeds) = match verdict {
        Verdict::Holds => ("holds", None),
        Verdict::DoesNotHold(_) => ("does not hold", None),
        Verdict::Undecided { more_seeds } => ("undecided", *more_seeds),
    };
    serde_json::json!({
        "experiment": experiment,
        "claim": claim,
        "pairs": comparison.n,
        "mean_difference": comparison.mean(),
        "interval": comparison.interval().map(|interval| [interval.low, interval.high]),
        "hedges_g": comparison.effect_size(),
        "p": p,
        "verdict": word,
        "in_words": verdict_words(judged),
        "more_seeds": more_seeds,
    })
}
