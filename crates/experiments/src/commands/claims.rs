//! `experiments claims`: tests the report's statements on the records of all seeds.

use std::collections::HashSet;
use std::num::NonZeroUsize;

use clap::Args;
use evidence::{FixedTest, Judged, Reason, Replicates, Verdict, judge};
use record::{Detail, RunRecord};
use report::{to_markdown, verdict_table, verdict_words};
use spec::{Catalog, Declaration, Experiment, ExperimentSpec};

use crate::command_line::{Output, UntilDecided};
use crate::completion;
use crate::failure::Failure;
use crate::output::{print, print_json, print_table};
use crate::plan::declarations;
use crate::sequential::until_decided;
use crate::stop::Stop;
use crate::test_scores;
use crate::workspace::Workspace;

/// Arguments of `claims`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Declared experiments by name, or TOML files by path [default: all, including `extras/`]
    #[arg(value_name = "EXPERIMENT", add = completion::experiments())]
    experiments: Vec<String>,

    /// Exit with code 1 unless every claim holds
    #[arg(long)]
    strict: bool,

    #[command(flatten)]
    until_decided: UntilDecided,

    /// Trainings at the same time, with `--until-decided` [default: the physical cores; 1 on a graphics processor]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    output: Output,
}

pub(super) fn claims(workspace: &Workspace, arguments: &Arguments) -> Result<(), Failure> {
    let (specs, end) = judged_and_compared(&workspace.catalog, &arguments.experiments)?;
    let records = if arguments.until_decided.is_asked() {
        until_decided(workspace, &specs, &arguments.until_decided, arguments.jobs, &Stop::listen()?)?
    } else {
        let records = with_probes(workspace, &specs, workspace.records().all);
        scored(workspace, &specs, records)?
    };
    let replicates: Vec<Replicates> = specs.iter().map(|spec| Replicates::among(spec, &records)).collect();
    let judged = judge(&replicates);
    let compared = replicates.iter().flat_map(|one| &one.records);
    if let Some(note) = report::instructions_note(compared) {
        workspace.terminal.note(&note);
    }
    if arguments.output.json {
        print_json(&judged.iter().map(|one| as_json(one, judged.len())).collect::<Vec<_>>())?;
    } else if arguments.output.markdown {
        print(&to_markdown(&verdict_table(&judged)))?;
    } else {
        print_table(&verdict_table(&judged))?;
    }
    if judged.iter().any(|judged| judged.comparison.n() == 0) {
        workspace
            .terminal
            .note("claims without pairs of runs lack a verdict; `experiments claims --until-decided` trains the runs");
    }
    let fails = judged.iter().filter(|judged| judged.verdict != Verdict::Holds).count();
    if arguments.strict && fails > 0 {
        return Err(Failure::outside(format!("{fails} of {} claims do not hold", judged.len())));
    }
    end
}

/// The records, with scores on the test images of these experiments if the images are here.
pub(super) fn scored(
    workspace: &Workspace,
    specs: &[ExperimentSpec],
    mut records: Vec<RunRecord>,
) -> Result<Vec<RunRecord>, Failure> {
    test_scores::declare(specs, &mut records);
    test_scores::add_missing(workspace, &mut records)?;
    Ok(records)
}

/// The records, with their tables where a claim's metric is computed from probes.
fn with_probes(workspace: &Workspace, specs: &[ExperimentSpec], records: Vec<RunRecord>) -> Vec<RunRecord> {
    let claims = specs.iter().flat_map(|spec| spec.claims.iter().map(|claim| (&spec.name, claim)));
    let probed = claims.filter(|(_, claim)| claim.metric.is_of_probes());
    let names: HashSet<&String> = probed.flat_map(|(name, claim)| [name, &claim.against]).collect();
    let probed: Vec<&ExperimentSpec> = specs.iter().filter(|spec| names.contains(&spec.name)).collect();
    let needs_probes = |record: &RunRecord| probed.iter().any(|spec| record.spec.has_settings_of(spec));
    let (probed, mut others): (Vec<_>, Vec<_>) = records.into_iter().partition(needs_probes);
    others.extend(workspace.with(Detail::Probes, &probed));
    others
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

fn as_json(judged: &Judged, claims: usize) -> serde_json::Value {
    let Judged { experiment, claim, comparison, p, verdict, hangs_on_one_seed, fixed } = judged;
    let (word, outlook) = match verdict {
        Verdict::Holds => ("holds", None),
        Verdict::DoesNotHold(_) => ("does not hold", None),
        Verdict::Undecided(Reason::TooWeak(outlook)) => ("undecided", *outlook),
        Verdict::Undecided(_) => ("undecided", None),
    };
    let interval = comparison.interval(claim.metric, claim.margin, claims);
    let fixed = FixedTest::ALL
        .iter()
        .zip(fixed)
        .map(|(test, result)| (test.title().replace(' ', "_"), serde_json::json!(result.map(|result| result.p))));
    serde_json::json!({
        "experiment": experiment,
        "claim": claim,
        "not_trained_alike": comparison.differing_protocol,
        "pairs": comparison.n(),
        "mean_difference": comparison.mean(),
        "interval": interval.map(|interval| [interval.low, interval.high]),
        "hedges_g": comparison.effect_size(),
        "p": p,
        "fixed_n_p": fixed.collect::<serde_json::Map<_, _>>(),
        "verdict": word,
        "in_words": verdict_words(judged),
        "hangs_on_one_seed": hangs_on_one_seed,
        "more_seeds": outlook.map(|outlook| outlook.seeds),
        "chance": outlook.map(|outlook| outlook.chance),
    })
}
