//! `Sequential`: the evidence on a difference after every pair, for each of three outcomes, and the confidence sequence.

use super::{EProcess, Interval};

/// What a difference is found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Higher than 0, or than the margin.
    Higher,
    /// Lower than 0, or than the negative of the margin.
    Lower,
    /// Within the margin.
    Same,
}

/// The difference within a pair: somewhere from `low` to `high`, which are equal where it is known exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// Lower end; minus infinity where there is none.
    pub low: f64,
    /// Upper end; infinity where there is none.
    pub high: f64,
}

impl Difference {
    /// How far it lies above an edge at least; of an interval that begins at the edge a tiny bit, because its ends are not part of it.
    pub(crate) fn above(self, edge: f64) -> f64 {
        match self.low - edge {
            above if rounded(above) != 0.0 => above,
            _ if self.low < self.high => f64::MIN_POSITIVE,
            _ => 0.0,
        }
    }

    /// The same difference, seen from the other member of the pair.
    pub(crate) fn reversed(self) -> Self {
        Self { low: -self.high, high: -self.low }
    }
}

/// A difference without its rounding errors: those that are equal as decimals, as of counts of images, are ties.
pub(crate) fn rounded(difference: f64) -> f64 {
    (difference * 1e12).round() / 1e12
}

/// A number for each outcome, in the order in which they count.
pub(crate) type Outcomes = [(Decision, f64); 3];

/// The evidence that the centre of differences lies above an edge: an e-process, and the most that it has been.
#[derive(Debug, Clone, Copy)]
struct Above {
    edge: f64,
    process: EProcess,
    most: f64,
}

impl Above {
    fn of(&self, difference: Difference, unit: f64) -> EProcess {
        self.process.of(difference.above(self.edge) / unit)
    }

    fn add(&mut self, difference: Difference, unit: f64) {
        self.process.add(&self.of(difference, unit));
        if self.process.bound() > self.most {
            self.most = self.most.max(self.process.ln());
        }
    }

    /// Whether there is ever this much evidence without each of the differences in turn; without differences yet.
    fn reaches_without_each(&self, differences: &[Difference], unit: f64, threshold: f64) -> Vec<bool> {
        let parts: Vec<EProcess> = differences.iter().map(|&difference| self.of(difference, unit)).collect();
        let (mut before, mut is_reached) = (self.process, false);
        let without = |(at, part): (usize, &EProcess)| {
            let mut rest = before;
            let is_reached_without = is_reached
                || parts[at + 1..].iter().any(|part| {
                    rest.add(part);
                    rest.reaches(threshold)
                });
            before.add(part);
            is_reached = is_reached || before.reaches(threshold);
            is_reached_without
        };
        parts.iter().enumerate().map(without).collect()
    }
}

/// The evidence on the centre of differences, pair by pair.
///
/// One confidence sequence answers all three questions: a centre is above an edge where the sequence is. So all outcomes of a
/// sequence together are wrong with a probability of at most `2 exp(-threshold)`, however often it is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sequential {
    unit: f64,
    /// Above the edge, and above the lower end of the margin.
    above: [Above; 2],
    /// The same of the reversed differences.
    below: [Above; 2],
}

impl Sequential {
    /// Without pairs yet. "Higher" is above `edge`, "lower" below its negative, "the same" within `margin`, which is also the unit
    /// of the e-process.
    pub(crate) fn new(process: EProcess, edge: f64, margin: f64) -> Self {
        let at = |edge| Above { edge, process, most: f64::NEG_INFINITY };
        let both = [at(edge), at(-margin)];
        Self { unit: margin, above: both, below: both }
    }

    /// Adds a pair.
    pub(crate) fn add(&mut self, difference: Difference) {
        self.above.iter_mut().for_each(|above| above.add(difference, self.unit));
        self.below.iter_mut().for_each(|below| below.add(difference.reversed(), self.unit));
    }

