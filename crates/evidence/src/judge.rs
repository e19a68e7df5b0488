//! Claims judged: what the report says, compared with what the records show.

use spec::{Claim, Expectation, Metric};

use crate::outlook::Outlook;
use crate::statistics::{Decision, EProcess, FixedTest, Outcomes, Sequential, holm};
use crate::{Comparison, Replicates, SIGNIFICANCE};

/// Number of outcomes that a fixed-n test tries: higher, lower or the same; or above, below or within the margin.
const OUTCOMES: f64 = 3.0;

/// A claim with what the records say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The experiment that the claim is about.
    pub experiment: String,
    /// The claim.
    pub claim: Claim,
    /// Its metric, paired by seed.
    pub comparison: Comparison,
    /// Whether it holds.
    pub verdict: Verdict,
    /// The p-value of the verdict, corrected for the claims of the report and valid after every pair; the smallest one of the
    /// outcomes where nothing is decided.
    pub p: f64,
    /// Whether there would be no such verdict without one of the pairs.
    pub hangs_on_one_seed: bool,
    /// What the tests for a fixed number of pairs find, in the order of [`FixedTest::ALL`].
    pub fixed: [Option<FixedResult>; 3],
}

/// Whether a claim holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// This is so instead.
    DoesNotHold(Decision),
    /// The runs do not decide it.
    Undecided(Reason),
}

impl Verdict {
    /// Whether more seeds can decide it.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Undecided(reason) if !matches!(reason, Reason::Coarse(_)))
    }
}

/// Why a claim is undecided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// There is one pair of runs or none.
    TooFewPairs,
    /// All differences are equal, which says nothing about how much they vary.
    EqualDifferences,
    /// The metric is only known to steps of this size, which is more than the margin.
    Coarse(f64),
    /// The evidence is too weak so far; what more seeds would do, where that is known.
    TooWeak(Option<Outlook>),
}

/// What a test for a fixed number of pairs finds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FixedResult {
    /// What the difference is; none where p is not below [`SIGNIFICANCE`].
    pub decision: Option<Decision>,
    /// Its p-value, or the smallest one, corrected for the outcomes and, by Holm, for the claims.
    pub p: f64,
}

/// Judges every claim of some experiments. The claims are one family: the chance that any of the verdicts is ever wrong is at
/// most [`SIGNIFICANCE`], also where seeds are added and the claims judged again, however often.
///
/// A claim of "higher" holds if its confidence sequence lies above 0. It does not hold if the sequence lies below 0, or within
/// the margin, even where it excludes 0. A claim of "about the same" holds if the sequence lies within the margin, and does not
/// hold if it lies beyond it.
///
/// Each of the n claims has a confidence sequence of `1 - SIGNIFICANCE / n`. This is the closed test in which the e-value of
/// several claims together is the mean of their e-values (Vovk and Wang, "E-values: Calibration, Combination and Applications", 2021),
/// whatever the dependence between the claims. A step-down method as Holm's gains nothing: whatever has been decided, each claim
/// can still be wrong in its direction (Shaffer, "Control of Directional Errors with Stagewise Multiple Test Procedures", 1980).
#[must_use]
pub fn judge(experiments: &[Replicates]) -> Vec<Judged> {
    let claims = || experiments.iter().flat_map(|one| one.spec.claims.iter().map(move |claim| (one, claim)));
    let threshold = threshold(claims().count());
    let judged = claims().map(|(one, claim)| {
        let other = experiments.iter().find(|other| other.spec.name == claim.against);
        let comparison = other.map_or_else(Comparison::default, |other| Comparison::of(claim.metric, one, other));
        judge_one(one.spec.name.clone(), claim.clone(), comparison, threshold)
    });
    let mut judged: Vec<Judged> = judged.collect();
    for (index, test) in FixedTest::ALL.into_iter().enumerate() {
        let results = fixed_results(&judged, test);
        judged.iter_mut().zip(results).for_each(|(judged, result)| judged.fixed[index] = result);
    }
    judged
}

