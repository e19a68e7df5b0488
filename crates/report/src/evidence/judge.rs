//! Claims judged: what the report says against what the records show.

use record::{Claim, Expectation};

use super::pairs::Evidence;
use super::{Comparison, Replicates, SIGNIFICANCE};
use crate::statistics::holm;

/// Outcomes that a claim is tested for: higher or lower or the same, above or below or within the margin.
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
    let evidence: Vec<Option<Evidence>> =
        compared.iter().map(|(_, claim, pairs)| pairs.evidence(claim.margin, SIGNIFICANCE)).collect();
    let factors = holm_factors(&compared, &evidence);
    let n_claims = compared.len() as f64;
    compared
        .into_iter()
        .zip(evidence.into_iter().zip(factors))
        .map(|((one, claim, comparison), (evidence, factor))| {
            let decided = evidence.map(|evidence| decide(claim.expect, &evidence, OUTCOMES * factor));
            let alpha = SIGNIFICANCE / (OUTCOMES * n_claims);
            let more_seeds = || more_seeds(&comparison, claim.margin, alpha);
            let (verdict, p) = match decided {
                Some((Some(verdict), p)) => (verdict, Some(p)),
                Some((None, p)) => (Verdict::Undecided { more_seeds: more_seeds() }, Some(p)),
                None => (Verdict::Undecided { more_seeds: None }, None),
            };
            Judged { experiment: one.spec.name.clone(), claim: claim.clone(), comparison, verdict, p }
        })
        .collect()
}

/// Seeds beyond those there are; at least one, for these have not decided it.
fn more_seeds(comparison: &Comparison, margin: f64, alpha: f64) -> Option<usize> {
    comparison.pairs_needed(margin, alpha).map(|needed| needed.saturating_sub(comparison.n).max(1))
}

fn compare(one: &Replicates, claim: &Claim, experiments: &[Replicates]) -> Comparison {
    let nobody = Replicates { spec: one.spec.clone(), records: Vec::new() };
    let other = experiments.iter().find(|other| other.spec.name == claim.against).unwrap_or(&nobody);
    Comparison::of(claim.metric, one, other)
}

/// By what Holm's correction multiplies the p-value of each claim.
fn holm_factors(compared: &[(&Replicates, &Claim, Comparison)], evidence: &[Option<Evidence>]) -> Vec<f64> {
    let likeliest = compared.iter().zip(evidence).map(|((_, claim, _), evidence)| {
        let likeliest =
            |evidence: &Evidence| outcomes(claim.expect, evidence).into_iter().map(|(_, p)| p).fold(1.0, f64::min);
        evidence.as_ref().map_or(1.0, likeliest)
    });
    let p: Vec<f64> = likeliest.map(|p| (OUTCOMES * p).min(1.0)).collect();
    let adjusted = holm(&p).unwrap_or_else(|| vec![1.0; p.len()]);
    // A p-value of 0 stays 0 whatever it is multiplied by.
    p.iter().zip(adjusted).map(|(&p, adjusted)| if p > 0.0 { adjusted / p } else { 1.0 }).collect()
}

/// What a claim is tested for, in the order in which it counts, each with its p-value.
fn outcomes(expect: Expectation, evidence: &Evidence) -> [(Decision, f64); 3] {
    let (higher, lower) = match expect {
        Expectation::Higher | Expectation::Lower => (evidence.higher, evidence.lower),
        Expectation::AboutTheSame => (evidence.beyond_higher.unwrap_or(1.0), evidence.beyond_lower.unwrap_or(1.0)),
    };
    // A difference within the margin may differ from 0 all the same: that it does not matter is what counts.
    [(Decision::Same, evidence.same.unwrap_or(1.0)), (Decision::Higher, higher), (Decision::Lower, lower)]
}

/// The verdict, if there is one, with its p-value or the smallest that there is.
fn decide(expect: Expectation, evidence: &Evidence, factor: f64) -> (Option<Verdict>, f64) {
    let corrected = outcomes(expect, evidence).map(|(decision, p)| (decision, (factor * p).min(1.0)));
    let smallest = corrected.iter().map(|&(_, p)| p).fold(1.0, f64::min);
    let Some(&(decision, p)) = corrected.iter().find(|&&(_, p)| p < SIGNIFICANCE) else { return (None, smallest) };
    let expected = match expect {
        Expectation::Higher => Decision::Higher,
        Expectation::Lower => Decision::Lower,
        Expectation::AboutTheSame => Decision::Same,
    };
    let verdict = if decision == expected { Verdict::Holds } else { Verdict::DoesNotHold(decision) };
    (Some(verdict), p)
}
