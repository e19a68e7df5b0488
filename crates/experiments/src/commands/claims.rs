//! `experiments claims`: the report's statements held against the records of all seeds there are.

use record::{Catalog, Declaration, Experiment, ExperimentSpec, RunStore};
use report::evidence::{Judged, Replicates, Verdict, judge, verdict_markdown, verdict_table};

use super::{print, print_json};
use crate::args::{self, Global};
use crate::backend::Backend;
use crate::console::Console;
use crate::data;
use crate::failure::Failure;
use crate::records::Records;

pub(super) fn claims(global: &Global, args: &args::Claims, console: Console) -> Result<(), Failure> {
    let specs = judged_and_compared(declared(global, &args.experiments)?);
    let backend = Backend::open(global.backend.as_deref()).map_err(Failure::bad_input)?;
    let dataset = data::find(global, specs.iter().map(|spec| spec.data.train_images).max(), console)?;
    let records = Records::new(RunStore::new(&global.runs_dir), &backend, &dataset).all();
    let replicates: Vec<Replicates> = specs.iter().map(|spec| Replicates::among(spec, &records)).collect();
    let judged = judge(&replicates);
    if args.json.json {
        print_json(&judged.iter().map(as_json).collect::<Vec<_>>())?;
    } else if args.markdown {
        print(&verdict_markdown(&judged))?;
    } else {
        print(&verdict_table(&judged, super::width()))?;
    }
    if judged.iter().any(|judged| judged.comparison.n == 0) {
        console.note("claims without pairs of runs have no verdict; `experiments run --all --seeds 5` trains them");
    }
    let fails = judged.iter().filter(|judged| judged.verdict != Verdict::Holds).count();
    if args.strict && fails > 0 {
        return Err(Failure::outside(format!("{fails} of {} claims do not hold", judged.len())));
    }
    Ok(())
}

/// The experiments of these names, comparisons left out; everything that is declared where none is named.
pub(super) fn declared(global: &Global, names: &[String]) -> Result<Vec<Experiment>, Failure> {
    let catalog = Catalog::new(&global.experiments_dir);
    let names = if names.is_empty() { catalog.all_names()? } else { names.to_vec() };
    let mut experiments = Vec::new();
    for name in names {
        match catalog.load(&name, &[])? {
            Declaration::Experiment(experiment) => experiments.push(*experiment),
            Declaration::Comparison(comparison) => experiments.extend(comparison.runs),
        }
    }
    Ok(experiments)
}

/// The experiments, each once, and behind them what they are compared with: of that no claim is judged.
pub(super) fn judged_and_compared(experiments: Vec<Experiment>) -> Vec<ExperimentSpec> {
    let compared = experiments.iter().flat_map(|experiment| experiment.baseline.iter().chain(&experiment.against));
    let compared = compared.map(|spec| ExperimentSpec { claims: Vec::new(), ..spec.clone() });
    let compared: Vec<ExperimentSpec> = compared.collect();
    let mut specs: Vec<ExperimentSpec> = Vec::new();
    for spec in experiments.into_iter().map(|experiment| experiment.spec).chain(compared) {
        if specs.iter().all(|known| known.name != spec.name) {
            specs.push(spec);
        }
    }
    specs
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
        "rank_test_p": comparison.rank_p(),
        "p": p,
        "verdict": word,
        "in_words": judged.verdict_words(),
        "more_seeds": more_seeds,
    })
}