/// Judges the claims by other metrics than they name, as a family of their own; claims for which there is none are left out.
#[must_use]
pub fn judge_by(experiments: &[Replicates], other: fn(Metric) -> Option<Metric>) -> Vec<Judged> {
    let of_other = |claim: &Claim| Some(Claim { metric: other(claim.metric)?, ..claim.clone() });
    let mut experiments = experiments.to_vec();
    for one in &mut experiments {
        one.spec.claims = one.spec.claims.iter().filter_map(of_other).collect();
    }
    judge(&experiments)
}

/// The evidence, `ln E`, that a verdict needs: each claim has its share of [`SIGNIFICANCE`], half of it on either side.
pub(crate) fn threshold(claims: usize) -> f64 {
    (2.0 * claims as f64 / SIGNIFICANCE).ln()
}

/// The edge between no difference and one, for what a claim expects.
pub(crate) fn edge(claim: &Claim) -> f64 {
    if claim.expect == Expectation::AboutTheSame { claim.margin } else { 0.0 }
}

fn judge_one(experiment: String, claim: Claim, comparison: Comparison, threshold: f64) -> Judged {
    let (edge, differences) = (edge(&claim), &comparison.differences);
    let empty = Sequential::new(e_process(claim.metric), edge, claim.margin);
    let sequential = empty.with(differences);
    let decision = sequential.decision(threshold);
    let verdict = match (comparison.flaw(claim.margin), decision) {
        (Some(reason), _) => Verdict::Undecided(reason),
        (None, Some(decision)) if decision == expected(claim.expect) => Verdict::Holds,
        (None, Some(decision)) => Verdict::DoesNotHold(decision),
        (None, None) => Verdict::Undecided(Reason::TooWeak(Outlook::of(&sequential, differences, threshold))),
    };
    let of_decision = |&(outcome, _): &(Decision, f64)| decision.is_none_or(|decision| decision == outcome);
    let evidence =
        sequential.evidence().iter().filter(|outcome| of_decision(outcome)).map(|&(_, e)| e).fold(f64::MIN, f64::max);
    let has_verdict = !matches!(verdict, Verdict::Undecided(_));
    Judged {
        hangs_on_one_seed: has_verdict
            && empty.decisions_without_each(differences, threshold).any(|without| without != decision),
        p: (SIGNIFICANCE * (threshold - evidence).exp()).min(1.0),
        experiment,
        claim,
        comparison,
        verdict,
        fixed: [None; 3],
    }
}

/// The e-process for differences of a metric: where they can be skewed, only their signs count.
pub(crate) fn e_process(metric: Metric) -> EProcess {
    if metric.is_skewed() { EProcess::SIGNS } else { EProcess::SYMMETRIC }
}

fn expected(expect: Expectation) -> Decision {
    match expect {
        Expectation::Higher => Decision::Higher,
        Expectation::Lower => Decision::Lower,
        Expectation::AboutTheSame => Decision::Same,
    }
}

/// What a test for a fixed number of pairs finds on every claim.
fn fixed_results(judged: &[Judged], test: FixedTest) -> Vec<Option<FixedResult>> {
    let outcomes = judged.iter().map(|Judged { claim, comparison, .. }| {
        let is_testable = comparison.flaw(claim.margin).is_none();
        is_testable.then(|| test.outcomes(&comparison.differences, edge(claim), claim.margin)).flatten()
    });
    let outcomes: Vec<Option<Outcomes>> = outcomes.collect();
    let smallest = |outcomes: &Outcomes| outcomes.iter().map(|&(_, p)| p).fold(1.0, f64::min);
    let p = outcomes.iter().map(|outcomes| outcomes.as_ref().map_or(1.0, |one| (OUTCOMES * smallest(one)).min(1.0)));
    let p: Vec<f64> = p.collect();
    let adjusted = holm(&p).unwrap_or_else(|| vec![1.0; p.len()]);
    let result = |at: usize| {
        // A p-value of 0 stays 0 whatever it is multiplied by.
        let factor = OUTCOMES * if p[at] > 0.0 { adjusted[at] / p[at] } else { 1.0 };
        let decided = outcomes[at]?.into_iter().find(|&(_, p)| factor * p < SIGNIFICANCE);
        let p = decided.map_or(adjusted[at], |(_, p)| factor * p);
        Some(FixedResult { decision: decided.map(|(decision, _)| decision), p })
    };
    (0..judged.len()).map(result).collect()
}
