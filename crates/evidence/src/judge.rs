//! Claims judged: what the report says against what the records show.

use spec::{Claim, Expectation};

use super::{Comparison, Replicates, SIGNIFICANCE};
use crate::statistics::{equivalence, holm, minimum_effect, paired_t, sign_test};

/// Outcomes that a claim is tested for: higher or lower or the same, above or below or within the margin.
const OUTCOMES: f64 = 3.0;
/// They with their p-values, not yet corrected.
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
    /// The p-value of the verdict, corrected for the outcomes tested and, by Holm, for the claims of the report; of the
    /// likeliest outcome where nothing is decided. None where there are too few pairs for a test.
    pub p: Option<f64>,
}

/// Whether a claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// What it says is so.
    Holds,
    /// It is not.
    DoesNotHold(Decision),
    /// The runs do not tell.
    Undecided {
        /// Seeds that would probably decide it, beyond those there are; none where nobody can say.
        more_seeds: Option<usize>,
    },
}

/// What is so in place of what a claim says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The metric is higher than the other's.
    Higher,
    /// It is lower.
    Lower,
    /// There is no difference beyond the margin.
    Same,
}

/// Judges every claim of some experiments. The claims are one family: the chance that any verdict that is reached is
/// wrong stays below [`SIGNIFICANCE`].
///
/// A claim of "higher" holds if a paired one-sided t-test says so; it does not if one says "lower", or if the equivalence
/// test says that there is no difference beyond the margin, be it different from 0 or not. A claim of "about the same"
/// holds if the equivalence test says so, and does not if a test says that the difference is beyond the margin. Where a
/// value is censored, sign tests stand in for t-tests. The p-value of a claim is that of its likeliest outcome times the
/// three that it is tested for.
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

/// How many claims hold, how many do not, and how many are undecided.
#[must_use]
pub fn tally<'j>(judged: impl IntoIterator<Item = &'j Judged>) -> [usize; 3] {
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

fn compare(one: &Replicates, claim: &Claim, experiments: &[Replicates]) -> Comparison {
    let other = experiments.iter().find(|other| other.spec.name == claim.against);
    other.map_or_else(Comparison::default, |other| Comparison::of(claim.metric, one, other))
}

/// By what Holm's correction multiplies the p-value of each claim.
fn holm_factors(outcomes: &[Option<Outcomes>]) -> Vec<f64> {
    let p = outcomes.iter().map(|outcomes| outcomes.map_or(1.0, |outcomes| (OUTCOMES * smallest(&outcomes)).min(1.0)));
    let p: Vec<f64> = p.collect();
    let adjusted = holm(&p).unwrap_or_else(|| vec![1.0; p.len()]);
    // A p-value of 0 stays 0 whatever it is multiplied by.
    p.iter().zip(adjusted).map(|(&p, adjusted)| if p > 0.0 { adjusted / p } else { 1.0 }).collect()
}

/// What a claim is tested for, in the order in which it counts, each with its p-value: of paired t-tests, against 0 or
/// against the margin; of sign tests where pairs are censored. None of less than two pairs.
fn outcomes(claim: &Claim, pairs: &Comparison) -> Option<Outcomes> {
    if pairs.n < 2 {
        return None;
    }
    let is_same_expected = claim.expect == Expectation::AboutTheSame;
    let (same, higher, lower) = if pairs.is_censored {
        let signs = sign_test(pairs.signs.0, pairs.signs.1);
        if is_same_expected { (1.0, 1.0, 1.0) } else { (1.0, signs.greater, signs.less) }
    } else {
        let (test, beyond) = (paired_t(&pairs.differences)?.p, minimum_effect(&pairs.differences, claim.margin)?);
        let same = equivalence(&pairs.differences, claim.margin, SIGNIFICANCE)?.p;
        if is_same_expected { (same, beyond.above, beyond.below) } else { (same, test.greater, test.less) }
    };
    // A difference within the margin may differ from 0 all the same: that it does not matter is what counts.
    Some([(Decision::Same, same), (Decision::Higher, higher), (Decision::Lower, lower)])
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