    /// With these pairs added.
    pub(crate) fn with(mut self, differences: &[Difference]) -> Self {
        for &difference in differences {
            self.add(difference);
        }
        self
    }

    /// The most evidence, `ln E`, that there has been for each outcome, in the order in which they count: first of all that it
    /// does not matter, because a difference within the margin may differ from 0 as well.
    pub(crate) fn evidence(&self) -> Outcomes {
        let ([above, within_below], [below, within_above]) = (self.above, self.below);
        let same = within_below.most.min(within_above.most);
        [(Decision::Same, same), (Decision::Higher, above.most), (Decision::Lower, below.most)]
    }

    /// The decisions without each of these pairs in turn; without pairs yet.
    pub(crate) fn decisions_without_each(
        &self,
        differences: &[Difference],
        threshold: f64,
    ) -> impl Iterator<Item = Option<Decision>> {
        let reversed: Vec<Difference> = differences.iter().map(|difference| difference.reversed()).collect();
        let reach = |of: &[Above; 2], differences: &[Difference]| {
            of.map(|above| above.reaches_without_each(differences, self.unit, threshold))
        };
        let ([above, within_below], [below, within_above]) =
            (reach(&self.above, differences), reach(&self.below, &reversed));
        (0..differences.len()).map(move |at| match (within_below[at] && within_above[at], above[at], below[at]) {
            (true, ..) => Some(Decision::Same),
            (_, true, _) => Some(Decision::Higher),
            (.., true) => Some(Decision::Lower),
            _ => None,
        })
    }

    /// The outcome with this much evidence; none where the pairs do not decide.
    pub(crate) fn decision(&self, threshold: f64) -> Option<Decision> {
        self.evidence().into_iter().find(|&(_, evidence)| evidence >= threshold).map(|(decision, _)| decision)
    }
}

/// The centres that the differences do not rule out: below the lower end and above the upper end there has been at least `threshold` of evidence
/// against every centre. So it covers the centre after every pair at once with a probability of at least `1 - 2 exp(-threshold)`.
///
/// `None` where an end does not exist yet, and where the ends have crossed.
pub(crate) fn confidence_sequence(
    process: EProcess,
    unit: f64,
    differences: &[Difference],
    threshold: f64,
) -> Option<Interval> {
    let reversed: Vec<Difference> = differences.iter().map(|difference| difference.reversed()).collect();
    let low = lower_end(process, unit, differences, threshold)?;
    let high = -lower_end(process, unit, &reversed, threshold)?;
    (low <= high).then_some(Interval { low, high })
}

