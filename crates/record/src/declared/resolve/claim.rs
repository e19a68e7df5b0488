//! Rules about claims and seeds.

use std::ops::RangeInclusive;

use toml::Spanned;

use super::rules::{Line, Rules};
use crate::Claim;
use crate::declared::DeclaredClaim;
use crate::declared::error::DeclaredError;

const SEEDS: RangeInclusive<i64> = 1..=1_000;
const STATEMENT: Line =
    Line { noun: "statement", needed: "a statement has words", longest: 300, room: "a table has room for 300" };

impl Rules<'_> {
    /// A claim, against the baseline unless it names another experiment.
    pub(super) fn claim(
        &self,
        index: usize,
        claim: &Spanned<DeclaredClaim>,
        baseline: Option<&String>,
    ) -> Result<Claim, DeclaredError> {
        let DeclaredClaim { says, metric, expect, margin, against } = claim.get_ref();
        let key = |name: &str| format!("claim[{index}].{name}");
        let Some(against) = against.as_ref().map(Spanned::get_ref).or(baseline) else {
            let error = self.broken("baseline", "missing", "a claim compares with it", &[&claim.span()]);
            return Err(error.with_hint(Some("or say `against = \"…\"` in the claim".into())));
        };
        if !(margin.get_ref().is_finite() && *margin.get_ref() > 0.0) {
            let rule = "it must be a finite number above 0";
            return Err(self.broken(&key("margin"), margin.get_ref(), rule, &[&margin.span()]));
        }
        let says = self.line(&key("says"), says, &STATEMENT)?;
        Ok(Claim { says, metric: *metric, expect: *expect, margin: *margin.get_ref(), against: against.clone() })
    }

    /// Seeds that a file asks for; 1 where it says nothing.
    pub(super) fn seeds(&self, seeds: Option<&Spanned<i64>>) -> Result<usize, DeclaredError> {
        seeds.map_or(Ok(1), |seeds| self.count("seeds", seeds, SEEDS))
    }
}
