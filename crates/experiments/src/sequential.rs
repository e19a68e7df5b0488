//! Seeds that are added until every claim is decided, where they are needed, the cheapest claim first.

use std::num::NonZeroUsize;

use evidence::{Judged, Outlook, Reason, Replicates, Verdict, judge};
use record::RunRecord;
use spec::ExperimentSpec;

use crate::command_line::{Seeds, UntilDecided};
use crate::failure::Failure;
use crate::plan::PlannedRun;
use crate::runner::Runner;
use crate::stop::Stop;
use crate::terminal::{Terminal, View};
use crate::test_scores;
use crate::workspace::Workspace;

/// Pairs from which the number of further seeds can be told.
const FIRST_PAIRS: usize = 3;

/// Trains until every claim of these experiments is decided or has all its seeds; returns all their records on the dataset by the
/// backend.
///
/// # Errors
/// A run cannot be trained or saved, or the user stopped the program.
pub(crate) fn until_decided(
    workspace: &Workspace,
    specs: &[ExperimentSpec],
    arguments: &UntilDecided,
    jobs: Option<NonZeroUsize>,
    stop: &Stop,
) -> Result<Vec<RunRecord>, Failure> {
    let runner = Runner::open(workspace, specs, stop)?;
    Sequential::new(workspace, &runner, specs, arguments).train(jobs, stop)
}

/// The claims of some experiments, and the records that judge them.
pub(crate) struct Sequential<'a> {
    runner: &'a Runner<'a>,
    terminal: &'a Terminal,
    specs: &'a [ExperimentSpec],
    records: Vec<RunRecord>,
    /// Seeds of an experiment at most.
    most: u64,
}

/// The runs that are trained next: seeds of a claim's two experiments.
struct Next {
    experiments: [String; 2],
    seeds: Seeds,
}

impl<'a> Sequential<'a> {
    /// The claims of these experiments, and their records that exist.
    pub(crate) fn new(
        workspace: &'a Workspace,
        runner: &'a Runner<'a>,
        specs: &'a [ExperimentSpec],
        arguments: &UntilDecided,
    ) -> Self {
        let mut records = runner.of_its_kind(workspace.readable());
        records.retain(|record| specs.iter().any(|spec| record.spec.has_settings_of(spec)));
        // Whole ones, so that a run with a damaged record is trained again.
        records = workspace.whole(&records);
        test_scores::declare(specs, &mut records);
        runner.scorer().add_missing(&mut records);
        Self { runner, terminal: &workspace.terminal, specs, records, most: arguments.most() }
    }

    /// Trains until every claim is decided or has all its seeds; returns all records of the experiments.
    ///
    /// # Errors
    /// As [`until_decided`].
    pub(crate) fn train(mut self, jobs: Option<NonZeroUsize>, stop: &Stop) -> Result<Vec<RunRecord>, Failure> {
        let at_once = jobs.map_or_else(|| self.runner.backend.usual_jobs(), NonZeroUsize::get);
        loop {
            let judged = judge(&self.replicates());
            let next = self.next(&judged, at_once);
            self.terminal.note(&progress(&judged, next.as_ref()));
            let Some(Next { experiments, seeds }) = next else { return Ok(self.records) };
            let specs = self.specs.iter().filter(|spec| experiments.contains(&spec.name));
            let runs: Vec<PlannedRun> = specs.flat_map(|spec| PlannedRun::of(spec, &[], &seeds)).collect();
            let trained = self.runner.records(&runs.iter().collect::<Vec<_>>(), jobs, View::Bars)?;
            if stop.is_requested() {
                return Err(Failure::interrupted());
            }
            self.records.retain(|known| trained.iter().all(|record| record.id != known.id));
            self.records.extend(trained);
        }
    }

    fn replicates(&self) -> Vec<Replicates> {
        self.specs.iter().map(|spec| Replicates::among(spec, &self.records)).collect()
    }

    /// Of the claims that seeds can still decide, the one that is decided soonest.
    fn next(&self, judged: &[Judged], at_once: usize) -> Option<Next> {
        let replicates = self.replicates();
        let of = |name: &str| replicates.iter().find(|one| one.spec.name == name);
        let candidates = judged.iter().filter(|judged| judged.verdict.is_open()).filter_map(|judged| {
            let pair = [of(&judged.experiment)?, of(&judged.claim.against)?];
            let is_trained = |run: &RunRecord, seed: u64| run.seed == seed && run.stop_reason.is_finished();
            let lacks = |seed: &u64| pair.iter().any(|one| !one.records.iter().any(|run| is_trained(run, *seed)));
            let missing: Vec<u64> = (1..=self.most).filter(lacks).collect();
            let (seeds, chance) = needed(judged);
            let seconds: f64 = pair.into_iter().map(seconds).sum();
            // Half of them, so that a claim that is decided sooner takes no more; all where it is too early to tell.
            let batch = if judged.comparison.n() < FIRST_PAIRS { seeds } else { seeds.div_ceil(2) };
            let count = batch.max(at_once).min(missing.len());
            let next =
                Next { experiments: pair.map(|one| one.spec.name.clone()), seeds: Seeds(missing[..count].to_vec()) };
            (count > 0).then_some((seconds * seeds as f64 / chance, next))
        });
        candidates.min_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, next)| next)
    }
}

/// How many more seeds would decide a claim, and with what chance.
fn needed(judged: &Judged) -> (usize, f64) {
    const RARE: f64 = 0.01;
    match judged.verdict {
        Verdict::Undecided(Reason::TooWeak(Some(Outlook { seeds, chance }))) => (seeds, chance.max(RARE)),
        // Not before all others: equal differences may stay equal.
        Verdict::Undecided(Reason::EqualDifferences) if judged.comparison.n() >= FIRST_PAIRS => (FIRST_PAIRS, RARE),
        _ => (FIRST_PAIRS.saturating_sub(judged.comparison.n()).max(1), 1.0),
    }
}

/// The mean time of a run.
fn seconds(replicates: &Replicates) -> f64 {
    let runs = replicates.records.len().max(1) as f64;
    replicates.records.iter().map(|record| record.wall_seconds).sum::<f64>() / runs
}

fn progress(judged: &[Judged], next: Option<&Next>) -> String {
    let open = judged.iter().filter(|judged| matches!(judged.verdict, Verdict::Undecided(_))).count();
    let all = judged.len();
    match next {
        None => format!("{open} of {all} claims are undecided; no more seeds are added"),
        Some(Next { experiments: [one, other], seeds }) => {
            let seeds = report::seeds_in_words(&seeds.0);
            format!("{open} of {all} claims are undecided; next {one} and {other}, {seeds}")
        }
    }
}