/// The largest edge above which the centre certainly lies, by bisection: the evidence falls as the edge rises.
fn lower_end(process: EProcess, unit: f64, differences: &[Difference], threshold: f64) -> Option<f64> {
    let is_above = |edge| {
        let mut above = Above { edge, process, most: f64::NEG_INFINITY };
        differences.iter().any(|&difference| {
            above.process.add(&above.of(difference, unit));
            above.process.reaches(threshold)
        })
    };
    let lows = || differences.iter().map(|difference| difference.low).filter(|low| low.is_finite());
    let (smallest, largest) = (lows().reduce(f64::min)?, lows().reduce(f64::max)?);
    // Where even this far below all of them the evidence is too little, no edge has enough.
    let (mut certain, mut open) = (smallest - 1e4 * unit, largest + unit);
    if !is_above(certain) {
        return None;
    }
    while open - certain > 1e-7 * unit {
        let middle = f64::midpoint(certain, open);
        if middle <= certain || middle >= open {
            break;
        }
        if is_above(middle) { certain = middle } else { open = middle }
    }
    Some(certain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exactly(value: f64) -> Difference {
        Difference { low: value, high: value }
    }

    fn decision(process: EProcess, edge: f64, differences: &[Difference]) -> Option<Decision> {
        Sequential::new(process, edge, 1.0).with(differences).decision(40_f64.ln())
    }

    #[test]
    fn outcomes_are_what_the_confidence_sequence_says() {
        let threshold = 40_f64.ln();
        for process in [EProcess::SYMMETRIC, EProcess::SIGNS] {
            for (centre, spread) in [(3.0, 0.5), (-3.0, 0.5), (0.1, 0.3), (0.6, 2.0), (1.4, 0.2), (0.0, 9.0)] {
                let value = |at: u32| exactly(centre + spread * f64::from(at % 5) - 2.0 * spread);
                let differences: Vec<Difference> = (0..30).map(value).collect();
                let found = decision(process, 0.0, &differences);
                let Interval { low, high } = confidence_sequence(process, 1.0, &differences, threshold).unwrap();
                let expected = match (low, high) {
                    (low, high) if low > -1.0 && high < 1.0 => Some(Decision::Same),
                    (low, _) if low > 0.0 => Some(Decision::Higher),
                    (_, high) if high < 0.0 => Some(Decision::Lower),
                    _ => None,
                };
                assert_eq!(found, expected, "{process:?}, {centre} ± {spread}: {low} to {high}");
            }
        }
    }

    #[test]
    fn what_is_known_to_an_interval_counts_by_its_nearer_end() {
        use Decision::{Higher, Same};
        let wide = |value: f64| Difference { low: value - 1.0, high: value + 1.0 };
        // From 0 to 2, its ends not included: above 0, and not certainly within 1.
        assert_eq!(decision(EProcess::SIGNS, 0.0, &[wide(1.0); 20]), Some(Higher));
        assert_eq!(decision(EProcess::SIGNS, 0.0, &[exactly(0.0); 20]), Some(Same));
        assert_eq!(decision(EProcess::SIGNS, 0.0, &[wide(0.1); 20]), None);
        let never = Difference { low: 5.0, high: f64::INFINITY };
        assert_eq!(decision(EProcess::SIGNS, 0.0, &[never; 20]), Some(Higher));
    }

    #[test]
    fn decisions_without_each_pair_are_those_of_the_other_pairs() {
        let threshold = 40_f64.ln();
        let mut seen = std::collections::HashSet::new();
        for process in [EProcess::SYMMETRIC, EProcess::SIGNS] {
            for (centre, spread) in [(3.0, 0.5), (-3.0, 0.5), (0.1, 0.3), (0.9, 0.5), (-0.6, 0.4), (0.0, 9.0)] {
                for pairs in 0..20 {
                    let value = |at: u32| exactly(centre + spread * (f64::from(at * at % 7) - 3.0));
                    let differences: Vec<Difference> = (0..pairs).map(value).collect();
                    let empty = Sequential::new(process, 0.0, 1.0);
                    for (at, decision) in empty.decisions_without_each(&differences, threshold).enumerate() {
                        let rest = [&differences[..at], &differences[at + 1..]].concat();
                        assert_eq!(
                            decision,
                            empty.with(&rest).decision(threshold),
                            "{centre} ± {spread}, {pairs}, {at}"
                        );
                        seen.insert(format!("{decision:?}"));
                    }
                }
            }
        }
        assert_eq!(seen.len(), 4, "{seen:?}");
    }

    #[test]
    fn a_decision_stays_when_pairs_are_added() {
        let mut differences = vec![exactly(5.0); 12];
        differences.extend([exactly(-5.0); 12]);
        for process in [EProcess::SYMMETRIC, EProcess::SIGNS] {
            assert_eq!(decision(process, 0.0, &differences), Some(Decision::Higher));
        }
    }

    #[test]
    fn a_sequence_without_enough_pairs_has_no_ends() {
        assert_eq!(confidence_sequence(EProcess::SIGNS, 1.0, &[exactly(1.0); 3], 40_f64.ln()), None);
        assert_eq!(confidence_sequence(EProcess::SYMMETRIC, 1.0, &[], 40_f64.ln()), None);
    }
}
