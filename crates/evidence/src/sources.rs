//! Where the variation of a metric comes from: the initial weights, the batch order, or the two together.

use std::collections::{BTreeMap, BTreeSet};

use record::RunRecord;
use spec::{ExperimentSpec, Metric};

use crate::statistics::{Interval, Moments, crossed_shares, mean};

/// Runs of one experiment that cross seeds of the initial weights with seeds of the batch order.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossed {
    /// The experiment.
    pub spec: ExperimentSpec,
    /// Seeds of the initial weights.
    pub init: Vec<u64>,
    /// Seeds of the batch order.
    pub order: Vec<u64>,
    /// A run for every pair of them, by the seed of the initial weights first.
    pub records: Vec<RunRecord>,
}

/// Where the variation of a metric comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Sources {
    /// The mean over all runs.
    pub mean: f64,
    /// The standard deviation over all runs.
    pub standard_deviation: f64,
    /// The shares of the initial weights, of the batch order and of their interaction in the variance; none if the metric does not
    /// vary, or if only one of the two seeds does.
    pub shares: Option<[Share; 3]>,
}

/// A share in a variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The estimate, 0 to 1.
    pub share: f64,
    /// Its 95 % interval.
    pub interval: Interval,
}

impl Crossed {
    /// The names of the sources, in the order of the shares.
    pub const SOURCES: [&str; 3] = ["initial weights", "batch order", "interaction"];

    /// The crossed runs of an experiment among some records; none if there are none. Seeds that lack a complete run are left out,
    /// those that lack most first.
    #[must_use]
    pub fn among<'a>(spec: &ExperimentSpec, records: impl IntoIterator<Item = &'a RunRecord>) -> Option<Self> {
        let is_of = |record: &&RunRecord| record.stop_reason.is_complete() && record.spec.has_settings_of(spec);
        let key = |record: &RunRecord| (record.seed, record.seeds().order);
        let runs: BTreeMap<(u64, u64), &RunRecord> =
            records.into_iter().filter(is_of).map(|record| (key(record), record)).collect();
        let split = || runs.keys().filter(|(init, order)| init != order);
        let mut init: BTreeSet<u64> = split().map(|(init, _)| *init).collect();
        let mut order: BTreeSet<u64> = split().map(|(_, order)| *order).collect();
        loop {
            let is_missing = |init: &u64, order: &u64| !runs.contains_key(&(*init, *order));
            let of_init = |one: &u64| order.iter().filter(|other| is_missing(one, other)).count();
            let of_order = |one: &u64| init.iter().filter(|other| is_missing(other, one)).count();
            let worst_init = init.iter().map(|one| (of_init(one), *one)).max()?;
            let worst_order = order.iter().map(|one| (of_order(one), *one)).max()?;
            match (worst_init, worst_order) {
                ((0, _), (0, _)) => break,
                ((missing, one), (other, _)) if missing >= other => init.remove(&one),
                (_, (_, one)) => order.remove(&one),
            };
        }
        // A seed of an ordinary run is both: with a single seed of one kind, no other run has it as the other kind.
        for &(seed, _) in runs.keys().filter(|(init, order)| init == order) {
            if init.iter().all(|one| runs.contains_key(&(*one, seed))) {
                order.insert(seed);
            }
            if order.iter().all(|one| runs.contains_key(&(seed, *one))) {
                init.insert(seed);
            }
        }
        let pairs = init.iter().flat_map(|&init| order.iter().map(move |&order| (init, order)));
        let named = |pair| RunRecord { spec: spec.clone(), ..runs[&pair].clone() };
        let records = pairs.map(named).collect();
        Some(Self { spec: spec.clone(), init: init.into_iter().collect(), order: order.into_iter().collect(), records })
    }

    /// Where the variation of a metric comes from; none if a run lacks the metric, or never reached what it waits for.
    #[must_use]
    pub fn sources(&self, metric: Metric) -> Option<Sources> {
        let values = self.records.iter().map(|record| record.measure(metric)?.exactly());
        let values = values.collect::<Option<Vec<f64>>>()?;
        let standard_deviation = Moments::of(&values)?.standard_deviation;
        Some(Sources {
            mean: mean(&values)?,
            standard_deviation,
            shares: crossed_shares(&values, self.order.len())
                .map(|shares| shares.map(|(share, interval)| Share { share, interval })),
        })
    }
}
