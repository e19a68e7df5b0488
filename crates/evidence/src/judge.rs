//! Claims judged: what the report says, compared with what the records show.

use spec::{Claim, Expectation};

use crate::statistics::{PValues, equivalence, holm, minimum_effect, sign_test};
use crate::{Comparison, Replicates, SIGNIFICANCE};

/// Number of outcomes that a claim is tested for: higher, lower or the same; or above, below or within the margin.
const OUTCOMES: f64 = 3.0;
/// The outcomes with their p-values, not yet corrected.
type Outcomes = [(Decision, f64); 3];

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
    /// The p-value of the verdict, corrected for the outcomes tested and, by Holm, for the claims of the report; the smallest
    /// one where nothing is decided. None where there are too few pairs for a test.
    pub p: Option<f64>,
}

/// Whether a claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// This is so instead.
    DoesNotHold(Decision),
    /// The runs do not decide it.
    Undecided {
        /// How many more seeds would probably decide it; none where that is not known.
        more_seeds: Option<usize>,
    },
}

/// What the records show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The metric is higher than the other's.
    Higher,
    /// It is lower.
    Lower,
    /// Any difference is within the margin.
    Same,
}

/// Judges every claim of some experiments. The claims are one family: the chance that any of the verdicts is wrong is at most
/// [`SIGNIFICANCE`].
///
/// A claim of "higher" holds if a paired one-sided t-test finds the metric higher; it does not hold if one finds it lower, or
/// if the equivalence test finds no difference beyond the margin, even one that differs from 0. A claim of "about the same"
/// holds if the equivalence test finds no difference beyond the margin, and does not hold if a test finds one. Where a value
/// is censored, sign tests replace the t-tests. The p-value of a claim is the smallest of its outcomes' p-values times the
/// number of outcomes.
#[must_use]
pub fn judge(experiments: &[Replicates]) -> Vec<Judged> {
    let claims = experiments.iter().flat_map(|one| one.spec.claims.iter().map(move |claim| (one, claim)));
    let compared: Vec<(&Replicates, &Claim, Comparison)> =
        claims.map(|(one, claim)| (one, claim, compare(one, claim, experiments))).collect();
    let outcomes: Vec<Option<Outcomes>> = compared.iter().map(|(_, claim, pairs)| outcomes(claim, pairs)).collect();
    let factors = holm_factors(&outcomes);
    let alpha = SIGNIFICANCE / (OUTCOMES * compared.len() as f64);
    let tested = compared.into_iter().zip(outcomes.into_iter().zip(factors));
    tested
        .map(|((one, claim, comparison), (outcomes, factor))| {
            let decided = outcomes.map(|outcomes| decide(claim.expect, outcomes, OUTCOMES * factor));
            let undecided = || Verdict::Undecided { more_seeds: comparison.more_pairs_needed(claim.margin, alpha) };
            let verdict = decided.and_then(|(verdict, _)| verdict).unwrap_or_else(undecided);
            let p = decided.map(|(_, p)| p);
            Judged { experiment: one.spec.name.clone(), claim: claim.clone(), comparison, verdict, p }
        })
        .collect()
}

fn compare(one: &Replicates, claim: &Claim, experiments: &[Replicates]) -> Comparison {
    let other = experiments.iter().find(|other| other.spec.name == claim.against);
    other.map_or_else(Comparison::default, |other| Comparison::of(claim.metric, one, other))
}

/// The factor by which Holm's correction multiplies the p-value of each claim.
fn holm_factors(outcomes: &[Option<Outcomes>]) -> Vec<f64> {
    let p = outcomes.iter().map(|outcomes| outcomes.map_or(1.0, |outcomes| (OUTCOMES * smallest(&outcomes)).min(1.0)));
    let p: Vec<f64> = p.collect();
    let adjusted = holm(&p).unwrap_or_else(|| vec![1.0; p.len()]);
    // A p-value of 0 stays 0 whatever it is multiplied by.
    p.iter().zip(adjusted).map(|(&p, adjusted)| if p > 0.0 { adjusted / p } else { 1.0 }).collect()
}

/// The outcomes that a claim is tested for, in the order in which they count, each with its p-value: of paired t-tests,
/// against 0 or against the margin; of sign tests where pairs are censored. None of less than two pairs.
fn outcomes(claim: &Claim, pairs: &Comparison) -> Option<Outcomes> {
    if pairs.n < 2 {
        return None;
    }
    let is_same_expected = claim.expect == Expectation::AboutTheSame;
    let (same, beyond) = match (pairs.is_censored, is_same_expected) {
        // The order of the pairs says nothing about a margin.
        (true, true) => (1.0, PValues { greater: 1.0, less: 1.0 }),
        (true, false) => (1.0, sign_test(pairs.signs.0, pairs.signs.1)),
        (false, _) => {
            let edge = if is_same_expected { claim.margin } else { 0.0 };
            (equivalence(&pairs.differences, claim.margin)?, minimum_effect(&pairs.differences, edge)?)
        }
    };
    // First of all that it does not matter: a difference within the margin may differ from 0 as well.
    Some([(Decision::Same, same), (Decision::Higher, beyond.greater), (Decision::Lower, beyond.less)])
}

fn smallest(outcomes: &Outcomes) -> f64 {
    outcomes.iter().map(|&(_, p)| p).fold(1.0, f64::min)
}

/// The verdict, if there is one, with its p-value or the smallest that there is.
fn decide(expect: Expectation, outcomes: Outcomes, factor: f64) -> (Option<Verdict>, f64) {
    let corrected = outcomes.map(|(decision, p)| (decision, (factor * p).min(1.0)));
    let Some(&(decision, p)) = corrected.iter().find(|&&(_, p)| p < SIGNIFICANCE) else {
        return (None, smallest(&corrected));
    };
    let expected = match expect {
        Expectation::Higher => Decision::Higher,
        Expectation::Lower => Decision::Lower,
        Expectation::AboutTheSame => Decision::Same,
    };
    let verdict = if decision == expected { Verdict::Holds } else { Verdict::DoesNotHold(decision) };
    (Some(verdict), p)
}
